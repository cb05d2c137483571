/** The tables against plain models: the flow hash against a Map, received ranges against a set of bytes, the ring against a sorted list. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpiryRing } from '../../../sim-core/base/expiry-ring.ts'
import { Connections } from '../../../sim-core/protocols/tcp/connections.ts'
import { ReceivedRanges } from '../../../sim-core/protocols/tcp/received-ranges.ts'

describe('the connection table', () => {
  it('finds what is open and nothing else, whatever the order of opening and closing', () => {
    const flow = fc.record({
      host: fc.nat(2),
      local: fc.nat(3),
      localPort: fc.integer({ min: 79, max: 82 }),
      remote: fc.nat(3),
      remotePort: fc.nat(40),
    })
    fc.assert(
      fc.property(fc.array(fc.record({ flow, open: fc.boolean() }), { maxLength: 400 }), steps => {
        const table = new Connections()
        const model = new Map<string, number>()
        for (const { flow: f, open } of steps) {
          const key = JSON.stringify(f)
          const row = model.get(key)
          if (open && row === undefined) {
            const c = table.open(f.host, f.local, f.localPort, f.remote, f.remotePort)
            table.state[c] = 3
            model.set(key, c)
          } else if (!open && row !== undefined) {
            table.close(row)
            model.delete(key)
          }
          expect(table.find(f.host, f.local, f.localPort, f.remote, f.remotePort)).toBe(model.get(key) ?? -1)
        }
        expect(table.used).toBe(model.size)
        for (const [key, row] of model) {
          const f = JSON.parse(key)
          expect(table.find(f.host, f.local, f.localPort, f.remote, f.remotePort)).toBe(row)
        }
      }),
      { numRuns: 100 },
    )
  })
  it('grows without losing a flow', () => {
    const table = new Connections()
    const rows = Array.from({ length: 5000 }, (_, i) => table.open(i % 7, 1, 80, i % 11, i))
    rows.forEach((row, i) => {
      expect(table.find(i % 7, 1, 80, i % 11, i)).toBe(row)
    })
  })
})

describe('received ranges', () => {
  it('hold exactly the bytes that were added, merged, the newest range first', () => {
    const segment = fc.record({ start: fc.nat(60), length: fc.integer({ min: 1, max: 12 }) })
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), fc.integer(), (segments, base) => {
        const ranges = new ReceivedRanges()
        let head = -1
        const model = new Set<number>()
        for (const { start, length } of segments) {
          head = ranges.add(head, (base + start) | 0, (base + start + length) | 0)
          for (let b = start; b < start + length; b++) model.add(b)
          expect((ranges.start[head] - base) | 0).toBeLessThanOrEqual(start)
          expect((ranges.end[head] - base) | 0).toBeGreaterThanOrEqual(start + length)
        }
        const held = new Set<number>()
        const edges: number[] = []
        for (let g = head; g >= 0; g = ranges.next[g]) {
          edges.push((ranges.start[g] - base) | 0, (ranges.end[g] - base) | 0)
          for (let b = (ranges.start[g] - base) | 0; b < ((ranges.end[g] - base) | 0); b++) held.add(b)
        }
        expect([...held].sort((a, b) => a - b)).toEqual([...model].sort((a, b) => a - b))
        expect(new Set(edges).size).toBe(edges.length) // no two touch
        const reach = (ranges.reach(head, base | 0) - base) | 0
        let contiguous = 0
        while (model.has(contiguous)) contiguous++
        expect(reach).toBe(contiguous)
        head = ranges.prune(head, (base + 30) | 0)
        for (let g = head; g >= 0; g = ranges.next[g]) expect((ranges.end[g] - base) | 0).toBeGreaterThan(30)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the expiry ring', () => {
  it('gives rows back in the order of their deadlines, also after it has grown', () => {
    const ring = new ExpiryRing()
    const out: number[] = []
    let added = 0
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < (round * 7) % 40; i++) expect(ring.begin(added, added++)).toBe(ring.next === added - 1)
      for (let i = 0; i < 15 && ring.next !== Number.POSITIVE_INFINITY; i++) out.push(ring.shift())
    }
    while (ring.next !== Number.POSITIVE_INFINITY) out.push(ring.shift())
    expect(out).toEqual(Array.from({ length: added }, (_, i) => i))
  })
})
