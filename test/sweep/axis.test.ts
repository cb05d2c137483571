/** Goal: what may be written after --vary, and what is refused with a remedy. Method: rows of text and values. */
import { describe, expect, it } from 'vitest'
import { pointsOf, readAxis } from '../../sim-core/sweep/index.ts'

const values = (text: string) => {
  const read = readAxis(text)
  return 'severity' in read ? read.message : read.values
}

describe('an axis', () => {
  it.each<[string, string[]]>([
    ['links.default.rate=1Gbit,2.5Gbit,10Gbit', ['1Gbit', '2.5Gbit', '10Gbit']],
    ['vips=2..8', ['2', '3', '4', '5', '6', '7', '8']],
    ['vips=1,4..6', ['1', '4', '5', '6']],
    ['phase=0..1s/0.1s', ['0s', '0.1s', '0.2s', '0.3s', '0.4s', '0.5s', '0.6s', '0.7s', '0.8s', '0.9s', '1s']],
    ['phase=0s..1s/250ms', ['0ms', '250ms', '500ms', '750ms', '1000ms']],
    ['links.default.rate=500Mbit..2Gbit/500Mbit', ['500Mbit', '1000Mbit', '1500Mbit', '2000Mbit']],
    ['links.default.loss=0%..1%/0.25%', ['0%', '0.25%', '0.5%', '0.75%', '1%']],
    ['x=0..1/0.3', ['0', '0.3', '0.6', '0.9']],
    ['windows.after="25s..60s"', ['"25s..60s"']],
    ['links.default.queue="100 packets","1000 packets"', ['"100 packets"', '"1000 packets"']],
    ['traffic.a.to=["10.0.0.1:80", "10.0.0.2:80"]', ['["10.0.0.1:80", "10.0.0.2:80"]']],
  ])('%s', (text, expected) => expect(values(text)).toEqual(expected))

  it.each([
    ['vips', 'there is no path and values'],
    ['=1,2', 'there is no path and values'],
    ['vips=2,,3', 'a value is missing'],
    ['vips=2,3,2', '2 stands there twice'],
    ['vips=two', 'two is no number of VIPs'],
    ['vips=0..2', '0 is no number of VIPs'],
    ['phase=1', '"1" has no unit'],
    ['x=8..2', '"8..2" holds no value'],
    ['x=1..2/0', '"1..2/0" holds no value'],
    ['x=1s..2Gbit/1s', '"1s..2Gbit/1s" mixes units'],
    ['x=a..b', '"a..b" is no range of numbers'],
    ['x=0..1000000', '"0..1000000" are 1000001 values'],
  ])('%s is refused', (text, message) => expect(values(text)).toContain(message))

  it('points are all combinations, the last axis fastest', () => {
    const axes = ['a=1,2', 'b=x,y'].map(readAxis) as Parameters<typeof pointsOf>[0]
    expect(pointsOf(axes).map(p => p.key)).toEqual(['a=1 b=x', 'a=1 b=y', 'a=2 b=x', 'a=2 b=y'])
    expect(pointsOf([])).toEqual([{ values: [], key: '' }])
  })
})
