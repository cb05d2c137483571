/** The parts of a plan's report as tables and sentences, for the terminal and for Markdown. Tested in test/report/plan.test.ts. */
import { showRate, showRatio } from '../../metrics/index.ts'
import type { LinkNeed, MatrixRow, PlanResult } from '../../plan/index.ts'
import { LAYERS, rateAt, utilisation } from '../../plan/index.ts'
import type { Table } from '../columns.ts'
import { someOf } from './words.ts'

/** Failure sets beyond this many are left to --json, and VIPs beyond this many. */
const MATRIX_ROWS_MAX = 40
const VIPS_MAX = 60
/** More balancers than this are not told one by one. */
const NAMES_MAX = 12

const plain = (head: readonly string[], align: string, rows: readonly (readonly string[])[]): Table => ({ head, align, rows })

/** Places of an order that failures up to the planned ones can reach, and one more. */
const placesShown = ({ model }: PlanResult): number => (model.names.length <= 8 ? model.names.length : model.family.survive + 3)

export function ordersTable(result: PlanResult): { table: Table; more: number } {
  const { plan, model } = result
  const { answer, vipNames, vipAddresses, instance } = plan
  const named = vipNames.some((name, v) => name !== vipAddresses[v])
  const unequal = instance.shares.some(share => share !== instance.shares[0])
  const total = instance.shares.reduce((all, share) => all + share, 0)
  const places = placesShown(result)
  const table = plain(
    ['VIP', ...(named ? ['address'] : []), ...(unequal ? ['share'] : []), 'MASTER > backups'],
    `l${named ? 'l' : ''}${unequal ? 'r' : ''}l`,
    answer.orders
      .slice(0, VIPS_MAX)
      .map((order, v) => [
        vipNames[v],
        ...(named ? [vipAddresses[v] ?? ''] : []),
        ...(unequal ? [showRatio(instance.shares[v] / total)] : []),
        [...order.slice(0, places).map(b => model.names[b]), ...(order.length > places ? ['…'] : [])].join(' > '),
      ]),
  )
  return { table, more: Math.max(0, answer.orders.length - VIPS_MAX) }
}

/** The load of every link before any loss and in the failure sets, the worst first when there are too many. */
export function loadsTable(result: PlanResult): { table: Table; more: number } {
  const { plan, model } = result
  const rows = plan.matrix.map(row => ({ row, worst: Math.max(...row.loads.map((load, b) => load / model.capacities[b])) }))
  const [before, ...after] = rows
  const shown = after.length <= MATRIX_ROWS_MAX ? after : [...after].sort((a, b) => b.worst - a.worst).slice(0, MATRIX_ROWS_MAX)
  if (model.names.length > NAMES_MAX) return { table: worstTable(result, [before, ...shown]), more: after.length - shown.length }
  const cell = (lost: readonly number[], load: number, b: number): string =>
    lost.includes(b) ? '–' : showRatio(utilisation(model, plan.instance, load / model.capacities[b]))
  const body = [before, ...shown].map(({ row }) => [
    row.lost.length === 0 ? 'nobody' : row.lost.map(b => model.names[b]).join(' + '),
    ...row.loads.map((load, b) => cell(row.lost, load, b)),
  ])
  return { table: plain(['lost', ...model.names], `l${'r'.repeat(model.names.length)}`, body), more: after.length - shown.length }
}

/** The same of many balancers: the most, the middle and the least loaded link. */
function worstTable({ plan, model }: PlanResult, rows: readonly { readonly row: MatrixRow }[]): Table {
  const body = rows.map(({ row }) => {
    const alive = model.names.flatMap((name, b) => (row.lost.includes(b) ? [] : [{ name, ratio: row.loads[b] / model.capacities[b] }]))
    const sorted = [...alive].sort((a, b) => b.ratio - a.ratio)
    const text = ({ ratio }: { ratio: number }): string => showRatio(utilisation(model, plan.instance, ratio))
    const [most] = sorted
    const like = sorted.filter(l => l.ratio === most.ratio).length - 1
    const middle = sorted[Math.floor(sorted.length / 2)]
    return [
      row.lost.length === 0 ? 'nobody' : row.lost.map(b => model.names[b]).join(' + '),
      text(most),
      like === 0 ? most.name : `${most.name} and ${like} more`,
      text(middle),
      text(sorted[sorted.length - 1]),
    ]
  })
  return plain(['lost', 'worst link', 'of', 'middle', 'least'], 'lrlrr', body)
}

/** What each link must be, as rates of every layer. Equal needs are told once. */
export function needsTable({ plan, model }: PlanResult): Table {
  const size = { packetBytes: model.packetBytes, headerBytes: model.headerBytes }
  const layers = [...LAYERS].reverse()
  const groups = new Map<string, LinkNeed[]>()
  for (const need of plan.needs) {
    const key = `${showRatio(need.worst)} ${need.linkBps}`
    groups.set(key, [...(groups.get(key) ?? []), need])
  }
  const rows = [...groups.values()].map(group => {
    const need = group.reduce((most, n) => (n.wireBps > most.wireBps ? n : most))
    return [
      someOf(group.map(n => n.balancer)),
      showRate(need.linkBps),
      showRatio(need.worst),
      need.lost.length === 0 ? 'while all live' : `${need.lost.map(b => model.names[b]).join(' + ')} lost`,
      ...layers.map(layer => showRate(rateAt(need.wireBps, 'wire', layer, size))),
    ]
  })
  return plain(
    ['balancer', 'link', 'worst', ...(groups.size === plan.needs.length ? ['when'] : ['for instance']), ...layers.map(l => `needs, ${l}`)],
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
