/**
 * What applications and the wire see of TCP: callbacks, settings of a host, and what a segment carries besides its
 * columns. Payload is only counted; a message (a request, an answer) is an immutable object that rides on the segment
 * with the last byte of what it stands for, and is handed over when that byte has arrived in order.
 */
import type { CloseReason } from './constants.ts'

/**
 * Callbacks of one kind of application; `c` is the connection. They run after the segment was dealt with entirely, and may
 * write, close or abort. After close or abort nothing more is called for that connection.
 */
export interface TcpApplication {
  /** The handshake is complete (both sides). `owner[c]` is the listener's owner on the passive side. */
  onConnected(c: number): void
  /** `bytes` more were received in order. */
  onData(c: number, bytes: number): void
  /** The last byte of a message was received in order; called after onData for the same bytes. */
  onMessage(c: number, message: object): void
  /** The peer has closed its direction; all it sent was received. */
  onPeerClosed(c: number): void
  /** The connection is gone, and `c` with it. */
  onClosed(c: number, reason: CloseReason): void
  /** After closeLingering: the peer has all of it, or never will. The connection is not the application's any more. */
  onLingered?(owner: number): void
}

/** What a host's TCP does; the sysctl that sets it is named. */
export interface TcpSettings {
  /**
   * Whose habits where the RFCs leave room; docs/decisions/0030 lists ns-3's: the first segment is acknowledged at once, then
   * every second one, a lone one after 200 ms; RTO = srtt + 4 rttvar, at least rtoMinMs, 3 s for the first SYN; timers run
   * on time, not by the wheel; only the first partial ACK of a recovery restarts the timeout; nothing is undone.
   */
  readonly style: 'linux' | 'ns3'
  /** Name in the registry (congestion/index.ts); net.ipv4.tcp_congestion_control. */
  readonly congestion: string
  /** net.ipv4.tcp_sack, tcp_timestamps. */
  readonly sack: boolean
  readonly timestamps: boolean
  /** net.ipv4.tcp_syn_retries, tcp_synack_retries, tcp_retries2. */
  readonly synRetries: number
  readonly synAckRetries: number
  readonly retries: number
  /** Smallest retransmission timeout, ms (rto_min of the route). */
  readonly rtoMinMs: number
  /** net.ipv4.tcp_early_retrans ≥ 3. */
  readonly lossProbe: boolean
  /** Bytes; 0 = auto-tuned up to receiveMaxBytes (tcp_rmem[2] / 2). */
  readonly receiveBytes: number
  readonly receiveMaxBytes: number
  /** Most bytes in flight (tcp_wmem[2]). */
  readonly sendBytes: number
  /** Segments (initcwnd of the route). */
  readonly initialWindow: number
  /** net.ipv4.tcp_slow_start_after_idle. */
  readonly slowStartAfterIdle: boolean
  /** tcp_keepalive_time, _intvl (s) and _probes; used by applications that ask for it. */
  readonly keepaliveS: number
  readonly keepaliveIntervalS: number
  readonly keepaliveProbes: number
  /** TIME-WAIT and the wait for the peer's FIN after close, s. */
  readonly timeWaitS: number
}

export const LINUX_TCP: TcpSettings = {
  style: 'linux',
  congestion: 'cubic',
  sack: true,
  timestamps: true,
  synRetries: 6,
  synAckRetries: 5,
  retries: 15,
  rtoMinMs: 200,
  lossProbe: true,
  receiveBytes: 0,
  receiveMaxBytes: 3_145_728,
  sendBytes: 4_194_304,
  initialWindow: 10,
  slowStartAfterIdle: true,
  keepaliveS: 7200,
  keepaliveIntervalS: 75,
  keepaliveProbes: 9,
  timeWaitS: 60,
}

export const BODY_SYN = 1
export const BODY_MARK = 2
export const BODY_SACK = 3
export const BODY_MARK_AND_SACK = 4

/** Options of a SYN. A crafted SYN without a body has none of them. */
export interface SynBody {
  readonly kind: typeof BODY_SYN
  readonly mss: number
  readonly sack: boolean
  readonly timestamps: boolean
}

/** `message` ends with the byte before `end` (a sequence number); several on one segment form a list in order. */
export interface Mark {
  readonly kind: typeof BODY_MARK
  readonly end: number
  readonly message: object
  next: Mark | null
}

/** Blocks of sequence numbers, [start, end) in pairs, the newest first (RFC 2018); `duplicate`: the first is a D-SACK (RFC 2883). */
export interface SackBody {
  readonly kind: typeof BODY_SACK
  readonly blocks: readonly number[]
  readonly duplicate: boolean
}

export interface MarkAndSackBody {
  readonly kind: typeof BODY_MARK_AND_SACK
  readonly mark: Mark
  readonly sack: SackBody
}

export type TcpBody = SynBody | Mark | SackBody | MarkAndSackBody

export const sackOf = (body: TcpBody | null): SackBody | null =>
  body === null ? null : body.kind === BODY_SACK ? body : body.kind === BODY_MARK_AND_SACK ? body.sack : null

export const marksOf = (body: TcpBody | null): Mark | null =>
  body === null ? null : body.kind === BODY_MARK ? body : body.kind === BODY_MARK_AND_SACK ? body.mark : null
