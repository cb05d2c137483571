/**
 * Trackers: interfaces, scripts, files and processes that take an instance to FAULT (weight 0) or change its
 * priority. A change of priority in BACKUP shifts the running deadline by the difference between the new full down
 * timer and the one that was *loaded* last, which after a goodbye or an ignored advert is not the old full one
 * (recordings v45, v46).
 */
import { SECOND_NS } from '../../base/units.ts'
import type { Cause } from '../../trace/contract.ts'
import { PRIORITY_OWNER, type VrrpTracker } from './config.ts'
import { because, configOf, type Draft, fullDownNs, groupWith, memoryOf } from './draft.ts'
import { secondsText } from './intervals.ts'
import { down, tryUp } from './transitions.ts'

/** A file's value × weight at or below this is FAULT. */
export const FILE_FAULT = -254
const WEIGHT_MAX = 253

/** Calls `visit` for each instance that tracks the thing, with the tracker. */
export function trackersOf(d: Draft, kind: VrrpTracker['kind'], name: string, visit: (i: number, t: VrrpTracker) => void): void {
  d.config.instances.forEach((c, i) => {
    for (const t of c.trackers) if (t.kind === kind && t.name === name) visit(i, t)
  })
}

const sign = (t: VrrpTracker): number => (t.reverse ? -1 : 1)

/** What a weighted tracker adds to the priority in the state `good`. */
export function weightOf(t: VrrpTracker, good: boolean): number {
  if (good) return t.weight > 0 ? t.weight * sign(t) : 0
  return t.weight < 0 ? t.weight * sign(t) : 0
}

/** A tracked file's contribution; −254 is FAULT. */
export function fileStatus(t: VrrpTracker, value: number): number {
  if (t.weight === 0) return (value !== 0) === !t.reverse ? FILE_FAULT : 0
  return Math.min(WEIGHT_MAX, Math.max(FILE_FAULT, value * t.weight * sign(t)))
}

/** Clamps the total to 1 … 254 and makes it the priority. An owner's never changes. */
export function applyPriority(d: Draft, i: number, why: Cause, change = 0): void {
  const m = memoryOf(d, i)
  if (m.basePriority === PRIORITY_OWNER) return
  const priority = Math.min(PRIORITY_OWNER - 1, Math.max(1, m.totalPriority))
  if (priority === m.priority) return
  const from = m.priority
  d.effects.push({ kind: 'priorityChange', instance: configOf(d, i).name, from, to: priority, cause: weighed(d, i, priority, why, change) })
  m.priority = priority
  const loadedNs = m.downTimerNs
  m.downTimerNs = fullDownNs(d, i)
  if (m.state !== 'BACKUP' || m.expiresNs === null) return
  m.expiresNs += m.downTimerNs - loadedNs
  m.armed.moved = [
    ...m.armed.moved,
    `priority ${from} → ${priority} shifted it by ${secondsText(m.downTimerNs)} − ${secondsText(loadedNs)} (the timer loaded last)`,
  ]
}

/** The cause with the sum behind a change of priority. */
function weighed(d: Draft, i: number, priority: number, why: Cause, change: number): Cause {
  if (change === 0) return why
  const { totalPriority, basePriority } = memoryOf(d, i)
  const was = totalPriority - change
  const sum = `${was} ${change < 0 ? '−' : '+'} ${Math.abs(change)} = ${totalPriority}`
  const kept = priority === totalPriority ? '' : `, kept within 1 to ${PRIORITY_OWNER - 1}`
  const inputs = { ...why.inputs, weight: change, base_priority: basePriority, total_priority: totalPriority, priority }
  return { ...why, text: `${why.text}; weight: ${sum}${kept}`, inputs, arithmetic: sum }
}

function addWeight(d: Draft, i: number, change: number, why: Cause): void {
  if (memoryOf(d, i).basePriority === PRIORITY_OWNER) return
  memoryOf(d, i).totalPriority += change
  applyPriority(d, i, why, change)
}

/** A tracker turned good or bad; it was the opposite before. */
function turned(d: Draft, i: number, t: VrrpTracker, good: boolean, why: Cause): void {
  if (t.weight !== 0) addWeight(d, i, (good ? 1 : -1) * Math.abs(t.weight) * sign(t), why)
  else if (good === !t.reverse) tryUp(d, i, false, why)
  else down(d, i, why)
}

export function carrier(d: Draft, name: string, up: boolean): void {
  const memory = d.state.interfaces.find(f => f.name === name)
  if (memory === undefined || memory.up === up) return
  memory.up = up
  if (d.state.phase !== 'running') return
  const why = because(
    up ? 'vrrp-interface-up' : 'vrrp-interface-down',
    `interface ${name} ${up ? 'has carrier again' : 'lost its carrier'}`,
    {
      interface: name,
    },
  )
  d.config.instances.forEach((c, i) => {
    if (c.interface === name && c.trackPrimary) up ? tryUp(d, i, false, why) : down(d, i, why)
  })
  trackersOf(d, 'interface', name, (i, t) => turned(d, i, t, up, why))
}

/** The interface that adverts are sent from got or lost its address. */
export function address(d: Draft, name: string, ip: number | null): void {
  const memory = d.state.interfaces.find(f => f.name === name)
  if (memory === undefined || memory.ip === ip) return
  const had = memory.ip !== null
  memory.ip = ip
  if (d.state.phase !== 'running' || had === (ip !== null)) return
  const why = because(
    had ? 'vrrp-no-source-address' : 'vrrp-source-address',
    `interface ${name} ${had ? 'lost' : 'has'} the address that adverts are sent from`,
    { interface: name },
  )
  d.config.instances.forEach((c, i) => {
    if (c.interface === name && c.sourceIp === null) had ? down(d, i, why) : tryUp(d, i, false, why)
  })
}

export function file(d: Draft, name: string, value: number): void {
  const f = d.config.files.findIndex(c => c.name === name)
  const before = d.state.files[f]
  if (f < 0 || before === value) return
  d.state.files[f] = value
  const why = because('vrrp-track-file', `tracked file ${name} holds ${value}, before ${before}`, { file: name, value })
  trackersOf(d, 'file', name, (i, t) => {
    const was = fileStatus(t, before)
    const is = fileStatus(t, value)
    if (was === is) return
    if (is === FILE_FAULT) down(d, i, why)
    else if (was === FILE_FAULT) tryUp(d, i, false, why)
    else addWeight(d, i, is - was, why)
  })
}

/** A tracked process appeared or vanished; it counts at once, or after the configured delay. */
export function processSeen(d: Draft, name: string, up: boolean): void {
  const p = d.config.processes.findIndex(c => c.name === name)
  if (p < 0) return
  const memory = d.state.processes[p]
  memory.seenUp = up
  const delayNs = up ? d.config.processes[p].forkDelayNs : d.config.processes[p].terminateDelayNs
  if (up === memory.up) memory.changesAtNs = null
  else if (delayNs > 0) memory.changesAtNs = d.nowNs + delayNs
  else serveProcess(d, p)
}

export function serveProcess(d: Draft, p: number): void {
  const memory = d.state.processes[p]
  memory.changesAtNs = null
  memory.up = memory.seenUp
  const name = d.config.processes[p].name
  const { forkDelayNs, terminateDelayNs } = d.config.processes[p]
  const delayNs = memory.up ? forkDelayNs : terminateDelayNs
  const after = delayNs === 0 ? '' : ` for ${secondsText(delayNs)} (${memory.up ? 'fork' : 'terminate'}_delay)`
  const why = because('vrrp-track-process', `tracked process ${name} ${memory.up ? 'is there' : 'is gone'}${after}`, {
    process: name,
    terminate_delay_s: delayNs / SECOND_NS,
  })
  trackersOf(d, 'process', name, (i, t) => turned(d, i, t, memory.up, why))
}

/** A script's verdict changed, or is known for the first time (`first`). */
export function scriptTurned(d: Draft, name: string, good: boolean, first: boolean, why: Cause): void {
  trackersOf(d, 'script', name, (i, t) => {
    if (t.weight !== 0) {
      addWeight(d, i, first ? weightOf(t, good) : (good ? 1 : -1) * Math.abs(t.weight) * sign(t), why)
      return
    }
    const m = memoryOf(d, i)
    const group = groupWith(d, i)
    let leftInit = false
    if (first && --m.scriptsUnknown === 0) {
      leftInit = true
      if (group !== null) group.memory.membersUnknown--
    }
    if (good === t.reverse) down(d, i, why)
    else if (m.scriptsUnknown === 0 && (group === null || group.memory.membersUnknown === 0)) tryUp(d, i, leftInit, why)
  })
}
