/**
 * An advert arrives: BACKUP decides whether it restarts the down timer, MASTER who gives way.
 *
 * One rule covers several surprises: whatever was read, the instance's deadline is loaded again afterwards. A
 * BACKUP that ignores an advert loads what was left of its down timer, so nothing moves, except that a later
 * change of priority and vrrp_startup_delay reckon with that remainder (recordings v45, v27b). A MASTER loads a
 * full advert interval even for a packet that it rejects (v22), unless lower_prio_no_advert is set.
 */
import { SECOND_NS } from '../../base/units.ts'
import type { Cause } from '../../trace/contract.ts'
import { PRIORITY_OWNER } from './config.ts'
import {
  because,
  configOf,
  type Draft,
  fullDownNs,
  groupWith,
  log,
  memoryOf,
  nameOf,
  noteArmed,
  restart,
  sendAdvert,
  sourceIp,
  timerPriority,
} from './draft.ts'
import { announce, announceLater, garpArithmetic, garpInputs } from './garp.ts'
import { secondsText, skewNs } from './intervals.ts'
import type { VrrpAdvert } from './messages.ts'
import { otherOwnerHeard, ownerAgain } from './owners.ts'
import { advertIntervalNs, reachesSocket, rejection } from './packet-check.ts'
import { isLater } from './releases.ts'
import { groupToBackup, leaveMaster } from './transitions.ts'

/**
 * Another host's advert at the same instant is an answer to the first: it is read after whoever sent it has armed its own timer, for longer than any
 * receiveWorkNs.
 */
const ANSWER_WORK_NS = 4_000

export function receive(d: Draft, onInterface: string, advert: VrrpAdvert): void {
  const i = d.config.instances.findIndex((c, index) => reachesSocket(c, sourceIp(d, index), onInterface, advert))
  if (i < 0 || stillDelayed(d)) return
  const m = memoryOf(d, i)
  m.readBefore = m.readAtNs !== d.nowNs ? 0 : m.readFrom === advert.srcIp ? m.readBefore : m.readBefore + 1
  m.readAtNs = d.nowNs
  m.readFrom = advert.srcIp
  const workNs = d.config.receiveWorkNs + m.readBefore * ANSWER_WORK_NS
  if (m.state === 'BACKUP') restart(d, i, receiveAsBackup(d, i, advert) ? workNs : 0)
  else if (m.state === 'MASTER') {
    receiveAsMaster(d, i, advert)
    if (memoryOf(d, i).state !== 'MASTER' || !configOf(d, i).lowerPrioNoAdvert) restart(d, i, workNs)
  }
}

/** 2.2 rejects another list of VIPs (recording v24); later releases accept the advert all the same. */
const checksVips = (d: Draft): boolean => !isLater(d)

/** Later than 2.2 an advert that comes during vrrp_startup_delay is not looked at at all. */
const stillDelayed = (d: Draft): boolean => isLater(d) && d.state.delayedUntilNs !== null && d.nowNs < d.state.delayedUntilNs

/** Whether it loads the down timer anew. */
function receiveAsBackup(d: Draft, i: number, advert: VrrpAdvert): boolean {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const known = m.masterIp === advert.srcIp
  const rejected = rejection(c, advert, checksVips(d) && !(c.skipCheckAdvAddr && known), m.priority)
  if (rejected !== null) {
    d.effects.push({ kind: 'advertRejected', instance: c.name, from: advert.srcIp, cause: rejected })
    ignore(d, i, rejected.text, advert, true)
    return false
  }
  if (isLater(d) && (!known || advert.priority !== PRIORITY_OWNER))
    ownerAgain(d, i, `${nameOf(advert.srcIp)} advertises ${advert.priority}`)
  if (advert.priority === 0) {
    m.downTimerNs = skewNs(c.version, timerPriority(d, i), m.masterAdvertIntNs)
    noteArmed(d, i, 'goodbye', advert.srcIp)
    return true
  }
  if (c.nopreempt || advert.priority >= m.priority || preemptionWaits(d, i)) {
    accept(d, i, advert)
    return true
  }
  m.masterIp = advert.srcIp
  log(d, i, `received lower priority (${advert.priority}) advert from ${nameOf(advert.srcIp)} - discarding`)
  ignore(d, i, `adverts of ${nameOf(advert.srcIp)} do not restart it: priority ${advert.priority} < ${m.priority}`, advert, false)
  return false
}

/** preempt_delay has not begun or not run out; at its very end it has. */
function preemptionWaits(d: Draft, i: number): boolean {
  const m = memoryOf(d, i)
  return configOf(d, i).preemptDelayNs > 0 && (m.preemptAtNs === null || m.preemptAtNs > d.nowNs)
}

/** The sender is master for us: a full down timer, by its interval when version 3 says it. */
function accept(d: Draft, i: number, advert: VrrpAdvert): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  if (c.version === 3) learnInterval(d, i, advert)
  m.downTimerNs = fullDownNs(d, i)
  m.masterIp = advert.srcIp
  noteArmed(d, i, 'advert', advert.srcIp, advert.priority)
  if (c.preemptDelayNs > 0) {
    if (advert.priority >= m.priority) m.preemptAtNs = null
    else if (m.preemptAtNs === null) {
      m.preemptAtNs = d.nowNs + c.preemptDelayNs
      const text = `start preempt delay (${secondsText(c.preemptDelayNs)}): lower priority ${advert.priority} heard`
      log(d, i, text, preemptionDelayed(d, i, advert, d.nowNs + c.preemptDelayNs))
    }
  }
  m.want = 'BACKUP'
}

function preemptionDelayed(d: Draft, i: number, advert: VrrpAdvert, untilNs: number): Cause {
  const { preemptDelayNs } = configOf(d, i)
  const { priority } = memoryOf(d, i)
  const sum = `${secondsText(d.nowNs)} + ${secondsText(preemptDelayNs)} = ${secondsText(untilNs)}`
  return because(
    'vrrp-preempt-delay',
    `${nameOf(advert.srcIp)} advertises ${advert.priority}, less than our ${priority}; until ${sum} its adverts count all the same (preempt_delay)`,
    {
      ...{ peer: nameOf(advert.srcIp), peer_priority: advert.priority, priority },
      ...{ since_s: d.nowNs / SECOND_NS, preempt_delay_s: preemptDelayNs / SECOND_NS, expires_s: untilNs / SECOND_NS },
    },
    `${sum}; ${advert.priority} < ${priority}`,
  )
}

function learnInterval(d: Draft, i: number, advert: VrrpAdvert): void {
  const m = memoryOf(d, i)
  const intervalNs = advertIntervalNs(advert)
  if (m.masterAdvertIntNs === intervalNs) return
  log(d, i, `advertisement interval updated from ${secondsText(m.masterAdvertIntNs)} to ${secondsText(intervalNs)} by master`)
  m.masterAdvertIntNs = intervalNs
}

/** Not restarted: what is left becomes the down timer, and `restart` loads it. */
function ignore(d: Draft, i: number, text: string, advert: VrrpAdvert, rejected: boolean): void {
  const m = memoryOf(d, i)
  m.downTimerNs = Math.max(0, (m.expiresNs ?? d.nowNs) - d.nowNs)
  m.armed.ignored = { text, ip: advert.srcIp, priority: advert.priority, rejected }
  const delayedUntil = d.state.delayedUntilNs
  if (delayedUntil !== null && d.nowNs < delayedUntil)
    m.armed.moved = [
      ...m.armed.moved.slice(0, -1),
      `each ignored advert during vrrp_startup_delay moved it on by what was left of the delay, the last by ${secondsText(delayedUntil - d.nowNs)}`,
    ]
}

function receiveAsMaster(d: Draft, i: number, advert: VrrpAdvert): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const rejected = rejection(c, advert, checksVips(d), m.priority)
  if (rejected !== null) {
    d.effects.push({
      kind: 'advertRejected',
      instance: c.name,
      from: advert.srcIp,
      cause: { ...rejected, text: `${rejected.text}; its arrival restarts our advert timer all the same` },
    })
    return
  }
  const order = advert.srcIp - (sourceIp(d, i) ?? 0)
  const higher = () => advert.priority > m.priority || (advert.priority === m.priority && order > 0)
  if (advert.priority === 0) {
    sendAdvert(
      d,
      i,
      m.priority,
      because('vrrp-answer-goodbye', `${nameOf(advert.srcIp)} resigned (priority 0): MASTER says that it is there`, {
        peer: nameOf(advert.srcIp),
        priority: m.priority,
      }),
    )
    return
  }
  if (c.higherPrioSendAdvert && higher())
    sendAdvert(
      d,
      i,
      m.priority,
      because('vrrp-higher-prio-send-advert', `higher_prio_send_advert: a last advert to ${nameOf(advert.srcIp)}`, rivals(d, i, advert)),
    )
  if (advert.priority === m.priority && order === 0)
    log(
      d,
      i,
      'WARNING - equal priority advert received from remote host with our IP address.',
      because(
        'vrrp-same-address',
        `another host advertises our priority ${m.priority} from our address ${nameOf(advert.srcIp)}: neither gives way`,
        rivals(d, i, advert),
        comparisonArithmetic(d, i, advert),
      ),
    )
  else if (advert.priority === PRIORITY_OWNER && m.priority === PRIORITY_OWNER) otherOwnerHeard(d, i, advert, order)
  if (higher()) giveWay(d, i, advert)
  else if (advert.priority < m.priority || order < 0) assertMastership(d, i, advert)
}

function comparison(d: Draft, i: number, advert: VrrpAdvert): string {
  const m = memoryOf(d, i)
  const from = nameOf(advert.srcIp)
  if (advert.priority !== m.priority) return `${from} advertises priority ${advert.priority}, ours is ${m.priority}`
  return `${from} advertises our priority ${m.priority}; the ${advert.srcIp > (sourceIp(d, i) ?? 0) ? 'higher' : 'lower'} address is its`
}

/** Both sides of a comparison, as inputs of a cause. */
const rivals = (d: Draft, i: number, advert: VrrpAdvert) => ({
  peer: nameOf(advert.srcIp),
  peer_priority: advert.priority,
  priority: memoryOf(d, i).priority,
  own_address: nameOf(sourceIp(d, i) ?? 0),
})

/** `120 > 100`, or of equal priorities `100 = 100; 10.0.0.3 > 10.0.0.2`. */
function comparisonArithmetic(d: Draft, i: number, advert: VrrpAdvert): string {
  const { priority } = memoryOf(d, i)
  const own = sourceIp(d, i) ?? 0
  if (advert.priority !== priority) return `${advert.priority} ${advert.priority > priority ? '>' : '<'} ${priority}`
  const sign = advert.srcIp > own ? '>' : advert.srcIp < own ? '<' : '='
  return `${advert.priority} = ${priority}; ${nameOf(advert.srcIp)} ${sign} ${nameOf(own)}`
}

function giveWay(d: Draft, i: number, advert: VrrpAdvert): void {
  const m = memoryOf(d, i)
  const why = because(
    'vrrp-higher-priority-heard',
    `gives way: ${comparison(d, i, advert)}`,
    rivals(d, i, advert),
    comparisonArithmetic(d, i, advert),
  )
  if (configOf(d, i).version === 3) learnInterval(d, i, advert)
  m.want = 'BACKUP'
  noteArmed(d, i, 'advert', advert.srcIp, advert.priority)
  leaveMaster(d, i, false, why)
  m.masterIp = advert.srcIp
  const group = groupWith(d, i)
  if (group !== null) groupToBackup(d, i, group, why)
}

/** A lower advert: answer at once, and announce the VIPs again, also those of the other members of its group. */
function assertMastership(d: Draft, i: number, advert: VrrpAdvert): void {
  const c = configOf(d, i)
  const m = memoryOf(d, i)
  const why = comparison(d, i, advert)
  log(
    d,
    i,
    `Received advert from ${nameOf(advert.srcIp)} with lower priority ${advert.priority}, ours ${m.priority}${c.lowerPrioNoAdvert ? '' : ', forcing new election'}`,
  )
  if (!c.lowerPrioNoAdvert)
    sendAdvert(
      d,
      i,
      m.priority,
      because('vrrp-answer-lower-priority', `answers at once: ${why}`, rivals(d, i, advert), comparisonArithmetic(d, i, advert)),
    )
  announceAgain(d, i, advert, `block of ${c.garp.lowerPrioRepeat} (garp_lower_prio_repeat): ${why}`)
  for (const other of groupWith(d, i)?.members ?? [])
    if (other !== i)
      announceAgain(d, other, advert, `block of ${configOf(d, other).garp.lowerPrioRepeat}: ${c.name} of its sync group heard that ${why}`)
}

function announceAgain(d: Draft, i: number, advert: VrrpAdvert, text: string): void {
  const { lowerPrioRepeat, lowerPrioDelayNs } = configOf(d, i).garp
  if (lowerPrioRepeat === 0) return
  const why = because(
    'vrrp-garp-lower-priority',
    text,
    { ...rivals(d, i, advert), ...garpInputs(d, i, lowerPrioRepeat) },
    garpArithmetic(d, i, lowerPrioRepeat),
  )
  announce(d, i, lowerPrioRepeat, why)
  announceLater(d, i, lowerPrioDelayNs, lowerPrioRepeat, 'lowerPriority')
}
