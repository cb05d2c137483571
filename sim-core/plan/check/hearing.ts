/**
 * Whose adverts count for whom: keepalived's own checks of a received advert, asked of every pair of instances. What is
 * not heard cannot win an election, so two that do not hear each other are both MASTER.
 * Tested in test/plan/check/ownership.test.ts.
 */
import { reachesSocket, rejection, type VrrpAdvert, VRRP_MULTICAST_GROUP, VRRP_TTL } from '../../protocols/vrrp/index.ts'
import type { Cluster, Member } from './cluster.ts'

const CENTISECOND_NS = 10_000_000

/** Why `to` does not take adverts of `from` seriously; undefined when it does. */
export function deafness(cluster: Cluster, from: Member, to: Member): string | undefined {
  const advert = advertOf(cluster, from, to)
  if (advert === undefined) return `${cluster.hosts[to.host].name} is no unicast_peer of ${cluster.hosts[from.host].name}`
  // Which interface the LAN is on is each host's own affair; virtual routers are formed by cluster.ts.
  const receiver = { ...to.vrrp, vrid: from.vrrp.vrid, interface: '' }
  if (!reachesSocket(receiver, to.address, '', advert)) {
    const [a, b] = [from, to].map(m => (m.vrrp.unicastPeers.length > 0 ? 'unicast' : 'multicast'))
    return `adverts go by ${a}, ${cluster.hosts[to.host].name} listens for ${b}`
  }
  return rejection(receiver, advert, cluster.facts.keepalived !== '2.3+')?.text
}

/** The advert of `from` as it reaches `to`; undefined when none is sent to it. */
function advertOf(cluster: Cluster, from: Member, to: Member): VrrpAdvert | undefined {
  const unicast = from.vrrp.unicastPeers.length > 0
  if (unicast && to.vrrp.unicastPeers.length > 0 && !mayBePeer(cluster, from, to)) return undefined
  return {
    version: from.vrrp.version,
    vrid: from.vrrp.vrid,
    priority: from.priority,
    advertIntCs: Math.round(from.vrrp.advertIntNs / CENTISECOND_NS),
    vips: from.vrrp.vips.map(v => v.ip),
    authType: from.vrrp.auth.type,
    authData: from.vrrp.auth.data,
    srcIp:
      to.vrrp.unicastPeers.includes(from.address) || !isAssumed(cluster, from) ? from.address : (to.vrrp.unicastPeers[0] ?? from.address),
    dst: unicast ? to.address : VRRP_MULTICAST_GROUP,
    ttl: VRRP_TTL,
  }
}

const isAssumed = (cluster: Cluster, m: Member): boolean => m.vrrp.sourceIp === null && !cluster.hosts[m.host].addressKnown

/** A peer, or one of the addresses that belong to no known host when its own is unknown. */
function mayBePeer(cluster: Cluster, from: Member, to: Member): boolean {
  if (from.vrrp.unicastPeers.includes(to.address)) return true
  if (!isAssumed(cluster, to)) return false
  const known = new Set(cluster.hosts.filter(h => h.addressKnown).map(h => h.address))
  return from.vrrp.unicastPeers.some(peer => !known.has(peer))
}

export const hears = (cluster: Cluster, to: Member, from: Member): boolean => deafness(cluster, from, to) === undefined
