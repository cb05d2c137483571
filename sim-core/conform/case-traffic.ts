/**
 * What the clients of a case did, as scripts: one a host, and a UDP source for each load. Inputs that only the
 * recording knows: whether a connection was used for a request at all, and how long a tool was willing to wait.
 */
import { parseIpv4 } from '../base/address.ts'
import type { Position } from '../base/problem.ts'
import { MICROSECOND_NS, SECOND_NS } from '../base/units.ts'
import { curlRequest, ECHO_PORT, type HttpRequest } from '../daemons/httpd/index.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../net/index.ts'
import type { TrafficModel } from '../scenario/index.ts'
import type { ScriptAction, TrafficEndpoint } from '../traffic/index.ts'
import type { CaseFile } from './case-file.ts'
import type { RecordedAction } from './case-schema.ts'
import type { ObservedOf } from './observed.ts'

type Action<V extends RecordedAction['do']> = Extract<RecordedAction, { do: V }>

const UDP_AND_IP_BYTES = 28
/** The load of the capacity recordings has this many source ports a VIP. */
const PORTS_A_VIP = 4
/** A tool's own work before its SYN is less than this; what is more, and no ARP exchange, is lag of the recording. */
const TOOL_WORK_MAX_NS = 150 * MICROSECOND_NS
/** A response belongs to a connect that began this close to it. */
const SAME_START_S = 0.001

/** Crafted packets that the recorder describes instead of listing them. */
const BURST = /flows (\d+\.\d+\.\d+\.\d+):(\d+)-(\d+), each ([SAFRP]+(?:,[SAFRP]+)*) back to back/
const FLOWS_MAX = 10_000
/** A web server that ends each connection itself is a property of the case, which only its words tell. */
const SERVER_CLOSES = /servers? closes? first/i
const SERVER_CLOSES_AT_ONCE = /server sends (its )?FIN right after/i

const toNs = (s: number) => Math.round(s * SECOND_NS)

export function trafficOf(recorded: CaseFile, at: Position): TrafficModel[] {
  const hosts = Object.keys(recorded.hosts).sort()
  const scripts = hosts.flatMap((host): TrafficModel[] => {
    const actions = new Script(recorded, host).actions()
    return actions.length === 0
      ? []
      : [{ name: `script of ${host}`, at, from: host, startNs: 0, options: { kind: 'script', to: [], flows: 0, actions } }]
  })
  return [...loadsOf(recorded, at), ...scripts].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function loadsOf(recorded: CaseFile, at: Position): TrafficModel[] {
  return recorded.actions.flatMap((action, i): TrafficModel[] => {
    if (action.do !== 'udp_load') return []
    const ipBytes = action.size + UDP_AND_IP_BYTES
    const random = /poisson/i.test(`${recorded.title} ${recorded.notes ?? ''}`)
    return [
      {
        name: `load ${i}`,
        at,
        from: action.host,
        startNs: toNs(action.t),
        stopNs: toNs(action.until),
        options: {
          kind: 'udp',
          to: action.to.map(endpoint),
          flows: PORTS_A_VIP * action.to.length,
          rateBps: action.pps_per_vip * action.to.length * ipBytes * 8,
          layer: 'ip',
          ipBytes,
          arrivals: random ? 'poisson' : 'constant',
          phaseNs: 0,
          clockNs: MICROSECOND_NS,
        },
      },
    ]
  })
}

function endpoint(text: string): TrafficEndpoint {
  const [address, port] = text.split(':')
  return { address: parseIpv4(address) ?? 0, port: Number(port) }
}

const FLAG_BITS: Readonly<Record<string, number>> = { S: TCP_SYN, A: TCP_ACK, F: TCP_FIN, R: TCP_RST, P: TCP_PSH }

/** Client actions of one host. */
class Script {
  private readonly recorded: CaseFile
  private readonly host: string
  private readonly responses = new Map<string, ObservedOf<'response'>[]>()
  /** One way to the switch, ns: a frame is on the wire this much after it was sent. */
  private readonly delayNs: number
  private readonly serverCloses: boolean

  constructor(recorded: CaseFile, host: string) {
    this.recorded = recorded
    this.host = host
    this.delayNs = (recorded.hosts[host].link?.delay_us ?? 0) * MICROSECOND_NS
    this.serverCloses = SERVER_CLOSES.test(recorded.title) || SERVER_CLOSES_AT_ONCE.test(recorded.notes ?? '')
    for (const o of recorded.observed) {
      if (o.kind !== 'response') continue
      const list = this.responses.get(o.id)
      if (list === undefined) this.responses.set(o.id, [o])
      else list.push(o)
    }
  }

  actions(): ScriptAction[] {
    const out: ScriptAction[] = []
    for (const action of this.recorded.actions) {
      if (action.do === 'note') out.push(...this.burst(action))
      if (!('host' in action) || action.host !== this.host) continue
      const made = this.actionOf(action)
      if (made !== undefined) out.push(made)
    }
    return out
      .map((action, i) => ({ action, i }))
      .sort((a, b) => a.action.atNs - b.action.atNs || a.i - b.i)
      .map(({ action }) => action)
  }

  /** A burst that is told in a note: "100 flows 10.0.0.250:26000-26099, each S,A,A back to back", like the crafted packets before it. */
  private burst(note: Action<'note'>): ScriptAction[] {
    const told = BURST.exec(note.text ?? '')
    const before = this.recorded.actions.filter((a): a is Action<'raw'> => a.do === 'raw' && a.host === this.host && a.t <= note.t).at(-1)
    if (told === null || before === undefined) return []
    const [, address, first, last, flags] = told
    const listed = new Set(this.recorded.actions.flatMap(a => (a.do === 'raw' && Math.abs(a.t - note.t) < SAME_START_S ? [a.src] : [])))
    const out: ScriptAction[] = []
    for (let port = Number(first); port <= Math.min(Number(last), Number(first) + FLOWS_MAX); port++) {
      const src = `${address}:${port}`
      if (listed.has(src)) continue
      for (const letters of flags.split(',')) out.push(this.raw({ ...before, src, flags: letters, t: note.t, t_wire: undefined }))
    }
    return out
  }

  private raw(action: Action<'raw'>): ScriptAction {
    return {
      kind: 'raw',
      atNs: this.sentNs(action, true),
      via: action.via,
      from: endpoint(action.src),
      to: endpoint(action.dst),
      flags: [...action.flags].reduce((bits, letter) => bits | FLAG_BITS[letter], 0),
    }
  }

  private actionOf(action: RecordedAction): ScriptAction | undefined {
    switch (action.do) {
      case 'connect':
        return this.connect(action)
      case 'close':
        return this.close(action)
      case 'send':
        return {
          kind: 'send',
          atNs: toNs(action.t),
          id: action.id,
          n: action.n,
          bytes: action.size,
          limitNs: this.limitOf(`${action.id}#${action.n}`),
        }
      case 'request':
        return this.request(action)
      case 'raw':
        return this.raw(action)
      case 'udp':
        return { kind: 'udp', atNs: this.sentNs(action, true), from: endpoint(action.src), to: endpoint(action.to), bytes: action.size }
      default:
        return undefined
    }
  }

  /** When a frame that was seen on the wire left its sender. */
  private sentNs(action: { readonly t: number; readonly t_wire?: number }, byWire: boolean): number {
    return byWire && action.t_wire !== undefined ? Math.max(0, toNs(action.t_wire) - this.delayNs) : toNs(action.t)
  }

  private close(action: Action<'close'>): ScriptAction {
    const answered = [...this.responses].some(([id, answers]) => id.replace(/#.*$/, '') === action.id && answers.some(a => a.t <= action.t))
    const atNs = this.sentNs(action, action.from_wire === true)
    return { kind: 'close', atNs, id: action.id, how: action.how, afterAnswer: answered }
  }

  private connect(action: Action<'connect'>): ScriptAction {
    const sinceNs = toNs(action.t)
    const isEcho = action.to.endsWith(`:${ECHO_PORT}`) || this.recorded.actions.some(a => a.do === 'send' && a.id === action.id)
    const uses = !isEcho && this.usesItself(action)
    return {
      kind: 'connect',
      atNs: this.connectNs(action),
      id: action.id,
      from: endpoint(action.src),
      to: endpoint(action.to),
      request: uses ? this.httpRequest(action.request, action.tool) : null,
      sinceNs,
      limitNs: this.limitOf(action.id),
    }
  }

  /**
   * When the tool began to connect. Its SYN is on the wire later by the cable's delay, by the tool's own work, and,
   * where the neighbour was not known, by an ARP exchange, which the run makes itself.
   */
  private connectNs(action: Action<'connect'>): number {
    const sinceNs = toNs(action.t)
    if (action.t_wire === undefined) return sinceNs
    const lead = toNs(action.t_wire) - this.delayNs - sinceNs
    if (lead <= TOOL_WORK_MAX_NS) return sinceNs + Math.max(0, lead)
    const withoutArp = lead - 4 * this.delayNs
    return sinceNs + (withoutArp >= 0 && this.delayNs > 0 ? withoutArp : this.delayNs > 0 ? 0 : lead)
  }

  /** Whether the tool asked for something as soon as it was connected: the recording has an answer that counts from the connect, and no request of its own did it. */
  private usesItself(action: Action<'connect'>): boolean {
    const answer = this.responses.get(action.id)?.find(r => Math.abs(r.t_start - action.t) < SAME_START_S)
    if (answer === undefined) return false
    return !this.recorded.actions.some(a => a.do === 'request' && a.id === action.id && a.t >= action.t && a.t < answer.t)
  }

  private request(action: Action<'request'>): ScriptAction {
    const connect = this.recorded.actions.find((a): a is Action<'connect'> => a.do === 'connect' && a.id === action.id && a.t <= action.t)
    const fromConnect = this.responses
      .get(action.id)
      ?.find(r => connect !== undefined && Math.abs(r.t_start - connect.t) < SAME_START_S && r.t > action.t)
    return {
      kind: 'request',
      atNs: toNs(action.t),
      id: action.id,
      request: this.httpRequest(action.path, undefined),
      sinceNs: toNs(fromConnect === undefined ? action.t : fromConnect.t_start),
    }
  }

  private httpRequest(path: string | undefined, tool: string | undefined): HttpRequest {
    const method = /\bcurl\b.*-I/.test(tool ?? '') ? 'HEAD' : 'GET'
    const request = curlRequest(method, 'lab', path ?? '/')
    return this.serverCloses && path === undefined ? { ...request, serverCloses: true } : request
  }

  /** How long the tool waited, where the recording shows the end of its patience. */
  private limitOf(id: string): number {
    const out = this.responses.get(id)?.find(r => r.error !== undefined && /timed out/i.test(r.error))
    return out === undefined ? Number.POSITIVE_INFINITY : toNs(out.elapsed_s)
  }
}
