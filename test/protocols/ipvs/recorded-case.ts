/**
 * A recorded case (test/conformance/ipvs) fed to IPVS alone: every packet that the director received, when it received
 * it, with the clients' TCP reduced to what the director saw of it. Compared with what was observed.
 *
 * The frame enters the switch at `t_wire` and is at the director 50 us later; there and back to a server takes 300 us
 * (400 us through a NAT director).
 */
import { readFileSync } from 'node:fs'
import { formatIpv4 } from '../../../sim-core/base/address.ts'
import { PACKET_TCP } from '../../../sim-core/net/index.ts'
import { TCP_STATE_NAMES } from '../../../sim-core/protocols/ipvs/tcp-states.ts'
import { Workbench } from './bench-director.ts'

const ROOT = new URL('../../conformance/ipvs/', import.meta.url)
const TO_DIRECTOR_S = 50e-6
/** The list of connections is read this much after its line's time. */
const READING_S = 20e-6
const ROUND_TRIP_S = 300e-6
const ROUND_TRIP_NAT_S = 400e-6

interface Action {
  readonly t: number
  readonly t_wire?: number
  readonly do: string
  readonly host: string
  readonly via?: string
  readonly src: string
  readonly dst: string
  readonly to: string
  readonly flags: string
  readonly id: string
  readonly how: string
  readonly args: string
  readonly key: string
  readonly value: number
  readonly size: number
  readonly text: string
  readonly request?: string
  readonly syn_t?: number[]
}

export interface Line {
  readonly t: number
  readonly kind: string
  readonly host?: string
  readonly [field: string]: unknown
}

interface CaseFile {
  readonly hosts: Record<string, { ipvsadm?: string; sysctl?: Record<string, number>; fwmark?: Record<string, string>; address: string }>
  readonly actions: Action[]
  readonly duration_s: number
  readonly measured: { readonly hz?: number; readonly jiffies_at_t0?: number }
}

export interface Difference {
  readonly t: number
  readonly kind: string
  readonly expected: string
  readonly got: string
}

export interface Comparison {
  /** Lines compared and equal, by kind. */
  readonly matched: Record<string, number>
  readonly differences: Difference[]
}

interface Step {
  readonly t: number
  readonly run: () => void
}

export class RecordedCase {
  readonly file: CaseFile
  readonly lines: Line[]
  readonly bench: Workbench
  private readonly names = ['d1', 'd2']
  private readonly steps: Step[] = []
  private readonly servers = new Map<string, string>()
  private readonly matched: Record<string, number> = {}
  private readonly differences: Difference[] = []

  constructor(id: string) {
    const read = (name: string): string => readFileSync(new URL(`${id}/${name}`, ROOT), 'utf8')
    this.file = JSON.parse(read('case.json')) as CaseFile
    this.lines = read('observed.jsonl')
      .trim()
      .split('\n')
      .map(l => JSON.parse(l) as Line)
    const { hz = 100, jiffies_at_t0 } = this.file.measured
    this.bench = new Workbench(hz, jiffies_at_t0, this.names)
    this.bench.onSync = (from, datagram) => this.bench.ipvs.receiveSync(1 - from, datagram)
    for (const [name, host] of Object.entries(this.file.hosts)) {
      const director = this.names.indexOf(name)
      if (director < 0) continue
      for (const [key, value] of Object.entries(host.sysctl ?? {})) this.bench.ipvs.sysctl(director, key, value)
      const marks = Object.entries(host.fwmark ?? {}).map(([mark, net]) => {
        const [address, length] = net.split('/')
        const ip = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
        return { mark: Number(mark), address: ip, prefixLength: Number(length) }
      })
      this.bench.ipvs.setMarks(director, marks)
      if (host.ipvsadm !== undefined) this.bench.load(read(host.ipvsadm), director)
    }
    for (const action of this.file.actions) this.plan(action)
  }

  /** Runs the case; lines of the given kinds are compared. */
  replay(kinds: readonly string[]): Comparison {
    for (const line of this.lines) if (kinds.includes(line.kind)) this.check(line)
    for (;;) {
      const next = this.steps.reduce((least, s, i) => (least < 0 || s.t < this.steps[least].t ? i : least), -1)
      if (next < 0) break
      const [step] = this.steps.splice(next, 1)
      this.bench.run(step.t)
      step.run()
    }
    if (kinds.includes('sync')) this.checkSync()
    return { matched: this.matched, differences: this.differences }
  }

  /** The server of each connection that was let in, in the order of opening. */
  chosenServers(): string[] {
    return Array.from(this.servers.values())
  }

  private at(t: number, run: () => void): void {
    this.steps.push({ t, run })
  }

  // ---- what happened

  private plan(a: Action): void {
    const wire = (a.t_wire ?? a.t + TO_DIRECTOR_S) + TO_DIRECTOR_S
    const { bench } = this
    if (a.do === 'raw') {
      const reply = a.host.startsWith('r')
      const host = Math.max(0, this.names.indexOf(a.via ?? 'd1'))
      this.at(wire, () => bench.packet(a.src, a.dst, a.flags, { reply, host }))
    } else if (a.do === 'udp') this.at(wire, () => bench.packet(a.src, a.to, null, { bytes: a.size + 28 }))
    else if (a.do === 'connect') this.planConnect(a, wire)
    else if (a.do === 'close') this.planClose(a, wire)
    else if (a.do === 'send' || a.do === 'request') this.at(wire, () => this.clientSends(a.id, 'PA'))
    else if (a.do === 'ipvsadm') this.at(a.t, () => bench.ipvsadm(a.args, this.names.indexOf(a.host)))
    else if (a.do === 'note') this.planBurst(a)
    else if (a.do === 'sysctl') this.at(a.t, () => bench.ipvs.sysctl(this.names.indexOf(a.host), a.key, a.value))
  }

  /** A note stands for a burst of which only the first flow is listed. */
  private planBurst(a: Action): void {
    const burst = /(\d+) flows ([\d.]+):(\d+)-(\d+), each ([A-Z,]+) back to back/.exec(a.text)
    if (burst === null) return
    const [, , ip, first, last, flags] = burst
    const model = this.file.actions.find(x => x.do === 'raw' && x.src === `${ip}:${first}`)
    for (let port = Number(first) + 1; port <= Number(last); port++)
      for (const f of flags.split(',')) this.at(a.t + 2 * TO_DIRECTOR_S, () => this.bench.packet(`${ip}:${port}`, model?.dst ?? '', f))
  }

  private flow(id: string): Action | undefined {
    return this.file.actions.find(a => a.do === 'connect' && a.id === id)
  }

  private planConnect(a: Action, wire: number): void {
    const syns = a.syn_t === undefined ? [wire] : a.syn_t.map(t => t + TO_DIRECTOR_S)
    for (const t of syns) this.at(t, () => this.open(a))
  }

  /** The SYN; when it was let in, the rest of the handshake, the request and the answer. */
  private open(a: Action): void {
    const { bench } = this
    bench.packet(a.src, a.to, 'S')
    const server = this.serverOf(a)
    if (server === undefined) return
    this.servers.set(a.id, server)
    const t = bench.engine.now / 1e9
    const nat = this.isNat()
    const round = nat ? ROUND_TRIP_NAT_S : ROUND_TRIP_S
    if (nat) this.at(t + round / 2, () => bench.packet(server, a.src, 'SA', { reply: true }))
    this.at(t + round, () => this.clientSends(a.id, 'A'))
    this.at(t + round, () => this.clientSends(a.id, 'PA'))
    const closes = a.request?.includes('close=server') === true
    if (nat) this.at(t + 1.5 * round, () => bench.packet(server, a.src, closes ? 'PFA' : 'PA', { reply: true }))
    this.at(t + 2 * round, () => this.clientSends(a.id, 'A'))
  }

  private planClose(a: Action, wire: number): void {
    const flow = this.flow(a.id)
    const { bench } = this
    this.at(wire, () => {
      this.clientSends(a.id, a.how === 'rst' ? 'RA' : 'FA')
      if (a.how === 'rst' || flow === undefined || !this.servers.has(a.id)) return
      const nat = this.isNat()
      const closed = flow.request?.includes('close=server') === true
      const t = bench.engine.now / 1e9
      const round = nat ? ROUND_TRIP_NAT_S : ROUND_TRIP_S
      if (nat) this.at(t + round / 2, () => bench.packet(this.servers.get(a.id) as string, flow.src, closed ? 'A' : 'FA', { reply: true }))
      if (!closed) this.at(t + round, () => this.clientSends(a.id, 'A'))
    })
  }

  private clientSends(id: string, flags: string): void {
    const flow = this.flow(id)
    if (flow !== undefined && this.servers.has(id)) this.bench.packet(flow.src, flow.to, flags)
  }

  private isNat(): boolean {
    return this.bench.tables().services.some(s => s.servers.some(x => x.forward === 'Masq'))
  }

  private serverOf(a: Action): string | undefined {
    return this.find(a.src, a.to)?.rs
  }

  // ---- what was seen

  private find(client: string, vip?: string, host = 0): { state: string; rs: string; expireS: number } | undefined {
    for (const c of this.bench.tables(host).connections) {
      if (`${c.client.address}:${c.client.port}` !== client) continue
      if (vip !== undefined && `${c.virtual.address}:${c.virtual.port}` !== vip) continue
      return { state: c.state, rs: `${c.destination.address}:${c.destination.port}`, expireS: c.expireS }
    }
    return undefined
  }

  private compare(line: Line, expected: unknown, got: unknown): void {
    const [e, g] = [expected, got].map(x => JSON.stringify(x))
    if (e === g) this.matched[line.kind] = (this.matched[line.kind] ?? 0) + 1
    else this.differences.push({ t: line.t, kind: line.kind, expected: e, got: g })
  }

  private check(line: Line): void {
    const host = Math.max(0, this.names.indexOf(line.host ?? 'd1'))
    const { bench } = this
    if (line.kind === 'sync') return // after the run
    if (line.kind === 'scheduled') {
      this.at(line.t, () => this.compare(line, line.rs ?? null, this.servers.get(line.id as string) ?? null))
    } else if (line.kind === 'step') {
      this.at(line.t, () => {
        const c = this.find(line.client as string, undefined, host)
        this.compare(
          line,
          [line.state ?? null, line.expire_s ?? null, line.rs ?? null],
          [c?.state ?? null, c?.expireS ?? null, c?.rs ?? null],
        )
      })
    } else if (line.kind === 'ipvs') {
      this.at(line.t, () => this.compare(line, line.services, this.services(host, line)))
    } else if (line.kind === 'conn') {
      this.at(line.t + READING_S, () => this.compare(line, sorted(line.conns as object[]), sorted(this.conns(host))))
    } else if (line.kind === 'new' || line.kind === 'change' || line.kind === 'gone') this.checkPolled(line, host)
    else if (line.kind === 'persist') {
      this.at(line.t, () => {
        const templates = bench.tables(host).services.map(s => s.servers.map(x => x.persistent))
        const expected = (line.services as { rs: { persist: number }[] }[]).map(s => s.rs.map(r => r.persist).sort())
        this.compare(line, expected, templates.map(s => s.sort()).slice(0, expected.length))
      })
    }
  }

  /** Datagrams on the wire: when, and what they told. Templates are printed with the name of TCP's state 1 when assured. */
  private checkSync(): void {
    const sent = this.bench.sent.filter(f => f.how === 'sync')
    const text = (ip: number, port: number): string => `${formatIpv4(ip)}:${port}`
    this.lines
      .filter(l => l.kind === 'sync')
      .forEach((line, i) => {
        const { datagram, t } = sent[i] ?? {}
        const conns = datagram?.records.map(r => ({
          proto: r.protocol === PACKET_TCP ? 'TCP' : 'UDP',
          state: TCP_STATE_NAMES[r.state],
          timeout_s: r.timeoutS,
          flags: `0x${r.flags.toString(16)}`,
          client: text(r.client, r.clientPort),
          vip: text(r.virtual, r.virtualPort),
          rs: text(r.server, r.serverPort),
        }))
        const late = Math.abs((t ?? 0) / 1e9 + TO_DIRECTOR_S - line.t) < 2e-6
        this.compare(line, [line.bytes, true, line.conns], [datagram?.bytes, late, conns])
      })
  }

  /** An entry seen by polling: there (or gone, or in that state) now, and not so at the poll before. */
  private checkPolled(line: Line, host: number): void {
    const [client, vip] = [line.client as string, line.vip as string]
    const picture = (): string | undefined => {
      const c = this.find(client, vip, host)
      return c === undefined ? undefined : `${c.state} ${c.rs}`
    }
    let before: string | undefined
    this.at(line.t - (line.poll_s as number), () => {
      before = picture()
    })
    this.at(line.t, () => {
      const now = picture()
      const fresh = before !== now
      if (line.kind === 'gone')
        this.compare(line, 'gone, there before', now === undefined && before !== undefined ? 'gone, there before' : `${before} → ${now}`)
      else this.compare(line, [`${line.state} ${line.rs}`, true], [now ?? null, fresh])
    })
  }

  private services(host: number, line: Line): unknown {
    const wanted = (line.services as { vip: string; proto: string }[]).map(s => `${s.proto} ${s.vip}`)
    const all = this.bench.tables(host).services.map(s => {
      const vip = s.key.protocol === 'FWM' ? String(s.key.mark) : `${s.key.address}:${s.key.port}`
      const hex = (mask: string): string =>
        mask
          .split('.')
          .reduce((out, o) => out + Number(o).toString(16).padStart(2, '0'), '')
          .toUpperCase()
      const { hz } = this.bench.director.clock
      const flags = [
        ...(s.persistence === undefined
          ? []
          : ['persistent', String(s.persistence.timeoutS * hz), hex(s.persistence.netmask ?? '255.255.255.255')]),
        ...(s.onePacket ? ['ops'] : []),
      ]
      return {
        vip,
        proto: s.key.protocol,
        scheduler: s.scheduler,
        ...(flags.length > 0 ? { flags } : {}),
        rs: s.servers.map(r => ({ addr: `${r.address}:${r.port}`, fwd: r.forward, weight: r.weight, active: r.active, inact: r.inactive })),
      }
    })
    return wanted.map(w => all.find(s => `${s.proto} ${s.vip}` === w) ?? w)
  }

  private conns(host: number): object[] {
    return this.bench.tables(host).connections.map(c => ({
      proto: c.protocol,
      expire_s: c.expireS,
      state: c.state,
      client: `${c.client.address}:${c.client.port}`,
      vip: `${c.virtual.address}:${c.virtual.port}`,
      rs: `${c.destination.address}:${c.destination.port}`,
    }))
  }
}

/** The kernel's order of connections hangs on a random seed. */
const sorted = (rows: readonly object[]): string[] => rows.map(r => JSON.stringify(r)).sort()
