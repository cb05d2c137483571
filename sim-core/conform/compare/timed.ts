/**
 * Events with a time of their own: the recorded list and the run's, matched one to one. Within a key (host, kind and
 * everything that the line says) both are in the order of time, so a single pass pairs them; what finds no partner
 * within the tolerance is a difference, whichever side it is on.
 */
import { showTime } from './words.ts'
import type { Tolerances } from '../tolerances.ts'
import type { Observed, ObservedKind } from '../observed.ts'
import type { Comparison, Difference } from '../score.ts'

/** An event of a run, with why it happened when the run says so. */
export type Seen<O extends Observed = Observed> = O & { readonly rule?: string }

export interface TimedKind<O extends Observed> {
  readonly kind: ObservedKind
  /** Events that may stand for each other have one key. */
  readonly keyOf: (event: O) => string
  /** What comes in order, across kinds: the host. */
  readonly orderOf: (event: O) => string
  readonly hostOf: (event: O) => string
  readonly describe: (event: O) => string
  /** Said when the run gives no rule of its own. */
  readonly rule: string
}

export interface Pair<O extends Observed> {
  readonly expected: O
  readonly got: Seen<O>
}

export interface Matching<O extends Observed> {
  readonly pairs: readonly Pair<O>[]
  readonly missing: readonly O[]
  readonly extra: readonly Seen<O>[]
}

/** Pairs in each key, both sides in the order of time. */
export function matchTimed<O extends Observed>(
  expected: readonly O[],
  got: readonly Seen<O>[],
  keyOf: (o: O) => string,
  tolerances: Tolerances,
): Matching<O> {
  const pairs: Pair<O>[] = []
  const missing: O[] = []
  const extra: Seen<O>[] = []
  const gotByKey = groupBy(got, keyOf)
  for (const [key, wanted] of groupBy(expected, keyOf)) {
    const seen = gotByKey.get(key) ?? []
    gotByKey.delete(key)
    let j = 0
    for (const event of wanted) {
      while (j < seen.length && seen[j].t < event.t - tolerances.earlyS) extra.push(seen[j++])
      if (j < seen.length && seen[j].t <= event.t + tolerances.lateS) pairs.push({ expected: event, got: seen[j++] })
      else missing.push(event)
    }
    while (j < seen.length) extra.push(seen[j++])
  }
  for (const rest of gotByKey.values()) extra.push(...rest)
  return { pairs, missing, extra }
}

/** A comparison of one kind and the pairs it made, for the check of order across kinds. */
export interface TimedComparison extends Comparison {
  readonly pairs: readonly OrderedPair[]
}

interface OrderedPair {
  readonly kind: ObservedKind
  readonly order: string
  readonly host: string
  readonly words: string
  readonly expectedS: number
  readonly gotS: number
  readonly rule: string
}

/** `endS`: the recording stops here, while the hosts go on; what is nearer to it than the tolerance counts on neither side. */
export function compareTimed<O extends Observed>(
  of: TimedKind<O>,
  expected: readonly O[],
  got: readonly Seen<O>[],
  tolerances: Tolerances,
  endS: number,
): TimedComparison {
  const cutS = endS - tolerances.lateS
  const matching = matchTimed(expected, got, of.keyOf, tolerances)
  const missing = matching.missing.filter(e => e.t <= cutS)
  const extra = matching.extra.filter(e => e.t <= cutS)
  const differences: Difference[] = [
    ...missing.map(e => ({
      kind: of.kind,
      tS: e.t,
      host: of.hostOf(e),
      expected: `${of.describe(e)} at ${showTime(e.t)}`,
      got: nearestWords(of, e, got),
      rule: nearestRule(of, e, got),
    })),
    ...extra.map(e => ({
      kind: of.kind,
      tS: e.t,
      host: of.hostOf(e),
      expected: `nothing of the kind at ${showTime(e.t)}`,
      got: of.describe(e),
      rule: e.rule ?? of.rule,
    })),
  ]
  const pairs = matching.pairs.map(p => ({
    kind: of.kind,
    order: of.orderOf(p.expected),
    host: of.hostOf(p.expected),
    words: of.describe(p.expected),
    expectedS: p.expected.t,
    gotS: p.got.t,
    rule: p.got.rule ?? of.rule,
  }))
  return {
    kind: of.kind,
    matched: pairs.length,
    total: pairs.length + missing.length + extra.length,
    differences: differences.sort((a, b) => a.tS - b.tS),
    errorsS: pairs.map(p => p.gotS - p.expectedS),
    pairs,
  }
}

/**
 * Takes back what matched by time alone but came in another order: of one host, events that were recorded clearly one
 * after the other must not change places. What is nearly at one instant has no order, in the recording or in the run.
 */
export function withOrder(comparisons: readonly TimedComparison[], tolerances: Tolerances): Comparison[] {
  const disordered: Difference[] = []
  for (const pairs of groupBy(
    comparisons.flatMap(c => c.pairs),
    p => p.order,
  ).values()) {
    pairs.sort((a, b) => a.expectedS - b.expectedS)
    for (let i = 1; i < pairs.length; i++) {
      const [before, after] = [pairs[i - 1], pairs[i]]
      const [expectedS, gotS] = [after.expectedS - before.expectedS, after.gotS - before.gotS]
      if (expectedS <= tolerances.simultaneousS || gotS >= -tolerances.simultaneousS) continue
      disordered.push({
        kind: after.kind,
        tS: after.expectedS,
        host: after.host,
        expected: `${after.words} after ${before.words}`,
        got: `the other way round: ${showTime(after.gotS)}, then ${showTime(before.gotS)}`,
        rule: after.rule,
      })
    }
  }
  return comparisons.map(({ pairs: _pairs, ...c }) => {
    const own = disordered.filter(d => d.kind === c.kind)
    return { ...c, matched: c.matched - own.length, differences: [...c.differences, ...own].sort((a, b) => a.tS - b.tS) }
  })
}

function nearest<O extends Observed>(of: TimedKind<O>, event: O, got: readonly Seen<O>[]): Seen<O> | undefined {
  let best: Seen<O> | undefined
  for (const g of got) {
    if (of.hostOf(g) !== of.hostOf(event)) continue
    if (best === undefined || Math.abs(g.t - event.t) < Math.abs(best.t - event.t)) best = g
  }
  return best
}

function nearestWords<O extends Observed>(of: TimedKind<O>, event: O, got: readonly Seen<O>[]): string {
  const same = nearest(
    of,
    event,
    got.filter(g => of.keyOf(g) === of.keyOf(event)),
  )
  if (same !== undefined)
    return `the nearest such one at ${showTime(same.t)}, ${showTime(Math.abs(same.t - event.t))} ${same.t < event.t ? 'early' : 'late'}`
  const other = nearest(of, event, got)
  return other === undefined ? 'none of this host' : `none; the nearest of this host is ${of.describe(other)} at ${showTime(other.t)}`
}

function nearestRule<O extends Observed>(of: TimedKind<O>, event: O, got: readonly Seen<O>[]): string {
  return (
    nearest(
      of,
      event,
      got.filter(g => of.orderOf(g) === of.orderOf(event)),
    )?.rule ?? of.rule
  )
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
