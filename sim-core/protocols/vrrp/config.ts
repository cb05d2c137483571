/**
 * What one keepalived process knows of VRRP: its instances, sync groups and trackers, as plain data.
 *
 * Everything is already normalised (defaults filled in, priority and intervals corrected, trackers of a sync group
 * given to its members): daemons/keepalived does that from a keepalived.conf. Here every value is valid.
 * Durations are whole nanoseconds that are a multiple of 1 µs, keepalived's unit; addresses are unsigned 32-bit.
 */

/** An address that an instance installs while it is MASTER. */
export interface VrrpAddress {
  readonly ip: number
  /** Where it is installed and announced: `dev`, else the instance's interface. */
  readonly interface: string
  readonly prefixLength: number
  /** VRID of the virtual MAC interface upon `interface` that has it (use_vmac); unless given, `interface` itself has it. */
  readonly vmac?: number
}

export interface VrrpAuth {
  readonly type: 'none' | 'pass' | 'ah'
  /** At most 8 bytes count, as on the wire. */
  readonly data: string
}

/** When gratuitous ARPs are sent, and how many each time. */
export interface GarpSchedule {
  /** The second block comes this long after entering MASTER; 0: no second block. */
  readonly delayNs: number
  readonly repeat: number
  /** Repeated this often while MASTER, on the tick of an advert; 0: never. */
  readonly refreshNs: number
  readonly refreshRepeat: number
  readonly lowerPrioDelayNs: number
  readonly lowerPrioRepeat: number
}

/** Something whose failure costs priority, or (weight 0) means FAULT. */
export interface VrrpTracker {
  readonly kind: 'interface' | 'script' | 'file' | 'process'
  readonly name: string
  /** −253 … 253. */
  readonly weight: number
  /** Success counts as failure and the weight changes its sign. */
  readonly reverse: boolean
}

export interface VrrpInstanceConfig {
  readonly name: string
  /** 1 … 255. */
  readonly vrid: number
  readonly interface: string
  /** Only a hint: priority decides the election. */
  readonly initialState: 'MASTER' | 'BACKUP'
  /** 1 … 255 before trackers; 255 = address owner. */
  readonly priority: number
  /** v2: whole seconds, 1 … 255 s; v3: whole centiseconds, up to 40.95 s. */
  readonly advertIntNs: number
  readonly version: 2 | 3
  readonly auth: VrrpAuth
  /** Installed and advertised, in the order of the file. */
  readonly vips: readonly VrrpAddress[]
  /** Installed, not advertised. */
  readonly excludedVips: readonly VrrpAddress[]
  readonly nopreempt: boolean
  readonly preemptDelayNs: number
  /** How many adverts must be missing, 1 … 100; 3 unless set. */
  readonly downTimerAdverts: number
  readonly garp: GarpSchedule
  readonly lowerPrioNoAdvert: boolean
  readonly higherPrioSendAdvert: boolean
  /** null: the interface's own address. */
  readonly sourceIp: number | null
  /** Empty: adverts go to the multicast group. */
  readonly unicastPeers: readonly number[]
  /** use_vmac, and whether adverts carry the interface's own MAC all the same (vmac_xmit_base). */
  readonly vmac?: { readonly xmitBase: boolean }
  readonly checkUnicastSrc: boolean
  readonly skipCheckAdvAddr: boolean
  /** timer_expired_backup of 2.3+: the highest priority that any other node has, 1 … 254; absent: not watched (late-wake.ts). */
  readonly timerExpiredBackup?: number
  /** owner_ignore_adverts of 2.3+: while it has priority 255 it reads no advert. */
  readonly ownerIgnoresAdverts?: boolean
  /** Whether the loss of the own interface's carrier means FAULT. */
  readonly trackPrimary: boolean
  readonly trackers: readonly VrrpTracker[]
}

export interface SyncGroupConfig {
  readonly name: string
  /** Indexes into `instances`. */
  readonly members: readonly number[]
}

export interface ScriptConfig {
  readonly name: string
  /** What is run; absent: it never changes. */
  readonly command?: string
  readonly intervalNs: number
  readonly timeoutNs: number
  /** Successes in a row before it counts as good, failures in a row before it counts as bad. */
  readonly rise: number
  readonly fall: number
  /** Taken as failed until its first success. */
  readonly initFail: boolean
}

export interface TrackFileConfig {
  readonly name: string
  /** The file's number when keepalived starts. */
  readonly initialValue: number
}

export interface TrackProcessConfig {
  readonly name: string
  /** How long it must be there, or be gone, before it counts. */
  readonly forkDelayNs: number
  readonly terminateDelayNs: number
}

/** lvs_sync_daemon: which of the kernel's connection sync daemons runs. */
export interface SyncDaemonConfig {
  readonly interface: string
  readonly syncId: number
  /** Index of the instance that decides; null: both daemons run throughout. */
  readonly instance: number | null
}

/** Whose behaviour: releases.ts says what differs. */
export type KeepalivedRelease = '2.2' | '2.3+'

export interface VrrpConfig {
  /** 2.2 unless given. */
  readonly release?: KeepalivedRelease
  readonly instances: readonly VrrpInstanceConfig[]
  readonly groups: readonly SyncGroupConfig[]
  readonly scripts: readonly ScriptConfig[]
  readonly files: readonly TrackFileConfig[]
  readonly processes: readonly TrackProcessConfig[]
  readonly syncDaemon: SyncDaemonConfig | null
  readonly startupDelayNs: number
  /** Pace of gratuitous ARPs on each interface; 0: none. */
  readonly garpIntervalNs: number
  readonly multicastGroup: number
  /**
   * How much longer the first advert interval after entering MASTER is: keepalived re-arms only when the VIPs are
   * installed and the gratuitous ARPs are out. It decides which of two masters that reject each other falls silent.
   */
  readonly masterEntryWorkNs: number
  /**
   * How much later than a packet's arrival the deadline begins that it loads: the time to wake up and read it. Give
   * each host of a LAN its own few hundred nanoseconds, in the order of switch ports: then two hosts whose deadlines
   * would be equal never expire at one instant, and the one with the lower port comes first, as recorded (v28a).
   */
  readonly receiveWorkNs: number
}

/** 224.0.0.18. */
export const VRRP_MULTICAST_GROUP = 0xe0000012

/** As recorded on a host whose code costs (almost) nothing: rules 26 and 57 of the recordings. */
export const MASTER_ENTRY_WORK_NS = 5_000

/** One switch port's share of `receiveWorkNs`. */
export const RECEIVE_WORK_STEP_NS = 100

export const PRIORITY_OWNER = 255
export const PRIORITY_STOP = 0
export const VRRP_TTL = 255

/** Index of the group that an instance belongs to, or −1. */
export const groupOf = (config: VrrpConfig, instance: number): number => config.groups.findIndex(g => g.members.includes(instance))

/** All addresses an instance installs, in keepalived's order. */
export const addressesOf = (instance: VrrpInstanceConfig): readonly VrrpAddress[] => [...instance.vips, ...instance.excludedVips]
