/**
 * Goal: how long a kernel believed a neighbour is read from the SYNs of its checkers to a host that is cut off.
 * Method: a check each 4 s, the last answered at 9 s, the cut at 10 s; what the kernel drew follows by hand.
 */
import { describe, expect, it } from 'vitest'
import type { CaseFile } from '../../sim-core/conform/case-file.ts'
import { reachableNs } from '../../sim-core/conform/neighbour-times.ts'
import { unicastReachableNs } from '../../sim-core/conform/unicast-neighbours.ts'

const CHECKS = { betweenS: 5, connectTimeoutS: 1 }

function recorded(lastProbeS: number, durationS: number): CaseFile {
  const probes = Array.from({ length: Math.floor((lastProbeS - 1) / 4) + 1 }, (_, i) => 1 + 4 * i)
  return {
    hosts: { b1: { address: '10.0.0.11' }, r1: { address: '10.0.0.21' } },
    actions: [{ t: 10, do: 'real_server', host: 'r1', what: 'isolate' }],
    observed: probes.map(t => ({ t, kind: 'probe', host: 'b1', rs: '10.0.0.21:80' })),
    duration_s: durationS,
    measured: {},
  } as unknown as CaseFile
}

const readS = (lastProbeS: number, durationS: number, checks = CHECKS) => {
  const ns = reachableNs(recorded(lastProbeS, durationS), 'b1', checks)
  return ns === undefined ? undefined : ns / 1e9
}

describe('the time that a neighbour is believed', () => {
  it('is short where SYNs stop: 33 s was the last, so the entry was too old at 25 s, 16 s after the last answer', () => {
    expect(readS(33, 60)).toBe(15.5) // of 15 to 16
  })
  it('is told by a SYN that was not sent again, too', () => {
    expect(readS(33, 36, { betweenS: 9, connectTimeoutS: 3 })).toBe(15.5)
  })
  it('is long where they do not: at 45 s the entry was still good, or it would be gone at 57 s', () => {
    expect(readS(57, 60)).toBe(40.5) // of 36 to 45
  })
  it('is the usual one where the recording does not tell', () => {
    expect(readS(17, 20)).toBeUndefined()
    expect(readS(49, 70)).toBeUndefined() // 28 to 32 s
  })
})

describe('the time that a unicast peer is believed', () => {
  /** b1 becomes MASTER at 3.5 s and advertises each second; its peer is gone from 20 s on, its last advert is half a second after `lastS`. */
  const read = (lastS: number, durationS: number) => {
    const adverts = Array.from({ length: lastS - 2 }, (_, i) => 3.5 + i)
    const ns = unicastReachableNs(
      {
        hosts: { b1: { address: '10.0.0.1/24' }, b2: { address: '10.0.0.2/24' } },
        actions: [{ t: 20, do: 'crash', host: 'b2' }],
        observed: [
          { t: 3.5, kind: 'state', host: 'b1', instance: 'VI_1', state: 'MASTER' },
          ...adverts.map(t => ({ t, kind: 'advert', host: 'b1', vrid: 51, vips: [], dst: '10.0.0.2' })),
        ],
        duration_s: durationS,
        measured: {},
      } as unknown as CaseFile,
      'b1',
    )
    return ns === undefined ? undefined : ns / 1e9
  }

  it('is told by where the adverts stop: 40.5 s was the last, so that of 32.5 s found the entry too old', () => {
    expect(read(40, 80)).toBeGreaterThan(27.3)
    expect(read(40, 80)).toBeLessThan(29)
  })
  it('is the usual one where they stop as with it, or do not', () => {
    expect(read(42, 80)).toBeUndefined()
    expect(read(40, 41)).toBeUndefined()
  })
})
