/** The parts of a check's report as tables. Tested in test/report/check.test.ts. */
import { counted, showDuration, showRate, showRatio, trimmed } from '../../metrics/index.ts'
import type { CheckResult, FailureRow, ProposedPlan } from '../../plan/index.ts'
import { elections } from '../../plan/index.ts'
import type { Cell, Table } from '../columns.ts'
import type { Style } from '../style.ts'
import { crashText, lostText, ownersWrong, someOf } from './words.ts'

/** Failure sets beyond this many are left to --json; those that must hold come first, of them those that do not. */
const ROWS_MAX = 40
/** Of more hosts than this only the busiest is told. */
const COLUMNS_MAX = 12

/** A line for each virtual router: its VIPs, who follows whom, and how long the first two takeovers take. */
export function ownersTable(result: CheckResult, style: Style): Table {
  const { cluster, matrix } = result
  const rows = cluster.routers.map(router => {
    const members = elections.rankedMembers(router)
    const vips = [...new Set(members.flatMap(m => elections.addressesOf(m.read)))]
    const [first] = vips
    const order = members.map(m => cluster.hosts[m.host].name)
    const row = (failed: readonly string[]): FailureRow | undefined => matrix.find(r => r.failed.join() === failed.join())
    const now = row([])?.owners.get(first) ?? []
    const [one, two] = [1, 2].map(k => row([...order.slice(0, k)].sort(byHost(result)))?.takeovers.find(t => t.vip === first))
    const cell = (text: string | undefined): string => text ?? '–'
    const twice = cluster.routers.filter(r => r.vrid === router.vrid).length > 1
    return [
      twice ? `${router.vrid} on ${router.interfaces.join(', ')}` : String(router.vrid),
      someOf(vips, 2),
      { text: now.join(' and ') || 'nobody', paint: now.length === 1 ? style.good : style.bad } satisfies Cell,
      order.join(' > '),
      cell(one && `${one.to}: ${crashText(one.crashNs)}`),
      cell(one && showDuration(one.stopNs)),
      cell(two && `${two.to}: ${crashText(two.crashNs)}`),
    ]
  })
  return { head: ['VRID', 'VIPs', 'owner', 'by priority', 'after a crash', 'a stop', 'two crashes'], align: 'rllllll', rows }
}

const byHost =
  ({ cluster }: CheckResult) =>
  (a: string, b: string): number =>
    cluster.hosts.findIndex(h => h.name === a) - cluster.hosts.findIndex(h => h.name === b)

/** A line for each failure set: VIPs and load of each host. */
export function failuresTable({ cluster, matrix, load }: CheckResult, style: Style): { table: Table; more: number } {
  const [before, ...after] = matrix
  const judged = (row: FailureRow): boolean => row.failed.length <= (cluster.facts.survive ?? 1)
  const shown =
    after.length < ROWS_MAX
      ? after
      : [...after].sort((a, b) => Number(judged(b)) - Number(judged(a)) || Number(a.holds) - Number(b.holds)).slice(0, ROWS_MAX)
  const cell = (row: FailureRow, host: string): string | Cell => {
    if (row.failed.includes(host)) return '–'
    const vips = vipsOf(row, host)
    const offered = row.offered?.get(host)
    const text = offered === undefined ? String(vips) : `${vips}: ${showRatio(offered)}`
    return offered !== undefined && load !== undefined && offered > load.limit ? { text, paint: style.bad } : text
  }
  const weight = (row: FailureRow, host: string): number => row.offered?.get(host) ?? vipsOf(row, host)
  const busiest = (row: FailureRow): string =>
    cluster.hosts.map(h => h.name).reduce((most, name) => (weight(row, name) > weight(row, most) ? name : most))
  const many = cluster.hosts.length > COLUMNS_MAX
  const columns = many ? ['busiest', ''] : cluster.hosts.map(h => h.name)
  const cells = (row: FailureRow): (string | Cell)[] =>
    many ? [busiest(row), cell(row, busiest(row))] : cluster.hosts.map(h => cell(row, h.name))
  const rows = (before === undefined ? [] : [before, ...shown]).map(row => [
    lostText(row.failed),
    ...cells(row),
    row.holds ? { text: 'holds', paint: style.good } : { text: ownersWrong(row) || 'too much', paint: judged(row) ? style.bad : style.dim },
  ])
  return {
    table: { head: ['lost', ...columns, ''], align: `l${many ? 'lr' : 'r'.repeat(columns.length)}l`, rows },
    more: after.length - shown.length,
  }
}

const vipsOf = (row: FailureRow, host: string): number => [...row.owners.values()].filter(owners => owners.includes(host)).length

export function costLines({ cluster, costs, probes }: CheckResult): string[] {
  const busiest = [...probes.byServer].sort((a, b) => b[1] - a[1])[0]
  return [
    `${counted(costs.instances, 'virtual router')}: ${frequency(costs.advertsPerS, 'advert')} on the LAN, ${showRate(costs.advertsWireBps)} of wire to every host`,
    ...(costs.garpsAtOnce === 0
      ? []
      : [`a takeover sends up to ${counted(costs.garpsAtOnce, 'gratuitous ARP')} at once, and again after garp_master_delay`]),
    ...(busiest === undefined
      ? []
      : [
          `health checks of ${counted(cluster.hosts.length, 'director')} on ${counted(probes.byServer.size, 'real server')}: ${busiest[0]} gets ${frequency(busiest[1], 'probe')}, a director sends ${frequency(Math.max(...probes.byHost.values()), 'probe')}`,
        ]),
  ]
}

/** `1 advert a second`, `0.33 probes a second`. */
const frequency = (perSecond: number, noun: string): string => {
  const number = trimmed(perSecond, 2)
  return `${number} ${number === '1' ? noun : `${noun}s`} a second`
}

export function proposalTitle(plan: ProposedPlan): string {
  const what = plan.sameVips ? `the ${plan.vips} VIPs in other orders` : `${plan.vips} VIPs`
  return `${what}: at most ${showRatio(plan.worstBefore)} while all live, ${showRatio(plan.worstAfter)} after a loss${plan.even ? ', even before and after' : ''}`
}

export const proposalTable = (plan: ProposedPlan): Table => ({
  head: ['VIP', 'MASTER > backups'],
  align: 'll',
  rows: plan.orders.map(({ vip, hosts }) => [vip, hosts.join(' > ')]),
})
