/**
 * What changed between two runs: verdicts, owners of VIPs, outages, loss, links and expectations, window by window. Works
 * on the documents of `run --json`, so that a run of yesterday can be compared with one of today. What a report would
 * show with the same figures has not changed. Tested in test/cli/diff.test.ts.
 */
import { showDuration, showRatio, showTime } from '../../metrics/index.ts'
import type { RunDocument } from '../json-schema.ts'

export type ChangeKind = 'verdict' | 'owner' | 'outage' | 'loss' | 'requests' | 'link' | 'expectation'

export interface RunChange {
  readonly kind: ChangeKind
  /** Window, `takeover after crash b1`, or '' for the run as a whole. */
  readonly where: string
  /** VIP, traffic, link, or the expectation's text. */
  readonly of: string
  readonly before: string
  readonly after: string
  /** Undefined: neither, such as another owner. */
  readonly worse?: boolean
}

/** What one side does not have. */
const ABSENT = '–'
const VERDICTS = ['HOLDS', 'DEGRADED', 'OUTAGE']
const NS = 1e9
/** Of a link's rate: loads that differ by less have not changed. */
const LOAD_STEP = 0.005

export function compareRuns(a: RunDocument, b: RunDocument): RunChange[] {
  return [
    ...verdicts('', { answer: a.answer.verdict }, { answer: b.answer.verdict }),
    ...expectationChanges(a, b),
    ...both(a.windows, b.windows).flatMap(([name, x, y]) => {
      const changes = windowChanges(name, x, y)
      // The whole is told by its parts, where there are some.
      const whole = name === 'run' && Object.keys(a.windows).length > 1
      return whole ? changes.filter(c => c.kind === 'loss' || c.kind === 'requests' || c.kind === 'outage') : changes
    }),
    ...takeoverChanges(a, b),
  ]
}

type Window = RunDocument['windows'][string]

function windowChanges(where: string, x: Window | undefined, y: Window | undefined): RunChange[] {
  if (x === undefined || y === undefined) return verdicts(where, { window: x?.verdict }, { window: y?.verdict })
  return [
    ...verdicts(where, { window: x.verdict }, { window: y.verdict }),
    ...both(x.vips, y.vips).flatMap(([vip, v, w]) => [
      ...change('owner', where, vip, v && owners(v, x), w && owners(w, y)),
      ...larger('outage', where, vip, v?.outage_s, w?.outage_s, s => showDuration(s * NS)),
    ]),
    ...both(x.traffic, y.traffic).flatMap(([name, t, u]) => [
      ...larger('loss', where, name, t?.loss, u?.loss, showRatio),
      ...larger('requests', where, name, t && failed(t), u && failed(u), n => `${n} failed`),
    ]),
    ...both(x.links, y.links).flatMap(([link, l, m]) => loads(where, link, l?.offered, m?.offered)),
  ]
}

/** More load is worse where it is more than the link carries. */
function loads(where: string, link: string, x: number | undefined, y: number | undefined): RunChange[] {
  if (x !== undefined && y !== undefined && Math.abs(x - y) < LOAD_STEP) return []
  const changes = larger('link', where, link, x, y, showRatio)
  return Math.max(x ?? 0, y ?? 0) > 1 ? changes : changes.map(({ worse: _, ...c }) => c)
}

const failed = ({ connections: c }: Window['traffic'][string]): number => c.reset + c.refused + c.timed_out

/** `b1`, or `b1 (to 15.050 s), b2 (from 18.414 s)`. */
function owners({ owners: list }: Window['vips'][string], { from_s, to_s }: Window): string {
  if (list.length === 0) return 'nobody'
  return list
    .map(o => {
      const [from, to] = [o.from_s > from_s ? `from ${showTime(o.from_s * NS)}` : '', o.to_s < to_s ? `to ${showTime(o.to_s * NS)}` : '']
      const when = `${from} ${to}`.trim()
      return when === '' ? o.host : `${o.host} (${when})`
    })
    .join(', ')
}

function takeoverChanges(a: RunDocument, b: RunDocument): RunChange[] {
  const named = (d: RunDocument) => Object.fromEntries(d.takeovers.map(t => [`takeover after ${t.after} at ${showTime(t.from_s * NS)}`, t]))
  return both(named(a), named(b)).flatMap(([where, t, u]) => verdicts(where, { takeover: t?.verdict }, { takeover: u?.verdict }))
}

function expectationChanges(a: RunDocument, b: RunDocument): RunChange[] {
  const named = (d: RunDocument) => Object.fromEntries(d.verdicts.map(v => [v.expect, v]))
  return both(named(a), named(b)).flatMap(([text, v, w]) => {
    const told = (of: typeof v) => of && `${of.ok ? 'held' : 'failed'} (${of.observed})`
    // One that only the other has, and that holds, is no news.
    if ((v?.ok ?? true) === (w?.ok ?? true)) return []
    return [
      { kind: 'expectation' as const, where: '', of: text, before: told(v) ?? ABSENT, after: told(w) ?? ABSENT, worse: w?.ok === false },
    ]
  })
}

function verdicts(where: string, x: Record<string, string | undefined>, y: Record<string, string | undefined>): RunChange[] {
  return both(x, y).flatMap(([of, v, w]) => {
    const worse = v === undefined || w === undefined ? {} : { worse: VERDICTS.indexOf(w) > VERDICTS.indexOf(v) }
    return change('verdict', where, of, v, w).map(c => ({ ...c, ...worse }))
  })
}

/** A figure of which more is worse. */
function larger(
  kind: ChangeKind,
  where: string,
  of: string,
  x: number | undefined,
  y: number | undefined,
  show: (value: number) => string,
): RunChange[] {
  const told = (value: number | undefined) => (value === undefined ? undefined : show(value))
  return change(kind, where, of, told(x), told(y)).map(c => (x === undefined || y === undefined ? c : { ...c, worse: y > x }))
}

const change = (kind: ChangeKind, where: string, of: string, before: string | undefined, after: string | undefined): RunChange[] =>
  before === after ? [] : [{ kind, where, of, before: before ?? ABSENT, after: after ?? ABSENT }]

/** Keys of either, in the order of the first, then of the second. */
function both<T>(x: Readonly<Record<string, T>>, y: Readonly<Record<string, T>>): [string, T | undefined, T | undefined][] {
  const has = (of: Readonly<Record<string, T>>, key: string) => (Object.hasOwn(of, key) ? of[key] : undefined)
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].map(key => [key, has(x, key), has(y, key)])
}
