/**
 * Goal: a picture of time t is right, whatever was looked at before, and however the trace was delivered.
 * Method: frameAt against a filter over all rows (frame-model.ts) at random times, forwards and backwards.
 */
import { describe, expect, it } from 'vitest'
import { ALL_LOOKS, type ChunkList, frameAt, nextPacket, previousPacket } from '../../sim-core/trace/index.ts'
import { plainFlights, plainQueued } from './frame-model.ts'
import { random, synthetic } from './synthetic.ts'

const S = 1e9
const OPTIONS = { limit: 1e9, lossNs: 1e8, looks: ALL_LOOKS }

const tookOf = ({ columns, row }: ReturnType<ChunkList['at']>): number => columns.arrival[row] - columns.start[row]

describe('frameAt', () => {
  const { trace } = synthetic({ packets: 4_000, durationNs: 2 * S, parts: 7 })

  it.each([0, 30_000, 5_000_000])('equals the plain filter at random times, hops drawn for %i ns', hopNs => {
    const next = random(7)
    let drawn = 0
    for (let n = 0; n < 150; n++) {
      const t = Math.floor(next() * 2 * S)
      const frame = frameAt(trace, t, { ...OPTIONS, hopNs })
      const got = frame.flights.map(f => `${f.link}:${f.row}:${f.progress.toFixed(9)}`).sort()
      expect(got).toEqual(plainFlights(trace, t, { hopNs, looks: ALL_LOOKS }))
      expect([...frame.queued]).toEqual(plainQueued(trace, t))
      drawn += got.length
    }
    expect(drawn).toBeGreaterThan(5)
  })

  it('is exact at the edges: on the line from its first bit, gone when it has arrived', () => {
    const { columns: c, row } = trace.flights[6].at(100)
    const at = (t: number) => frameAt(trace, t, { ...OPTIONS, hopNs: 0 }).flights.some(f => f.link === 6 && f.row === 100)
    expect([at(c.start[row] - 1), at(c.start[row]), at(c.arrival[row] - 1), at(c.arrival[row])]).toEqual([false, true, true, false])
  })

  it('draws what the legend leaves', () => {
    const advertsOnly = 1 << 1
    const looks = new Set<number>()
    for (let t = 0; t < 2 * S; t += 1e7)
      for (const f of frameAt(trace, t, { ...OPTIONS, hopNs: 1e6, looks: advertsOnly }).flights) looks.add(f.look)
    expect([...looks]).toEqual([1])
  })

  it('a packet’s second hop begins in the picture when its first has ended', () => {
    const hopNs = 1e7
    for (let row = 0; row < 50; row++) {
      const first = trace.flights[6].at(row)
      const ends = first.columns.start[first.row] + hopNs + (first.columns.steps[first.row] >> 4) * 0.22 * (hopNs - tookOf(first))
      const serial = first.columns.serial[first.row]
      const at = (t: number) =>
        frameAt(trace, t, { ...OPTIONS, hopNs }).flights.filter(f => {
          const { columns, row: i } = trace.flights[f.link].at(f.row)
          return columns.serial[i] === serial
        })
      expect(at(ends - 1).map(f => f.link)).toEqual([6])
      // Zero for packets that were lost on the second link; else one hop in the picture, and it has just begun.
      const after = at(ends + 1e5)
      expect(after.length).toBeLessThan(2)
      for (const f of after) {
        expect(f.link).not.toBe(6)
        expect(f.progress).toBeLessThan(0.02)
      }
    }
  })

  it('thins a crowd smoothly: never far above the limit, whole serials first, control packets always', () => {
    const busy = synthetic({ packets: 200_000, durationNs: S }).trace
    const t = 0.5 * S
    let before = Number.POSITIVE_INFINITY
    for (const hopNs of [1e4, 1e5, 1e6, 1e7, 5e7]) {
      const frame = frameAt(busy, t, { ...OPTIONS, hopNs, limit: 300 })
      const weight = frame.flights.reduce((n, f) => n + f.alpha, 0)
      const control = frame.flights.filter(f => f.look <= 1).length
      expect(weight - control).toBeLessThan(700)
      const all = plainFlights(busy, t, { hopNs, looks: 3 })
      expect(control).toBe(all.length)
      expect(frame.thinning).toBeLessThanOrEqual(before === Number.POSITIVE_INFINITY ? 1 : before * 64)
      for (const f of frame.flights) {
        const { columns, row } = busy.flights[f.link].at(f.row)
        if (f.look > 1 && f.alpha === 1) expect(columns.serial[row] % frame.thinning).toBe(0)
      }
      before = frame.thinning
    }
    expect(before).toBeGreaterThan(64)
  })

  it('steps from packet to packet and back again', () => {
    const starts = new Set<number>()
    for (const list of trace.flights) for (let n = 0; n < list.rows; n++) starts.add(list.at(n).columns.start[list.at(n).row])
    const sorted = [...starts].sort((a, b) => a - b)
    let t = -1
    for (const expected of sorted.slice(0, 500)) expect((t = nextPacket(trace, t, ALL_LOOKS) as number)).toBe(expected)
    for (const expected of sorted.slice(0, 499).reverse()) expect((t = previousPacket(trace, t, ALL_LOOKS) as number)).toBe(expected)
    expect(nextPacket(trace, sorted[sorted.length - 1], ALL_LOOKS)).toBeUndefined()
  })
})
