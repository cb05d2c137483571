/** Goal: the writer keeps to its budget, says so, and what it keeps is consistent; the file form gives the same trace back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binLength, CLASS_COUNT, parseTrace, ROW_BYTES, serialiseTrace, Trace } from '../../sim-core/trace/index.ts'
import { header, synthetic } from './synthetic.ts'

const S = 1e9

describe('the packet trace', () => {
  it('has 64 bytes a row', () => {
    const { trace } = synthetic({ packets: 1000, durationNs: S, parts: 1 })
    const bytes = [...trace.flights, ...trace.losses].flatMap(l => l.parts).reduce((n, p) => n + p.columns.start.buffer.byteLength, 0)
    expect(ROW_BYTES).toBe(64)
    expect(bytes).toBe(trace.rows * 64)
  })

  it('keeps everything while the budget lasts, then says when it was used up', () => {
    const { trace, writer } = synthetic({ packets: 20_000, durationNs: S, budgetRows: 5_000 })
    expect(trace.rows).toBe(5_000)
    expect(writer.coverage.map(c => c.stride)).toEqual([1, 0])
    expect(trace.notes[0]).toMatch(/^the budget of 5000 packet rows was used up at 0\.1\d+ s/)
    expect(trace.strideAt(writer.coverage[1].fromNs - 1)).toBe(1)
    expect(trace.strideAt(0.9 * S)).toBe(0)
  })

  it('sampled: spreads the budget over the run, whole journeys, control packets always', () => {
    const { trace } = synthetic({ packets: 100_000, durationNs: 10 * S, level: 'sampled', budgetRows: 20_000 })
    expect(trace.rows).toBeGreaterThan(8_000)
    expect(trace.rows).toBeLessThanOrEqual(20_000)
    const last = trace.flights[6].at(trace.flights[6].rows - 1)
    expect(last.columns.start[last.row]).toBeGreaterThan(9.9 * S)
    expect(trace.strideAt(5 * S)).toBeGreaterThan(2)
    const everything = synthetic({ packets: 100_000, durationNs: 10 * S }).trace
    const control = (t: Trace): number => {
      let n = 0
      for (const l of t.flights) l.each(0, l.rows, 'control', () => n++)
      return n
    }
    expect(control(trace)).toBe(control(everything))
  })

  it('counts are complete whatever is kept', () => {
    const sum = (a: ArrayLike<number>): number => Array.from(a).reduce((x, y) => x + y, 0)
    const all = synthetic({ packets: 5_000, durationNs: S }).trace.rates
    const none = synthetic({ packets: 5_000, durationNs: S, level: 'states' })
    expect(none.trace.rows).toBe(0)
    expect(sum(none.trace.rates.packets)).toBe(sum(all.packets))
    expect(sum(none.trace.rates.bytes)).toBe(sum(all.bytes))
    expect(all.packets.length).toBe(all.bins * all.links * CLASS_COUNT)
  })

  it.each([
    [60 * S, 5e7],
    [1 * S, 1e6],
    [900 * S, 5e8],
    [0, 1e6],
  ])('a run of %i ns has bins of %i ns', (durationNs, bin) => {
    expect(binLength(durationNs)).toBe(bin)
  })
})

describe('the trace file', () => {
  const { trace } = synthetic({ packets: 500, durationNs: S })
  trace.happenings.push({ t: 5 as never, host: 'b1', kind: 'state', what: 'VI_1 BACKUP → MASTER', fields: { instance: 'VI_1' } })
  const bytes = serialiseTrace(trace)

  it('comes back as it was', () => {
    const back = parseTrace(bytes)
    if (!('trace' in back)) throw new Error(back.problem)
    expect(serialiseTrace(back.trace)).toEqual(bytes)
    expect(back.trace.header).toEqual(trace.header)
    expect(back.trace.happenings).toEqual(trace.happenings)
    expect(back.trace.rows).toBe(trace.rows)
  })

  it('an infinite rate survives', () => {
    const t = new Trace({ ...header(S), links: header(S).links.map(l => ({ ...l, rateBps: Number.POSITIVE_INFINITY })) })
    const back = parseTrace(serialiseTrace(t))
    expect('trace' in back && back.trace.header.links[0].rateBps).toBe(Number.POSITIVE_INFINITY)
  })

  it('says what is wrong with another file, another version, half a file', () => {
    expect(parseTrace(new Uint8Array(3))).toEqual({ problem: 'this is not a trace of lvsim' })
    const newer = bytes.slice()
    newer[7] = '9'.charCodeAt(0)
    expect(parseTrace(newer)).toHaveProperty('problem', 'this trace was written by another version of lvsim (9, here 1)')
    expect(parseTrace(bytes.slice(0, bytes.length - 40))).toHaveProperty('problem', 'the trace ends in the middle of a chunk')
    expect(parseTrace(bytes.slice(0, 200))).toHaveProperty('problem', 'the trace ends in the middle of its head')
  })

  it('never throws on damaged bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        fc.nat(bytes.length),
        (changes, length) => {
          const damaged = bytes.slice(0, length)
          for (const [at, value] of changes) if (at < length) damaged[at] = value
          const parsed = parseTrace(damaged)
          expect('trace' in parsed || parsed.problem.length > 10).toBe(true)
        },
      ),
      { numRuns: 300, seed: 3 },
    )
  })
})
