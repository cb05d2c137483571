/**
 * TCP of all hosts of a run: what applications call.
 *
 * Connections are small numbers, valid until the application closes or aborts them or is told onClosed. Segments come
 * from the IP stack (it is registered as the handler of TCP and of ICMP errors) and go to it. The rules stand in
 * the files beside this one; test/protocols/tcp has a clause a test and the recordings' times.
 */
import { assert } from '../../base/assert.ts'
import { wheelStep } from '../../base/timer-wheel.ts'
import {
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_HOST_UNREACHABLE,
  ICMP_PORT_UNREACHABLE,
  ICMP_UNREACHABLE,
  type IcmpMessage,
  PACKET_ICMP,
  PACKET_TCP,
} from '../../net/index.ts'
import { abort, close, closeLingering, shutdown } from './closing.ts'
import { CLOSE_WAIT, EPHEMERAL_FIRST, EPHEMERAL_LAST, ESTABLISHED, FIN_QUEUED, PASSIVE, STATE_NAMES, SYN_SENT } from './constants.ts'
import { type Listener, TcpCore, type TcpWiring } from './core.ts'
import { delackTimeout } from './delayed-ack.ts'
import { openActive } from './handshake.ts'
import { input } from './input.ts'
import { keepaliveTimer, setKeepalive } from './keepalive.ts'
import { mtuReduced } from './path-mtu.ts'
import { retransmissionTimer } from './retransmission-timer.ts'
import { pushPending } from './send-queue.ts'
import { BODY_MARK, type Mark, type TcpApplication, type TcpSettings } from './types.ts'
import { hostUnreachable } from './unreachable.ts'

export interface ConnectOptions {
  /** Rows of the address book. Without `local` the host's own address towards `remote`. */
  readonly local?: number
  /** Without it (or 0) the host's next ephemeral port. */
  readonly localPort?: number
  readonly remote: number
  readonly remotePort: number
  /** From `register`. */
  readonly application: number
  /** The application's number for the connection; 0. */
  readonly owner?: number
  /** Traffic source that the packets count for. */
  readonly traffic?: number
}

/** Ports in use lie side by side: beyond this many the rest is taken to be used, too. */
const PORTS_TRIED_MAX = 512

/** A retransmission timer that ran out at this tick. */
interface Expired {
  readonly c: number
  readonly serial: number
  readonly timer: number
  readonly level: number
  readonly armed: number
}

export class Tcp extends TcpCore {
  private expired: Expired[] = []
  private readonly expiredKind: number

  constructor(wiring: TcpWiring) {
    super(wiring)
    const { engine, network } = wiring
    const asKernelTimer = (handler: (t: TcpCore, c: number) => void) =>
      engine.timers.addKind(c => {
        this.inTimer = true
        handler(this, c)
        this.inTimer = false
      })
    this.rtxTimerKind = engine.timers.addKind((c, timer) => this.expire(c, timer))
    this.expiredKind = engine.addKind(() => this.serveExpired())
    this.delackTimerKind = asKernelTimer(delackTimeout)
    this.auxTimerKind = asKernelTimer(keepaliveTimer)
    this.loopbackKind = engine.addKind(() => this.deliverLoopback())
    this.timeWaitKind = engine.addKind(() => this.expireTimeWait())
    this.wakeKind = engine.addKind(() => {
      for (const turn of this.waking.splice(0)) turn()
    })
    network.onDeliver(PACKET_TCP, (host, p) => input(this, host, p))
    network.onDeliver(PACKET_ICMP, (host, p) => this.icmpInput(host, p))
  }

  /** Callbacks of one kind of application; registered once each, in a fixed order (snapshots keep the numbers). */
  register(application: TcpApplication): number {
    return this.applications.push(application) - 1
  }

  /** Changes a host's settings (sysctls, buffers); connections opened from now on have them. */
  configure(host: number, changes: Partial<TcpSettings>): void {
    this.settings.set(host, changes)
  }

  /** Sends a SYN; returns the connection, or −1 when no port is free or there is no route. */
  connect(host: number, o: ConnectOptions): number {
    const local = o.local ?? this.network.sourceFor(host, o.remote)
    if (local < 0) return -1
    const localPort = o.localPort !== undefined && o.localPort > 0 ? o.localPort : this.freePort(host, local, o.remote, o.remotePort)
    if (localPort < 0 || this.isUsed(host, local, localPort, o.remote, o.remotePort)) return -1
    return openActive(this, {
      host,
      local,
      localPort,
      remote: o.remote,
      remotePort: o.remotePort,
      application: o.application,
      owner: o.owner ?? 0,
      traffic: o.traffic ?? -1,
    })
  }

  /** Answers on a port of a host, at every address of it. Again: changes who answers. */
  listen(host: number, port: number, application: number, owner = 0): void {
    this.setListener(host, port, { application, owner, hangs: false, refuses: false })
  }

  /** As a process that hangs (new connections are dropped unseen) or one whose socket is closed (SYNs are refused by RST). */
  setListening(host: number, port: number, how: 'listen' | 'hang' | 'refuse'): void {
    const listener = this.listeners.get(host * 65_536 + port)
    assert(listener !== undefined, `host ${host} does not listen on port ${port}`)
    this.setListener(host, port, { ...listener, hangs: how === 'hang', refuses: how === 'refuse' })
  }

  /** The port answers with RST from now on; connections go on. */
  unlisten(host: number, port: number): void {
    this.setListener(host, port, undefined)
  }

  private setListener(host: number, port: number, listener: Listener | undefined): void {
    const key = host * 65_536 + port
    const was = this.listeners.get(key)?.hangs === true ? 1 : 0
    this.hanging[host] += (listener?.hangs === true ? 1 : 0) - was
    if (listener === undefined) this.listeners.delete(key)
    else this.listeners.set(key, listener)
  }

  /**
   * Appends `bytes` to the stream (Infinity: an endless stream). `message` is handed to the peer's application when the
   * first `messageBytes` of them (all, unless said) have arrived in order.
   */
  write(c: number, bytes: number, message: object | null = null, messageBytes = bytes): void {
    const r = this.rows
    assert(r.state[c] === ESTABLISHED || r.state[c] === CLOSE_WAIT, `write on a connection in ${STATE_NAMES[r.state[c]]}`)
    assert((r.flags[c] & FIN_QUEUED) === 0 && bytes >= messageBytes, 'write after close, or a message longer than its bytes')
    if (message !== null) {
      const end = (r.sndNxt[c] + r.unsent[c] + messageBytes) | 0
      this.appendMark(c, { kind: BODY_MARK, end, message, next: null })
    }
    r.unsent[c] += bytes
    pushPending(this, c)
  }

  private appendMark(c: number, mark: Mark): void {
    let m = this.rows.marks[c]
    if (m === null) this.rows.marks[c] = mark
    else {
      while (m.next !== null) m = m.next
      m.next = mark
    }
  }

  /** Closes both directions; the connection is no longer the application's. */
  close(c: number): void {
    close(this, c)
  }

  /** Closes both directions; `onLingered` of the application follows with the owner that it gave the connection. */
  closeLingering(c: number): void {
    closeLingering(this, c)
  }

  /** Closes the sending direction only. */
  shutdown(c: number): void {
    shutdown(this, c)
  }

  /** RST; the connection is no longer the application's. */
  abort(c: number): void {
    abort(this, c)
  }

  keepalive(c: number, on: boolean): void {
    setKeepalive(this, c, on)
  }

  ownerOf(c: number): number {
    return this.rows.owner[c]
  }

  setOwner(c: number, owner: number): void {
    this.rows.owner[c] = owner
  }

  /** For tables and tests: the state's name. */
  stateOf(c: number): string {
    return STATE_NAMES[this.rows.state[c]]
  }

  /** A process dies (SIGKILL): its connections are closed by the kernel, its port answers with RST. */
  killListener(host: number, port: number): void {
    this.unlisten(host, port)
    const r = this.rows
    for (const c of this.connectionsOf(host)) if (r.localPort[c] === port && (r.flags[c] & PASSIVE) !== 0) this.endByKernel(c)
  }

  private connectionsOf(host: number): number[] {
    const out: number[] = []
    for (let c = 0; c < this.rows.rows; c++) if (this.rows.host[c] === host) out.push(c)
    return out
  }

  private endByKernel(c: number): void {
    const application = this.rows.application[c]
    if (application < 0) return
    this.applications[application].onClosed(c, 'host down')
    close(this, c)
  }

  /** Power is gone: every connection of the host vanishes without a segment; applications are told. */
  crashHost(host: number): void {
    for (const c of this.connectionsOf(host)) if (this.rows.host[c] === host) this.fail(c, 'host down')
    this.timeWait.forgetHost(host)
  }

  /**
   * Timers of one tick are served in the order of the kernel's wheel, not of arming: coarser levels first, and within a
   * bucket the one armed last first (__run_timers, enqueue_timer). It decides who is scheduled first when many
   * clients send their SYNs again at one tick (recording e02b).
   */
  private expire(c: number, timer: number): void {
    if (this.expired.length === 0) this.engine.schedule(this.engine.now, this.expiredKind, 0)
    const level = wheelStep(this.rows.rtxJiffies[c])
    this.expired.push({ c, serial: this.rows.serial[c], timer, level, armed: this.engine.timers.armedSequence(timer) })
  }

  private serveExpired(): void {
    const due = this.expired.sort((a, b) => b.level - a.level || b.armed - a.armed)
    this.expired = []
    this.inTimer = true
    for (const { c, serial, timer } of due)
      if (this.rows.serial[c] === serial && !this.engine.timers.isArmed(timer)) retransmissionTimer(this, c)
    this.inTimer = false
  }

  private deliverLoopback(): void {
    const waiting = this.loopback
    this.loopback = []
    for (let i = 0; i < waiting.length; i += 2) input(this, waiting[i], waiting[i + 1])
  }

  private expireTimeWait(): void {
    const next = this.timeWait.expire(this.engine.now)
    if (next !== Number.POSITIVE_INFINITY) this.engine.schedule(next, this.timeWaitKind, 0)
  }

  /** An ICMP error ends a connection that is being opened (tcp_v4_err); open ones go on. */
  private icmpInput(host: number, p: number): void {
    const body = this.packets.body[p] as IcmpMessage | null
    const mac = this.packets.srcMac[p]
    this.packets.free(p)
    if (body === null || body.about.kind !== PACKET_TCP || body.type !== ICMP_UNREACHABLE) return
    const { src, dst, srcPort, dstPort, seq } = body.about
    const c = this.rows.find(host, src, srcPort, dst, dstPort)
    if (c >= 0 && body.code === ICMP_FRAGMENTATION_NEEDED) mtuReduced(this, c, body.mtuBytes ?? 0, seq)
    if (c >= 0 && body.code === ICMP_HOST_UNREACHABLE) hostUnreachable(this, c, seq)
    if (c < 0 || this.rows.state[c] !== SYN_SENT) return
    this.rows.peerMac[c] = mac
    this.fail(c, body.code === ICMP_PORT_UNREACHABLE ? 'port unreachable' : 'unreachable')
  }

  private isUsed(host: number, local: number, localPort: number, remote: number, remotePort: number): boolean {
    return (
      this.rows.find(host, local, localPort, remote, remotePort) >= 0 || this.timeWait.find(host, local, localPort, remote, remotePort) >= 0
    )
  }

  /** Ephemeral ports in turn, so the next is the one that rested longest; −1 when that and many after it are in use. */
  private freePort(host: number, local: number, remote: number, remotePort: number): number {
    const count = EPHEMERAL_LAST - EPHEMERAL_FIRST + 1
    for (let tried = 0; tried < PORTS_TRIED_MAX; tried++) {
      const port = EPHEMERAL_FIRST + this.nextPort[host]
      this.nextPort[host] = (this.nextPort[host] + 1) % count
      if (!this.isUsed(host, local, port, remote, remotePort)) return port
    }
    return -1
  }
}
