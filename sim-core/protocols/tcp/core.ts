/**
 * What the parts of TCP share: the tables, the clock, the way to the network and to the applications.
 *
 * The parts (input, output, timers …) are functions of this and a connection's row, so that each rule stands in a
 * file of its own while the state stays in typed arrays. Kernel timers are armed in jiffies and run when the timer wheel
 * says (base/timer-wheel.ts).
 */
import { assert } from '../../base/assert.ts'
import type { Stateful } from '../../base/tables.ts'
import { fireJiffy, type JiffyClock } from '../../base/timer-wheel.ts'
import type { Engine } from '../../engine/index.ts'
import type { Packets, Stack } from '../../net/index.ts'
import type { CauseRule } from '../../trace/contract.ts'
import type { PacketMeter } from '../udp/index.ts'
import { Connections } from './connections.ts'
import { CLOSED, type CloseReason } from './constants.ts'
import { ReceivedRanges } from './received-ranges.ts'
import { SentSegments } from './sent-segments.ts'
import { HostSettings } from './settings.ts'
import { TimeWait } from './time-wait.ts'
import type { TcpApplication } from './types.ts'

/** The part of the IP stack that TCP uses. */
export type TcpNetwork = Pick<
  Stack,
  'hostCount' | 'packets' | 'addresses' | 'isLocal' | 'send' | 'drop' | 'onDeliver' | 'sourceFor' | 'confirm'
>

/** Counts segments of traffic sources: those that the opener sends, those that reach the other side, and those that come back. */
export interface TcpMeter extends PacketMeter {
  /** A segment of the answering side reached the opener. */
  packetReturned(p: number): void
}

export interface TcpWiring {
  readonly engine: Engine
  readonly network: TcpNetwork
  /** Kernel ticks; the same for every host. */
  readonly clock: JiffyClock
  /** Largest IP packet that leaves a host towards an address, bytes. */
  readonly mtuBytes: (host: number, remote: number) => number
  /** Whether a segment of the flow has not left the host, because its next hop has not answered ARP; undefined: never. */
  readonly holds?: (host: number, source: number, destination: number, sourcePort: number, destinationPort: number) => boolean
  /** Processes run when the packets of an instant are all taken, as where links have no rate and code no cost; else at once. */
  readonly processesLast?: boolean
  /** Sees the packets of traffic sources; undefined: nobody counts. */
  readonly meter?: TcpMeter
  /** Hears of every RST as it is sent. */
  readonly resets?: ResetListener
}

/** Why a host sends RST; rules of trace/causes. */
export type ResetReason = Extract<CauseRule, `rst-${string}`>
/** Addresses are rows of the address book; `flags` are those of the packet that is answered, 0 when the application aborts. */
export type ResetListener = (
  host: number,
  reason: ResetReason,
  about: {
    readonly local: number
    readonly localPort: number
    readonly remote: number
    readonly remotePort: number
    readonly flags: number
  },
) => void

/** Who answers on a port of a host. */
export interface Listener {
  readonly application: number
  readonly owner: number
  /** The process hangs: what would open a connection is dropped unseen. */
  readonly hangs: boolean
  /** SYNs are refused by RST; connections go on. */
  readonly refuses: boolean
}

export class TcpCore implements Stateful {
  readonly stateFields = [
    ...[
      'rows',
      'segments',
      'ranges',
      'timeWait',
      'settings',
      'listeners',
      'hanging',
      'nextPort',
      'loopback',
      'retransmitted',
      'resetsSent',
      'lingering',
      'pathMtus',
    ],
  ]
  rows = new Connections()
  segments = new SentSegments()
  ranges = new ReceivedRanges()
  timeWait: TimeWait
  settings: HostSettings
  /** By host × 65536 + port. */
  listeners = new Map<number, Listener>()
  /** Listeners of a host that hang. */
  hanging: Int32Array
  /** Next ephemeral port of a host, as an offset. */
  nextPort: Int32Array
  /** Closed connections whose closer waits until the peer has acknowledged the FIN. */
  lingering = new Map<number, { readonly application: number; readonly owner: number }>()
  /** Path MTUs that were learnt from ICMP, bytes; by host × 2²² + address. */
  pathMtus = new Map<number, number>()
  /** Packets of a host to itself: they arrive in an event of their own. */
  loopback: number[] = []
  /** Segments sent again, and RSTs sent, by host. */
  retransmitted: Float64Array
  resetsSent: Float64Array
  readonly engine: Engine
  readonly packets: Packets
  readonly network: TcpNetwork
  readonly clock: JiffyClock
  readonly meter: TcpMeter | null
  readonly holds: TcpWiring['holds']
  readonly processesLast: boolean
  readonly resets: ResetListener | null
  readonly mtuBytes: (host: number, remote: number) => number
  readonly applications: TcpApplication[] = []
  /** Kinds of Engine.timers; set by Tcp. */
  rtxTimerKind = -1
  delackTimerKind = -1
  auxTimerKind = -1
  loopbackKind = -1
  timeWaitKind = -1
  wakeKind = -1
  /** Turns of processes that wait for the end of the instant. Empty between instants. */
  readonly waking: (() => void)[] = []
  /** A kernel timer's handler runs: the wheel has moved on by one tick. */
  inTimer = false

  constructor(wiring: TcpWiring) {
    this.engine = wiring.engine
    this.network = wiring.network
    this.packets = wiring.network.packets
    this.clock = wiring.clock
    this.meter = wiring.meter ?? null
    this.holds = wiring.holds
    this.processesLast = wiring.processesLast === true
    this.resets = wiring.resets ?? null
    this.mtuBytes = wiring.mtuBytes
    const hosts = wiring.network.hostCount
    this.timeWait = new TimeWait()
    this.settings = new HostSettings(hosts, wiring.clock.hz)
    this.hanging = new Int32Array(hosts)
    this.nextPort = new Int32Array(hosts)
    this.retransmitted = new Float64Array(hosts)
    this.resetsSent = new Float64Array(hosts)
  }

  /** A process has something to do: at the end of this instant. */
  whenAwake(turn: () => void): void {
    if (this.waking.push(turn) === 1) this.engine.schedule(this.engine.now, this.wakeKind, 0)
  }

  private jiffyOf = -1
  private jiffyThen = 0

  /** The current tick; many segments share an instant, so it is divided out once. */
  get jiffy(): number {
    const { now } = this.engine
    if (now !== this.jiffyOf) {
      this.jiffyOf = now
      this.jiffyThen = this.clock.jiffyAt(now)
    }
    return this.jiffyThen
  }

  /** ns at which a timer of a host armed now for `jiffies` runs. */
  expiry(host: number, jiffies: number): number {
    if (this.settings.likeNs3[host] === 1) return this.engine.now + (jiffies * 1e9) / this.clock.hz
    const now = this.jiffy
    return this.clock.timeOf(this.inTimer ? fireJiffy(now + 1, Math.max(0, jiffies - 1)) : fireJiffy(now, jiffies))
  }

  /** Takes the connection out of the tables, its timers with it. Nothing is sent, nobody is told. */
  release(c: number): void {
    const r = this.rows
    const timers = this.engine.timers
    assert(r.state[c] !== CLOSED, 'a connection is released once')
    if (r.rtxTimer[c] >= 0) timers.release(r.rtxTimer[c])
    if (r.delackTimer[c] >= 0) timers.release(r.delackTimer[c])
    if (r.auxTimer[c] >= 0) timers.release(r.auxTimer[c])
    this.segments.freeAll(r.segmentHead[c])
    this.ranges.freeAll(r.gapHead[c])
    r.close(c)
    if (this.lingering.size > 0) this.lingered(c)
  }

  /** The wait of a closer is over. */
  lingered(c: number): void {
    const waiting = this.lingering.get(c)
    if (waiting === undefined) return
    this.lingering.delete(c)
    this.applications[waiting.application].onLingered?.(waiting.owner)
  }

  /** The connection ends by itself: the application is told (its row is still there), then it leaves the tables. */
  fail(c: number, reason: CloseReason): void {
    const application = this.rows.application[c]
    if (application >= 0) {
      this.rows.application[c] = -1
      this.applications[application].onClosed(c, reason)
    }
    this.release(c)
  }
}
