/**
 * Why packets are lost, as causes in the story: the first of each run of losses for one reason at one place. What IPVS
 * loses for reasons of its own (no server, a removed server, conntrack) it explains itself (protocols/ipvs/explanations.ts).
 *
 * Only reads; a run with and without it has the same digest. Called for every lost packet: two look-ups, no allocation.
 */
import type { Stateful } from '../base/tables.ts'
import { type Instant, SECOND_NS } from '../base/units.ts'
import { DROP_REASONS, type DropReason, type Network, PACKET_KIND_NAMES, PACKET_TCP, PACKET_UDP } from '../net/index.ts'
import { because, type Cause, type Happening } from '../trace/contract.ts'

/** A run has ended when nothing was lost there for so long. */
const RUN_NS = 10 * SECOND_NS
/** Runs that are told of a place and reason. */
const RUNS_MAX = 5

/** The lost packet and where it was. */
interface Lost {
  readonly network: Network
  readonly host: number
  readonly p: number
  /** −1: inside the host. */
  readonly link: number
  /** `10.10.1.10`. */
  readonly dst: string
  /** Sysctls of IPVS, on a director. */
  readonly droprate: Droprate
}

interface Droprate {
  readonly am_droprate: number
  readonly drop_packet: number
}

export class Losses implements Stateful {
  readonly stateFields = ['lastAt', 'runs']
  /** Row = (link, or links + host) × reasons + reason. */
  private lastAt: Float64Array
  private runs: Uint8Array
  private readonly network: Network
  private readonly report: (h: Happening) => void
  private readonly droprateOf: (host: number) => Droprate

  constructor(network: Network, report: (h: Happening) => void, droprateOf: (host: number) => Droprate) {
    this.network = network
    this.droprateOf = droprateOf
    this.report = report
    const rows = (network.links.count + network.stack.hostCount) * DROP_REASONS.length
    this.lastAt = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY)
    this.runs = new Uint8Array(rows)
  }

  lost(host: number, p: number, reason: number): void {
    const { network } = this
    const { now } = network.engine
    const link = network.lossLink
    const row = (link >= 0 ? link : network.links.count + host) * DROP_REASONS.length + reason
    const before = this.lastAt[row]
    this.lastAt[row] = now
    if (now - before <= RUN_NS || this.runs[row] >= RUNS_MAX) return
    this.runs[row]++
    this.tell(host, p, DROP_REASONS[reason], link)
  }

  private tell(host: number, p: number, reason: DropReason, link: number): void {
    const { network } = this
    const { packets, addresses, stack, links } = network
    const dst = addresses.text(packets.dst[p])
    const cause = EXPLAIN[reason]?.({
      network,
      host,
      p,
      link,
      dst,
      droprate: reason === 'IPVS drop_packet' ? this.droprateOf(host) : NO_DROPRATE,
    })
    if (cause === undefined) return
    const place = link >= 0 ? links.names[link] : stack.hostNames[host]
    const named = link >= 0 ? place.slice(0, place.indexOf('→')) : place
    const kind = packets.kind[p]
    const to = kind === PACKET_TCP || kind === PACKET_UDP ? `${dst}:${packets.dstPort[p]}` : dst
    const what = `${PACKET_KIND_NAMES[kind]} to ${to} is lost ${link >= 0 ? `on ${place}` : `in ${place}`}: ${reason}`
    this.report({ t: network.engine.now as Instant, host: named, kind: 'loss', what, cause, fields: { place, reason, to } })
  }
}

const NO_DROPRATE: Droprate = { am_droprate: 0, drop_packet: 0 }

const hostOf = ({ network, host }: Lost): string => network.stack.hostNames[host]
const linkOf = ({ network, link }: Lost): string => network.links.names[link] ?? ''

/** Nothing: IPVS has said it. */
const EXPLAIN: Readonly<Record<DropReason, ((o: Lost) => Cause) | undefined>> = {
  'queue full': queueFull,
  'no carrier': o =>
    because('loss-no-carrier', `${linkOf(o)} has no carrier: a cable is pulled, or a host has no power`, { link: linkOf(o) }),
  'cut off': o =>
    because('loss-cut-off', `the scenario cuts off what ${linkOf(o)} carries (partition, mute, deaf or split); the carrier stays`, {
      link: linkOf(o),
    }),
  'line loss': o => {
    const share = o.network.links.lossOf(o.link)
    const percent = Number((share * 100).toFixed(6))
    return because(
      'loss-line',
      `${linkOf(o)} loses ${percent} % of its frames at random`,
      { link: linkOf(o), loss_share: share },
      `${share} × 100 = ${percent}`,
    )
  },
  'host is down': o => because('loss-host-down', `${hostOf(o)} has no power`, { host: hostOf(o) }),
  'no route': o =>
    because('loss-no-route', `no interface of ${hostOf(o)} leads to ${o.dst}, and there is no gateway`, { host: hostOf(o), dst: o.dst }),
  'not for this host': o =>
    because('loss-not-local', `${hostOf(o)} does not have ${o.dst} and does not forward (ip_forward 0)`, {
      host: hostOf(o),
      dst: o.dst,
      ip_forward: o.network.stack.forwards[o.host],
    }),
  'time to live exceeded': o => {
    const ttl = o.network.packets.ttl[o.p]
    return because('loss-ttl', `its TTL is ${ttl}: it may not be forwarded again`, { host: hostOf(o), dst: o.dst, ttl }, `${ttl} ≤ 1`)
  },
  'nobody listens on the port': o => {
    const port = o.network.packets.dstPort[o.p]
    const kind = PACKET_KIND_NAMES[o.network.packets.kind[o.p]]
    return because('loss-port-closed', `nobody on ${hostOf(o)} takes ${kind} to ${o.dst}:${port}`, { host: hostOf(o), dst: o.dst, port })
  },
  'server hangs': o => {
    const port = o.network.packets.dstPort[o.p]
    return because('loss-server-hangs', `the server at port ${port} of ${hostOf(o)} hangs`, { host: hostOf(o), port })
  },
  'no answer to ARP': o => {
    const { probes } = o.network.neighbours.limitsOf(o.host)
    const isUp = o.network.stack.up[o.host] === 1
    const text = isUp
      ? `${hostOf(o)} asked ${probes} times for the MAC of the next hop and nobody answered`
      : `${hostOf(o)} lost its power while the packet waited for an answer to ARP`
    return because('loss-arp-failed', text, { host: hostOf(o), dst: o.dst, arp_tries: probes })
  },
  'waiting for ARP: too many': o => {
    const { queueBytes } = o.network.neighbours.limitsOf(o.host)
    const text = `more than ${queueBytes} bytes wait for one ARP answer (unres_qlen_bytes); the oldest packet goes`
    return because('loss-arp-queue', text, { host: hostOf(o), dst: o.dst, queue_limit_bytes: queueBytes })
  },
  'no real server is available': undefined,
  'the real server is gone': undefined,
  'IPVS: conntrack holds the old connection': undefined,
  'keepalived does not accept packets to the VIP': o =>
    because('loss-not-accepted', `keepalived of ${hostOf(o)} does not accept packets to ${o.dst}`, { host: hostOf(o), dst: o.dst }),
  'too large for the link': tooLarge,
  'IPVS drop_packet': o => {
    const { am_droprate, drop_packet } = o.droprate
    const text = `drop_packet ${drop_packet}: of the packets that would open a connection one in ${am_droprate} (am_droprate) is dropped`
    return because('ipvs-drop-packet', text, { am_droprate, drop_packet })
  },
  'no interface has the MAC': o => {
    const { packets, addresses } = o.network
    const mac = packets.dstMac[o.p]
    const name = o.network.macName(mac)
    const text = `${hostOf(o)} takes the next hop to be at ${o.network.macText(mac)} (${name}), and no interface with carrier has that MAC`
    return because('loss-no-such-mac', text, { host: hostOf(o), dst: addresses.text(packets.dst[o.p]), mac: name })
  },
  'the host takes everything in silence': o =>
    because('loss-silent', `${hostOf(o)} takes everything and answers nothing`, { host: hostOf(o) }),
}

function queueFull(o: Lost): Cause {
  const { packets, links } = o.network
  const q = links.queueOf(o.link)
  const packet_bytes = packets.ipBytes[o.p]
  const inputs = { link: linkOf(o), queue_packets: q.packets, packet_bytes, rate_bps: q.rateBps }
  if (q.packets >= q.packetsMax) {
    const waitNs = links.backlogNs(o.link, o.network.engine.now)
    return because(
      'loss-queue-full',
      `${q.packets} packets wait on ${linkOf(o)}, its limit: ${(waitNs / 1e6).toFixed(1)} ms of sending at ${q.rateBps / 1e9} Gbit/s`,
      { ...inputs, queue_limit_packets: q.packetsMax, queue_wait_s: waitNs / SECOND_NS },
      `${q.packets} ≥ ${q.packetsMax}`,
    )
  }
  const what = q.bucket ? 'the token bucket of ' : ''
  return because(
    'loss-queue-full',
    `${q.bytes} bytes wait on ${what}${linkOf(o)}: with this packet more than the limit of ${q.bytesMax} bytes`,
    { ...inputs, queue_bytes: q.bytes, queue_limit_bytes: q.bytesMax },
    q.bytes + packet_bytes > q.bytesMax ? `${q.bytes} + ${packet_bytes} > ${q.bytesMax}` : `${q.bytes} ≤ ${q.bytesMax}`,
  )
}

/** On a link, or where a director would send it: there 20 bytes of a tunnel may come on top. */
function tooLarge(o: Lost): Cause {
  const { packets, links, stack } = o.network
  const packet_bytes = packets.ipBytes[o.p]
  const mtu_bytes = o.link >= 0 ? links.mtuOf(o.link) : Math.min(...stack.hosts[o.host].nics.map(nic => links.mtuOf(nic * 2)))
  const tunnel = packet_bytes <= mtu_bytes
  const sum = tunnel ? `${packet_bytes} + 20 > ${mtu_bytes}` : `${packet_bytes} > ${mtu_bytes}`
  const text = `${packet_bytes} bytes${tunnel ? ' and 20 of the tunnel' : ''} do not fit an MTU of ${mtu_bytes} bytes`
  return because('loss-too-large', text, { packet_bytes, mtu_bytes }, sum)
}
