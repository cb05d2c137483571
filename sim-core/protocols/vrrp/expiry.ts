/**
 * Deadlines: which there are, which are due, and why a BACKUP whose deadline came becomes MASTER.
 *
 * Everything due is served in the order of its deadlines; at one instant scripts and announcements come before
 * instances, and instances in the order of their VRIDs (recording v52).
 */
import type { Cause } from '../../trace/contract.ts'
import { assert } from '../../base/assert.ts'
import { SECOND_NS } from '../../base/units.ts'
import { because, configOf, type Draft, groupWith, memoryOf, nameOf, timerPriority } from './draft.ts'
import { serveInterfaceQueue } from './garp-queue.ts'
import { serveGarpQueue, serveGarpTimer } from './garp.ts'
import { masterDownArithmetic, masterDownInputs, masterDownText, secondsText, skewArithmetic, skewNs, skewText } from './intervals.ts'
import { end } from './lifecycle.ts'
import { runScript, scriptEnded } from './scripts.ts'
import type { VrrpConfig } from './config.ts'
import type { Armed, VrrpState } from './state.ts'
import { serveRogue } from './owners.ts'
import { serveProcess } from './tracking.ts'
import { goMaster, groupToMaster, masterTick } from './transitions.ts'

export interface Deadline {
  /** Stable, for a person: `down VI_1`, `advert VI_1`, `script chk`. */
  readonly timer: string
  readonly atNs: number
  /** Order among equals. */
  readonly rank: number
  readonly serve: (d: Draft) => void
}

const RANK = { end: 0, script: 1, process: 2, garp: 3, garpQueue: 4, instance: 5 }

/** Every deadline of the state, in the order of configuration; of instances only those that `wanted` asks for. */
export function deadlinesOf(config: VrrpConfig, state: VrrpState, wanted: (instance: number) => boolean = () => true): Deadline[] {
  const out: Deadline[] = []
  const add = (timer: string, atNs: number | null, rank: number, serve: Deadline['serve']) => {
    if (atNs !== null) out.push({ timer, atNs, rank, serve })
  }
  if (state.phase === 'off') return out
  add('end', state.endsAtNs, RANK.end, end)
  state.instances.forEach((m, i) => {
    const c = config.instances[i]
    if (m.rogueUntilNs !== null) add(`other owner ${c.name}`, m.rogueUntilNs, RANK.garp, d => serveRogue(d, i))
    if (m.expiresNs === null || !wanted(i)) return
    add(`${m.state === 'MASTER' ? 'advert' : 'down'} ${c.name}`, m.expiresNs, RANK.instance + c.vrid, d => serveInstance(d, i))
  })
  state.scripts.forEach((m, s) => {
    const name = config.scripts[s]?.name ?? ''
    add(`script ${name}`, m.nextRunNs, RANK.script, d => runScript(d, s))
    add(`script timeout ${name}`, m.timeoutNs, RANK.script, d => scriptEnded(d, name, false, true))
  })
  state.processes.forEach((m, p) => {
    add(`process ${config.processes[p]?.name ?? ''}`, m.changesAtNs, RANK.process, d => serveProcess(d, p))
  })
  for (const t of state.garpTimers) add(`garp ${config.instances[t.instance].name} ${t.id}`, t.atNs, RANK.garp, d => serveGarpTimer(d, t))
  add('garp queue', state.garpQueueAtNs, RANK.garpQueue, serveGarpQueue)
  state.interfaces.forEach((f, n) => {
    if (f.garpQueue.length > 0) add(`garp queue ${f.name}`, f.garpNextNs, RANK.garpQueue, d => serveInterfaceQueue(d, n))
  })
  return out
}

/** Serves all that is due, earliest first. */
export function serveDue(d: Draft): void {
  for (let served = 0; ; served++) {
    assert(served < 100_000, 'VRRP deadlines do not run out')
    let next: Deadline | undefined
    for (const deadline of deadlinesOf(d.config, d.state, i => isDue(d, i))) {
      if (deadline.atNs > d.nowNs) continue
      if (next === undefined || deadline.atNs < next.atNs || (deadline.atNs === next.atNs && deadline.rank < next.rank)) next = deadline
    }
    if (next === undefined) return
    next.serve(d)
  }
}

const isDue = (d: Draft, i: number): boolean => (d.state.instances[i].expiresNs ?? Number.POSITIVE_INFINITY) <= d.nowNs

function serveInstance(d: Draft, i: number): void {
  const m = memoryOf(d, i)
  if (m.state === 'MASTER') {
    masterTick(d, i)
    return
  }
  const why = whyMaster(d, i)
  m.want = 'MASTER'
  goMaster(d, i, why)
  const group = groupWith(d, i)
  if (group !== null && memoryOf(d, i).state === 'MASTER') groupToMaster(d, i, group, why)
}

/** The sentence behind a takeover, with its arithmetic. */
function whyMaster(d: Draft, i: number): Cause {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const a = m.armed
  const priority = timerPriority(d, i)
  const full = masterDownText(c.version, priority, m.masterAdvertIntNs, c.downTimerAdverts)
  const since = secondsText(a.atNs)
  const tail = [...(a.ignored === null ? [] : [a.ignored.text]), ...a.moved].map(s => `; ${s}`).join('')
  const times = { since_s: a.atNs / SECOND_NS, expires_s: (m.expiresNs ?? d.nowNs) / SECOND_NS }
  const down = { ...times, ...masterDownInputs(c.version, priority, m.masterAdvertIntNs, c.downTimerAdverts) }
  const sum = masterDownArithmetic(c.version, priority, m.masterAdvertIntNs, c.downTimerAdverts)
  const heard = a.ip === 0 ? {} : { peer: nameOf(a.ip), peer_priority: a.priority }
  if (a.by === 'owner')
    return because('vrrp-owner', 'priority 255, the owner of the address, is MASTER as soon as it starts', { priority: m.priority })
  if (a.by === 'goodbye') {
    const skew = `${skewText(c.version, priority, m.masterAdvertIntNs)} = ${secondsText(skewNs(c.version, priority, m.masterAdvertIntNs))}`
    return because(
      'vrrp-goodbye',
      `${nameOf(a.ip)} said goodbye (priority 0) at ${since}; ${skew}${tail}`,
      { ...times, peer: nameOf(a.ip), priority, advert_int_s: down.advert_int_s, skew_s: down.skew_s },
      skewArithmetic(c.version, priority, m.masterAdvertIntNs),
    )
  }
  if (a.by === 'groupWaits')
    return because('vrrp-master-down', `its group was not ready at ${since}; tried again after ${full}${tail}`, down, sum)
  if (a.by === 'advert' && a.ignored === null)
    return because('vrrp-master-down', `no advert from ${nameOf(a.ip)} since ${since}; ${full}${tail}`, { ...down, ...heard }, sum)
  const text = `no advert that counts since ${beganWith(a)} at ${since}; ${full}${tail}`
  if (a.ignored === null || a.ignored.rejected) return because('vrrp-master-down', text, { ...down, ...heard }, sum)
  return because('vrrp-preempt', text, { ...down, peer: nameOf(a.ignored.ip), peer_priority: a.ignored.priority }, sum)
}

/** What loaded the down timer last, in words. */
function beganWith({ by, ip }: Armed): string {
  if (by === 'advert') return `that of ${nameOf(ip)}`
  if (by === 'leftFault') return 'it left FAULT'
  if (by === 'reload') return 'the reload'
  return by === 'leftMaster' ? 'it left MASTER' : 'its start'
}
