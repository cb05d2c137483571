/**
 * Two address owners (priority 255) for one VRID.
 *
 * 2.2: whoever hears the other takes 254 for good and gives way, even with the higher address (recordings v35, v36).
 *
 * 2.3+ (since 2.3.3, vrrp.c): the lower address gives way and stays at 255. The higher one sends two more adverts by its
 * own timer and then 1.2 × the longer interval; if the other still advertises in that time, it takes 254 and gives way
 * itself, until it hears anything else than that owner or becomes MASTER again. An answer to the other's advert does
 * not count and starts the timer again: two owners of one interval that do not give way (one has owner_ignore_adverts)
 * both stay MASTER. All this was run with 2.3.4 (test/protocols/vrrp/recorded-2.3.4.json).
 */
import type { Cause } from '../../trace/contract.ts'
import { PRIORITY_OWNER } from './config.ts'
import { because, configOf, type Draft, log, memoryOf, nameOf, sourceIp } from './draft.ts'
import { secondsText } from './intervals.ts'
import type { VrrpAdvert } from './messages.ts'
import { advertIntervalNs } from './packet-check.ts'
import { isLater } from './releases.ts'

/** Own adverts after which the other owner should have gone, and how much of the longer interval it is given then. */
const ADVERTS_TO_WAIT = 2
const A_BIT_MORE = 12
const TENTHS = 10

/** A MASTER of 255 heard one of 255. `order`: above 0 when the other's address is the higher. */
export function otherOwnerHeard(d: Draft, i: number, advert: VrrpAdvert, order: number): void {
  const m = memoryOf(d, i)
  const conflict = `CONFIGURATION ERROR: local instance and ${isLater(d) ? nameOf(advert.srcIp) : 'a remote instance'} are both configured as address owner`
  const why = conflictOf(d, i, advert)
  if (!isLater(d)) {
    log(d, i, `${conflict} - reducing local priority`, why)
    m.priority = PRIORITY_OWNER - 1
    m.basePriority = PRIORITY_OWNER - 1
  } else if (order > 0) log(d, i, `${conflict}, please resolve`, why)
  else if (m.rogueUntilNs !== null) {
    log(d, i, `${nameOf(advert.srcIp)} is still advertising as address owner, please resolve - reducing our priority`, why)
    m.rogueUntilNs = null
    m.priority = PRIORITY_OWNER - 1
    m.totalPriority = PRIORITY_OWNER - 1
  } else {
    m.rogueAdvertIntNs = advertIntervalNs(advert)
    if (m.rogueAdverts > 0) return
    log(d, i, `${conflict}, please resolve`, why)
    m.rogueAdverts = ADVERTS_TO_WAIT
  }
}

function conflictOf(d: Draft, i: number, advert: VrrpAdvert): Cause {
  const own = nameOf(sourceIp(d, i) ?? 0)
  const peer = nameOf(advert.srcIp)
  const rule = isLater(d)
    ? 'the lower address gives way, and the higher one if that does not fall silent'
    : 'who hears the other is 254 from now on'
  return because(
    'vrrp-two-owners',
    `${peer} and ${own} both advertise ${PRIORITY_OWNER}: ${rule}`,
    { peer, own_address: own, peer_priority: advert.priority, priority: PRIORITY_OWNER },
    `${advert.priority} = ${PRIORITY_OWNER}`,
  )
}

/** A MASTER advertised by its timer. */
export function ownerAdvertised(d: Draft, i: number): void {
  const m = memoryOf(d, i)
  if (m.basePriority !== PRIORITY_OWNER || m.rogueAdverts === 0 || --m.rogueAdverts > 0) return
  const waitNs = (Math.max(m.rogueAdvertIntNs, configOf(d, i).advertIntNs) * A_BIT_MORE) / TENTHS
  m.rogueUntilNs = d.nowNs + waitNs
  log(d, i, `two adverts are out; the other address owner has ${secondsText(waitNs)} to fall silent`)
}

export function serveRogue(d: Draft, i: number): void {
  memoryOf(d, i).rogueUntilNs = null
  log(d, i, 'rogue address owner appears to have stopped advertising')
}

/** It is no MASTER any more. */
export function forgetRogue(d: Draft, i: number): void {
  const m = memoryOf(d, i)
  if (m.rogueUntilNs === null) m.rogueAdverts = 0
  m.rogueUntilNs = null
}

/** An owner that had given way is 255 again (2.3+). */
export function ownerAgain(d: Draft, i: number, why: string): void {
  const m = memoryOf(d, i)
  if (m.basePriority !== PRIORITY_OWNER || m.priority === PRIORITY_OWNER) return
  log(d, i, `Restoring our priority to ${PRIORITY_OWNER}: ${why}`)
  m.priority = PRIORITY_OWNER
  m.totalPriority = PRIORITY_OWNER
}
