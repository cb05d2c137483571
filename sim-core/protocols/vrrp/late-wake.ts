/**
 * timer_expired_backup (2.2.8 and later; thread_timer_expired is another name for it): a MASTER whose process was not
 * scheduled for so long that another node may have taken over goes to BACKUP before it sends or reads anything.
 *
 * The scheduler looks when a timer is overdue by two adverts and the skew of the highest other priority; each MASTER
 * that asked for it then compares its last advert with three adverts and that skew (vrrp.c and scheduler.c of 2.3.4; run
 * beside 2.2.7 with SIGSTOP). Its sync group is not told. It says no goodbye.
 */
import type { VrrpInstanceConfig } from './config.ts'
import { SECOND_NS } from '../../base/units.ts'
import { because, type Draft, log, memoryOf, noteArmed } from './draft.ts'
import { deadlinesOf } from './expiry.ts'
import { masterDownArithmetic, masterDownInputs, secondsText, skewNs } from './intervals.ts'
import { isLater } from './releases.ts'
import { leaveMaster } from './transitions.ts'

/** `adverts` intervals and the skew of the highest other priority: how soon another node may take over. */
const takeoverNs = (c: VrrpInstanceConfig, highestOther: number, adverts: number): number =>
  adverts * c.advertIntNs + skewNs(c.version, highestOther, c.advertIntNs)

/** The process runs again; how late it is shows in its deadlines. */
export function wakeLate(d: Draft): void {
  const { instances } = d.config
  if (!isLater(d) || instances.every(c => c.timerExpiredBackup === undefined)) return
  let soonestNs = Number.POSITIVE_INFINITY
  for (const { timerExpiredBackup, ...c } of instances)
    if (timerExpiredBackup !== undefined) soonestNs = Math.min(soonestNs, takeoverNs(c, timerExpiredBackup, 2))
  const lateNs = d.nowNs - deadlinesOf(d.config, d.state).reduce((least, t) => Math.min(least, t.atNs), d.nowNs)
  if (lateNs < soonestNs) return
  log(d, null, `VRRP thread timer expired ${secondsText(lateNs)} ago`)
  instances.forEach((c, i) => {
    if (c.timerExpiredBackup !== undefined) giveUp(d, i, c, c.timerExpiredBackup)
  })
}

function giveUp(d: Draft, i: number, c: VrrpInstanceConfig, highestOther: number): void {
  const m = memoryOf(d, i)
  const othersNs = takeoverNs(c, highestOther, 3)
  if (m.state !== 'MASTER' || m.lastAdvertNs + othersNs > d.nowNs) return
  const text =
    `timer_expired_backup: no advert sent since ${secondsText(m.lastAdvertNs)}; a node of priority ${highestOther} takes over ` +
    `after 3 × ${secondsText(c.advertIntNs)} + ${secondsText(skewNs(c.version, highestOther, c.advertIntNs))} = ${secondsText(othersNs)}`
  m.want = 'BACKUP'
  noteArmed(d, i, 'leftMaster')
  const inputs = { ...masterDownInputs(c.version, highestOther, c.advertIntNs, 3), since_s: m.lastAdvertNs / SECOND_NS }
  const { priority: peer_priority, ...rest } = inputs
  const sum = masterDownArithmetic(c.version, highestOther, c.advertIntNs, 3)
  leaveMaster(d, i, false, because('vrrp-timer-expired', text, { ...rest, peer_priority, priority: m.priority }, sum))
}
