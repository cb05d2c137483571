/**
 * Hosts of a case: every eth0 on one switch, every eth1 on another, cables as measured. What case.json leaves to the
 * reader is filled in by one rule each:
 *
 * - a director without keepalived has its services' VIPs on its NIC from the start, unless they come by `vip_add`;
 *   of two such directors the first by name;
 * - a director that translates addresses (NAT) towards servers of another subnet has a second interface there, which
 *   is their gateway;
 * - packets of addresses that are nobody's (crafted ones) are answered into a host that takes everything in silence;
 * - real servers without VIPs on lo, in a case of crafted packets only, drop everything;
 * - real servers answer at their own address and at the VIPs of the services that lead to them.
 */
import { formatIpv4, parseIpv4, samePrefix } from '../base/address.ts'
import type { Position } from '../base/problem.ts'
import { MICROSECOND_NS, MILLISECOND_NS, SECOND_NS } from '../base/units.ts'
import { ECHO_PORT } from '../daemons/httpd/index.ts'
import type { HostModel, InterfaceModel, LinkModel } from '../scenario/index.ts'
import type { CaseConfigs, Destination } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'
import type { RecordedHost, RecordedLink } from './case-schema.ts'
import { reachableNs } from './neighbour-times.ts'
import { unicastReachableNs } from './unicast-neighbours.ts'

const PREFIX_LENGTH = 24
const MTU_BYTES = 1_500
/** The kernel's default: net.core txqueuelen. */
const QUEUE_PACKETS = 1_000
const FIRST_INTERFACE = 'eth0'
const SECOND_INTERFACE = 'eth1'
/** Stands for every address that belongs to nobody. Not a name that a recording would use. */
export const NOBODY = '(nobody)'

export const CLIENTS_LAN = 'switch'
export const lanOf = (interfaceName: string): string => (interfaceName === FIRST_INTERFACE ? CLIENTS_LAN : `switch-${interfaceName}`)

export function hostsOf(recorded: CaseFile, configs: CaseConfigs, at: Position): HostModel[] {
  const plan = new Plan(recorded, configs)
  const hosts = Object.keys(recorded.hosts).map(name => hostOf(name, plan, at))
  const silent = plan.nobodys()
  if (silent.length > 0) hosts.push(nobody(silent, at))
  return hosts.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What follows from all hosts together. */
class Plan {
  readonly recorded: CaseFile
  readonly configs: CaseConfigs
  readonly names: readonly string[]

  constructor(recorded: CaseFile, configs: CaseConfigs) {
    this.recorded = recorded
    this.configs = configs
    this.names = Object.keys(recorded.hosts).sort()
  }

  addressOf(name: string): number {
    return parseIpv4(this.recorded.hosts[name].address.split('/')[0]) ?? 0
  }

  hostAt(address: string): string | undefined {
    const ip = parseIpv4(address)
    return this.names.find(n => this.addressOf(n) === ip)
  }

  /** Destinations that lead to this host. */
  to(name: string): Destination[] {
    return this.configs.destinations.filter(d => this.hostAt(d.server.address) === name)
  }

  /** VIPs that the host has by hand from the start. */
  staticVips(name: string): number[] {
    const { actions, hosts } = this.recorded
    if (hosts[name].keepalived !== undefined || actions.some(a => a.do === 'vip_add')) return []
    const own = this.configs.destinations.filter(d => d.director === name)
    const before = this.names.filter(n => n < name)
    const vips = own.flatMap(d => (d.virtual === undefined ? [] : [d.virtual.address]))
    const taken = this.configs.destinations.flatMap(d =>
      before.includes(d.director) && d.virtual !== undefined ? [d.virtual.address] : [],
    )
    const marked = own.some(d => d.mark !== undefined) ? this.markedAddresses(name) : []
    return unique([...vips.filter(v => !taken.includes(v)), ...marked].map(v => parseIpv4(v) as number))
  }

  /** Addresses that clients asked for and that a director's firewall marks. */
  markedAddresses(director: string): string[] {
    const nets = Object.values(this.recorded.hosts[director].fwmark ?? {})
    const asked = this.recorded.actions.flatMap(a => (a.do === 'connect' ? [a.to.split(':')[0]] : []))
    return [...new Set(asked)].filter(ip => nets.some(net => inNet(ip, net)))
  }

  /** Real servers of a case in which only crafted packets are sent drop everything. */
  isSilent(name: string): boolean {
    const { actions, hosts } = this.recorded
    return this.to(name).length > 0 && hosts[name].vip_on_lo === undefined && !actions.some(a => a.do === 'connect' || a.do === 'udp_load')
  }

  /** VIPs that a real server must take for its own: as recorded, and those of tunnels and marks, which case.json leaves out. */
  vipsOnLo(name: string): number[] {
    const given = (this.recorded.hosts[name].vip_on_lo ?? []).map(v => parseIpv4(v) as number)
    const leadHere = this.to(name)
    const tunnelled = leadHere.flatMap(d => (d.forward === 'Tunnel' && d.virtual !== undefined ? [d.virtual.address] : []))
    const marked = leadHere.flatMap(d => (d.mark === undefined ? [] : this.markedAddresses(d.director)))
    return unique([...given, ...[...tunnelled, ...marked].map(v => parseIpv4(v) as number)])
  }

  /** Servers behind this director's NAT that are not in its own subnet. */
  inside(name: string): string[] {
    const own = this.addressOf(name)
    return this.configs.destinations.flatMap(d =>
      d.director === name && d.forward === 'Masq' && !samePrefix(own, parseIpv4(d.server.address) ?? own, PREFIX_LENGTH)
        ? [d.server.address]
        : [],
    )
  }

  /** The director that this host reaches other subnets by. */
  gatewayOf(name: string): number | undefined {
    const own = this.addressOf(name)
    for (const director of this.names) {
      const net = this.inside(director).find(s => samePrefix(own, parseIpv4(s) as number, PREFIX_LENGTH))
      if (net !== undefined && director !== name) return insideAddress(this.addressOf(director), net)
    }
    const marker = this.names.find(n => this.recorded.hosts[n].fwmark !== undefined)
    return marker === undefined || marker === name ? undefined : this.addressOf(marker)
  }

  /** Source addresses of crafted packets that no host has. */
  nobodys(): number[] {
    const sources = this.recorded.actions.flatMap(a => (a.do === 'raw' ? [a.src, a.dst] : []))
    const vips = new Set(this.configs.destinations.flatMap(d => (d.virtual === undefined ? [] : [d.virtual.address])))
    return unique(
      sources
        .map(s => s.split(':')[0])
        .filter(ip => this.hostAt(ip) === undefined && !vips.has(ip))
        .map(ip => parseIpv4(ip) as number),
    )
  }

  /** Whether lines are echoed there: connections to it were sent lines, or it has the lab's port for that. */
  echoes(port: number): boolean {
    const { actions } = this.recorded
    const lines = new Set(actions.flatMap(a => (a.do === 'send' ? [a.id] : [])))
    return port === ECHO_PORT || actions.some(a => a.do === 'connect' && lines.has(a.id) && Number(a.to.split(':')[1]) === port)
  }

  /** More addresses that clients of this host used. */
  sourcesOf(name: string): number[] {
    const own = this.addressOf(name)
    const used = this.recorded.actions.flatMap(a =>
      (a.do === 'connect' || a.do === 'udp') && a.host === name ? [a.src.split(':')[0]] : [],
    )
    return unique(used.map(ip => parseIpv4(ip) as number)).filter(ip => ip !== own)
  }
}

const unique = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b)

function inNet(ip: string, net: string): boolean {
  const [base, bits] = net.split('/')
  return samePrefix(parseIpv4(ip) ?? 0, parseIpv4(base) ?? 0, bits === undefined ? 32 : Number(bits))
}

/** The director's address in its servers' subnet: their network, its own last octet. */
const insideAddress = (director: number, server: string): number => (((parseIpv4(server) as number) & 0xffffff00) | (director & 0xff)) >>> 0

function hostOf(name: string, plan: Plan, at: Position): HostModel {
  const host = plan.recorded.hosts[name]
  const gateway = plan.gatewayOf(name)
  const keepalived = host.keepalived === undefined ? undefined : plan.configs.keepalived(name, host.keepalived)
  const marks = Object.entries(host.fwmark ?? {}).map(([mark, net]) => {
    const [base, bits] = net.split('/')
    return { mark: Number(mark), address: parseIpv4(base) ?? 0, prefixLength: bits === undefined ? 32 : Number(bits) }
  })
  const isDirector = host.keepalived !== undefined || host.ipvsadm !== undefined
  return {
    name,
    at,
    interfaces: interfacesOf(name, host, plan),
    ...(gateway === undefined ? {} : { gateway }),
    forward: isDirector,
    sysctl: { ...reachableTime(plan.recorded, name, keepalived), ...host.sysctl },
    vipsOnLo: plan.vipsOnLo(name),
    staticVips: plan.staticVips(name),
    ...(keepalived === undefined ? {} : { keepalived }),
    ipvs: plan.configs.rules(name),
    ...(marks.length === 0 ? {} : { marks }),
    serves: servesOf(name, plan),
    ...(plan.isSilent(name) ? { silent: true } : {}),
  }
}

/** The time that this host's kernel drew, where the recording shows it. */
function reachableTime(recorded: CaseFile, name: string, config: HostModel['keepalived']): HostModel['sysctl'] {
  const checkers = (config?.virtualServers ?? []).flatMap(v => v.realServers.flatMap(r => r.checkers))
  if (!recorded.virtualTime) return {}
  const reachable =
    checkers.length === 0
      ? unicastReachableNs(recorded, name)
      : reachableNs(recorded, name, {
          betweenS: Math.max(...checkers.map(c => c.connectTimeoutNs + Math.max(c.delayLoopNs, c.delayBeforeRetryNs))) / SECOND_NS,
          connectTimeoutS: Math.min(...checkers.map(c => c.connectTimeoutNs)) / SECOND_NS,
        })
  return reachable === undefined ? {} : { 'net.ipv4.neigh.default.base_reachable_time_ms': reachable / MILLISECOND_NS }
}

function interfacesOf(name: string, host: RecordedHost, plan: Plan): InterfaceModel[] {
  const link = linkOf(host.link)
  const own = interfaceOf(FIRST_INTERFACE, host.address, plan.sourcesOf(name), link)
  const given = Object.entries(host.interfaces ?? {}).map(([i, address]) => interfaceOf(i, address, [], link))
  const inside = plan.inside(name)
  const serverSide =
    inside.length > 0 ? [interfaceOf(SECOND_INTERFACE, formatIpv4(insideAddress(plan.addressOf(name), inside[0])), [], link)] : []
  const lan = behindNat(name, plan) ? lanOf(SECOND_INTERFACE) : own.lan
  return [{ ...own, lan }, ...given, ...serverSide].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const behindNat = (name: string, plan: Plan): boolean =>
  plan.names.some(d => plan.inside(d).some(server => samePrefix(plan.addressOf(name), parseIpv4(server) as number, PREFIX_LENGTH)))

function interfaceOf(name: string, cidr: string, moreAddresses: readonly number[], link: LinkModel): InterfaceModel {
  const [address, bits] = cidr.split('/')
  const prefixLength = bits === undefined ? PREFIX_LENGTH : Number(bits)
  return { name, lan: lanOf(name), address: parseIpv4(address), prefixLength, moreAddresses, link, linkDown: link }
}

function linkOf(link: RecordedLink | undefined): LinkModel {
  const delayNs = Math.round((link?.delay_us ?? 0) * MICROSECOND_NS)
  const plain = {
    rateBps: Number.POSITIVE_INFINITY,
    delayNs,
    queue: { packets: QUEUE_PACKETS },
    overhead: 'frame' as const,
    loss: 0,
    mtuBytes: MTU_BYTES,
  }
  if (link?.rate_bps === undefined) return plain
  const { rate_bps, burst, queue } = link
  return { ...plain, bucket: { rateBps: rate_bps, burstBytes: burst ?? MTU_BYTES, queueBytes: queue ?? QUEUE_PACKETS * MTU_BYTES } }
}

function servesOf(name: string, plan: Plan): HostModel['serves'] {
  const own = plan.addressOf(name)
  const out = new Map<string, HostModel['serves'][number]>()
  const add = (protocol: 'TCP' | 'UDP', address: number, port: number, echo: boolean) =>
    out.set(`${protocol} ${address} ${port}`, { protocol, address, port, ...(protocol === 'TCP' && echo ? { echo } : {}) })
  for (const d of plan.to(name)) {
    const ports = d.server.port === 0 ? portsAsked(plan) : [d.server.port]
    for (const port of ports) {
      const echo = plan.echoes(d.virtual?.port || port)
      add(d.protocol, own, port, echo)
      if (d.virtual !== undefined) add(d.protocol, parseIpv4(d.virtual.address) as number, port, echo)
      for (const marked of d.mark === undefined ? [] : plan.markedAddresses(d.director))
        add(d.protocol, parseIpv4(marked) as number, port, echo)
    }
  }
  return [...out.values()]
}

/** Ports that a server of a service for all ports is asked at. */
const portsAsked = (plan: Plan): number[] =>
  unique(plan.recorded.actions.flatMap(a => (a.do === 'connect' ? [Number(a.to.split(':')[1])] : [])))

/** Has the addresses that are nobody's, and no process at all. */
function nobody(addresses: readonly number[], at: Position): HostModel {
  const own = interfaceOf(FIRST_INTERFACE, formatIpv4(addresses[0]), addresses.slice(1), linkOf(undefined))
  return {
    name: NOBODY,
    at,
    interfaces: [own],
    forward: false,
    sysctl: {},
    vipsOnLo: [],
    staticVips: [],
    ipvs: [],
    serves: [],
    silent: true,
  }
}
