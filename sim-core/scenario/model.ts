/**
 * A cluster and what happens to it, checked and complete: what compile/ builds a simulation from and rates/ and
 * plan/ calculate with. Frozen plain data. Every quantity has its unit in its name; every list is in the order of
 * names (code units), never in the order of the file, so that shuffling keys changes nothing.
 */
import type { IpvsRule } from '../config/ipvsadm/index.ts'
import type { KeepalivedConfig } from '../config/keepalived/index.ts'
import type { Position, Problem } from '../base/problem.ts'
import type { ArpPreset, SnoopingOptions } from '../net/index.ts'
import type { Expectation } from '../expect/index.ts'
import type { KernelRelease } from '../protocols/ipvs/index.ts'
import type { KeepalivedRelease } from '../protocols/vrrp/index.ts'
import type { TrafficOptions } from '../traffic/index.ts'

export interface Model {
  readonly title: string
  /** The scenario file, as given. */
  readonly file: string
  /** Text of the leading comment: why the file exists. */
  readonly about: string
  /** What answers: every packet (unless given), or flows with their rates (rates/). */
  readonly model?: 'packets' | 'rates'
  readonly seed: number
  readonly durationNs: number
  /** Kernel timer frequency of every host (CONFIG_HZ): 100, 250, 300 or 1000. */
  readonly hz: number
  /** Kernel jiffies at the start of the run; the timer wheel's phase. */
  readonly jiffiesAtStart: number
  /** Whose behaviour the hosts have; 2.2 and 6.x, which were recorded, unless given. */
  readonly keepalivedRelease?: KeepalivedRelease
  readonly kernelRelease?: KernelRelease
  /** Median lateness of keepalived's timers on every host; undefined: none. */
  readonly jitterNs?: number
  /** Processes run when all packets of an instant are taken (a recording's kernel in virtual time); undefined: at once. */
  readonly processesLast?: boolean
  /** What keepalived's code costs, where a recording says so; hosts in the order in which they read a packet. */
  readonly keepalivedWork?: { readonly masterEntryWorkNs: number; readonly readingOrder: readonly string[] }
  /** Real servers close an idle connection after this long; nginx's 65 s unless given. */
  readonly serverIdleS?: number
  readonly lans: readonly LanModel[]
  readonly trunks: readonly TrunkModel[]
  readonly hosts: readonly HostModel[]
  readonly traffic: readonly TrafficModel[]
  /** In the order of time, then of the file. */
  readonly events: readonly EventModel[]
  /** Always begins with `run`, the whole. */
  readonly windows: readonly WindowModel[]
  readonly expectations: readonly Expectation[]
  readonly limits: { readonly events: number; readonly happenings: number; readonly packetRows: number }
  /** Warnings and notes about the input. */
  readonly problems: readonly Problem[]
  /** Keywords of the configuration files that are read and not simulated, each once, in the order of names. */
  readonly ignored: readonly IgnoredWord[]
}

export interface IgnoredWord {
  readonly keyword: string
  /** Its first place. */
  readonly at: Position
}

export interface LanModel {
  readonly name: string
  /** A dynamic MAC entry is forgotten after this long without a frame from it. */
  readonly macAgeingNs: number
  /** The switch snoops IGMP; undefined: it floods groups. */
  readonly snooping?: SnoopingOptions
}

/** A cable between two switches, one direction each way like any link. */
export interface TrunkModel {
  readonly from: string
  readonly to: string
  /** from → to. */
  readonly link: LinkModel
  /** to → from. */
  readonly linkBack: LinkModel
}

export type Overhead = 'ethernet' | 'frame' | 'ppp' | 'none'

/** One direction of a cable. */
export interface LinkModel {
  /** Infinity: no serialisation, only delay. */
  readonly rateBps: number
  /** Propagation, one way. */
  readonly delayNs: number
  /** Waiting room, without the frame being sent. */
  readonly queue: { readonly packets: number } | { readonly bytes: number }
  readonly overhead: Overhead
  /** A token bucket in front of the line (Linux tbf): its rate, burst, and waiting room in bytes. */
  readonly bucket?: { readonly rateBps: number; readonly burstBytes: number; readonly queueBytes: number }
  /** Probability that a frame is lost, each direction. */
  readonly loss: number
  readonly mtuBytes: number
}

export interface InterfaceModel {
  readonly name: string
  readonly lan: string
  /** u32; undefined: the interface has no address of its own. */
  readonly address?: number
  readonly prefixLength: number
  /** More addresses of the same interface (many clients on one host), u32. */
  readonly moreAddresses: readonly number[]
  /** host → LAN. */
  readonly link: LinkModel
  /** LAN → host. */
  readonly linkDown: LinkModel
}

export interface ServedEndpoint {
  readonly protocol: 'TCP' | 'UDP'
  /** u32. */
  readonly address: number
  readonly port: number
  /** TCP: lines are echoed; else HTTP is answered. */
  readonly echo?: boolean
}

export interface HostModel {
  readonly name: string
  readonly at: Position
  readonly interfaces: readonly InterfaceModel[]
  /** Default gateway, u32. */
  readonly gateway?: number
  /** ip_forward. */
  readonly forward: boolean
  readonly sysctl: Readonly<Record<string, string | number>>
  /** How its ARP cache ages; Linux unless given. */
  readonly arpCache?: ArpPreset
  readonly ignoresGratuitousArp?: boolean
  /** VIPs on lo, with arp_ignore 1 and arp_announce 2 unless sysctl says otherwise; u32. */
  readonly vipsOnLo: readonly number[]
  /** VIPs configured by hand on the first interface; u32. */
  readonly staticVips: readonly number[]
  /** The director's file, resolved; undefined: no keepalived. */
  readonly keepalived?: KeepalivedConfig
  /** When keepalived starts; undefined: only by an event. */
  readonly keepalivedStartNs?: number
  readonly ipvs: readonly IpvsRule[]
  /** Real server: answers these. `all` was resolved to the endpoints of every virtual service that leads here. */
  readonly serves: readonly ServedEndpoint[]
  /** A firewall drops every packet to the host itself: it answers ARP and nothing else. */
  readonly silent?: boolean
  /** Marks that the host's firewall puts on packets by destination (fwmark services); the address is u32. */
  readonly marks?: readonly { readonly mark: number; readonly address: number; readonly prefixLength: number }[]
}

export interface TrafficModel {
  readonly name: string
  readonly at: Position
  /** Host that sends. */
  readonly from: string
  /** ns; undefined: when every VIP has an owner (at the start when there is no VRRP). */
  readonly startNs?: number
  readonly stopNs?: number
  readonly options: TrafficOptions
}

export interface EventModel {
  readonly at: Position
  readonly atNs: number
  readonly verb: EventVerb
  /** Host, or link as `a→b` for verbs of links. */
  readonly target: string
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** `reload` and `start` with another file. */
  readonly keepalived?: KeepalivedConfig
  /** `ipvsadm` commands, parsed. */
  readonly ipvs?: readonly IpvsRule[]
}

export const EVENT_VERBS = [
  ...['start', 'stop', 'kill', 'crash', 'boot', 'link_down', 'link_up', 'partition', 'heal', 'split', 'join', 'mute', 'unmute'],
  ...[
    'deaf',
    'undeaf',
    'freeze',
    'thaw',
    'reload',
    'script_fail',
    'script_ok',
    'track_file',
    'process_down',
    'process_up',
    'real_server',
    'ipvsadm',
    'sysctl',
    'set',
    'garp',
  ],
] as const
export type EventVerb =
  | 'start'
  | 'stop'
  | 'kill'
  | 'crash'
  | 'boot'
  | 'link_down'
  | 'link_up'
  | 'partition'
  | 'heal'
  | 'split'
  | 'join'
  | 'mute'
  | 'unmute'
  | 'deaf'
  | 'undeaf'
  | 'freeze'
  | 'thaw'
  | 'reload'
  | 'script_fail'
  | 'script_ok'
  | 'track_file'
  | 'process_down'
  | 'process_up'
  | 'real_server'
  | 'ipvsadm'
  | 'sysctl'
  | 'set'
  | 'garp'

/** [from, to). */
export interface WindowModel {
  readonly name: string
  readonly fromNs: number
  readonly toNs: number
}
