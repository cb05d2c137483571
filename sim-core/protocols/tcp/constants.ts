/**
 * Names for the numbers in the connection table, and the constants of Linux's TCP.
 *
 * Times are in seconds or as a share of HZ, as the kernel has them (include/net/tcp.h, 6.1); settings.ts turns them
 * into jiffies. States are those of RFC 9293 §3.3.2.
 */
export const CLOSED = 0
export const SYN_SENT = 1
export const SYN_RECEIVED = 2
export const ESTABLISHED = 3
export const FIN_WAIT_1 = 4
export const FIN_WAIT_2 = 5
export const CLOSE_WAIT = 6
export const CLOSING = 7
export const LAST_ACK = 8
export const STATE_NAMES = [
  ...['CLOSED', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2'],
  ...['CLOSE-WAIT', 'CLOSING', 'LAST-ACK'],
] as const

/** Bits of the `flags` column. */
export const PASSIVE = 1 // the peer opened the connection
export const SACK_OK = 2
export const TIMESTAMPS = 4
export const FIN_QUEUED = 8 // the application has closed its direction
export const FIN_SENT = 16
export const FIN_RECEIVED = 32
export const PINGPONG = 64 // a conversation: acknowledgements wait for the answer to carry them
export const CWND_LIMITED = 128 // the congestion window was what stopped the last transmission
export const ACK_SCHEDULED = 256
export const ACK_NOW = 512
export const ACK_PUSHED = 1024 // a segment smaller than the usual arrived since the last ACK
export const ACK_PUSHED_TWICE = 2048
export const TLP_OUT = 4096 // a tail loss probe is unanswered
export const TLP_WAS_RETRANSMISSION = 8192
export const DSACK_PENDING = 32768 // the next ACK reports a duplicate (RFC 2883)
export const HANDSHAKE_DONE = 65536
export const FIXED_WINDOW = 131072 // the receive buffer was set by hand: no auto-tuning
export const DSACK_SEEN = 262144
export const PARTIAL_ACK_SEEN = 1048576 // in this recovery
export const FIN_KNOWN = 524288 // the peer's FIN was received, perhaps ahead of data

/** What the retransmission timer will do when it fires. */
export const RTX_OFF = 0
export const RTX_TIMEOUT = 1
export const RTX_LOSS_PROBE = 2
export const RTX_WINDOW_PROBE = 3

/** Congestion states, after Linux's TCP_CA_*. */
export const CA_OPEN = 0
/** The window is being reduced without loss to repair (after a tail loss probe). */
export const CA_REDUCING = 1
export const CA_RECOVERY = 2
export const CA_LOSS = 3

/** Why a connection ended without the application having closed it; `refused` is a RST to the SYN, the `unreachable`s are ICMP's. */
export const CLOSE_REASONS = ['reset', 'timeout', 'refused', 'port unreachable', 'unreachable', 'host down'] as const
export type CloseReason = (typeof CLOSE_REASONS)[number]

/** Segments after which a gap counts as loss (RFC 5681 §3.2, RFC 6675 DupThresh). */
export const DUP_THRESHOLD = 3
/** RFC 6928. */
export const INITIAL_WINDOW = 10
/** Default segment size when the peer announces none (RFC 9293 §3.7.1). */
export const MSS_DEFAULT = 536
export const MSS_MIN = 88
export const TIMEOUT_INITIAL_S = 1
export const RTO_MAX_S = 120
/** TCP_ATO_MIN, TCP_DELACK_MIN: HZ / 25. */
export const ATO_PER_S = 25
/** TCP_DELACK_MAX: HZ / 5. */
export const DELACK_MAX_PER_S = 5
/** TCP_MAX_QUICKACKS. */
export const QUICK_ACKS_MAX = 16
/** TCP_TIMEOUT_MIN, jiffies: added to a loss probe's two round trips when more than one segment is out. */
export const PROBE_MARGIN_JIFFIES = 2
/** tcp_orphan_retries when the sysctl is 0. */
export const ORPHAN_RETRIES = 8
export const TIMESTAMP_BYTES = 12
/** MSS, SACK permitted, timestamps, window scale: 20 bytes on a Linux SYN. */
export const SYN_OPTION_BYTES = 20
/** Blocks that 40 bytes of options hold beside timestamps, and without them (RFC 2018 §3). */
export const SACK_BLOCKS_MAX = 3
export const SACK_BLOCKS_MAX_ALONE = 4
/** Slow-start threshold before the first loss: no limit. */
export const SSTHRESH_INFINITE = 0x7fffffff
/** net.ipv4.ip_local_port_range. */
export const EPHEMERAL_FIRST = 32768
export const EPHEMERAL_LAST = 60999
