/** What `lvsim plan --json` prints. Ratios are of the wire rate of a link; keys end in their unit. */
import type { PlanResult, Proof } from '../../plan/index.ts'
import { utilisation } from '../../plan/index.ts'
import { SCHEMA_VERSION } from '../json-schema.ts'
import { proofOf } from './words.ts'

export function planJson(result: PlanResult): object {
  const { plan, model, curve, skew, growth, failover } = result
  const { question } = model
  return {
    schema_version: SCHEMA_VERSION,
    input: {
      balancers: model.names.length,
      survive: model.family.survive,
      link_bps: Math.min(...question.balancers.map(b => b.linkBps)),
      traffic_bps: question.trafficBps,
      layer: model.layer,
      packet_bytes: model.packetBytes,
      headroom: question.headroom ?? 0,
      forwarding: model.forwarding,
      response_ratio: model.responseRatio,
      links_bps: Object.fromEntries(question.balancers.map(b => [b.name, b.linkBps])),
      groups: Object.fromEntries((question.groups ?? []).map(g => [g.name, g.members])),
    },
    fits: plan.fits,
    recommended: plan.fits ? planOf(result) : null,
    ...(plan.fits ? {} : { best: planOf(result), changes: result.changes.map(changeOf) }),
    curve: curve.points.map(p => ({
      vips: p.vips,
      worst_before: p.worstBefore,
      worst_after: p.worstAfter,
      idle: p.idle,
      even_before: p.evenBefore,
      even: p.even,
      fits: p.fits,
      optimal: p.optimal,
    })),
    fewest: {
      that_fit: curve.fewestThatFit ?? null,
      that_fit_with_nobody_idle: curve.recommended ?? null,
      even_before: curve.fewestEvenBefore ?? null,
      even: curve.fewestEven ?? null,
    },
    method: result.method,
    failover: {
      version: failover.version,
      advert_int_s: failover.advertIntS,
      priorities: failover.priorities,
      crash_s: failover.firstLossS,
      all_losses_s: failover.worstLossS,
      stop_s: failover.stopS,
    },
    servers: result.servers,
    ...(skew === undefined
      ? {}
      : {
          skew: {
            resolvers: skew.resolvers,
            zipf: skew.zipf,
            draws: skew.draws,
            overload_before: skew.overloadBefore,
            overload_after: skew.overloadAfter,
            worst_after: skew.worstAfter,
          },
        }),
    ...(growth === undefined ? {} : { growth: { yearly: growth.yearly, years: Number.isFinite(growth.years) ? growth.years : null } }),
  }
}

const changeOf = (c: PlanResult['changes'][number]): object => ({
  kind: c.kind,
  value: c.value,
  vips: c.vips,
  worst_after: c.worstAfter,
  text: c.text,
})

function planOf(result: PlanResult): object {
  const { plan, model } = result
  const names = (list: readonly number[]): string[] => list.map(b => model.names[b])
  return {
    vips: plan.vipNames.length,
    worst_after: plan.worstAfter,
    worst_before: plan.worstBefore,
    orders: Object.fromEntries(plan.answer.orders.map((order, v) => [plan.vipNames[v], names(order)])),
    addresses: Object.fromEntries(plan.vipNames.map((name, v) => [name, plan.vipAddresses[v] ?? null])),
    proof: {
      worst_after: proofJson(plan.answer.after, plan.atLeastAfter),
      worst_before: proofJson(plan.answer.before, plan.atLeastBefore),
      text: proofOf(result),
    },
    moved: plan.answer.moved,
    links: plan.needs.map(n => ({
      balancer: n.balancer,
      worst: n.worst,
      lost: names(n.lost),
      needs_wire_bps: n.wireBps,
      link_bps: n.linkBps,
    })),
    matrix: plan.matrix.map(row => ({
      failed: names(row.lost),
      owners: Object.fromEntries(row.owners.map((b, v) => [plan.vipNames[v], model.names[b]])),
      links: Object.fromEntries(
        row.loads.flatMap((load, b) =>
          row.lost.includes(b)
            ? []
            : [[`switch→${model.names[b]}`, { offered: utilisation(model, plan.instance, load / model.capacities[b]) }]],
        ),
      ),
    })),
  }
}

const proofJson = (proof: Proof, atLeast: number): object => ({
  optimal: proof.optimal,
  at_least: atLeast,
  gap: proof.gap,
  by: proof.by,
  argument: proof.argument,
})
