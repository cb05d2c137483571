/**
 * What `lvsim check` prints: who owns what and how fast a takeover is, what each failure loads, what is wrong (with the
 * fix and a scenario that shows it), what orders would be better, what it costs; the last line is the answer.
 * Tested in test/report/check.test.ts.
 */
import { counted } from '../../metrics/index.ts'
import type { CheckResult } from '../../plan/index.ts'
import { renderTable, wrap } from '../columns.ts'
import type { Style } from '../style.ts'
import { findingsText } from './findings.ts'
import { costLines, failuresTable, ownersTable, proposalTable, proposalTitle } from './sections.ts'
import { answerOf } from './words.ts'

const COLUMNS = 118

export function checkText(result: CheckResult, style: Style): string {
  const { cluster, findings, proposal } = result
  const failures = failuresTable(result, style)
  const more = failures.more === 0 ? '' : `\n  ${failures.more} more failure sets are in --json`
  const assumed = cluster.assumedAddresses
    ? ['addresses of hosts are not in the files: between equal priorities the later name counts as the higher address']
    : []
  const facts =
    result.load === undefined ? ['no loads: give --traffic and --link, or a plan.yaml with link rates and traffic beside the files'] : []
  const sections: [string, string][] = [
    ['Owners', cluster.routers.length === 0 ? '  no vrrp_instance' : renderTable(ownersTable(result, style), style.dim)],
    [
      result.load === undefined ? 'VIPs after failures' : 'VIPs and load of links after failures',
      `${renderTable(failures.table, style.dim)}${more}`,
    ],
    ['Findings', findingsText(findings, style)],
    ['Proposal', proposal === undefined ? '' : proposalText(proposal, style)],
    [
      'Cost',
      costLines(result)
        .map(line => `  ${wrap(line, COLUMNS - 2, '  ')}`)
        .join('\n'),
    ],
  ]
  const title = `${counted(cluster.hosts.length, 'host')}, ${counted(cluster.vips.length, 'VIP')}, ${counted(cluster.routers.length, 'virtual router')}`
  const head = [style.bold(title), ...[...assumed, ...facts].map(line => style.dim(wrap(line, COLUMNS, '')))].join('\n')
  const body = sections.filter(([, text]) => text !== '').map(([name, text]) => `${style.bold(name)}\n${text}`)
  const answer = answerOf(result)
  const verdict = style.bold((answer.holds ? style.good : style.bad)(answer.verdict))
  return `${[head, ...body, `${verdict}: ${answer.text}.`].join('\n\n')}\n`
}

function proposalText({ plans, changes }: NonNullable<CheckResult['proposal']>, style: Style): string {
  if (plans.length === 0) return ['  no orders and no number of VIPs help; what would:', ...changes.map(c => `    ${c}`)].join('\n')
  return plans.map(plan => `  ${proposalTitle(plan)}\n${renderTable(proposalTable(plan), style.dim, '    ')}`).join('\n')
}
