/** Goal: the intervals are keepalived's to the microsecond. Method: the table of include/vrrp.h's arithmetic, worked out by hand. */
import { describe, expect, it } from 'vitest'
import { masterDownNs, secondsText } from '../../../sim-core/protocols/vrrp/index.ts'

const S = 1_000_000_000

describe('Master_Down_Interval', () => {
  // version, advert_int in seconds, then priority 50, 100, 150, 200, 254; microseconds cut off, not rounded
  it.each([
    [2, 1, ['3.804687', '3.609375', '3.414062', '3.21875', '3.007812']],
    [3, 1, ['3.804687', '3.609375', '3.414062', '3.21875', '3.007812']],
    [3, 0.1, ['0.380468', '0.360937', '0.341406', '0.321875', '0.300781']],
    [2, 2, ['6.804687', '6.609375', '6.414062', '6.21875', '6.007812']],
    [3, 2, ['7.609375', '7.21875', '6.828125', '6.4375', '6.015625']],
  ] as const)('version %i, advert_int %f s', (version, advertS, expected) => {
    const rows = [50, 100, 150, 200, 254].map(priority => secondsText(masterDownNs(version, priority, Math.round(advertS * S), 3)))
    expect(rows).toEqual(expected.map(s => `${s} s`))
  })

  it('counts down_timer_adverts instead of three', () => {
    expect(masterDownNs(2, 100, S, 5)).toBe(5_609_375_000)
  })
})
