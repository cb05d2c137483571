/** Goal: every window, bin and takeover is a sum of whole segments, and zones never straddle a window's edge. */
import { describe, expect, it } from 'vitest'
import { planSegments, segmentAt, segmentRange, spanOf } from '../../sim-core/metrics/index.ts'

const S = 1e9
const plan = (windows: [number, number, number?][], instants: number[] = [], duration = 10) =>
  planSegments({
    durationNs: duration * S,
    windows: windows.map(([from, to, bin]) => ({ fromNs: from * S, toNs: to * S, ...(bin === undefined ? {} : { binsNs: [bin * S] }) })),
    instantsNs: instants.map(t => t * S),
  })

describe('segments', () => {
  it('cut the run at the edges of windows and at their one-second bins', () => {
    const s = plan([
      [0, 10],
      [2.5, 4],
    ])
    expect(Array.from(s.boundariesNs, t => t / S)).toEqual([0, 1, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10])
  })

  it('cut at an event, 50 ms before it, and every 0.1 s for ten seconds after it', () => {
    const s = plan([[0, 10]], [4])
    const cuts = new Set(Array.from(s.boundariesNs, t => t / S))
    for (const t of [3.95, 4, 4.1, 4.2, 9.9]) expect(cuts.has(t)).toBe(true)
    expect(cuts.has(3.9)).toBe(false)
  })

  it('cut at the bins that an expectation asks for', () => {
    const s = plan([[0, 1, 0.25]], [], 1)
    expect(Array.from(s.boundariesNs, t => t / S)).toEqual([0, 0.25, 0.5, 0.75, 1])
  })

  it('leave out bins that would be too many to hold', () => {
    expect(plan([[0, 10, 1e-9]]).count).toBe(10)
  })

  it('number zones so that each window is made of whole zones', () => {
    const s = plan([
      [0, 10],
      [2, 5],
      [4, 10],
    ])
    const zones = (from: number, to: number) => [...new Set(spanOf(s, from * S, to * S).map(i => s.zoneOf[i]))]
    expect(zones(0, 2)).toEqual([0])
    expect(zones(2, 5)).toEqual([1, 2])
    expect(zones(4, 10)).toEqual([2, 3])
    expect(s.zoneCount).toBe(4)
  })

  it('find the segment of an instant and the segments of a stretch', () => {
    const s = plan([[0, 10]])
    expect(segmentAt(s, 0)).toBe(0)
    expect(segmentAt(s, 3.7 * S)).toBe(3)
    expect(segmentAt(s, 10 * S)).toBe(9)
    expect(segmentRange(s, 2 * S, 5 * S)).toEqual({ first: 2, last: 5 })
    expect(segmentRange(s, 5 * S, 5 * S)).toEqual({ first: 5, last: 5 })
  })
})
