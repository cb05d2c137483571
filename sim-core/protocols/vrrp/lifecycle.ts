/**
 * The VRRP child's life: start, reload (SIGHUP), stop (SIGTERM), kill.
 *
 * Start and reload share most of their work, as in keepalived: memories are made anew, trackers are asked, groups
 * formed, and only then a reload carries the old states over. A reload therefore restarts every BACKUP's down timer
 * and never interrupts a MASTER (recordings v19a–v19c).
 */
import { MICROSECOND_NS, SECOND_NS } from '../../base/units.ts'
import { addressesOf, PRIORITY_OWNER, type VrrpConfig, type VrrpInstanceConfig } from './config.ts'
import {
  cause,
  changeState,
  configOf,
  type Draft,
  fullDownNs,
  groupWith,
  isUp,
  log,
  memoryOf,
  noteArmed,
  removeVips,
  restart,
  sendAdvert,
  setSyncDaemon,
} from './draft.ts'
import { announce } from './garp.ts'
import { secondsText } from './intervals.ts'
import type { VrrpInterface } from './messages.ts'
import { freshGroup, freshInstance, freshProcess, freshScript } from './memories.ts'
import { startScripts } from './scripts.ts'
import type { InstanceMemory, VrrpState, Working } from './state.ts'
import { askTrackers } from './trackers-at-start.ts'

/** keepalived sleeps a second before its VRRP child ends, so that the goodbye is out (recording v04a). */
const STOP_TAKES_NS = SECOND_NS

const STARTED = 'keepalived starts'

export function start(d: Draft, interfaces: readonly VrrpInterface[], leftovers: readonly number[]): void {
  const { config, state } = d
  state.phase = 'running'
  state.delayedUntilNs = config.startupDelayNs > 0 ? d.nowNs + config.startupDelayNs : null
  state.interfaces = interfaces.map(f => ({ ...f, garpNextNs: 0 }))
  state.scripts = config.scripts.map(freshScript)
  state.files = config.files.map(f => f.initialValue)
  state.processes = config.processes.map(freshProcess)
  if (state.delayedUntilNs !== null) log(d, null, `Delaying startup for ${secondsText(config.startupDelayNs)}`)
  formInstances(d)
  removeLeftovers(d, leftovers)
  settleGroups(d)
  startBothSyncDaemons(d)
  enterFirstStates(d)
  startScripts(d)
}

/** New memories for all instances and groups, with what the trackers say about them. */
function formInstances(d: Draft): void {
  d.state.instances = d.config.instances.map(freshInstance)
  d.state.groups = d.config.groups.map(g => freshGroup(d.config, g))
  d.state.garpTimers = []
  d.state.garpQueueAtNs = null
  askTrackers(d)
}

/** VIPs that a killed run left behind are taken off just before the first state (recording v05a). */
function removeLeftovers(d: Draft, leftovers: readonly number[]): void {
  const why = cause('vrrp-leftover-vip', 'left on the interface by a keepalived that was killed; removed when it starts again')
  d.config.instances.forEach(c => {
    for (const v of addressesOf(c)) if (leftovers.includes(v.ip)) d.effects.push({ kind: 'removeVip', instance: c.name, ...v, cause: why })
  })
}

/** A group starts as MASTER only when every member is an owner that wants it; and FAULT is everybody's. */
function settleGroups(d: Draft): void {
  for (const g of d.config.groups) {
    const wantsMaster = (i: number) => memoryOf(d, i).want === 'MASTER'
    const holdsBack = (i: number) => memoryOf(d, i).want === 'BACKUP' || memoryOf(d, i).basePriority !== PRIORITY_OWNER
    if (g.members.some(wantsMaster) && g.members.some(holdsBack))
      for (const i of g.members) if (wantsMaster(i)) memoryOf(d, i).want = 'BACKUP'
  }
  d.config.instances.forEach((c, i) => {
    const group = groupWith(d, i)
    if (group?.memory.state === 'FAULT')
      changeState(d, i, 'FAULT', cause('vrrp-sync-fault', `sync group ${group.name} of ${c.name} is in FAULT`), { logged: false })
  })
}

/** The states that the instances begin with, in the order of the file; then every deadline. */
function enterFirstStates(d: Draft): void {
  d.config.instances.forEach((_, i) => {
    enterFirstState(d, i)
  })
  d.config.instances.forEach((_, i) => {
    restart(d, i)
  })
}

function enterFirstState(d: Draft, i: number): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const group = groupWith(d, i)
  if (m.state === 'FAULT') m.want = 'FAULT'
  const aim = group === null ? m.want : group.memory.state
  const known = m.scriptsUnknown === 0 && (group === null || group.memory.membersUnknown === 0)
  const up = m.faults === 0 && (isUp(d, c.interface) || !c.trackPrimary)
  if (up && known && aim === 'MASTER' && m.want === 'MASTER' && (m.basePriority === PRIORITY_OWNER || m.reloadedAsMaster)) {
    setSyncDaemon(d, i, m.reloadedAsMaster ? 'master' : 'backup', cause('vrrp-start', STARTED))
    if (m.reloadedAsMaster) return
    noteArmed(d, i, 'owner')
    m.downTimerNs = MICROSECOND_NS
    changeState(d, i, 'BACKUP', cause('vrrp-owner-start', 'priority 255: BACKUP for one microsecond, then MASTER'), { logged: false })
    return
  }
  m.downTimerNs = fullDownNs(d, i)
  if (m.armed.by !== 'reload') noteArmed(d, i, 'start')
  const why = cause('vrrp-start', `${m.armed.by === 'reload' ? 'keepalived reloads' : STARTED}: BACKUP until its down timer runs out`)
  setSyncDaemon(d, i, 'backup', why)
  removeVips(d, i, false, why)
  if (up && known && aim !== 'FAULT') changeState(d, i, 'BACKUP', why, { init: true })
  else changeState(d, i, 'FAULT', cause('vrrp-start-unknown', 'held in FAULT until its trackers are known'), { logged: false })
}

function startBothSyncDaemons(d: Draft): void {
  const s = d.config.syncDaemon
  if (s !== null && s.instance === null)
    d.effects.push({
      kind: 'syncDaemon',
      mode: 'both',
      interface: s.interface,
      syncId: s.syncId,
      cause: cause('vrrp-sync-daemon', 'lvs_sync_daemon without an instance: master and backup daemon run'),
    })
}

/** SIGHUP: a last advert of each MASTER as it was, then the new configuration with the old states. */
export function reload(d: Draft, previous: VrrpConfig): void {
  const old = d.state.instances
  const oldDraft: Draft = { ...d, config: previous }
  const goingOn = cause('vrrp-reload', 'SIGHUP: a MASTER advertises before it reads the new configuration')
  previous.instances.forEach((_, i) => {
    if (old[i].state === 'MASTER') sendAdvert(oldDraft, i, old[i].priority, goingOn)
  })
  carryTrackers(d, previous)
  dropRemoved(d, oldDraft)
  formInstances(d)
  settleGroups(d)
  d.config.instances.forEach((c, i) => {
    const before = previous.instances.findIndex(p => isSameInstance(p, c))
    if (before >= 0) carryOver(d, i, previous.instances[before], old[before])
  })
  d.config.groups.forEach((g, index) => {
    const memory = d.state.groups[index]
    if (memory.membersInFault === 0 && memory.membersUnknown === 0 && g.members.every(i => memoryOf(d, i).state === 'MASTER'))
      memory.state = 'MASTER'
  })
  enterFirstStates(d)
  startScripts(d)
}

/** The same virtual router: its name may change, its VRID, interface and way of sending may not. */
const isSameInstance = (a: VrrpInstanceConfig, b: VrrpInstanceConfig): boolean =>
  a.vrid === b.vrid &&
  a.interface === b.interface &&
  a.unicastPeers.length > 0 === b.unicastPeers.length > 0 &&
  (a.unicastPeers.length === 0 || a.sourceIp === b.sourceIp)

function carryOver(d: Draft, i: number, before: VrrpInstanceConfig, old: Working<InstanceMemory>): void {
  const m = memoryOf(d, i)
  if (old.state !== 'FAULT' && m.state !== 'FAULT' && m.scriptsUnknown === 0) {
    m.state = old.state
    m.want = old.state
  }
  m.reloadedAsMaster = m.state === 'MASTER'
  noteArmed(d, i, 'reload')
  if (!old.vipsInstalled) return
  const why = cause('vrrp-reload', 'the new configuration has another list of VIPs')
  const now = addressesOf(configOf(d, i))
  const then = addressesOf(before)
  const missing = then.filter(v => !now.some(n => n.ip === v.ip && n.interface === v.interface))
  const added = now.filter(n => !then.some(v => n.ip === v.ip && n.interface === v.interface))
  for (const v of missing) d.effects.push({ kind: 'removeVip', instance: configOf(d, i).name, ...v, cause: why })
  m.vipsInstalled = true
  if (added.length === 0) return
  for (const v of added) d.effects.push({ kind: 'addVip', instance: configOf(d, i).name, ...v, cause: why })
  announce(d, i, configOf(d, i).garp.repeat, cause('vrrp-garp-reload', 'a reload added VIPs: all of them are announced'))
  m.garpRefreshAtNs = d.nowNs + configOf(d, i).garp.refreshNs
}

/** Instances that are gone from the configuration: a MASTER says goodbye. */
function dropRemoved(d: Draft, oldDraft: Draft): void {
  const why = cause('vrrp-reload-removed', 'the new configuration does not have this instance')
  oldDraft.config.instances.forEach((p, i) => {
    if (d.config.instances.some(c => isSameInstance(p, c))) return
    const m = memoryOf(oldDraft, i)
    if (m.state === 'MASTER') removeVips(oldDraft, i, true, why)
    d.effects.push({
      kind: 'stateChange',
      instance: p.name,
      vrid: p.vrid,
      from: m.state,
      to: 'STOP',
      init: false,
      logged: false,
      cause: why,
    })
  })
}

/** Verdicts of scripts, values of files and processes that both configurations have. */
function carryTrackers(d: Draft, previous: VrrpConfig): void {
  const old: Working<VrrpState> = d.state
  const scripts = d.config.scripts.map((c, s) => {
    const before = previous.scripts.findIndex(p => p.name === c.name)
    if (before < 0) return freshScript(c)
    const was = previous.scripts[before]
    const result = old.scripts[before].result
    const best = c.rise + c.fall - 1
    const carried =
      result < was.rise
        ? result === 0
          ? 0
          : Math.max(0, c.rise - (was.rise - result))
        : Math.min(best, result === was.rise + was.fall - 1 ? best : c.rise + result - was.rise)
    return { ...freshScript(d.config.scripts[s]), result: carried, phase: 'known' as const }
  })
  const files = d.config.files.map(f => old.files[previous.files.findIndex(p => p.name === f.name)] ?? f.initialValue)
  const processes = d.config.processes.map(c => old.processes[previous.processes.findIndex(p => p.name === c.name)] ?? freshProcess(c))
  d.state.scripts = scripts
  d.state.files = files
  d.state.processes = processes
}

/** SIGTERM: goodbye of every MASTER and its VIPs off; the child itself ends a second later. */
export function stop(d: Draft): void {
  const why = cause('vrrp-stop', 'SIGTERM: keepalived says goodbye (priority 0) and removes its VIPs')
  d.config.instances.forEach((_, i) => {
    const m = memoryOf(d, i)
    if (m.state === 'MASTER') removeVips(d, i, true, why)
    m.expiresNs = null
  })
  quieten(d)
  d.state.phase = 'stopping'
  d.state.endsAtNs = d.nowNs + STOP_TAKES_NS
}

/** The end of the child after SIGTERM. */
export function end(d: Draft): void {
  const why = cause('vrrp-stopped', `the VRRP child ends ${secondsText(STOP_TAKES_NS)} after SIGTERM`)
  d.config.instances.forEach((c, i) => {
    d.effects.push({
      kind: 'stateChange',
      instance: c.name,
      vrid: c.vrid,
      from: memoryOf(d, i).state,
      to: 'STOP',
      init: false,
      logged: true,
      cause: why,
    })
  })
  const s = d.config.syncDaemon
  if (s !== null) d.effects.push({ kind: 'syncDaemon', mode: 'none', interface: s.interface, syncId: s.syncId, cause: why })
  off(d)
  d.effects.push({ kind: 'stopped', cause: why })
}

/** Nothing is sent and nothing removed: whoever runs the machine knows which VIPs stay. */
export function off(d: Draft): void {
  d.state.phase = 'off'
  d.state.endsAtNs = null
  d.state.instances = []
  d.state.groups = []
  quieten(d)
}

function quieten(d: Draft): void {
  d.state.garpTimers = []
  d.state.garpQueueAtNs = null
  d.state.delayedUntilNs = null
  d.state.scripts = d.state.scripts.map(s => ({ ...s, running: false, nextRunNs: null, timeoutNs: null }))
  d.state.processes = d.state.processes.map(p => ({ ...p, changesAtNs: null }))
}
