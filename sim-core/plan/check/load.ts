/**
 * Traffic on the balancers' links under each failure, by the planner's own arithmetic (model.ts, wire.ts), so that what
 * was planned and what is checked are the same numbers. Without link rates or traffic there is nothing to say.
 * Tested in test/plan/check/ownership.test.ts.
 */
import type { Instance } from '../instance.ts'
import type { PlanModel, PlanQuestion } from '../model.ts'
import { instanceOf, makeModel, utilisation } from '../model.ts'
import { questionOf } from '../question/index.ts'
import type { Cluster } from './cluster.ts'

export interface LoadModel {
  readonly model: PlanModel
  readonly instance: Instance
  /** Share of each VIP, in the order of `cluster.vips`. */
  readonly shares: readonly number[]
  /** Largest utilisation that holds. */
  readonly limit: number
}

/** The planning question that the cluster answers. */
export function questionAbout(cluster: Cluster): PlanQuestion | undefined {
  const { facts } = cluster
  if (facts.traffic === undefined || cluster.vips.length === 0 || cluster.hosts.some(h => h.linkBps === undefined)) return undefined
  const names = new Set(cluster.hosts.map(h => h.name))
  const asked = questionOf(facts)
  const groups = asked.groups?.filter(g => g.members.every(m => names.has(m)))
  return {
    ...asked,
    balancers: cluster.hosts.map(h => ({ name: h.name, linkBps: h.linkBps as number })),
    survive: Math.min(asked.survive, cluster.hosts.length - 1),
    vips: cluster.vips.map(vip => ({ name: vip, share: shareOf(cluster, vip) })),
    ...(groups === undefined ? {} : { groups }),
  }
}

/** By address, or by the name that the facts give the address. */
function shareOf({ facts }: Cluster, vip: string): number {
  const entry = facts.vips?.[vip] ?? Object.values(facts.vips ?? {}).find(v => v.address === vip)
  return entry?.share?.value ?? 1
}

export function loadModel(cluster: Cluster): LoadModel | undefined {
  const question = questionAbout(cluster)
  if (question === undefined) return undefined
  // Groups and losses do not change a load; what is asked to survive is judged by lint.
  const made = makeModel({ ...question, survive: 0, groups: [] })
  if (!made.ok) return undefined
  const { model } = made
  return { model, instance: instanceOf(model), shares: model.shares ?? [], limit: model.limit }
}

/** A VIP with two owners loads both: which of them a client reaches is chance. */
export function linkLoads(
  cluster: Cluster,
  { model, instance, shares }: LoadModel,
  owners: ReadonlyMap<string, readonly string[]>,
  lost: ReadonlySet<number>,
): Map<string, number> {
  const out = new Map<string, number>()
  cluster.hosts.forEach((host, h) => {
    if (lost.has(h)) return
    let load = 0
    cluster.vips.forEach((vip, v) => {
      if (owners.get(vip)?.includes(host.name) === true) load += shares[v]
    })
    out.set(host.name, utilisation(model, instance, load / model.capacities[h]))
  })
  return out
}
