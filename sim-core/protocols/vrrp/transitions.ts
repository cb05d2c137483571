/**
 * The moves between BACKUP, MASTER and FAULT, and how a sync group drags its members along.
 *
 * Instances and groups are in one file because they call each other: a member that wants MASTER asks its group,
 * and a group that moves moves its members. A group becomes MASTER only when every member wants it; a member that
 * expires before the others waits another full down timer (recordings v15a, v15c). The members' wishes (`want`)
 * are kept apart from their states for that.
 */
import type { Cause } from '../../trace/contract.ts'
import { SECOND_NS } from '../../base/units.ts'
import { addressesOf, PRIORITY_OWNER } from './config.ts'
import {
  configOf,
  type Draft,
  addVips,
  because,
  changeGroup,
  changeState,
  fullDownNs,
  type Group,
  groupWith,
  memoryOf,
  nameOf,
  noteArmed,
  removeVips,
  restart,
  sendAdvert,
  setSyncDaemon,
} from './draft.ts'
import { announce, announceLater, garpArithmetic, garpInputs, refreshLater } from './garp.ts'
import { secondsText } from './intervals.ts'
import { forgetRogue, ownerAdvertised, ownerAgain } from './owners.ts'
import { isLater } from './releases.ts'

/** BACKUP or FAULT → MASTER, unless its sync group is not ready; then it waits. `dragged`: its group becomes MASTER. */
export function goMaster(d: Draft, i: number, why: Cause, dragged = false): void {
  const m = memoryOf(d, i)
  const group = groupWith(d, i)
  if (group !== null && !groupReady(d, i, group)) {
    m.want = 'MASTER'
    return
  }
  sendAdvert(
    d,
    i,
    m.priority,
    because('vrrp-enter-master', `entering MASTER: ${why.text}`, { ...why.inputs, priority: m.priority }, why.arithmetic),
  )
  changeState(d, i, 'MASTER', why)
  // The one that expired is armed when all is done, the members that it drags along as soon as their advert is out.
  restart(d, i, dragged ? 0 : d.config.masterEntryWorkNs * (group === null ? 1 : group.members.length))
  if (m.vipsInstalled) return
  becomeHolder(d, i, why, dragged)
}

/**
 * VIPs on, first block of gratuitous ARPs out, second block planned. The refresh counts from the end of that: later than the
 * tick of a member that was dragged along and armed before, whose first refresh so comes an advert later.
 */
function becomeHolder(d: Draft, i: number, why: Cause, dragged: boolean): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  m.masterAdvertIntNs = c.advertIntNs
  if (isLater(d)) ownerAgain(d, i, 'the other address owner is gone')
  const vips = addressesOf(c).length
  addVips(d, i, because('vrrp-master-holds-vip', `MASTER holds the VIP: ${why.text}`, { ...why.inputs, vips }, why.arithmetic))
  const { repeat } = c.garp
  const text = `first block of ${repeat} (garp_master_repeat) on entering MASTER`
  announce(d, i, repeat, because('vrrp-garp-master', text, garpInputs(d, i, repeat), garpArithmetic(d, i, repeat)))
  m.garpRefreshAtNs = d.nowNs + (dragged ? d.config.masterEntryWorkNs : 0) + c.garp.refreshNs
  setSyncDaemon(d, i, { stop: 'backup', start: 'master' }, why)
  announceLater(d, i, c.garp.delayNs, c.garp.repeat, 'entered')
  refreshLater(d, i, c.garp.delayNs)
}

/** The tick of a MASTER: its advert, and now and then a refreshing gratuitous ARP with it. */
export function masterTick(d: Draft, i: number): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const reloaded = m.reloadedAsMaster
  m.reloadedAsMaster = false
  sendAdvert(
    d,
    i,
    m.priority,
    reloaded
      ? because('vrrp-reload-advert', 'MASTER advertises at once after a reload', { priority: m.priority })
      : because('vrrp-advert', `every ${secondsText(c.advertIntNs)}`, { advert_int_s: c.advertIntNs / SECOND_NS, priority: m.priority }),
  )
  if (isLater(d)) ownerAdvertised(d, i)
  else if (c.garp.refreshNs > 0 && d.nowNs >= m.garpRefreshAtNs) {
    announce(
      d,
      i,
      c.garp.refreshRepeat,
      because(
        'vrrp-garp-refresh',
        `garp_master_refresh ${secondsText(c.garp.refreshNs)}, checked when an advert is sent`,
        { ...garpInputs(d, i, c.garp.refreshRepeat), garp_refresh_s: c.garp.refreshNs / SECOND_NS },
        garpArithmetic(d, i, c.garp.refreshRepeat),
      ),
    )
    m.garpRefreshAtNs = d.nowNs + c.garp.refreshNs
  }
  // A reloaded MASTER with use_vmac sets its VIPs again before it re-arms, so receivers come first (as on entering MASTER).
  restart(d, i, reloaded && c.vmac !== undefined ? d.config.masterEntryWorkNs : 0)
}

/** MASTER → what it wants (BACKUP or FAULT). FAULT says goodbye once, and once more when its own tracker failed. */
export function leaveMaster(d: Draft, i: number, ownFault: boolean, why: Cause): void {
  const m = memoryOf(d, i)
  const to = m.want === 'FAULT' ? 'FAULT' : 'BACKUP'
  if (m.vipsInstalled) setSyncDaemon(d, i, { stop: 'master', start: 'backup' }, why)
  if (to === 'FAULT') sendAdvert(d, i, 0, why)
  else m.preemptAtNs = null
  if (ownFault) sendAdvert(d, i, 0, why)
  changeState(d, i, to, why)
  removeVips(d, i, false, why)
  forgetRogue(d, i)
  m.downTimerNs = fullDownNs(d, i)
  restart(d, i)
}

/** FAULT, INIT or BACKUP → what it wants. */
export function leaveFault(d: Draft, i: number, why: Cause, logged = true): void {
  const m = memoryOf(d, i)
  if (m.want === 'MASTER') goMaster(d, i, why)
  else {
    changeState(d, i, m.want, why, { logged })
    if (m.state === 'BACKUP') {
      m.preemptAtNs = null
      noteArmed(d, i, 'leftFault')
    }
  }
  m.masterAdvertIntNs = configOf(d, i).advertIntNs
  m.downTimerNs = fullDownNs(d, i)
  if (m.state !== 'MASTER') restart(d, i)
}

/** One more weight-0 tracker has failed. */
export function down(d: Draft, i: number, why: Cause): void {
  const m = memoryOf(d, i)
  if (m.faults++ > 0) return
  m.want = 'FAULT'
  if (m.state === 'MASTER') leaveMaster(d, i, true, why)
  else leaveFault(d, i, why)
  const group = groupWith(d, i)
  if (group !== null && group.memory.membersInFault++ === 0) groupToFault(d, i, group, why)
}

/**
 * A weight-0 tracker is good again, or (`leavingInit`) the last script has ended for the first time: BACKUP with a
 * full down timer, once nothing else holds the instance or its group.
 */
export function tryUp(d: Draft, i: number, leavingInit: boolean, why: Cause): void {
  const m = memoryOf(d, i)
  const group = groupWith(d, i)
  if (leavingInit) {
    if (m.faults > 0) return
  } else {
    m.faults--
    if (m.faults > 0) return
    if (m.scriptsUnknown > 0) {
      if (group !== null) {
        group.memory.membersInFault--
        group.memory.state = 'INIT'
      }
      m.want = 'BACKUP'
      return
    }
  }
  if (!(m.want === 'MASTER' && m.basePriority === PRIORITY_OWNER)) m.want = 'BACKUP'
  if (group !== null) {
    if (!leavingInit) group.memory.membersInFault--
    if (group.memory.membersInFault > 0 || (!leavingInit && group.memory.membersUnknown > 0)) return
  }
  const wanted = m.want
  if (group !== null && m.want === 'MASTER' && !groupReady(d, i, group)) m.want = 'BACKUP'
  leaveFault(d, i, why)
  announceSource(d, i)
  if (m.state !== 'MASTER') restart(d, i)
  m.want = wanted
  if (group === null) return
  if (m.state === 'MASTER') groupToMaster(d, i, group, why)
  else groupToBackup(d, i, group, why)
}

/** A unicast instance announces its own address, so that the peers' caches lead to it again. */
function announceSource(d: Draft, i: number): void {
  const c = configOf(d, i)
  const src = memoryOf(d, i).state === 'FAULT' ? null : (c.sourceIp ?? d.state.interfaces.find(f => f.name === c.interface)?.ip ?? null)
  if (c.unicastPeers.length === 0 || src === null) return
  const why = because('vrrp-garp-unicast-source', 'a unicast instance announces its own address on leaving FAULT', {
    own_address: nameOf(src),
  })
  d.effects.push({ kind: 'sendGarp', instance: c.name, interface: c.interface, ip: src, cause: why })
}

/** Whether every other member wants MASTER too. When not, the one who asks waits a full down timer. */
export function groupReady(d: Draft, i: number, group: Group): boolean {
  if (group.memory.state === 'MASTER') return true
  if (group.members.every(other => other === i || memoryOf(d, other).want === 'MASTER')) return true
  memoryOf(d, i).downTimerNs = fullDownNs(d, i)
  noteArmed(d, i, 'groupWaits')
  if (memoryOf(d, i).state !== 'MASTER') restart(d, i)
  return false
}

const groupInputs = (d: Draft, i: number, group: Group) => ({
  group: group.name,
  member: configOf(d, i).name,
  members: group.members.length,
})

export function groupToMaster(d: Draft, i: number, group: Group, why: Cause): void {
  if (group.memory.state === 'MASTER' || !groupReady(d, i, group)) return
  const shared = because(
    'vrrp-sync-master',
    `sync group ${group.name}: every member wants MASTER, ${configOf(d, i).name} was the last (${why.text})`,
    { ...why.inputs, ...groupInputs(d, i, group) },
    why.arithmetic,
  )
  for (const other of group.members) {
    if (other === i || memoryOf(d, other).state === 'MASTER') continue
    memoryOf(d, other).want = 'MASTER'
    goMaster(d, other, shared, true)
  }
  changeGroup(d, group, 'MASTER', shared)
}

export function groupToBackup(d: Draft, i: number, group: Group, why: Cause): void {
  if (group.memory.state === 'BACKUP') return
  const shared = because(
    'vrrp-sync-backup',
    `sync group ${group.name} follows ${configOf(d, i).name}: ${why.text}`,
    { ...why.inputs, ...groupInputs(d, i, group) },
    why.arithmetic,
  )
  for (const other of group.members) {
    const m = memoryOf(d, other)
    if (other === i || m.state === 'BACKUP') continue
    m.want = 'BACKUP'
    if (m.state === 'FAULT' || m.state === 'INIT') leaveFault(d, other, shared)
    else {
      noteArmed(d, other, 'leftMaster')
      leaveMaster(d, other, false, shared)
    }
  }
  changeGroup(d, group, 'BACKUP', shared)
}

function groupToFault(d: Draft, i: number, group: Group, why: Cause): void {
  if (group.memory.state === 'FAULT') return
  const shared = because(
    'vrrp-sync-fault',
    `sync group ${group.name} follows ${configOf(d, i).name}: ${why.text}`,
    { ...why.inputs, ...groupInputs(d, i, group) },
    why.arithmetic,
  )
  for (const other of group.members) {
    const m = memoryOf(d, other)
    if (other === i || m.state === 'FAULT') continue
    m.want = 'FAULT'
    if (m.state === 'MASTER') leaveMaster(d, other, false, shared)
    else leaveFault(d, other, shared, false) // keepalived prints no line for a member that was BACKUP
  }
  changeGroup(d, group, 'FAULT', shared)
}
