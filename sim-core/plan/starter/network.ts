/**
 * What a cluster's configuration files leave open, filled in: which interfaces share a LAN (those with one VRID), its
 * prefix length, and addresses. An address that a file says is kept; the others are free ones of the VIPs' network.
 * Tested in test/plan/starter.test.ts.
 */
import { formatIpv4, maskOf, parseIpv4, samePrefix } from '../../base/address.ts'
import type { CheckedHost, Cluster } from '../check/index.ts'

export interface Plug {
  readonly host: number
  readonly nic: string
  lan: number
  /** u32; 0 until it is known. */
  address: number
}

export interface Lan {
  readonly name: string
  readonly prefixLength: number
  /** u32, host bits zero. */
  readonly network: number
  /** u32. */
  readonly vips: readonly number[]
}

export interface StarterNetwork {
  readonly plugs: readonly Plug[]
  readonly lans: readonly Lan[]
  /** An address of the LAN that nobody has, from its beginning or its end; it is taken then. */
  readonly free: (lan: number, from: 'start' | 'end') => number
}

const PREFIX_MAX = 24
const PREFIX_MIN = 8
/** 192.168.200.0, for LANs without a VIP. */
const NO_VIP_NETWORK = 0xc0a8c800
const ip = (text: string): number => parseIpv4(text) ?? 0

/** `servers`: real servers by VIP that must be on its LAN (direct routing and tunnels), u32. */
export function starterNetwork(cluster: Cluster, servers: ReadonlyMap<number, readonly number[]>): StarterNetwork {
  const plugs = plugsOf(cluster)
  const count = numberLans(plugs, cluster)
  for (const plug of plugs) plug.address = writtenAddress(cluster.hosts[plug.host], plug) ?? 0
  for (const plug of plugs) if (plug.address === 0) plug.address = addressByPeers(cluster, plugs, plug) ?? 0
  const taken = new Set<number>([...servers.values()].flat())
  const lans = unique(Array.from({ length: count }, (_, lan) => lanOf(cluster, plugs, lan, servers)))
  for (const lan of lans) for (const vip of lan.vips) taken.add(vip)
  for (const plug of plugs) taken.add(plug.address)
  const free = (lan: number, from: 'start' | 'end'): number => {
    const { network, prefixLength } = lans[lan]
    const size = 2 ** (32 - prefixLength)
    // .1 is often somebody's gateway.
    for (let k = 2; k < size - 1; k++) {
      const address = network + (from === 'start' ? k : size - k)
      if (!taken.has(address)) {
        taken.add(address)
        return address
      }
    }
    return network + 1
  }
  for (const plug of plugs) if (plug.address === 0) plug.address = free(plug.lan, 'start')
  return { plugs, lans, free }
}

function plugsOf(cluster: Cluster): Plug[] {
  return cluster.hosts.flatMap(({ config }, host) => {
    const names = new Set<string>()
    for (const i of config.instances) {
      names.add(i.interface)
      for (const vip of [...i.vips, ...i.excludedVips]) if (vip.device !== undefined && vip.device !== 'lo') names.add(vip.device)
      for (const t of i.trackInterfaces) names.add(t.name)
    }
    const sync = config.globals.lvsSyncDaemon?.interface
    if (sync !== undefined) names.add(sync)
    names.delete('')
    names.delete('lo')
    if (names.size === 0) names.add('eth0')
    return [...names].sort().map(nic => ({ host, nic, lan: -1, address: 0 }))
  })
}

/** Interfaces of one virtual router share a LAN; what no router joins, its name does. Returns how many LANs there are. */
function numberLans(plugs: readonly Plug[], cluster: Cluster): number {
  let count = 0
  const join = (members: readonly Plug[]): void => {
    const known = members.map(p => p.lan).filter(lan => lan >= 0)
    const lan = known.length === 0 ? count++ : Math.min(...known)
    for (const p of plugs) if (known.includes(p.lan)) p.lan = lan
    for (const p of members) p.lan = lan
  }
  for (const { members } of cluster.routers) join(members.flatMap(m => plugs.filter(p => p.host === m.host && p.nic === m.read.interface)))
  for (const plug of plugs)
    if (plug.lan < 0) {
      const namesake = plugs.find(p => p.nic === plug.nic && p.lan >= 0)
      join(namesake === undefined ? [plug] : [namesake, plug])
    }
  const used = [...new Set(plugs.map(p => p.lan))].sort((a, b) => a - b)
  for (const plug of plugs) plug.lan = used.indexOf(plug.lan)
  return used.length
}

/** mcast_src_ip or unicast_src_ip. */
function writtenAddress({ config, address, addressKnown }: CheckedHost, { nic }: Plug): number | undefined {
  const written = config.instances.find(i => i.interface === nic && i.sourceIp !== undefined)?.sourceIp
  if (written !== undefined) return parseIpv4(written)
  const single = new Set(config.instances.map(i => i.interface)).size <= 1
  return addressKnown && single ? address : undefined
}

/** The only unicast_peer of the others that is neither theirs nor this host's peer. */
function addressByPeers(cluster: Cluster, plugs: readonly Plug[], plug: Plug): number | undefined {
  const peersOf = (host: number): number[] => cluster.hosts[host].config.instances.flatMap(i => i.unicastPeers.map(p => ip(p.address)))
  const not = new Set([...peersOf(plug.host), ...plugs.map(p => p.address)])
  const others = plugs.filter(p => p.lan === plug.lan && p.host !== plug.host)
  const left = new Set(others.flatMap(p => peersOf(p.host)).filter(a => !not.has(a)))
  return left.size === 1 ? [...left][0] : undefined
}

function lanOf(cluster: Cluster, plugs: readonly Plug[], lan: number, servers: ReadonlyMap<number, readonly number[]>): Lan {
  const here = plugs.filter(p => p.lan === lan)
  const written = here.flatMap(p =>
    cluster.hosts[p.host].config.instances.flatMap(i => [...i.vips, ...i.excludedVips].filter(v => (v.device ?? i.interface) === p.nic)),
  )
  const vips = [...new Set(written.map(v => ip(v.address)))].sort((a, b) => a - b)
  const members = [...vips, ...here.map(p => p.address).filter(a => a !== 0), ...vips.flatMap(v => servers.get(v) ?? [])]
  const first = members[0] ?? NO_VIP_NETWORK + 256 * lan
  const masks = written.map(v => v.prefixLength).filter(p => p >= PREFIX_MIN && p < PREFIX_MAX)
  let prefixLength = Math.min(PREFIX_MAX, ...masks)
  while (prefixLength > PREFIX_MIN && !members.every(a => samePrefix(a, first, prefixLength))) prefixLength--
  const lans = new Set(plugs.map(p => p.lan)).size
  return { name: lans === 1 ? 'switch' : here[0].nic, prefixLength, network: (first & maskOf(prefixLength)) >>> 0, vips }
}

const unique = (lans: readonly Lan[]): Lan[] =>
  lans.map((lan, i) => (lans.some((other, j) => j < i && other.name === lan.name) ? { ...lan, name: `${lan.name}-${i + 1}` } : lan))

export const inLan = (lan: Lan, address: number): boolean => samePrefix(lan.network, address, lan.prefixLength)
export const cidr = (lan: Lan, address: number): string => `${formatIpv4(address)}/${lan.prefixLength}`
