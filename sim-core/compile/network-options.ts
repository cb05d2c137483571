/**
 * Model → the network's own terms: numbers for hosts and LANs, wire overheads, both directions of each cable.
 */
import { JiffyClock } from '../base/timer-wheel.ts'
import type { RandomStreams } from '../base/random.ts'
import {
  ARP_PRESETS,
  type ArpSettings,
  type InterfaceOptions,
  type LinkOptions,
  type NetworkHost,
  type NetworkOptions,
} from '../net/index.ts'
import type { HostModel, InterfaceModel, LinkModel, Model, Overhead } from '../scenario/index.ts'
import type { Happening } from '../trace/contract.ts'

/** What a line adds to an IP packet, and the least that a frame occupies on it, bytes. */
const OVERHEADS: Readonly<Record<Overhead, { readonly bytes: number; readonly min: number }>> = {
  /** MAC header 14, FCS 4, preamble and start delimiter 8, gap 12; at least 64 + 20 (IEEE 802.3 §3.1.1, §4.4.2). */
  ethernet: { bytes: 38, min: 84 },
  /** What Linux traffic control counts. */
  frame: { bytes: 14, min: 0 },
  /** ns-3's point-to-point links. */
  ppp: { bytes: 2, min: 0 },
  none: { bytes: 0, min: 0 },
}

/** What a cable adds to an IP packet, bytes. */
export const wireOverhead = (link: LinkModel): { readonly bytes: number; readonly min: number } => OVERHEADS[link.overhead]

const TBF_OVERHEAD_BYTES = 14

export function networkOptions(
  model: Model,
  pieceOf: readonly number[],
  random: RandomStreams,
  report: (h: Happening) => void,
): NetworkOptions {
  const lanIndex = new Map(model.lans.map((lan, i) => [lan.name, i]))
  const hosts = model.hosts.map(host => networkHost(host, lanIndex))
  const trunks = model.trunks.map(t => ({
    from: lanIndex.get(t.from) as number,
    to: lanIndex.get(t.to) as number,
    forth: linkOptions(`${t.from}→${t.to}`, t.link),
    back: linkOptions(`${t.to}→${t.from}`, t.linkBack),
  }))
  const names = [
    ...hosts.flatMap(h => h.interfaces.flatMap(i => [i.up.name, i.down.name])),
    ...trunks.flatMap(t => [t.forth.name, t.back.name]),
  ]
  const streams = names.map(name => random.stream(`loss on ${name}`))
  const clock = new JiffyClock(model.hz, model.jiffiesAtStart)
  return { lans: model.lans, hosts, trunks, pieceOf, hasVirtualMacs: usesVmac(model), clock, draw: link => streams[link].next(), report }
}

/** Whether a keepalived.conf of the scenario, from the start or from an event, has use_vmac. */
function usesVmac(model: Model): boolean {
  const configs = [...model.hosts, ...model.events].map(of => of.keepalived)
  return configs.some(c =>
    c?.instances.some(i => i.useVmac || i.useVmacAddr || [...i.vips, ...i.excludedVips].some(v => v.useVmac === true)),
  )
}

function networkHost(host: HostModel, lanIndex: ReadonlyMap<string, number>): NetworkHost {
  return {
    name: host.name,
    interfaces: host.interfaces.map(i => interfaceOptions(host, i, lanIndex)),
    gateway: host.gateway,
    forward: host.forward,
    vipsOnLo: host.vipsOnLo,
    staticVips: host.staticVips,
    arpIgnore: sysctlNumber(host, 'arp_ignore', host.vipsOnLo.length > 0 ? 1 : 0),
    arpAnnounce: sysctlNumber(host, 'arp_announce', host.vipsOnLo.length > 0 ? 2 : 0),
    arp: arpSettings(host),
  }
}

function interfaceOptions(host: HostModel, i: InterfaceModel, lanIndex: ReadonlyMap<string, number>): InterfaceOptions {
  const alone = host.interfaces.filter(other => other.lan === i.lan).length === 1
  const end = alone ? host.name : `${host.name}.${i.name}`
  return {
    name: i.name,
    lan: lanIndex.get(i.lan) as number,
    address: i.address,
    prefixLength: i.prefixLength,
    moreAddresses: i.moreAddresses,
    up: linkOptions(`${end}→${i.lan}`, i.link),
    down: linkOptions(`${i.lan}→${end}`, i.linkDown),
  }
}

function linkOptions(name: string, link: LinkModel): LinkOptions {
  const overhead = OVERHEADS[link.overhead]
  return {
    name,
    rateBps: link.rateBps,
    delayNs: link.delayNs,
    overheadBytes: overhead.bytes,
    wireBytesMin: overhead.min,
    queuePackets: 'packets' in link.queue ? link.queue.packets : Number.POSITIVE_INFINITY,
    queueBytes: 'bytes' in link.queue ? link.queue.bytes : Number.POSITIVE_INFINITY,
    mtuBytes: link.mtuBytes,
    loss: link.loss,
    bucket: link.bucket === undefined ? undefined : { ...link.bucket, overheadBytes: TBF_OVERHEAD_BYTES },
  }
}

/** A sysctl by its last word, so that `net.ipv4.conf.all.arp_ignore` and `arp_ignore` are one. */
export function sysctlNumber(host: HostModel, name: string, fallback: number): number {
  for (const [key, value] of Object.entries(host.sysctl))
    if (key === name || key.endsWith(`.${name}`) || key.endsWith(`/${name}`)) return Number(value)
  return fallback
}

function arpSettings(host: HostModel): ArpSettings {
  const preset = ARP_PRESETS[host.arpCache ?? 'linux']
  const reachableMs = sysctlNumber(host, 'base_reachable_time_ms', preset.reachableNs / 1e6)
  return { ...preset, reachableNs: reachableMs * 1e6, ignoresGratuitous: host.ignoresGratuitousArp === true }
}
