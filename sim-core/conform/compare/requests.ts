/** What became of each request: who was chosen, what came back and how long it took; and of each download. */
import type { ObservedOf } from '../observed.ts'
import type { Comparison, Difference } from '../score.ts'
import type { Tolerances } from '../tolerances.ts'
import { showTime } from './words.ts'

type Fate = 'ok' | 'refused' | 'reset' | 'timed out' | 'failed'

/** The words of the recording's tools. */
function fateOf(error: string | undefined): Fate {
  if (error === undefined) return 'ok'
  if (/refused/i.test(error)) return 'refused'
  if (/reset/i.test(error)) return 'reset'
  if (/timed out/i.test(error)) return 'timed out'
  return 'failed'
}

/** Everything by id: a request has one fate however late. */
function byId<O extends { readonly id: string }>(
  kind: 'scheduled' | 'response' | 'download',
  expected: readonly O[],
  got: readonly O[],
  compare: (e: O, g: O) => { expected: string; got: string; rule: string } | undefined,
  where: (o: O) => { tS: number; host: string; words: string },
): Comparison {
  const differences: Difference[] = []
  const used = new Set<O>()
  const numberOf = new Map<string, number>()
  for (const e of expected) {
    const nth = numberOf.get(e.id) ?? 0
    numberOf.set(e.id, nth + 1)
    const g = got.filter(o => o.id === e.id)[nth]
    if (g === undefined) {
      differences.push({ kind, ...pick(where(e)), expected: where(e).words, got: 'nothing of this id', rule: 'every request has a fate' })
      continue
    }
    used.add(g)
    const difference = compare(e, g)
    if (difference !== undefined) differences.push({ kind, ...pick(where(e)), ...difference })
  }
  const extra = got.filter(g => !used.has(g))
  for (const g of extra)
    differences.push({ kind, ...pick(where(g)), expected: 'nothing of this id', got: where(g).words, rule: 'every request has a fate' })
  return {
    kind,
    matched: expected.length - (differences.length - extra.length),
    total: expected.length + extra.length,
    differences: differences.sort((a, b) => a.tS - b.tS),
    errorsS: [],
  }
}

const pick = (w: { tS: number; host: string }) => ({ tS: w.tS, host: w.host })

export function compareScheduled(expected: readonly ObservedOf<'scheduled'>[], got: readonly ObservedOf<'scheduled'>[]): Comparison {
  const say = (s: ObservedOf<'scheduled'>) => (s.rs === null ? `no server (${fateOf(s.error)})` : s.rs)
  return byId(
    'scheduled',
    expected,
    got,
    (e, g) =>
      say(e) === say(g) ? undefined : { expected: `${e.id} from ${e.client} gets ${say(e)}`, got: say(g), rule: 'the scheduler’s choice' },
    s => ({ tS: s.t, host: s.client, words: `${s.id} gets ${say(s)}` }),
  )
}

export function compareResponses(
  expected: readonly ObservedOf<'response'>[],
  got: readonly ObservedOf<'response'>[],
  tolerances: Tolerances,
): Comparison {
  return byId(
    'response',
    expected,
    got,
    (e, g) => {
      const [fate, gotFate] = [fateText(e), fateText(g)]
      if (fate !== gotFate)
        return { expected: `${e.id}: ${fate}`, got: gotFate, rule: 'the fate of a request: who answers, or how it fails' }
      const allowed = tolerances.requestS + tolerances.requestShare * e.elapsed_s
      const late = (r: ObservedOf<'response'>) => (e.id.endsWith('.late') ? r.t : r.elapsed_s)
      const longer = late(e) - late(g)
      if (longer > allowed + tolerances.processLagS || longer < -allowed)
        return {
          expected: `${e.id}: ${fate} after ${showTime(e.elapsed_s)}`,
          got: `after ${showTime(g.elapsed_s)}`,
          rule: 'the delay of a request',
        }
      if (e.syn_retx !== undefined && g.syn_retx !== undefined && e.syn_retx !== g.syn_retx)
        return {
          expected: `${e.id}: SYN sent again ${e.syn_retx} times`,
          got: `${g.syn_retx} times`,
          rule: 'SYN retransmission: 1, 2, 4 s and the timer wheel',
        }
      return undefined
    },
    r => ({ tS: r.t, host: r.client, words: `${r.id}: ${fateText(r)} after ${showTime(r.elapsed_s)}` }),
  )
}

function fateText(r: ObservedOf<'response'>): string {
  const fate = fateOf(r.error)
  return fate === 'ok' ? `${r.status ?? 200} by ${r.server ?? 'nobody'}` : fate
}

export function compareDownloads(
  expected: readonly ObservedOf<'download'>[],
  got: readonly ObservedOf<'download'>[],
  tolerances: Tolerances,
): Comparison {
  const say = (d: ObservedOf<'download'>) =>
    `${d.bytes} of ${d.of} bytes, ${d.result === 'complete' ? `complete, by ${d.server ?? 'nobody'}` : fateOf(d.result)}`
  return byId(
    'download',
    expected,
    got,
    (e, g) => {
      if (say(e) !== say(g))
        return { expected: `${e.id}: ${say(e)}`, got: say(g), rule: 'what a transfer gets across before its director is lost' }
      if (Math.abs((e.last_data_t ?? 0) - (g.last_data_t ?? 0)) > tolerances.requestS + tolerances.requestShare * e.t)
        return {
          expected: `${e.id}: last data at ${showTime(e.last_data_t ?? 0)}`,
          got: `at ${showTime(g.last_data_t ?? 0)}`,
          rule: 'when the last data came',
        }
      return undefined
    },
    d => ({ tS: d.t, host: d.client, words: `${d.id}: ${say(d)}` }),
  )
}
