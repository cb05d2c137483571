/**
 * VIPs of one order share a VRRP instance: one advert a second for all of them, and they move together anyway. Orders
 * that only differ beyond what the asked losses can reach are merged when a LAN's 255 virtual_router_ids do not suffice.
 * Tested in test/plan/write.test.ts.
 */
import type { Instance } from '../instance.ts'
import type { PlanAnswer } from '../solve.ts'

export interface VrrpGroup {
  readonly vrid: number
  /** VI_<vrid> */
  readonly name: string
  /** Balancers by rank, MASTER first; at most as many as there are priorities. */
  readonly order: readonly number[]
  /** Indexes of VIPs. */
  readonly vips: readonly number[]
}

/** Addresses in an advert: more do not fit old implementations, and all of them move with the instance anyway. */
export const ADVERTISED_MAX = 20
export const VRIDS = 255

/** Undefined when the VIPs need more instances than one LAN has virtual_router_ids. */
export function groupByOrder(instance: Instance, answer: PlanAnswer, ranks: number, firstVrid?: number): VrrpGroup[] | undefined {
  const reach = Math.max(1, ...instance.family.all.map(set => set.lost.length)) + 1
  const wanted = firstVrid === undefined ? VRIDS : VRIDS - firstVrid + 1
  for (const places of [ranks, reach + 1, reach]) {
    const groups = new Map<string, { order: readonly number[]; vips: number[] }>()
    answer.orders.forEach((order, v) => {
      const key = order.slice(0, Math.min(places, ranks)).join(',')
      const group = groups.get(key) ?? { order: order.slice(0, ranks), vips: [] }
      group.vips.push(v)
      groups.set(key, group)
    })
    if (groups.size > wanted) continue
    const first = firstVrid ?? (groups.size <= VRIDS - 50 ? 51 : 1)
    return [...groups.values()].map((group, i) => ({ vrid: first + i, name: `VI_${first + i}`, ...group }))
  }
  return undefined
}

/** How many instances the fewest distinct orders would need, for the message. */
export const distinctOrders = (answer: PlanAnswer): number => new Set(answer.orders.map(order => order.join(','))).size
