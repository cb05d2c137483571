/**
 * What is polled: IPVS tables, connection entries, persistence counters, the state of one entry after a step. The run
 * is read at the same instants; a line matches when its whole content is equal. A poll in the middle of a burst may
 * see one packet more or less than the recorded one, so the run is also read within the tolerance of time around it.
 */
import type { Observed, ObservedConnection, ObservedKind, ObservedOf, ObservedService } from '../observed.ts'
import type { Comparison, Difference } from '../score.ts'
import type { Tolerances } from '../tolerances.ts'
import { firstDifferenceOf, quote, showTime } from './words.ts'

export type PolledKind = 'ipvs' | 'conn' | 'persist' | 'step'

/** What a poll of the run saw; `forLine` is the index of the recorded line that it stands for, or −1 for a poll at which nothing new was recorded. */
export interface Poll<K extends PolledKind = PolledKind> {
  readonly seen: ObservedOf<K>
  readonly forLine: number
}

interface PolledType<K extends PolledKind> {
  readonly kind: K
  /** One text a row, equal when the rows are. */
  readonly rows: (line: ObservedOf<K>, tolerances: Tolerances) => readonly string[]
  /** What of a poll stands for a recorded line; all of it unless given. */
  readonly part?: (seen: ObservedOf<K>, line: ObservedOf<K>) => ObservedOf<K>
  readonly rule: string
}

export const SERVICES: PolledType<'ipvs'> = {
  kind: 'ipvs',
  rows: line => line.services.map(serviceText).sort(),
  part: partOfServices,
  rule: 'the IPVS table has the same services, servers in list order, weights and counters',
}

export const CONNECTIONS: PolledType<'conn'> = {
  kind: 'conn',
  rows: (line, tolerances) => line.conns.map(c => connectionText(c, tolerances)).sort(),
  rule: 'the same connection entries, states and remaining seconds',
}

export const PERSISTENCE: PolledType<'persist'> = {
  kind: 'persist',
  rows: line =>
    line.services
      .map(
        s =>
          `${s.vip}: ${s.rs
            .map(r => `${r.addr} weight ${r.weight} ${r.persist}/${r.active}/${r.inact}`)
            .sort()
            .join(', ')}`,
      )
      .sort(),
  rule: 'the same persistence counters',
}

export const STEPS: PolledType<'step'> = {
  kind: 'step',
  rows: step => [step.state === null ? 'no entry' : `${step.state}, ${step.expire_s} s left, ${step.rs}`],
  rule: 'the entry after the packet: kernel table of TCP states',
}

/** After a step the recorder read the service of the step only: services that a line does not list are not compared, unless it lists none. */
function partOfServices(seen: ObservedOf<'ipvs'>, line: ObservedOf<'ipvs'>): ObservedOf<'ipvs'> {
  if (line.services.length === 0) return seen
  const key = (s: ObservedService) => `${s.proto} ${s.vip}`
  const listed = new Set(line.services.map(key))
  return { ...seen, services: seen.services.filter(s => listed.has(key(s))) }
}

function serviceText(s: ObservedService): string {
  const flags = s.flags === undefined || s.flags.length === 0 ? '' : ` ${s.flags.join(' ')}`
  return `${s.proto} ${s.vip} ${s.scheduler}${flags}: ${s.rs.map(r => `${r.addr} ${r.fwd} ${r.weight} ${r.active}/${r.inact}`).join(', ')}`
}

const connectionText = (c: ObservedConnection, tolerances: Tolerances): string =>
  `${c.proto} ${c.client} ${c.vip} ${c.rs} ${c.state}${tolerances.wheelPhaseKnown ? ` ${c.expire_s} s` : ''}`

/** `indices`: of the recorded lines, as `forLine` of the polls names them. */
export function comparePolls<K extends PolledKind>(
  of: PolledType<K>,
  expected: readonly { readonly line: ObservedOf<K>; readonly index: number }[],
  polls: readonly Poll<K>[],
  tolerances: Tolerances,
): Comparison {
  const textOf = (line: ObservedOf<K>) => of.rows(line, tolerances).join('\n')
  const partFor = (seen: ObservedOf<K>, line: ObservedOf<K>) => of.part?.(seen, line) ?? seen
  const byLine = new Map<number, Poll<K>[]>()
  const between: Poll<K>[] = []
  for (const poll of polls) {
    const list = byLine.get(poll.forLine)
    if (poll.forLine < 0) between.push(poll)
    else if (list === undefined) byLine.set(poll.forLine, [poll])
    else list.push(poll)
  }
  const differences: Difference[] = []
  for (const { line, index } of expected) {
    const wanted = textOf(line)
    const around = byLine.get(index) ?? []
    if (!around.some(p => textOf(partFor(p.seen, line)) === wanted)) differences.push(differenceAt(of, line, around, tolerances))
  }
  const extra = unrecorded(of, expected, between, textOf, tolerances)
  return {
    kind: of.kind,
    matched: expected.length - differences.length,
    total: expected.length + extra.length,
    differences: [...differences, ...extra].sort((a, b) => a.tS - b.tS),
    errorsS: [],
  }
}

function differenceAt<K extends PolledKind>(
  of: PolledType<K>,
  line: ObservedOf<K>,
  around: readonly Poll<K>[],
  tolerances: Tolerances,
): Difference {
  const at = around.find(p => p.seen.t === line.t) ?? around[0]
  const rows = at === undefined ? [] : of.rows(of.part?.(at.seen, line) ?? at.seen, tolerances)
  const first = firstDifferenceOf(of.rows(line, tolerances), rows)
  return { kind: of.kind, tS: line.t, host: line.host, expected: quote(first.expected), got: quote(first.got), rule: of.rule }
}

/** Polls at which nothing new was recorded, but the run shows something else than the last recorded line: once a change. */
function unrecorded<K extends PolledKind>(
  of: PolledType<K>,
  expected: readonly { readonly line: ObservedOf<K>; readonly index: number }[],
  between: readonly Poll<K>[],
  textOf: (line: ObservedOf<K>) => string,
  tolerances: Tolerances,
): Difference[] {
  const out: Difference[] = []
  const said = new Map<string, string>()
  for (const poll of between) {
    const { t, host } = poll.seen
    const last = expected.filter(e => e.line.host === host && e.line.t < t).at(-1)
    if (last === undefined) continue
    const seen = of.part?.(poll.seen, last.line) ?? poll.seen
    const got = textOf(seen)
    if (got === textOf(last.line)) said.delete(host)
    else if (said.get(host) !== got) {
      said.set(host, got)
      const first = firstDifferenceOf(of.rows(last.line, tolerances), of.rows(seen, tolerances))
      out.push({
        kind: of.kind,
        tS: t,
        host,
        expected: `no change since ${showTime(last.line.t)}: ${quote(first.expected)}`,
        got: quote(first.got),
        rule: of.rule,
      })
    }
  }
  return out
}

/** The recorded lines of one kind with their index in the recording. */
export function indexed<K extends ObservedKind>(observed: readonly Observed[], kind: K): { line: ObservedOf<K>; index: number }[] {
  return observed.flatMap((o, index) => (o.kind === kind ? [{ line: o as ObservedOf<K>, index }] : []))
}
