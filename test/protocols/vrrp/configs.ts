/** Small VRRP configurations and packets for tests; every default is keepalived's. */
import { formatIpv4, parseIpv4 } from '../../../sim-core/base/address.ts'
import {
  VRRP_MULTICAST_GROUP,
  type VrrpAdvert,
  type VrrpConfig,
  type VrrpEffect,
  type VrrpInstanceConfig,
} from '../../../sim-core/protocols/vrrp/index.ts'

export const SECOND = 1_000_000_000
export const ip = (text: string): number => parseIpv4(text) as number

export const OWN = ip('10.0.0.2')
export const LOWER = ip('10.0.0.1')
export const HIGHER = ip('10.0.0.3')
export const VIP = ip('10.0.0.100')

export const instance = (changes: Partial<VrrpInstanceConfig> = {}): VrrpInstanceConfig => ({
  name: 'VI_1',
  vrid: 51,
  interface: 'eth0',
  initialState: 'BACKUP',
  priority: 100,
  advertIntNs: SECOND,
  version: 2,
  auth: { type: 'none', data: '' },
  vips: [{ ip: VIP, interface: 'eth0', prefixLength: 24 }],
  excludedVips: [],
  nopreempt: false,
  preemptDelayNs: 0,
  downTimerAdverts: 3,
  garp: { delayNs: 5 * SECOND, repeat: 5, refreshNs: 0, refreshRepeat: 1, lowerPrioDelayNs: 5 * SECOND, lowerPrioRepeat: 5 },
  lowerPrioNoAdvert: false,
  higherPrioSendAdvert: false,
  sourceIp: null,
  unicastPeers: [],
  checkUnicastSrc: false,
  skipCheckAdvAddr: false,
  trackPrimary: true,
  trackers: [],
  ...changes,
})

export const vrrp = (changes: Partial<VrrpConfig> = {}): VrrpConfig => ({
  instances: [instance()],
  groups: [],
  scripts: [],
  files: [],
  processes: [],
  syncDaemon: null,
  startupDelayNs: 0,
  garpIntervalNs: 0,
  multicastGroup: VRRP_MULTICAST_GROUP,
  masterEntryWorkNs: 0,
  receiveWorkNs: 0,
  ...changes,
})

export const packet = (priority: number, changes: Partial<VrrpAdvert> = {}): VrrpAdvert => ({
  version: 2,
  vrid: 51,
  priority,
  advertIntCs: 100,
  vips: [VIP],
  authType: 'none',
  authData: '',
  srcIp: LOWER,
  dst: VRRP_MULTICAST_GROUP,
  ttl: 255,
  ...changes,
})

const seconds = (ns: number): string => `${ns / SECOND}`

/** One word or two an effect, so that a test shows a whole step in a line. Log lines are left out. */
export function brief(effects: readonly VrrpEffect[]): string[] {
  const out: string[] = []
  for (const e of effects) {
    if (e.kind === 'sendAdvert') out.push(`advert ${e.advert.priority}`)
    else if (e.kind === 'sendGarp') out.push(`garp ${formatIpv4(e.ip)}`)
    else if (e.kind === 'addVip') out.push(`+${formatIpv4(e.ip)}`)
    else if (e.kind === 'removeVip') out.push(`-${formatIpv4(e.ip)}`)
    else if (e.kind === 'stateChange') out.push(`${e.instance} ${e.to}`)
    else if (e.kind === 'priorityChange') out.push(`priority ${e.to}`)
    else if (e.kind === 'advertRejected') out.push(e.cause.rule)
    else if (e.kind === 'runScript') out.push(`run ${e.script}`)
    else if (e.kind === 'syncDaemon') out.push(['sync', ...e.stop.map(role => `-${role}`), ...e.start.map(role => `+${role}`)].join(' '))
    else if (e.kind === 'armTimer') out.push(`${e.timer} at ${seconds(e.atNs)}`)
    else if (e.kind === 'cancelTimer') out.push(`no ${e.timer}`)
    else if (e.kind === 'groupChange') out.push(`${e.group} ${e.to}`)
    else if (e.kind === 'stopped') out.push('stopped')
  }
  return out
}

/** `times('garp x', 5)`: five of them. */
export const times = (what: string, n: number): string[] => Array.from({ length: n }, () => what)
