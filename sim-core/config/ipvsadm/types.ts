/**
 * IPVS rules as text tools know them, and what the listings show. Plain data: the readers (`parseIpvsadmRules`,
 * `parseIpvsadmListing`, `parseIpvsadmCommand`) make it, the printers take it. Addresses are canonical dotted IPv4.
 */
import type { Position } from '../../base/problem.ts'

export type IpvsForward = 'Route' | 'Masq' | 'Tunnel' | 'Local'

/** Which service: protocol with address and port (0 = all ports), or a firewall mark. */
export type IpvsServiceKey =
  | { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly address: string; readonly port: number }
  | { readonly protocol: 'FWM'; readonly mark: number }

export interface IpvsService {
  readonly at: Position
  readonly key: IpvsServiceKey
  readonly scheduler: string
  /** sh-port, sh-fallback, mh-port, mh-fallback, flag-1 … flag-3, in the kernel's order. */
  readonly schedulerFlags: readonly string[]
  readonly onePacket: boolean
  /** Persistence timeout in seconds and client netmask; undefined: not persistent. */
  readonly persistence?: { readonly timeoutS: number; readonly netmask: string }
  /** Persistence engine, such as `sip`. */
  readonly engine?: string
}

export interface IpvsServer {
  readonly at: Position
  readonly address: string
  /** The service's port unless given (and always the service's for Route and Tunnel). */
  readonly port: number
  readonly forward: IpvsForward
  readonly weight: number
  /** 0 = no upper threshold. */
  readonly upperThreshold: number
  /** 0 = ¾ of the upper one. */
  readonly lowerThreshold: number
}

/** One ipvsadm invocation. */
export type IpvsRule =
  | { readonly kind: 'add-service' | 'edit-service'; readonly at: Position; readonly service: IpvsService }
  | { readonly kind: 'delete-service'; readonly at: Position; readonly key: IpvsServiceKey }
  | { readonly kind: 'add-server' | 'edit-server'; readonly at: Position; readonly key: IpvsServiceKey; readonly server: IpvsServer }
  | { readonly kind: 'delete-server'; readonly at: Position; readonly key: IpvsServiceKey; readonly address: string; readonly port: number }
  | { readonly kind: 'clear'; readonly at: Position }
  | { readonly kind: 'zero'; readonly at: Position; readonly key?: IpvsServiceKey }
  | { readonly kind: 'set-timeouts'; readonly at: Position; readonly tcpS: number; readonly tcpFinS: number; readonly udpS: number }
  | {
      readonly kind: 'start-daemon'
      readonly at: Position
      readonly role: 'master' | 'backup'
      readonly interface: string
      readonly syncId: number
      readonly maxlen?: number
      readonly group?: string
      readonly port?: number
      readonly ttl?: number
    }
  | { readonly kind: 'stop-daemon'; readonly at: Position; readonly role: 'master' | 'backup'; readonly syncId: number }

/** A service with its servers in the order in which they were added (the kernel lists them the other way round). */
export interface IpvsTableService extends IpvsService {
  readonly servers: readonly IpvsServer[]
}

/** Counters of one line of `ipvsadm -Ln --stats`. */
export interface IpvsStats {
  readonly connections: number
  readonly inPackets: number
  readonly outPackets: number
  readonly inBytes: number
  readonly outBytes: number
}

/** Rates of one line of `ipvsadm -Ln --rate`, per second. */
export interface IpvsRates {
  readonly connections: number
  readonly inPackets: number
  readonly outPackets: number
  readonly inBytes: number
  readonly outBytes: number
}

/** What the printers of listings take; order does not matter, they sort as the tool does. */
export interface ListedService {
  readonly key: IpvsServiceKey
  readonly scheduler: string
  readonly schedulerFlags?: readonly string[]
  readonly onePacket?: boolean
  readonly persistence?: { readonly timeoutS: number; readonly netmask?: string }
  readonly engine?: string
  readonly stats?: IpvsStats
  readonly rates?: IpvsRates
  readonly servers: readonly ListedServer[]
}

export interface ListedServer {
  readonly address: string
  readonly port: number
  readonly forward: IpvsForward
  readonly weight: number
  readonly active: number
  readonly inactive: number
  readonly upperThreshold?: number
  readonly lowerThreshold?: number
  /** Persistent templates, for --persistent-conn. */
  readonly persistent?: number
  readonly stats?: IpvsStats
  readonly rates?: IpvsRates
}

/** One line of `ipvsadm -Lnc`; printed in the order given (the kernel prints its hash order). */
export interface ListedConnection {
  /** `IP` stands for a template of a firewall-mark service. */
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'IP'
  /** Whole seconds left. */
  readonly expireS: number
  readonly state: string
  readonly client: { readonly address: string; readonly port: number }
  readonly virtual: { readonly address: string; readonly port: number }
  readonly destination: { readonly address: string; readonly port: number }
}
