/** The parts of a plan's report as tables and sentences, for the terminal and for Markdown. Tested in test/report/plan.test.ts. */
import { showRate, showRatio } from '../../metrics/index.ts'
import type { LinkNeed, PlanResult } from '../../plan/index.ts'
import { LAYERS, rateAt, utilisation } from '../../plan/index.ts'
import type { Table } from '../columns.ts'

/** Failure sets beyond this many are left to --json. */
const MATRIX_ROWS_MAX = 40

const plain = (head: readonly string[], align: string, rows: readonly (readonly string[])[]): Table => ({ head, align, rows })

export function ordersTable({ plan, model }: PlanResult): Table {
  const { answer, vipNames, vipAddresses, instance } = plan
  const named = vipNames.some((name, v) => name !== vipAddresses[v])
  const unequal = instance.shares.some(share => share !== instance.shares[0])
  const total = instance.shares.reduce((all, share) => all + share, 0)
  return plain(
    ['VIP', ...(named ? ['address'] : []), ...(unequal ? ['share'] : []), 'MASTER > backups'],
    `l${named ? 'l' : ''}${unequal ? 'r' : ''}l`,
    answer.orders.map((order, v) => [
      vipNames[v],
      ...(named ? [vipAddresses[v] ?? ''] : []),
      ...(unequal ? [showRatio(instance.shares[v] / total)] : []),
      order.map(b => model.names[b]).join(' > '),
    ]),
  )
}

/** The load of every link before any loss and in the failure sets, the worst first when there are too many. */
export function loadsTable({ plan, model }: PlanResult): { table: Table; more: number } {
  const rows = plan.matrix.map(row => ({ row, worst: Math.max(...row.loads.map((load, b) => load / model.capacities[b])) }))
  const [before, ...after] = rows
  const shown = after.length <= MATRIX_ROWS_MAX ? after : [...after].sort((a, b) => b.worst - a.worst).slice(0, MATRIX_ROWS_MAX)
  const cell = (lost: readonly number[], load: number, b: number): string =>
    lost.includes(b) ? '–' : showRatio(utilisation(model, plan.instance, load / model.capacities[b]))
  const body = [before, ...shown].map(({ row }) => [
    row.lost.length === 0 ? 'nobody' : row.lost.map(b => model.names[b]).join(' + '),
    ...row.loads.map((load, b) => cell(row.lost, load, b)),
  ])
  return { table: plain(['lost', ...model.names], `l${'r'.repeat(model.names.length)}`, body), more: after.length - shown.length }
}

/** What each link must be, as rates of every layer. Equal needs are told once. */
export function needsTable({ plan, model }: PlanResult): Table {
  const size = { packetBytes: model.packetBytes, headerBytes: model.headerBytes }
  const layers = [...LAYERS].reverse()
  const groups = new Map<string, LinkNeed[]>()
  for (const need of plan.needs) {
    const key = `${need.wireBps} ${need.linkBps}`
    groups.set(key, [...(groups.get(key) ?? []), need])
  }
  const rows = [...groups.values()].map(group => {
    const [need] = group
    return [
      group.map(n => n.balancer).join(', '),
      showRate(need.linkBps),
      showRatio(need.worst),
      need.lost.length === 0 ? 'while all live' : `${need.lost.map(b => model.names[b]).join(' + ')} lost`,
      ...layers.map(layer => showRate(rateAt(need.wireBps, 'wire', layer, size))),
    ]
  })
  return plain(
    [
      'balancer',
      'link',
      'worst',
      ...(groups.size === plan.needs.length ? ['when'] : ['for instance when']),
      ...layers.map(l => `needs, ${l}`),
    ],
    `lrrl${'r'.repeat(layers.length)}`,
    rows,
  )
}

export function takeoverLines({ failover: f }: PlanResult): string[] {
  const seconds = (s: number): string => `${Number(s.toFixed(3))} s`
  return [
    `VRRP version ${f.version}, advert_int ${f.advertIntS} s, priorities ${f.priorities.join(', ')}`,
    `a MASTER crashes: ${seconds(f.firstLossS.least)} to ${seconds(f.firstLossS.most)} without one; all planned losses at once: up to ${seconds(f.worstLossS.most)}`,
    `keepalived is stopped: ${seconds(f.stopS)}; a MASTER may pause ${seconds(f.toleratedSilenceS)} without losing its VIPs`,
  ]
}

export function skewLines({ skew, model }: PlanResult): string[] {
  if (skew === undefined) return []
  const probability = (p: { estimate: number; low: number; high: number }): string =>
    `${showRatio(p.estimate)} (95 %: ${showRatio(p.low)} to ${showRatio(p.high)})`
  return [
    `${skew.resolvers} resolvers, the r-th largest weighing r^-${skew.zipf}, each sent to one VIP; ${skew.draws} seeded draws`,
    `a link above ${showRatio(model.limit)} while all live: ${probability(skew.overloadBefore)}`,
    `a link above it after ${model.family.survive} lost: ${probability(skew.overloadAfter)}`,
    `worst link after: half of the draws ${showRatio(skew.worstAfter.p50)}, 95 % ${showRatio(skew.worstAfter.p95)}, 99 % ${showRatio(skew.worstAfter.p99)}`,
  ]
}

export const serverLines = ({ servers }: PlanResult): string[] =>
  servers.map(s => `real server ${s.name}: ${showRatio(s.utilisation)} of its link${s.utilisation > 1 ? ', too much' : ''}`)
