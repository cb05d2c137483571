/**
 * How IPVS follows a TCP connection: the state tables of ip_vs_proto_tcp.c and which states count as active.
 *
 * A director of direct routing or tunnels sees only the client's packets, so it uses a table of its own (INPUT_ONLY);
 * with NAT it sees both directions. `secure_tcp` swaps in tables that distrust half-open connections ("dos").
 * Every cell: test/protocols/ipvs/tcp-states.test.ts; 1,008 recorded steps: test/protocols/ipvs/walks.test.ts.
 */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../net/index.ts'

export const TCP_NONE = 0
export const TCP_ESTABLISHED = 1
export const TCP_SYN_SENT = 2
export const TCP_SYN_RECV = 3
export const TCP_FIN_WAIT = 4
export const TCP_TIME_WAIT = 5
export const TCP_CLOSE = 6
export const TCP_CLOSE_WAIT = 7
export const TCP_LAST_ACK = 8
export const TCP_LISTEN = 9
export const TCP_SYNACK = 10
const STATES = 11

export const TCP_STATE_NAMES = [
  'NONE',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'SYNACK',
] as const

/** Seconds without a packet after which an entry of each state goes, by state number. */
export const TCP_TIMEOUTS_S: readonly number[] = [2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120]
export const UDP_TIMEOUT_S = 300

/** Jiffies by state. */
export const tcpTimeoutsOf = (hz: number): Int32Array => Int32Array.from(TCP_TIMEOUTS_S, s => s * hz)

/** Packet direction as the tables are indexed. */
export const DIRECTION_INPUT = 0
export const DIRECTION_OUTPUT = 1
export const DIRECTION_INPUT_ONLY = 2
export const DIRECTION_NAMES = ['INPUT', 'OUTPUT', 'INPUT_ONLY'] as const

const SHORT: readonly string[] = ['NO', 'ES', 'SS', 'SR', 'FW', 'TW', 'CL', 'CW', 'LA', 'LI', 'SA']
const ROW_SYN = 0
const ROW_FIN = 1
const ROW_ACK = 2
const ROW_RST = 3
const ROWS = 4

/** Rows syn, fin, ack, rst of INPUT, OUTPUT, INPUT_ONLY; a column a state, in the order of SHORT. */
const NORMAL = `
  SR ES ES SR SR SR SR SR SR SR SR
  CL CW SS TW TW TW CL CW LA LI TW
  ES ES SS ES FW TW CL CW CL LI ES
  CL CL CL SR CL CL CL CL LA LI SR

  SS ES SS SR SS SS SS SS SS LI SR
  TW FW SS TW FW TW CL TW LA LI TW
  ES ES SS ES FW TW CL CW LA ES ES
  CL CL SS CL CL TW CL CL CL CL CL

  SR ES ES SR SR SR SR SR SR SR SR
  CL FW SS TW FW TW CL CW LA LI TW
  ES ES SS ES FW TW CL CW CL LI ES
  CL CL CL SR CL CL CL CL LA LI CL`

const DOS = `
  SR ES ES SR SR SR SR SR SR SR SA
  CL CW SS TW TW TW CL CW LA LI SA
  ES ES SS SR FW TW CL CW CL LI SA
  CL CL CL SR CL CL CL CL LA LI CL

  SS ES SS SA SS SS SS SS SS LI SA
  TW FW SS TW FW TW CL TW LA LI TW
  ES ES SS ES FW TW CL CW LA ES ES
  CL CL SS CL CL TW CL CL CL CL CL

  SA ES ES SR SA SA SA SA SA SA SA
  CL FW SS TW FW TW CL CW LA LI TW
  ES ES SS ES FW TW CL CW CL LI ES
  CL CL CL SR CL CL CL CL LA LI CL`

/** One byte a cell, index (direction × 4 + row) × 11 + state. */
export type TcpTable = Uint8Array

const compile = (text: string): TcpTable => Uint8Array.from(text.trim().split(/\s+/), cell => SHORT.indexOf(cell))

export const TCP_TABLE: TcpTable = compile(NORMAL)
/** In use while secure_tcp defends. */
export const TCP_TABLE_DOS: TcpTable = compile(DOS)

const NO_ROW = 255

/** Which row a packet selects, by its flags: RST before SYN before FIN before ACK. */
const ROW_OF_FLAGS = Uint8Array.from({ length: 32 }, (_, flags) => {
  if (flags & TCP_RST) return ROW_RST
  if (flags & TCP_SYN) return ROW_SYN
  if (flags & TCP_FIN) return ROW_FIN
  return flags & TCP_ACK ? ROW_ACK : NO_ROW
})

/** The state after a packet with TCP `flags`; one that carries none of the four closes the connection. */
export function nextState(table: TcpTable, direction: number, flags: number, state: number): number {
  const row = ROW_OF_FLAGS[flags & 31]
  return row === NO_ROW ? TCP_CLOSE : table[(direction * ROWS + row) * STATES + state]
}

/** States counted in ActiveConn (since 4.8 also the ones before ESTABLISHED); all others are InActConn. */
export const TCP_ACTIVE: readonly boolean[] = TCP_STATE_NAMES.map(
  (_, s) => s === TCP_ESTABLISHED || s === TCP_SYN_SENT || s === TCP_SYN_RECV || s === TCP_SYNACK,
)

/** Before 4.8 only ESTABLISHED counted. */
export const TCP_ACTIVE_OLD: readonly boolean[] = TCP_STATE_NAMES.map((_, s) => s === TCP_ESTABLISHED)

/** States that the sync daemon tells the backup about. */
export const TCP_SYNCED: readonly boolean[] = TCP_STATE_NAMES.map(
  (_, s) => s === TCP_ESTABLISHED || s === TCP_FIN_WAIT || s === TCP_CLOSE || s === TCP_CLOSE_WAIT || s === TCP_TIME_WAIT,
)
