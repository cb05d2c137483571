/**
 * keepalived's checks of real servers on the flow level. What a check would find follows from the way there and back and
 * from what the server does now; its time is that of as many round trips on idle links.
 *
 * A check that succeeds as the one before did changes nothing, and nor will the next until something happens: such checks
 * are skipped. An event that touches the director or the way wakes them: the last one that would have ended by then is reported as of its
 * own time, and the machine goes on from there.
 */
import type { KeepalivedState, ProbeOrder, ProbeOutcome } from '../daemons/keepalived/index.ts'
import { DROP_ARP_FAILED, DROP_NO_ROUTE, DROP_PORT_CLOSED, type Network } from '../net/index.ts'
import type { Choice } from './director-flows.ts'
import type { Fabric } from './fabric.ts'
import type { Paths } from './paths.ts'
import type { ServedPorts } from './served-ports.ts'
import { DELIVERED, SOURCE, type Tree } from './tree.ts'

type NetworkOrder = Exclude<ProbeOrder, { kind: 'script' }>

export interface ProbesWiring {
  readonly network: Network
  readonly fabric: Fabric
  readonly paths: Paths
  readonly ports: ServedPorts
  readonly stateOf: (host: number) => KeepalivedState | undefined
  /** A check of the host's keepalived ended, at `atNs`, which may lie before now. */
  readonly answered: (host: number, checker: number, outcome: ProbeOutcome, atNs: number) => void
}

interface Found {
  readonly outcome: ProbeOutcome
  readonly afterNs: number
}

/** A check that succeeds again and again. */
interface Skipped {
  readonly host: number
  readonly checker: number
  readonly order: NetworkOrder
  readonly outcome: ProbeOutcome
  readonly startedNs: number
  readonly lastsNs: number
  readonly delayLoopNs: number
}

const PROBE_BYTES = 60
/** Round trips until the socket is closed: the handshake, an answer, the end. */
const ROUND_TRIPS: Readonly<Record<NetworkOrder['kind'], number>> = { connect: 2, http: 3, smtp: 5, udp: 1, ping: 1 }

export class FlowProbes {
  private skipped: Skipped[] = []
  private readonly pending: { host: number; checker: number; outcome: ProbeOutcome; live: boolean }[] = []
  private readonly w: ProbesWiring
  private readonly endKind: number

  constructor(wiring: ProbesWiring) {
    this.w = wiring
    this.endKind = wiring.network.engine.addKind(i => this.end(i))
  }

  /** `delayLoopNs`: from the end of a check that succeeds to the next, if that will be the same; undefined: it will not. */
  start(host: number, checker: number, order: ProbeOrder, delayLoopNs: number | undefined): void {
    if (order.kind === 'script') return
    const { engine } = this.w.network
    const { outcome, afterNs } = this.look(host, order)
    const state = this.w.stateOf(host)?.health.checkers[checker]
    if (delayLoopNs !== undefined && outcome.ok && state?.hasRun && state.up && state.failures === 0)
      this.skipped.push({ host, checker, order, outcome, startedNs: engine.now, lastsNs: afterNs, delayLoopNs })
    else engine.schedule(engine.now + afterNs, this.endKind, this.pending.push({ host, checker, outcome, live: true }) - 1)
  }

  /** The process is gone: nobody waits for an answer. */
  cancel(host: number): void {
    for (const p of this.pending) if (p.host === host) p.live = false
    this.skipped = this.skipped.filter(s => s.host !== host)
  }

  /** An event touches `host` (−1: all of them): its checks, and those that would find something else now, are lived through again. */
  wake(host: number): void {
    const { now } = this.w.network.engine
    const woken = this.skipped.filter(s => host < 0 || s.host === host || !isSame(s.outcome, this.look(s.host, s.order).outcome))
    this.skipped = this.skipped.filter(s => !woken.includes(s))
    for (const s of woken) {
      const period = s.lastsNs + s.delayLoopNs
      const before = Math.floor((now - s.startedNs - s.lastsNs) / period)
      if (before >= 0) this.w.answered(s.host, s.checker, s.outcome, s.startedNs + before * period + s.lastsNs)
      else
        this.w.network.engine.schedule(
          s.startedNs + s.lastsNs,
          this.endKind,
          this.pending.push({ host: s.host, checker: s.checker, outcome: this.look(s.host, s.order).outcome, live: true }) - 1,
        )
    }
  }

  private end(i: number): void {
    const { host, checker, outcome, live } = this.pending[i]
    if (live) this.w.answered(host, checker, outcome, this.w.network.engine.now)
  }

  /** What a check begun now would find, and when. */
  private look(host: number, order: NetworkOrder): Found {
    const { network, paths } = this.w
    const silence = { outcome: { ok: false, what: 'no answer' }, afterNs: order.timeoutNs }
    const target = network.addresses.intern(order.ip)
    const there = paths.trace(host, target, PROBE_BYTES, {
      random: false,
      choose: () => [{ kind: 'local', share: 1 }],
      fate: () => DELIVERED,
    })
    const end = there.ends[0]
    if (end === undefined) return silence
    if (end.fate === DROP_NO_ROUTE) return { outcome: { ok: false, what: 'no route to the server' }, afterNs: 0 }
    if (end.fate === DROP_ARP_FAILED)
      return { outcome: { ok: false, what: 'host unreachable (ICMP)' }, afterNs: Math.min(order.timeoutNs, 3e9) }
    if (end.fate !== DELIVERED) return silence
    const tripNs = this.tripNs(there, end.node) + this.tripBackNs(end.host, host, target)
    if (!Number.isFinite(tripNs)) return silence
    return this.ask(order, end.host, tripNs) ?? silence
  }

  private ask(order: NetworkOrder, server: number, tripNs: number): Found | undefined {
    const { ports } = this.w
    const ok = { outcome: { ok: true, what: OK[order.kind] }, afterNs: ROUND_TRIPS[order.kind] * tripNs }
    if (order.kind === 'ping') return ok
    if (order.kind === 'udp') {
      const fate = ports.udpFate(server, order.port)
      if (fate === DROP_PORT_CLOSED) return { outcome: { ok: false, what: 'port unreachable (ICMP)' }, afterNs: tripNs }
      return fate === DELIVERED && order.reply ? ok : order.reply ? undefined : { ...ok, afterNs: order.timeoutNs }
    }
    const fate = ports.tcpFate(server, order.port)
    if (fate === 'hangs') return undefined
    if (fate === 'refused') return { outcome: { ok: false, what: 'connection refused (RST)' }, afterNs: tripNs }
    if (fate === 'reset' && order.kind !== 'connect')
      return { outcome: { ok: false, what: 'the server reset the connection' }, afterNs: 2 * tripNs }
    if (order.kind !== 'http') return ok
    const status = ports.status(server, order.port)
    return { ...ok, outcome: { ok: true, what: `the server answers with status ${status}`, status } }
  }

  private tripNs(tree: Tree, node: number): number {
    const { links } = this.w.network
    let ns = 0
    for (let n = node; n !== SOURCE; n = tree.parent[n]) {
      const { delayNs, rateBps } = links.optionsOf(tree.link[n])
      if (!links.isOpen(tree.link[n])) return Number.POSITIVE_INFINITY
      ns += delayNs + (rateBps === Number.POSITIVE_INFINITY ? 0 : (1e9 * tree.wireBits[n]) / rateBps)
    }
    return Math.round(ns)
  }

  /** Back to the address that the director asked from. */
  private tripBackNs(server: number, host: number, target: number): number {
    const { network, paths } = this.w
    if (server === host) return 0
    const address = network.nics[network.stack.routeOf(host, target)]?.address
    if (address === undefined) return Number.POSITIVE_INFINITY
    const choose = (): Choice[] => [{ kind: 'local', share: 1 }]
    const back = paths.trace(server, network.addresses.intern(address), PROBE_BYTES, { random: false, choose, fate: () => DELIVERED })
    const end = back.ends.find(e => e.fate === DELIVERED)
    return end === undefined ? Number.POSITIVE_INFINITY : this.tripNs(back, end.node)
  }
}

const isSame = (a: ProbeOutcome, b: ProbeOutcome): boolean => a.ok === b.ok && a.status === b.status

const OK: Readonly<Record<NetworkOrder['kind'], string>> = {
  connect: 'the server accepts connections',
  http: 'the server answers',
  smtp: 'the server speaks SMTP',
  udp: 'the server answers',
  ping: 'the server answers',
}
