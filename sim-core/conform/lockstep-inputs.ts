/**
 * What a host really received, and what was done to it: adverts of the others as far as they reached it, cables,
 * signals, files. In the order of time.
 */
import { parseIpv4 } from '../base/address.ts'
import { SECOND_NS } from '../base/units.ts'
import type { KeepalivedConfig } from '../config/index.ts'
import { type KeepalivedInput, type KeepalivedProcessConfig, processConfigOf } from '../daemons/keepalived/index.ts'
import { VRRP_MULTICAST_GROUP, VRRP_TTL, type VrrpAdvert } from '../protocols/vrrp/index.ts'
import type { CaseConfigs } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'
import type { RecordedAction } from './case-schema.ts'
import type { ObservedOf } from './observed.ts'

type Untimed<I> = I extends unknown ? Omit<I, 'nowNs'> : never

export interface TimedInput {
  readonly atNs: number
  readonly input?: Untimed<KeepalivedInput>
  /** SIGHUP with another file. */
  readonly config?: KeepalivedProcessConfig
}

const FIRST_INTERFACE = 'eth0'
const READY_MAX_S = 5

export function inputsOf(recorded: CaseFile, configs: CaseConfigs, host: string): TimedInput[] {
  const out: TimedInput[] = []
  const { keepalived } = recorded.hosts[host]
  const config = keepalived === undefined ? undefined : configs.keepalived(host, keepalived)
  if (config !== undefined && config.scripts.length > 0) out.push({ atNs: 0, input: { kind: 'script', script: null, ok: false } })
  for (const action of recorded.actions)
    if ('host' in action && action.host === host) out.push(...ofAction(action, recorded, configs, host))
  const lan = new Lan(recorded)
  for (const o of recorded.observed) {
    if (o.kind !== 'advert' || o.host === host) continue
    lan.advanceTo(o.t)
    const name = o.if ?? FIRST_INTERFACE
    const sender = configOf(recorded, configs, o.host, o.t)
    if (sender !== undefined && lan.delivers(o, host, name))
      out.push({ atNs: Math.round(o.t * SECOND_NS), input: { kind: 'advert', interface: name, advert: advertOf(o, sender) } })
  }
  return out
    .map((input, i) => ({ input, i }))
    .sort((a, b) => a.input.atNs - b.input.atNs || a.i - b.i)
    .map(({ input }) => input)
}

function ofAction(action: RecordedAction, recorded: CaseFile, configs: CaseConfigs, host: string): TimedInput[] {
  const atNs = Math.round(action.t * SECOND_NS)
  const input = (kind: 'stop' | 'kill' | 'crash' | 'freeze' | 'thaw'): TimedInput[] => [{ atNs, input: { kind } }]
  const interfaces = Object.keys({ [FIRST_INTERFACE]: '', ...recorded.hosts[host].interfaces })
  switch (action.do) {
    case 'start':
    case 'boot':
      return [{ atNs: readyNs(action, recorded), input: { kind: action.do } }]
    case 'stop':
    case 'kill':
    case 'crash':
    case 'freeze':
    case 'thaw':
      return input(action.do)
    case 'link_down':
    case 'link_up': {
      const names = action.if === undefined ? interfaces : [action.if]
      return names.map(name => ({ atNs, input: { kind: 'carrier', interface: name, up: action.do === 'link_up' } }))
    }
    case 'script_fail':
    case 'script_ok':
      return [{ atNs, input: { kind: 'script', script: action.script ?? null, ok: action.do === 'script_ok' } }]
    case 'reload': {
      const read = configs.keepalived(host, action.keepalived)
      return read === undefined ? [] : [{ atNs, config: processConfigOf(read) }]
    }
    default:
      return []
  }
}

function readyNs(action: { t: number; host: string; ready_t?: number }, recorded: CaseFile): number {
  const line = recorded.observed.find(
    o => o.kind === 'state' && o.host === action.host && o.init === true && o.t >= action.t && o.t <= action.t + READY_MAX_S,
  )
  return Math.round((action.ready_t ?? line?.t ?? action.t) * SECOND_NS)
}

/** The file that a host ran with at `tS`. */
function configOf(recorded: CaseFile, configs: CaseConfigs, host: string, tS: number): KeepalivedConfig | undefined {
  const reloads = recorded.actions.flatMap(a => (a.do === 'reload' && a.host === host && a.t <= tS ? [a.keepalived] : []))
  const file = reloads.at(-1) ?? recorded.hosts[host].keepalived
  return file === undefined ? undefined : configs.keepalived(host, file)
}

/** The packet behind a line; its authentication is what the sender's file says. */
function advertOf(o: ObservedOf<'advert'>, sender: KeepalivedConfig): VrrpAdvert {
  const auth = sender.instances.find(i => i.vrid === o.vrid)?.auth
  return {
    version: o.version === 3 ? 3 : 2,
    vrid: o.vrid,
    priority: o.prio,
    advertIntCs: Math.round(o.advIntS * 100),
    vips: o.vips.map(v => parseIpv4(v) ?? 0),
    authType: auth === undefined ? 'none' : auth.type === 'AH' ? 'ah' : 'pass',
    authData: auth?.password ?? '',
    srcIp: parseIpv4(o.src ?? '') ?? 0,
    dst: o.dst === undefined ? VRRP_MULTICAST_GROUP : (parseIpv4(o.dst) ?? 0),
    ttl: VRRP_TTL,
  }
}

/** Who hears whom: follows the actions on cables and switch ports. */
class Lan {
  private readonly recorded: CaseFile
  private next = 0
  private readonly cut = new Set<string>()
  private side = new Map<string, number>()

  constructor(recorded: CaseFile) {
    this.recorded = recorded
  }

  advanceTo(tS: number): void {
    const { actions } = this.recorded
    while (this.next < actions.length && actions[this.next].t <= tS) this.apply(actions[this.next++])
  }

  delivers(o: ObservedOf<'advert'>, to: string, name: string): boolean {
    const gone = (host: string, direction: 'from' | 'to') =>
      ['crash', 'link', 'partition', direction].some(why => this.cut.has(`${why} ${host} ${name}`))
    if (gone(o.host, 'from') || gone(to, 'to') || (this.side.get(o.host) ?? 0) !== (this.side.get(to) ?? 0)) return false
    return o.dst === undefined || this.addressesOf(to).includes(o.dst)
  }

  private addressesOf(host: string): string[] {
    const { address, interfaces } = this.recorded.hosts[host]
    return [address, ...Object.values(interfaces ?? {})].map(a => a.split('/')[0])
  }

  private apply(action: RecordedAction): void {
    if (action.do === 'split') {
      this.side = new Map(action.groups.flatMap((g, i) => g.map(h => [h, i] as const)))
      return
    }
    if (action.do === 'join') {
      this.side.clear()
      return
    }
    if (!('host' in action) || action.host === undefined) return
    const given = 'if' in action ? action.if : undefined
    const names = given === undefined ? [FIRST_INTERFACE, ...Object.keys(this.recorded.hosts[action.host].interfaces ?? {})] : [given]
    for (const name of names) {
      const set = (why: string, on: boolean) => {
        const key = `${why} ${action.host} ${name}`
        if (on) this.cut.add(key)
        else this.cut.delete(key)
      }
      if (action.do === 'crash' || action.do === 'boot') set('crash', action.do === 'crash')
      else if (action.do === 'link_down' || action.do === 'link_up') set('link', action.do === 'link_down')
      else if (action.do === 'partition' || action.do === 'heal') set('partition', action.do === 'partition')
      else if (action.do === 'mute' || action.do === 'unmute') set('from', action.do === 'mute')
      else if (action.do === 'deaf' || action.do === 'undeaf') set('to', action.do === 'deaf')
    }
  }
}
