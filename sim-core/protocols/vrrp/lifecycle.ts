/**
 * The VRRP child's life: start, stop (SIGTERM), kill. Memories are made, trackers asked, groups formed, first states
 * entered and deadlines loaded, in keepalived's order; reload.ts goes through the same steps.
 */
import { MICROSECOND_NS, SECOND_NS } from '../../base/units.ts'
import type { Cause } from '../../trace/contract.ts'
import { addressesOf, PRIORITY_OWNER } from './config.ts'
import {
  because,
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
  setSyncDaemon,
  timerPriority,
} from './draft.ts'
import { masterDownArithmetic, masterDownInputs, secondsText } from './intervals.ts'
import type { VrrpInterface } from './messages.ts'
import { freshGroup, freshInstance, freshProcess, freshScript } from './memories.ts'
import { startScripts } from './scripts.ts'
import { askTrackers } from './trackers-at-start.ts'

/** keepalived sleeps a second before its VRRP child ends, so that the goodbye is out (recording v04a). */
export const STOP_TAKES_NS = SECOND_NS

export function start(d: Draft, interfaces: readonly VrrpInterface[], leftovers: readonly number[]): void {
  const { config, state } = d
  state.phase = 'running'
  state.delayedUntilNs = config.startupDelayNs > 0 ? d.nowNs + config.startupDelayNs : null
  state.interfaces = interfaces.map(f => ({ ...f, garpNextNs: 0, garpQueue: [] }))
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
export function formInstances(d: Draft): void {
  d.state.instances = d.config.instances.map(freshInstance)
  d.state.groups = d.config.groups.map(g => freshGroup(d.config, g))
  forgetAnnouncements(d)
  askTrackers(d)
}

/** VIPs that a killed run left behind are taken off just before the first state (recording v05a). */
function removeLeftovers(d: Draft, leftovers: readonly number[]): void {
  const why = because('vrrp-leftover-vip', 'left on the interface by a keepalived that was killed; removed when it starts again', {
    vips: leftovers.length,
  })
  d.config.instances.forEach(c => {
    for (const v of addressesOf(c)) if (leftovers.includes(v.ip)) d.effects.push({ kind: 'removeVip', instance: c.name, ...v, cause: why })
  })
}

/** A group starts as MASTER only when every member is an owner that wants it; and FAULT is everybody's. */
export function settleGroups(d: Draft): void {
  for (const g of d.config.groups) {
    const wantsMaster = (i: number) => memoryOf(d, i).want === 'MASTER'
    const holdsBack = (i: number) => memoryOf(d, i).want === 'BACKUP' || memoryOf(d, i).basePriority !== PRIORITY_OWNER
    if (g.members.some(wantsMaster) && g.members.some(holdsBack))
      for (const i of g.members) if (wantsMaster(i)) memoryOf(d, i).want = 'BACKUP'
  }
  d.config.instances.forEach((c, i) => {
    const group = groupWith(d, i)
    if (group?.memory.state === 'FAULT')
      changeState(
        d,
        i,
        'FAULT',
        because('vrrp-sync-fault', `sync group ${group.name} of ${c.name} is in FAULT`, {
          group: group.name,
          members: group.members.length,
        }),
        { logged: false },
      )
  })
}

/** The states that the instances begin with, in the order of the file; then every deadline. */
export function enterFirstStates(d: Draft): void {
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
    setSyncDaemon(d, i, { start: m.reloadedAsMaster ? 'master' : 'backup' }, beginsAsBackup(d, i))
    if (m.reloadedAsMaster) return
    noteArmed(d, i, 'owner')
    m.downTimerNs = MICROSECOND_NS
    changeState(
      d,
      i,
      'BACKUP',
      because('vrrp-owner-start', 'priority 255: BACKUP for one microsecond, then MASTER', {
        priority: m.priority,
        master_down_s: MICROSECOND_NS / SECOND_NS,
      }),
      { logged: false },
    )
    return
  }
  m.downTimerNs = fullDownNs(d, i)
  if (m.armed.by !== 'reload') noteArmed(d, i, 'start')
  const why = beginsAsBackup(d, i)
  setSyncDaemon(d, i, { start: 'backup' }, why)
  removeVips(d, i, false, why)
  if (up && known && aim !== 'FAULT') changeState(d, i, 'BACKUP', why, { init: true })
  else
    changeState(
      d,
      i,
      'FAULT',
      because('vrrp-start-unknown', 'held in FAULT until its trackers are known', { scripts_unknown: m.scriptsUnknown }),
      { logged: false },
    )
}

/** How long it will wait: the Master_Down_Interval, from the end of vrrp_startup_delay. */
function beginsAsBackup(d: Draft, i: number): Cause {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const parts = [c.version, timerPriority(d, i), m.masterAdvertIntNs, c.downTimerAdverts] as const
  const delayNs = Math.max(0, (d.state.delayedUntilNs ?? d.nowNs) - d.nowNs)
  const delayed = delayNs === 0 ? '' : `, which begins to run after vrrp_startup_delay ${secondsText(delayNs)}`
  return because(
    'vrrp-start',
    // One sentence for all instances of a host, so that the story says it once; the numbers of each are in the data.
    `${m.armed.by === 'reload' ? 'keepalived reloads' : 'keepalived starts'}: BACKUP until its down timer runs out${delayed}`,
    { ...masterDownInputs(...parts), startup_delay_s: delayNs / SECOND_NS },
    masterDownArithmetic(...parts),
  )
}

function startBothSyncDaemons(d: Draft): void {
  const s = d.config.syncDaemon
  if (s !== null && s.instance === null)
    d.effects.push({
      kind: 'syncDaemon',
      stop: [],
      start: ['master', 'backup'],
      interface: s.interface,
      syncId: s.syncId,
      cause: because('vrrp-sync-daemon', 'lvs_sync_daemon without an instance: master and backup daemon run', {
        sync_id: s.syncId,
        interface: s.interface,
      }),
    })
}

/** SIGTERM: goodbye of every MASTER and its VIPs off; the child itself ends a second later. */
export function stop(d: Draft): void {
  const why = because('vrrp-stop', 'SIGTERM: keepalived says goodbye (priority 0) and removes its VIPs', { signal: 'SIGTERM' })
  stopSyncDaemon(d, why)
  d.config.instances.forEach((_, i) => {
    const m = memoryOf(d, i)
    if (m.state === 'MASTER') removeVips(d, i, true, why)
    m.expiresNs = null
  })
  quieten(d)
  d.state.phase = 'stopping'
  d.state.endsAtNs = d.nowNs + STOP_TAKES_NS
}

/** At SIGTERM, before the goodbyes: the thread of its state, or both where no instance decides. */
function stopSyncDaemon(d: Draft, why: Cause): void {
  const s = d.config.syncDaemon
  if (s === null) return
  const i = s.instance
  if (i !== null) setSyncDaemon(d, i, { stop: memoryOf(d, i).state === 'MASTER' ? 'master' : 'backup' }, why)
  else d.effects.push({ kind: 'syncDaemon', stop: ['master', 'backup'], start: [], interface: s.interface, syncId: s.syncId, cause: why })
}

/** The end of the child after SIGTERM. */
export function end(d: Draft): void {
  const sinceNs = d.nowNs - STOP_TAKES_NS
  const why = because(
    'vrrp-stopped',
    `the VRRP child ends ${secondsText(STOP_TAKES_NS)} after SIGTERM`,
    { stop_takes_s: STOP_TAKES_NS / SECOND_NS, since_s: sinceNs / SECOND_NS },
    `${secondsText(sinceNs)} + ${secondsText(STOP_TAKES_NS)} = ${secondsText(d.nowNs)}`,
  )
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

function forgetAnnouncements(d: Draft): void {
  d.state.garpTimers = []
  d.state.garpQueueAtNs = null
  for (const f of d.state.interfaces) f.garpQueue = []
}

function quieten(d: Draft): void {
  forgetAnnouncements(d)
  d.state.delayedUntilNs = null
  d.state.scripts = d.state.scripts.map(s => ({ ...s, running: false, nextRunNs: null, timeoutNs: null }))
  d.state.processes = d.state.processes.map(p => ({ ...p, changesAtNs: null }))
}
