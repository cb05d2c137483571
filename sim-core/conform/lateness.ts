/**
 * A process that acted later than its machine did: what it armed while it acted counts from when it really acted.
 * Moves the deadlines that a step set, and no others.
 */
import type { KeepalivedState } from '../daemons/keepalived/index.ts'
import type { VrrpState } from '../protocols/vrrp/index.ts'

export function withLateness(before: KeepalivedState, after: KeepalivedState, lateNs: number): KeepalivedState {
  return lateNs === 0 ? after : { ...after, vrrp: lateVrrp(before.vrrp, after.vrrp, lateNs) }
}

function lateVrrp(before: VrrpState, after: VrrpState, lateNs: number): VrrpState {
  const moved = (was: number | null | undefined, is: number | null) => (is === null || is === was ? is : is + lateNs)
  return {
    ...after,
    endsAtNs: moved(before.endsAtNs, after.endsAtNs),
    garpQueueAtNs: moved(before.garpQueueAtNs, after.garpQueueAtNs),
    instances: after.instances.map((instance, i) => {
      const was = before.instances[i]
      return {
        ...instance,
        expiresNs: moved(was?.expiresNs, instance.expiresNs),
        garpRefreshAtNs: moved(was?.garpRefreshAtNs, instance.garpRefreshAtNs) as number,
      }
    }),
    garpTimers: after.garpTimers.map(timer => {
      const was = before.garpTimers.find(t => t.id === timer.id)
      return { ...timer, atNs: moved(was?.atNs, timer.atNs) as number }
    }),
  }
}
