/** The README beside the written files: what was planned, what is promised, why, and how to put it to use. */
import type { PlanAnswer } from '../solve.ts'
import { curve } from '../curve.ts'
import type { Instance } from '../instance.ts'
import { failureMatrix } from '../loads.ts'
import { method } from '../method.ts'
import type { PlanModel } from '../model.ts'
import { requiredLinkBps, serverLoads, utilisation } from '../model.ts'
import type { Deployment } from './deployment.ts'
import type { VrrpGroup } from './instances.ts'

/** Failure sets beyond this many are left to `lvsim check`. */
const MATRIX_ROWS_MAX = 60

export function readme(model: PlanModel, instance: Instance, answer: PlanAnswer, d: Deployment, groups: readonly VrrpGroup[]): string {
  const sections = [
    [`# ${d.vips.length} VIPs on ${model.names.length} balancers`, '', ...promise(model, instance, answer)],
    ['## Orders', '', '| instance | VRID | VIPs | MASTER, then backups |', '|---|---|---|---|', ...groups.map(g => orderRow(model, d, g))],
    ['## Loads', '', ...matrix(model, instance, answer)],
    ['## Why', '', ...why(model, answer)],
    ['## Takeover', '', ...takeover(d)],
    ['## Files', '', ...files(model)],
  ]
  return `${sections.map(section => section.join('\n')).join('\n\n')}\n`
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`
const gigabits = (rate: number): string => `${Number((rate / 1e9).toPrecision(4))} Gbit/s`

function promise(model: PlanModel, instance: Instance, answer: PlanAnswer): string[] {
  const k = model.family.survive
  const { after, before, count } = answer
  const proven = after.optimal
    ? 'no plan with these VIPs does better'
    : `no plan can be below ${percent(utilisation(model, instance, after.atLeast))} (gap ${percent(after.gap)})`
  const largest = Math.max(...count.before, count.worstAfter.load)
  return [
    `${gigabits(model.question.trafficBps)} of traffic (layer ${model.layer}, IP packets of ${model.packetBytes} bytes) is ${gigabits(model.trafficWireBps)} on the directors' links (${model.forwarding}).`,
    '',
    `- Worst link while all live: ${percent(utilisation(model, instance, before.ratio))} of the wire.`,
    `- Worst link after any ${k} ${k === 1 ? 'loss' : 'losses'}: ${percent(utilisation(model, instance, after.ratio))}; ${proven}. Limit: ${percent(model.limit)}.`,
    `- Idle while all live: ${count.idle.length === 0 ? 'nobody' : count.idle.map(b => model.names[b]).join(', ')}. A loss moves at most ${count.moved} VIPs.`,
    `- A link needs at least ${gigabits(requiredLinkBps(model, instance, largest))} of wire rate to carry the largest load.`,
    ...serverLoads(model).map(s => `- Real server ${s.name}: ${percent(s.utilisation)} of its link.`),
  ]
}

const orderRow = (model: PlanModel, d: Deployment, group: VrrpGroup): string =>
  `| ${group.name} | ${group.vrid} | ${group.vips.map(v => d.vips[v]).join(', ')} | ${group.order.map(b => model.names[b]).join(' > ')} |`

function matrix(model: PlanModel, instance: Instance, answer: PlanAnswer): string[] {
  const rows = failureMatrix(instance, answer.orders)
  const shown = rows.slice(0, MATRIX_ROWS_MAX)
  return [
    `| lost | ${model.names.join(' | ')} |`,
    `|---|${model.names.map(() => '---').join('|')}|`,
    ...shown.map(
      row =>
        `| ${row.lost.map(b => model.names[b]).join(' + ') || 'nobody'} | ${row.loads.map((load, b) => (row.lost.includes(b) ? '–' : percent(utilisation(model, instance, load / model.capacities[b])))).join(' | ')} |`,
    ),
    ...(rows.length > shown.length ? ['', `${rows.length - shown.length} more sets: \`lvsim check .\` shows all.`] : []),
  ]
}

function why(model: PlanModel, answer: PlanAnswer): string[] {
  const text = method(model, curve(model, Math.min(2 * model.names.length, 12)))
  return [...text.sentences, ...answer.after.argument.map(sentence => `Proof: ${sentence}.`)].map(sentence => `- ${sentence}`)
}

function takeover(d: Deployment): string[] {
  const f = d.failover
  const seconds = (s: number): string => `${Number(s.toFixed(3))} s`
  return [
    `VRRP version ${f.version}, advert_int ${f.advertIntS} s, priorities ${f.priorities.join(', ')}.`,
    '',
    `- MASTER crashes: its VIPs are without owner for ${seconds(f.firstLossS.least)} to ${seconds(f.firstLossS.most)}; clients notice a little more (ARP, retransmissions).`,
    `- As many crashes at once as planned for: up to ${seconds(f.worstLossS.most)}.`,
    `- keepalived is stopped cleanly: ${seconds(f.stopS)}.`,
    `- A MASTER may pause for ${seconds(f.toleratedSilenceS)} without losing its VIPs; neighbouring backups' timers are ${seconds(f.marginS)} apart.`,
  ]
}

function files(model: PlanModel): string[] {
  const nat =
    model.forwarding === 'NAT'
      ? [
          '- NAT with several active balancers: a reply must pass the balancer that its request passed. Give each balancer real servers of its own whose gateway it is, or use DR.',
        ]
      : []
  return [
    '- `NAME.keepalived.conf`: /etc/keepalived/keepalived.conf of balancer NAME.',
    '- `ipvsadm.rules`: the same on every balancer, `ipvsadm-restore < ipvsadm.rules`. There is no health check in it.',
    '- `balancers.sysctl.conf`, `real-servers.sysctl.conf`, `real-servers.sh`: settings and addresses of the hosts.',
    '- `dns.zone`: the records of the VIPs.',
    '- `plan.yaml`: the question; `lvsim check .` takes link rates and traffic from it, `lvsim plan plan.yaml` answers it again.',
    '- `scenario.yaml` with `scenario.rules`: the plan simulated, `lvsim run scenario.yaml`.',
    ...nat,
  ]
}
