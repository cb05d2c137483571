/**
 * The connection table: one row a connection endpoint, whoever opened it. Nothing in it is allocated per segment.
 *
 * Columns are named after RFC 9293 §3.3.1 (sndUna, rcvNxt …) and, where the RFC has no word, after Linux's tcp_sock.
 * Sequence numbers are int32 and wrap. Times: `…Jiffy` and `…Jiffies` in kernel ticks, `…Us` in µs, `…At` in ns. Window and
 * flight are counted in segments, as Linux does. Rows are recycled; `serial` tells a row's users apart.
 */
import { type Stateful, widen } from '../../base/tables.ts'
import { FLOW_FIELDS, FlowTable } from './flow-table.ts'
import type { Mark } from './types.ts'

const INT_COLUMNS = [
  ...['application', 'owner', 'traffic', 'serial', 'flags', 'synRetransmits', 'mss', 'maxMss'],
  ...['iss', 'sndUna', 'sndNxt', 'sndWnd', 'sndWndMax', 'sndWl1', 'segmentHead', 'segmentTail', 'lostHint', 'sendBuffer'],
  ...['packetsOut', 'sackedOut', 'lostOut', 'retransOut', 'cwnd', 'ssthresh', 'cwndCount', 'highSeq'],
  ...['priorCwnd', 'priorSsthresh', 'prrDelivered', 'prrOut', 'packetsOutMax', 'cwndUsageSeq', 'tlpHighSeq', 'lastSentJiffy'],
  ...['srtt8Us', 'mdev4Us', 'mdevMaxUs', 'rttvarUs', 'rttSeq', 'minRttUs', 'rtoJiffies', 'backoff', 'retransmits', 'totalRetrans'],
  ...['irs', 'rcvNxt', 'rcvWup', 'rcvWnd', 'rcvMss', 'lastSegmentBytes', 'finSeq', 'gapHead', 'dsackStart', 'dsackEnd'],
  ...['rcvSsthresh', 'rcvLimit', 'rcvSpace', 'rcvSpaceSeq', 'quickAcks', 'atoJiffies', 'lastReceivedJiffy', 'delackJiffy'],
  ...['rtxTimer', 'rtxArmedJiffy', 'rtxJiffies', 'delackTimer', 'auxTimer', 'keepaliveProbes', 'peerMac'],
] as const
const FLOAT_COLUMNS = ['unsent', 'retransAt', 'tsRecent', 'rcvSpaceAt', 'lastHeardAt'] as const
const BYTE_COLUMNS = ['state', 'caState', 'congestion', 'rtxKind', 'keepalive'] as const

/** Numbers a congestion control keeps for itself, a connection. */
export const CONTROL_WORDS = 12
const CAPACITY = 64

const ints = () => new Int32Array(CAPACITY)
const floats = () => new Float64Array(CAPACITY)
const bytes = () => new Uint8Array(CAPACITY)

export class Connections extends FlowTable implements Stateful {
  readonly stateFields = [...FLOW_FIELDS, ...INT_COLUMNS, ...FLOAT_COLUMNS, ...BYTE_COLUMNS, 'control', 'marks', 'stashedMarks', 'opened']
  state = bytes()
  /** Index of the callbacks; −1: the application has closed, TCP finishes alone. */
  application = ints()
  /** The application's own number for the connection. */
  owner = ints()
  /** Traffic source that the packets are counted for. */
  traffic = ints()
  serial = ints()
  flags = ints()
  synRetransmits = ints()
  /** Payload bytes of a full segment now; what the path allows without options. */
  mss = ints()
  maxMss = ints()

  // ---- sending
  iss = ints()
  sndUna = ints()
  sndNxt = ints()
  sndWnd = ints()
  /** The largest window that the peer has offered. */
  sndWndMax = ints()
  sndWl1 = ints()
  /** Bytes written and not yet cut into segments. */
  unsent = floats()
  /** Sent and not acknowledged: rows of SentSegments, oldest first. */
  segmentHead = ints()
  segmentTail = ints()
  /** Where to look for the next lost segment. */
  lostHint = ints()
  sendBuffer = ints()
  packetsOut = ints()
  sackedOut = ints()
  lostOut = ints()
  retransOut = ints()
  lastSentJiffy = ints()

  // ---- congestion (RFC 5681, 6675, 6937)
  caState = bytes()
  congestion = bytes()
  control = new Float64Array(CAPACITY * CONTROL_WORDS)
  cwnd = ints()
  ssthresh = ints()
  cwndCount = ints()
  /** Recovery ends when this is acknowledged. */
  highSeq = ints()
  priorCwnd = ints()
  priorSsthresh = ints()
  prrDelivered = ints()
  prrOut = ints()
  /** When the first retransmission of the episode left. */
  retransAt = floats()
  packetsOutMax = ints()
  cwndUsageSeq = ints()
  tlpHighSeq = ints()

  // ---- round trips and retransmission (RFC 6298)
  srtt8Us = ints()
  mdev4Us = ints()
  mdevMaxUs = ints()
  rttvarUs = ints()
  rttSeq = ints()
  minRttUs = ints()
  rtoJiffies = ints()
  backoff = ints()
  retransmits = ints()
  totalRetrans = ints()
  rtxKind = bytes()
  rtxTimer = ints()
  /** The tick at which it was armed last, and for how many. */
  rtxArmedJiffy = ints()
  rtxJiffies = ints()

  // ---- receiving
  irs = ints()
  rcvNxt = ints()
  /** rcvNxt and window of the last ACK sent. */
  rcvWup = ints()
  rcvWnd = ints()
  rcvMss = ints()
  lastSegmentBytes = ints()
  finSeq = ints()
  /** Received out of order: rows of ReceivedRanges, newest first. */
  gapHead = ints()
  dsackStart = ints()
  dsackEnd = ints()
  /** The peer's clock in the last in-order segment: what we echo (RFC 7323 TS.Recent); ns, 0 = none. */
  tsRecent = floats()
  /** Window auto-tuning: what is offered now, its limit, and bytes received in the last round trip. */
  rcvSsthresh = ints()
  rcvLimit = ints()
  rcvSpace = ints()
  rcvSpaceSeq = ints()
  rcvSpaceAt = floats()

  // ---- delayed acknowledgements
  quickAcks = ints()
  atoJiffies = ints()
  lastReceivedJiffy = ints()
  delackJiffy = ints()
  delackTimer = ints()

  // ---- keep-alive; the wait for the peer's FIN
  auxTimer = ints()
  keepalive = bytes()
  keepaliveProbes = ints()
  lastHeardAt = floats()
  /** MAC number that the last segment (or ICMP error) came from: the host one hop before. */
  peerMac = ints()

  /** Messages written and not yet on a segment; messages of segments received out of order. */
  marks: (Mark | null)[] = new Array(CAPACITY).fill(null)
  stashedMarks: (Mark[] | null)[] = new Array(CAPACITY).fill(null)
  /** Connections ever opened: the next serial. */
  opened = 0

  constructor() {
    super(CAPACITY)
  }

  /** A row with everything zero or empty but the flow. */
  open(host: number, local: number, localPort: number, remote: number, remotePort: number): number {
    const c = this.insert(host, local, localPort, remote, remotePort)
    this.clear(c)
    this.serial[c] = this.opened = (this.opened + 1) & 0x3fffffff
    this.application[c] = this.traffic[c] = -1
    this.owner[c] = 0
    this.segmentHead[c] = this.segmentTail[c] = this.lostHint[c] = this.gapHead[c] = -1
    this.rtxTimer[c] = this.delackTimer[c] = this.auxTimer[c] = -1
    return c
  }

  /** Written out, because a loop over the columns' names costs fifty times as much. */
  private clear(c: number): void {
    this.flags[c] = this.synRetransmits[c] = this.mss[c] = this.maxMss[c] = this.iss[c] = this.sndUna[c] = this.sndNxt[c] = 0
    this.sndWnd[c] = this.sndWndMax[c] = this.sndWl1[c] = this.sendBuffer[c] = this.packetsOut[c] = this.sackedOut[c] = 0
    this.lostOut[c] = this.retransOut[c] = this.cwnd[c] = this.ssthresh[c] = this.cwndCount[c] = this.highSeq[c] = 0
    this.priorCwnd[c] = this.priorSsthresh[c] = this.prrDelivered[c] = 0
    this.prrOut[c] = this.packetsOutMax[c] = this.cwndUsageSeq[c] = this.tlpHighSeq[c] = this.lastSentJiffy[c] = 0
    this.srtt8Us[c] = this.mdev4Us[c] = this.mdevMaxUs[c] = this.rttvarUs[c] = this.rttSeq[c] = this.minRttUs[c] = 0
    this.rtoJiffies[c] = this.backoff[c] = this.retransmits[c] = this.totalRetrans[c] = this.irs[c] = this.rcvNxt[c] = 0
    this.rcvWup[c] = this.rcvWnd[c] = this.rcvMss[c] = this.lastSegmentBytes[c] = this.finSeq[c] = this.dsackStart[c] = 0
    this.dsackEnd[c] = this.rcvSsthresh[c] = this.rcvLimit[c] = this.rcvSpace[c] = this.rcvSpaceSeq[c] = 0
    this.quickAcks[c] = this.atoJiffies[c] = this.lastReceivedJiffy[c] = this.delackJiffy[c] = this.keepaliveProbes[c] = 0
    this.peerMac[c] = this.unsent[c] = this.retransAt[c] = this.tsRecent[c] = this.rcvSpaceAt[c] = this.lastHeardAt[c] = 0
    this.rtxArmedJiffy[c] = this.rtxJiffies[c] = 0
    this.state[c] = this.caState[c] = this.congestion[c] = this.rtxKind[c] = this.keepalive[c] = 0
    this.control.fill(0, c * CONTROL_WORDS, (c + 1) * CONTROL_WORDS)
  }

  close(c: number): void {
    this.state[c] = 0
    this.marks[c] = null
    this.stashedMarks[c] = null
    this.serial[c] = 0
    this.remove(c)
  }

  /** Segments in the network, as far as we know (RFC 6675 pipe). */
  inFlight(c: number): number {
    return this.packetsOut[c] - this.sackedOut[c] - this.lostOut[c] + this.retransOut[c]
  }

  protected override growTo(capacity: number): void {
    super.growTo(capacity)
    for (const column of INT_COLUMNS) this[column] = widen(this[column], capacity)
    for (const column of FLOAT_COLUMNS) this[column] = widen(this[column], capacity)
    for (const column of BYTE_COLUMNS) this[column] = widen(this[column], capacity)
    this.control = widen(this.control, capacity * CONTROL_WORDS)
    for (let i = this.marks.length; i < capacity; i++) {
      this.marks.push(null)
      this.stashedMarks.push(null)
    }
  }
}
