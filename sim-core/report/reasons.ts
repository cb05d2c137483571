/** Why a window does not hold, one clause each. */
import { counted, type Reason, showCount, showRatio } from '../metrics/index.ts'

export function reasonText(reason: Reason): string {
  if (reason.kind === 'unserved') return `no packet to ${reason.vip} was delivered`
  if (reason.kind === 'overload') return `${reason.link} is offered ${showRatio(reason.offered)} of its wire rate`
  if (reason.counts === 'requests') return `${showCount(reason.lost)} of ${reason.traffic}'s requests failed (${showRatio(reason.loss)})`
  return `${showRatio(reason.loss)} of ${reason.traffic} is lost (${counted(reason.lost, 'packet')})`
}
