/**
 * One step in the making: the configuration, a copy of the state to write on, and the effects so far.
 *
 * The functions of this folder take a draft and change it; only step.ts makes one, so that from outside a step is
 * a pure function. Names of instances are indexes here: `config.instances[i]` and `state.instances[i]` are one.
 */
import { formatIpv4 } from '../../base/address.ts'
import type { Cause } from '../../trace/contract.ts'
import { addressesOf, groupOf, PRIORITY_OWNER, VRRP_TTL, type VrrpConfig, type VrrpInstanceConfig } from './config.ts'
import { masterDownNs } from './intervals.ts'
import type { SyncRole, VrrpAdvert, VrrpEffect } from './messages.ts'
import { type Armed, type GroupMemory, type InstanceMemory, instanceCopy, type VrrpState, type Working } from './state.ts'

export interface Draft {
  readonly config: VrrpConfig
  readonly nowNs: number
  /** Instances before this step: one that is still the same must not be written on. */
  readonly before: readonly InstanceMemory[]
  readonly state: Working<VrrpState>
  readonly effects: VrrpEffect[]
}

export { because } from '../../trace/contract.ts'

export const configOf = (d: Draft, i: number): VrrpInstanceConfig => d.config.instances[i]

/** The memory of an instance to read or write; the only way to write on one. */
export function memoryOf(d: Draft, i: number): Working<InstanceMemory> {
  const m = d.state.instances[i]
  if (m === undefined || m !== d.before[i]) return m
  const own = instanceCopy(m)
  d.state.instances[i] = own
  return own
}

export interface Group {
  readonly name: string
  readonly members: readonly number[]
  readonly memory: Working<GroupMemory>
}

/** The sync group of an instance, if it is in one. */
export function groupWith(d: Draft, i: number): Group | null {
  const g = groupOf(d.config, i)
  return g < 0 ? null : { name: d.config.groups[g].name, members: d.config.groups[g].members, memory: d.state.groups[g] }
}

/** Source address of its adverts, or null while its interface has none. */
export function sourceIp(d: Draft, i: number): number | null {
  const c = configOf(d, i)
  return c.sourceIp ?? d.state.interfaces.find(f => f.name === c.interface)?.ip ?? null
}

export const isUp = (d: Draft, name: string): boolean => d.state.interfaces.find(f => f.name === name)?.up ?? false

/** The full Master_Down_Interval of an instance as it is now. */
export function fullDownNs(d: Draft, i: number): number {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  return masterDownNs(c.version, timerPriority(d, i), m.masterAdvertIntNs, c.downTimerAdverts)
}

/** The priority that its skew is reckoned with: an owner that gave way to another one (2.3+) still has that of 255. */
export function timerPriority(d: Draft, i: number): number {
  const m = memoryOf(d, i)
  return d.config.release === '2.3+' && m.basePriority === PRIORITY_OWNER ? PRIORITY_OWNER : m.priority
}

/** Loads the one deadline of an instance from its state, as after every event that concerns it; `extraNs` later when that took time. */
export function restart(d: Draft, i: number, extraNs = 0): void {
  const m = memoryOf(d, i)
  if (m.state === 'MASTER') m.expiresNs = m.reloadedAsMaster ? d.nowNs : d.nowNs + configOf(d, i).advertIntNs + extraNs
  else if (m.state === 'BACKUP') {
    const delayedUntil = d.state.delayedUntilNs
    m.expiresNs = (delayedUntil !== null && d.nowNs < delayedUntil ? delayedUntil : d.nowNs) + m.downTimerNs + extraNs
  } else m.expiresNs = null
}

/** Notes what loads the down timer; `restart` follows. */
export function noteArmed(d: Draft, i: number, by: Armed['by'], ip = 0, priority = 0): void {
  memoryOf(d, i).armed = { by, atNs: d.nowNs, ip, priority, moved: [], ignored: null }
}

/** A line of the journal; with a cause the story tells it, too. */
export function log(d: Draft, instance: number | null, text: string, cause?: Cause): void {
  const line = { kind: 'log' as const, instance: instance === null ? null : configOf(d, instance).name, text }
  d.effects.push(cause === undefined ? line : { ...line, cause })
}

/** Sends an advert to the group or to each unicast peer. */
export function sendAdvert(d: Draft, i: number, priority: number, why: Cause): void {
  const c = configOf(d, i)
  const src = sourceIp(d, i)
  if (src === null) return
  if (c.timerExpiredBackup !== undefined) memoryOf(d, i).lastAdvertNs = d.nowNs
  const advert: Omit<VrrpAdvert, 'dst'> = {
    version: c.version,
    vrid: c.vrid,
    priority,
    advertIntCs: c.advertIntNs / 10_000_000,
    vips: c.vips.map(v => v.ip),
    authType: c.version === 2 ? c.auth.type : 'none',
    authData: c.version === 2 ? c.auth.data : '',
    srcIp: src,
    ttl: VRRP_TTL,
  }
  const destinations = c.unicastPeers.length > 0 ? c.unicastPeers : [d.config.multicastGroup]
  const from = c.vmac === undefined || c.vmac.xmitBase ? {} : { vmac: c.vrid }
  for (const dst of destinations)
    d.effects.push({ kind: 'sendAdvert', instance: c.name, interface: c.interface, advert: { ...advert, dst }, ...from, cause: why })
}

export function changeState(
  d: Draft,
  i: number,
  to: InstanceMemory['state'],
  why: Cause,
  how: { init?: boolean; logged?: boolean } = {},
): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  if (m.state !== to) {
    d.effects.push({
      kind: 'stateChange',
      instance: c.name,
      vrid: c.vrid,
      from: m.state,
      to,
      init: how.init ?? false,
      logged: how.logged ?? true,
      cause: why,
    })
  }
  m.state = to
}

export function changeGroup(d: Draft, group: Group, to: InstanceMemory['state'], why: Cause): void {
  if (group.memory.state !== to) d.effects.push({ kind: 'groupChange', group: group.name, from: group.memory.state, to, cause: why })
  group.memory.state = to
}

export function addVips(d: Draft, i: number, why: Cause): void {
  for (const v of addressesOf(configOf(d, i))) d.effects.push({ kind: 'addVip', instance: configOf(d, i).name, ...v, cause: why })
  memoryOf(d, i).vipsInstalled = true
}

/** Takes the VIPs off (after a goodbye when asked) and forgets announcements that wait for their turn. */
export function removeVips(d: Draft, i: number, goodbye: boolean, why: Cause): void {
  const m = memoryOf(d, i)
  if (goodbye) sendAdvert(d, i, 0, why)
  m.garpPending = m.garpPending.map(() => false)
  for (const f of d.state.interfaces) if (f.garpQueue.length > 0) f.garpQueue = f.garpQueue.filter(q => q.instance !== i)
  if (!m.vipsInstalled) return
  for (const v of addressesOf(configOf(d, i))) d.effects.push({ kind: 'removeVip', instance: configOf(d, i).name, ...v, cause: why })
  m.vipsInstalled = false
}

/** Starts and stops threads of the kernel's connection sync daemon, when this instance decides on them. */
export function setSyncDaemon(d: Draft, i: number, threads: { stop?: SyncRole; start?: SyncRole }, why: Cause): void {
  const s = d.config.syncDaemon
  if (s === null || s.instance !== i) return
  const [stop, start] = [threads.stop, threads.start].map(role => (role === undefined ? [] : [role]))
  d.effects.push({ kind: 'syncDaemon', stop, start, interface: s.interface, syncId: s.syncId, cause: why })
}

export const nameOf = (ip: number): string => formatIpv4(ip)
