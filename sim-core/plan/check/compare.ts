/**
 * What a change of configuration alters: ownership, takeover times and loads in each failure set, and the findings that
 * come and go. Tested in test/report/check.test.ts.
 */
import type { CheckResult } from './check.ts'
import type { FailureRow, Takeover } from './matrix.ts'
import type { Finding } from './rule.ts'

export interface Change {
  readonly failed: readonly string[]
  /** `owner`, `takeover`, `load`, `vip`, `host`. */
  readonly kind: 'owner' | 'takeover' | 'load' | 'vip' | 'host'
  /** VIP, host or `switch→b1`. */
  readonly of: string
  readonly before: string
  readonly after: string
}

export interface Comparison {
  readonly changes: readonly Change[]
  readonly fixed: readonly Finding[]
  readonly introduced: readonly Finding[]
}

export interface Words {
  readonly ratio: (ratio: number) => string
  readonly time: (ns: number) => string
}

/** `then` is the other folder, `now` the one that is checked. */
export function compareChecks(then: CheckResult, now: CheckResult, words: Words): Comparison {
  const hosts = sides(
    then.cluster.hosts.map(h => h.name),
    now.cluster.hosts.map(h => h.name),
  ).map(({ name, there, here }): Change => ({ failed: [], kind: 'host', of: name, before: there, after: here }))
  const vips = sides(then.cluster.vips, now.cluster.vips).map(
    ({ name, there, here }): Change => ({ failed: [], kind: 'vip', of: name, before: there, after: here }),
  )
  const rows = now.matrix.flatMap(row => {
    const old = then.matrix.find(r => r.failed.join() === row.failed.join())
    return old === undefined ? [] : rowChanges(old, row, words)
  })
  return {
    changes: [...hosts, ...vips, ...rows],
    fixed: then.findings.filter(f => !now.findings.some(g => same(f, g))),
    introduced: now.findings.filter(f => !then.findings.some(g => same(f, g))),
  }
}

/** Lines move when a file changes; what is said does not. */
const same = (a: Finding, b: Finding): boolean => a.rule === b.rule && a.message === b.message

function sides(then: readonly string[], now: readonly string[]): { name: string; there: string; here: string }[] {
  const gone = then.filter(name => !now.includes(name)).map(name => ({ name, there: 'there', here: 'gone' }))
  return [...gone, ...now.filter(name => !then.includes(name)).map(name => ({ name, there: 'absent', here: 'there' }))]
}

function rowChanges(old: FailureRow, row: FailureRow, words: Words): Change[] {
  const change = (kind: Change['kind'], of: string, before: string, after: string): Change[] =>
    before === after ? [] : [{ failed: row.failed, kind, of, before, after }]
  const vips = [...row.owners.keys()].filter(vip => old.owners.has(vip))
  const owners = vips.flatMap(vip => change('owner', vip, ownersText(old, vip), ownersText(row, vip)))
  const times = vips.flatMap(vip => {
    const [before, after] = [old, row].map(r => r.takeovers.find(t => t.vip === vip))
    return before === undefined || after === undefined ? [] : change('takeover', vip, timeText(before, words), timeText(after, words))
  })
  const loads = [...(row.offered ?? [])].flatMap(([host, offered]) => {
    const before = old.offered?.get(host)
    return before === undefined ? [] : change('load', `switch→${host}`, words.ratio(before), words.ratio(offered))
  })
  return [...owners, ...times, ...loads]
}

const ownersText = (row: FailureRow, vip: string): string => row.owners.get(vip)?.join(' and ') || 'nobody'

const timeText = (t: Takeover, words: Words): string => `up to ${words.time(t.crashNs.most)}, ${words.time(t.stopNs)} after a stop`
