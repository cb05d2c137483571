/**
 * The LVS half of a keepalived.conf: virtual servers, their real servers and checkers, with every inherited value
 * resolved (checker ← real_server ← virtual_server ← default), as keepalived 2.2.7 does. See types.ts.
 */
import type { Position } from '../../base/problem.ts'
import type { Duration } from '../../base/units.ts'

export type ForwardingMethod = 'DR' | 'NAT' | 'TUN'
export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** What a virtual_server listens to. */
export type ServiceAddress =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  | { readonly kind: 'fwmark'; readonly mark: number }
  | { readonly kind: 'group'; readonly name: string }

export interface VirtualServer {
  readonly at: Position
  readonly where: Readonly<Record<string, Position>>
  readonly service: ServiceAddress
  readonly protocol: Protocol
  /** lb_algo: rr, wrr, lc, wlc, sh, mh, dh, fo, ovf, lblc, lblcr, sed, nq, twos; wlc unless set. */
  readonly scheduler: string
  /** sh-port, sh-fallback, mh-port, mh-fallback, flag-1 … flag-3. */
  readonly schedulerFlags: readonly string[]
  readonly onePacket: boolean
  /** lb_kind; NAT unless set. */
  readonly forward: ForwardingMethod
  /** 360 s when the keyword stands alone. */
  readonly persistence?: { readonly timeoutS: number; readonly granularity: string }
  readonly delayLoopNs: Duration
  readonly quorum: number
  readonly hysteresis: number
  readonly alpha: boolean
  readonly omega: boolean
  readonly haSuspend: boolean
  readonly inhibitOnFailure: boolean
  readonly virtualhost?: string
  readonly sorryServer?: SorryServer
  readonly realServers: readonly RealServer[]
  readonly notify: Readonly<Record<string, string>>
}

export interface SorryServer {
  readonly at: Position
  readonly address: string
  readonly port: number
  readonly forward: ForwardingMethod
  /** sorry_server_inhibit: at weight 0 instead of absent while it is not needed. */
  readonly inhibit: boolean
}

export interface RealServer {
  readonly at: Position
  readonly where: Readonly<Record<string, Position>>
  readonly address: string
  readonly port: number
  /** lvs_method, the virtual server's lb_kind unless set. */
  readonly forward: ForwardingMethod
  readonly weight: number
  readonly uthreshold: number
  readonly lthreshold: number
  readonly inhibitOnFailure: boolean
  /** Whether it starts down until its first success. */
  readonly alpha: boolean
  readonly virtualhost?: string
  readonly checkers: readonly Checker[]
  readonly notify: Readonly<Record<string, string>>
}

export interface CheckerCommon {
  readonly at: Position
  readonly where: Readonly<Record<string, Position>>
  /** Where it connects: the real server unless connect_ip / connect_port say otherwise. */
  readonly connectIp: string
  readonly connectPort: number
  readonly bindIp?: string
  readonly bindPort?: number
  readonly connectTimeoutNs: Duration
  readonly delayLoopNs: Duration
  /** Failures after the first that are forgiven. */
  readonly retry: number
  readonly delayBeforeRetryNs: Duration
  /** The first check comes at 1 s + a random part of this. */
  readonly warmupNs: Duration
  readonly alpha: boolean
}

export interface TcpCheck extends CheckerCommon {
  readonly kind: 'TCP_CHECK'
}

export interface HttpUrl {
  readonly at: Position
  readonly path: string
  readonly digest?: string
  /** Codes that count as success, as closed ranges; 200–299 unless set. */
  readonly statusCodes: readonly (readonly [number, number])[]
  readonly regex?: string
  readonly virtualhost?: string
}

export interface HttpCheck extends CheckerCommon {
  readonly kind: 'HTTP_GET' | 'SSL_GET'
  readonly urls: readonly HttpUrl[]
  readonly fastRecovery: boolean
  readonly httpProtocol: '1.0' | '1.1'
  readonly virtualhost?: string
}

export interface SmtpCheck extends CheckerCommon {
  readonly kind: 'SMTP_CHECK'
  readonly heloName: string
}

export interface DnsCheck extends CheckerCommon {
  readonly kind: 'DNS_CHECK'
  readonly recordType: string
  readonly name: string
}

export interface MiscCheck extends CheckerCommon {
  readonly kind: 'MISC_CHECK'
  readonly path: string
  readonly timeoutNs: Duration
  /** misc_dynamic: the exit status sets the weight. */
  readonly dynamic: boolean
}

export interface PingCheck extends CheckerCommon {
  readonly kind: 'PING_CHECK'
}

export interface UdpCheck extends CheckerCommon {
  readonly kind: 'UDP_CHECK'
  readonly payload?: string
  readonly requireReply: boolean
}

export interface FileCheck extends CheckerCommon {
  readonly kind: 'FILE_CHECK'
  readonly trackFile: string
  readonly weight: number
  readonly reverse: boolean
}

export interface BfdCheck extends CheckerCommon {
  readonly kind: 'BFD_CHECK'
  readonly name: string
}

export type Checker = TcpCheck | HttpCheck | SmtpCheck | DnsCheck | MiscCheck | PingCheck | UdpCheck | FileCheck | BfdCheck

export interface VirtualServerGroup {
  readonly at: Position
  readonly name: string
  readonly entries: readonly VirtualServerGroupEntry[]
}

/** A line of virtual_server_group: `IP[-RANGE] PORT` or `fwmark N`. */
export type VirtualServerGroupEntry =
  | { readonly at: Position; readonly kind: 'addresses'; readonly first: string; readonly last: string; readonly port: number }
  | { readonly at: Position; readonly kind: 'fwmark'; readonly mark: number }
