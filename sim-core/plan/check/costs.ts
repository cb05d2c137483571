/** What many VIPs cost: adverts on the LAN, and gratuitous ARPs when a balancer takes over. Tested in test/plan/check/parts.test.ts. */
import { wireBytes } from '../wire.ts'
import type { Cluster } from './cluster.ts'
import type { Masters } from './election.ts'
import type { FailureRow } from './matrix.ts'

export interface Costs {
  readonly instances: number
  /** Adverts a second on the LAN while all live. */
  readonly advertsPerS: number
  readonly advertsWireBps: number
  /** Gratuitous ARPs that the largest takeover of a single loss sends at once, and again after garp_master_delay. */
  readonly garpsAtOnce: number
}

const SECOND_NS = 1e9
/** IPv4 header, VRRP header, authentication data of version 2; 4 bytes a VIP. */
const ADVERT_IP_BYTES = { 2: 36, 3: 28 } as const

export function costsOf(cluster: Cluster, masters: Masters, matrix: readonly FailureRow[]): Costs {
  let advertsPerS = 0
  let advertsWireBps = 0
  for (const { vrrp } of masters.flat()) {
    const perS = (SECOND_NS / vrrp.advertIntNs) * Math.max(1, vrrp.unicastPeers.length)
    advertsPerS += perS
    advertsWireBps += perS * 8 * wireBytes(ADVERT_IP_BYTES[vrrp.version] + 4 * vrrp.vips.length)
  }
  const moved = matrix.filter(row => row.failed.length === 1).map(row => garpsOf(cluster, row))
  return { instances: cluster.routers.length, advertsPerS, advertsWireBps, garpsAtOnce: Math.max(0, ...moved) }
}

/** garp_master_repeat frames for each VIP, by the balancer that sends most. */
function garpsOf(cluster: Cluster, row: FailureRow): number {
  const sent = new Map<string, number>()
  for (const { vip, to } of row.takeovers) {
    const instances = cluster.hosts.find(h => h.name === to)?.config.instances ?? []
    const instance = instances.find(i => [...i.vips, ...i.excludedVips].some(v => v.address === vip))
    sent.set(to, (sent.get(to) ?? 0) + (instance?.garpMasterRepeat ?? 0))
  }
  return Math.max(0, ...sent.values())
}
