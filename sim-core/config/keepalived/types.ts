/**
 * What a keepalived.conf says, after keepalived 2.2.7's own rules have been applied to it: defaults filled in,
 * values rounded and corrected as the program does at start. What was changed is reported as a warning beside it.
 *
 * Shapes are plain data: they survive JSON and structured cloning. Every node has the position it was read from
 * (`at`), and nodes with several keywords the position of each (`where[keyword]`), for linters and error messages.
 * Addresses are dotted IPv4 text in canonical form. The reader is parse.ts, the printer print.ts.
 */
import type { Duration } from '../../base/units.ts'
import type { Position } from '../../base/problem.ts'
import type { VirtualServer, VirtualServerGroup } from './types-lvs.ts'

export type * from './types-lvs.ts'

export interface Located {
  /** The keyword that opened the block, or the word itself. */
  readonly at: Position
}

/** keyword as written in the file → where. */
export type Where = Readonly<Record<string, Position>>

export interface KeepalivedConfig {
  /** The file that was asked for; includes carry their own names in their positions. */
  readonly file: string
  readonly globals: GlobalDefs
  /** In the order of the file. */
  readonly instances: readonly VrrpInstance[]
  readonly syncGroups: readonly VrrpSyncGroup[]
  readonly scripts: readonly VrrpScript[]
  readonly trackProcesses: readonly VrrpTrackProcess[]
  readonly trackFiles: readonly VrrpTrackFile[]
  readonly staticAddresses: readonly VirtualAddress[]
  /** static_routes and static_rules, each a line of words as given to ip(8). */
  readonly staticRoutes: readonly TextLine[]
  readonly staticRules: readonly TextLine[]
  readonly virtualServers: readonly VirtualServer[]
  readonly virtualServerGroups: readonly VirtualServerGroup[]
}

export interface TextLine extends Located {
  readonly text: string
}

export interface GlobalDefs {
  readonly at?: Position
  readonly where: Where
  readonly routerId?: string
  /** vrrp_version, 2 unless set. */
  readonly vrrpVersion: 2 | 3
  readonly vrrpStrict: boolean
  readonly checkUnicastSrc: boolean
  readonly skipCheckAdvAddr: boolean
  /** vrrp_owner_ignore_adverts of 2.3+. */
  readonly ownerIgnoresAdverts?: boolean
  /** vrrp_startup_delay; 0 = none. */
  readonly startupDelayNs: Duration
  readonly garpMasterDelayNs: Duration
  readonly garpMasterRepeat: number
  readonly garpMasterRefreshNs: Duration
  readonly garpMasterRefreshRepeat: number
  readonly garpLowerPrioDelayNs: Duration
  readonly garpLowerPrioRepeat: number
  /** Pacing between two gratuitous ARPs on an interface; 0 = none. */
  readonly garpIntervalNs: Duration
  readonly gnaIntervalNs: Duration
  readonly minGarp: boolean
  readonly lowerPrioNoAdvert: boolean
  readonly higherPrioSendAdvert: boolean
  readonly downTimerAdverts: number
  /** vrrp_mcast_group4, 224.0.0.18 unless set. */
  readonly multicastGroup: string
  readonly defaultInterface?: string
  readonly dynamicInterfaces: boolean
  readonly lvsSyncDaemon?: LvsSyncDaemon
  /** lvs_timeouts; a value of 0 keeps the kernel's. */
  readonly lvsTimeouts?: { readonly tcpS: number; readonly tcpFinS: number; readonly udpS: number }
  /** lvs_flush: all IPVS rules are removed when keepalived starts. */
  readonly lvsFlush: boolean
  readonly lvsFlushOnStop: boolean
  readonly scriptUser?: string
  readonly enableScriptSecurity: boolean
}

/** lvs_sync_daemon IF [INST] [id N] [port N] [ttl N] [group A] [maxlen N]. */
export interface LvsSyncDaemon extends Located {
  readonly interface: string
  /** The VRRP instance that decides between master and backup daemon; without one both run. */
  readonly instance?: string
  /** 0–255; unset: the virtual_router_id of the instance, 0 without one. */
  readonly syncId?: number
  readonly port: number
  readonly ttl: number
  readonly group: string
  /** Bytes of a datagram; the interface's MTU less 28 unless set. */
  readonly maxlen?: number
}

export interface VrrpInstance extends Located {
  readonly name: string
  readonly where: Where
  /** Only where it begins: the election is decided by priority. */
  readonly state: 'MASTER' | 'BACKUP'
  readonly interface: string
  /** 1–255. */
  readonly vrid: number
  /** Before trackers change it, 1–255; 255 = address owner. */
  readonly priority: number
  readonly advertIntNs: Duration
  readonly version: 2 | 3
  /** v2 only; a password is cut at 8 bytes as on the wire. */
  readonly auth?: { readonly type: 'PASS' | 'AH'; readonly password: string }
  /** virtual_ipaddress: installed and advertised, in the order of the file. */
  readonly vips: readonly VirtualAddress[]
  /** virtual_ipaddress_excluded: installed, not advertised. */
  readonly excludedVips: readonly VirtualAddress[]
  readonly nopreempt: boolean
  readonly preemptDelayNs: Duration
  readonly garpMasterDelayNs: Duration
  readonly garpMasterRepeat: number
  readonly garpMasterRefreshNs: Duration
  readonly garpMasterRefreshRepeat: number
  readonly garpLowerPrioDelayNs: Duration
  readonly garpLowerPrioRepeat: number
  readonly lowerPrioNoAdvert: boolean
  readonly higherPrioSendAdvert: boolean
  /** 1–100. */
  readonly downTimerAdverts: number
  /** mcast_src_ip or unicast_src_ip; the interface's first address unless set. */
  readonly sourceIp?: string
  /** Empty: adverts go to the multicast group. */
  readonly unicastPeers: readonly UnicastPeer[]
  readonly checkUnicastSrc: boolean
  readonly skipCheckAdvAddr: boolean
  /** timer_expired_backup of 2.3+: the highest priority of any other node, 1–254. */
  readonly timerExpiredBackup?: number
  /** owner_ignore_adverts of 2.3+, of an address owner. */
  readonly ownerIgnoresAdverts?: boolean
  readonly strictMode: boolean
  readonly dontTrackPrimary: boolean
  readonly trackInterfaces: readonly Tracked[]
  /** `weight` is the script's own unless overridden here. */
  readonly trackScripts: readonly Tracked[]
  readonly trackFiles: readonly Tracked[]
  readonly trackProcesses: readonly Tracked[]
  readonly useVmac: boolean
  readonly vmacInterface?: string
  readonly vmacXmitBase: boolean
  /** VIPs on other interfaces have virtual MACs too. */
  readonly useVmacAddr: boolean
  /** Whether the holder of a VIP answers what is sent to it. */
  readonly accept: boolean
  readonly virtualRoutes: readonly TextLine[]
  readonly virtualRules: readonly TextLine[]
  /** notify, notify_master, notify_backup …: keyword → command line. Read, not simulated. */
  readonly notify: Readonly<Record<string, string>>
}

export interface VirtualAddress extends Located {
  readonly address: string
  /** 32 unless written. */
  readonly prefixLength: number
  /** `dev`; the instance's interface unless written. */
  readonly device?: string
  readonly label?: string
  readonly scope?: string
  /** On another interface than the instance's, it has a virtual MAC there. */
  readonly useVmac?: true
}

export interface UnicastPeer extends Located {
  readonly address: string
}

/** One line of track_interface, track_script, track_process or track_file. */
export interface Tracked extends Located {
  readonly name: string
  /** −253…253; 0: failure means FAULT. */
  readonly weight: number
  readonly reverse: boolean
}

export interface VrrpSyncGroup extends Located {
  readonly name: string
  readonly where: Where
  readonly members: readonly (Located & { readonly name: string })[]
  /** sync_group_tracking_weight: weighted trackers of the members count; without it keepalived drops them. */
  readonly trackingWeight: boolean
  readonly trackInterfaces: readonly Tracked[]
  readonly trackScripts: readonly Tracked[]
  readonly trackFiles: readonly Tracked[]
  readonly trackProcesses: readonly Tracked[]
  readonly notify: Readonly<Record<string, string>>
}

export interface VrrpScript extends Located {
  readonly name: string
  readonly where: Where
  readonly command: string
  /** Whole seconds in 2.2, milliseconds in 2.3+. */
  readonly intervalNs: Duration
  /** = interval unless set. */
  readonly timeoutNs: Duration
  readonly weight: number
  readonly reverse: boolean
  readonly rise: number
  readonly fall: number
  readonly initFail: boolean
  readonly user?: string
}

export interface VrrpTrackProcess extends Located {
  readonly name: string
  readonly where: Where
  readonly process: string
  readonly weight: number
  readonly reverse: boolean
  readonly quorum: number
  readonly quorumMax?: number
  /** How long the process must be there (or gone) before it counts. */
  readonly forkDelayNs: Duration
  readonly terminateDelayNs: Duration
}

export interface VrrpTrackFile extends Located {
  readonly name: string
  readonly where: Where
  readonly file: string
  /** The file's number is multiplied by it; 1 unless set. */
  readonly weight: number
  readonly reverse: boolean
  /** init_file: the value written at start, when given. */
  readonly initValue?: number
}
