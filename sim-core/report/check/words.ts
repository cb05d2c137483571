/** Sentences about a checked cluster that several of its reports say. Tested in test/report/check.test.ts. */
import { counted, showDuration } from '../../metrics/index.ts'
import type { CheckResult, Cluster, FailureRow, Finding } from '../../plan/index.ts'

export const lostText = (failed: readonly string[]): string => failed.join(' + ') || 'nobody'

/** `2.605 s to 3.605 s`. */
export const crashText = ({ least, most }: { readonly least: number; readonly most: number }): string =>
  `${showDuration(least)} to ${showDuration(most)}`

/** `10.0.0.1, 10.0.0.2 and 5 more`. */
export function someOf(names: readonly string[], shown = 3): string {
  return names.length <= shown + 1 ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
}

/** What is wrong with the owners of a row. */
export function ownersWrong(row: FailureRow): string {
  const nobody = [...row.owners].filter(([, owners]) => owners.length === 0).map(([vip]) => vip)
  const several = [...row.owners].filter(([, owners]) => owners.length > 1).map(([vip, owners]) => `${vip} (${owners.join(', ')})`)
  return [
    ...(nobody.length === 0 ? [] : [`nobody has ${someOf(nobody)}`]),
    ...(several.length === 0 ? [] : [`two have ${someOf(several)}`]),
  ].join('; ')
}

export const countFindings = (findings: readonly Finding[]): Record<Finding['severity'], number> => ({
  error: findings.filter(f => f.severity === 'error').length,
  warning: findings.filter(f => f.severity === 'warning').length,
  note: findings.filter(f => f.severity === 'note').length,
})

export interface CheckAnswer {
  readonly holds: boolean
  readonly verdict: 'HOLDS' | 'DOES NOT HOLD' | 'MISCONFIGURED' | 'ONE HOST' | 'NO VIP'
  readonly text: string
}

/** The last line: the answer. */
export function answerOf({ cluster, matrix, findings, load }: CheckResult): CheckAnswer {
  const survive = Math.min(cluster.facts.survive ?? 1, cluster.hosts.length - 1)
  const counts = countFindings(findings)
  const found = `${counted(counts.error, 'error')}, ${counted(counts.warning, 'warning')}, ${counted(counts.note, 'note')}`
  const judged = matrix.filter(row => row.failed.length <= survive)
  const bad = judged.filter(row => !row.holds)
  if (bad.length === 0) {
    const holds = counts.error === 0
    const one = cluster.hosts.length === 1
    return {
      holds,
      verdict: !holds ? 'MISCONFIGURED' : one ? 'ONE HOST' : cluster.vips.length === 0 ? 'NO VIP' : 'HOLDS',
      text: `${one ? 'only one was given; give the keepalived.conf of the others too, to see who takes over' : heldText(cluster, load, survive)}; ${found}`,
    }
  }
  return {
    holds: false,
    verdict: 'DOES NOT HOLD',
    text: `${bad.length} of ${judged.length} failure sets do not hold (lost: ${bad
      .map(row => lostText(row.failed))
      .slice(0, 6)
      .join(', ')}); ${found}`,
  }
}

function heldText(cluster: Cluster, load: CheckResult['load'], survive: number): string {
  if (cluster.vips.length === 0) return 'no vrrp_instance has one, so there is nothing to take over'
  const what = load === undefined ? 'every VIP has one owner' : 'every VIP has one owner and no link is offered too much'
  const when = survive === 0 ? 'while all live' : `while all live and after any ${survive === 1 ? '1 loss' : `${survive} losses`}`
  return `${what}, ${when}`
}
