/** The priority that an instance advertises when all is well, and when one tracker is not (semantics §2.9). Tested in test/plan/check/parts.test.ts. */
import {
  fileStatus,
  PRIORITY_OWNER,
  type VrrpConfig,
  type VrrpInstanceConfig,
  type VrrpTracker,
  weightOf,
} from '../../protocols/vrrp/index.ts'

/** What a tracker adds while good (or bad); files have the number that they begin with. */
function added(tracker: VrrpTracker, good: boolean, config: VrrpConfig): number {
  if (tracker.kind !== 'file') return weightOf(tracker, good)
  return fileStatus(tracker, config.files.find(f => f.name === tracker.name)?.initialValue ?? 0)
}

/** `failed`: the tracker that is bad; none: all are good. */
export function effectivePriority(instance: VrrpInstanceConfig, config: VrrpConfig, failed?: VrrpTracker): number {
  if (instance.priority === PRIORITY_OWNER) return PRIORITY_OWNER
  let total = instance.priority
  for (const tracker of instance.trackers) total += added(tracker, tracker !== failed, config)
  return Math.min(PRIORITY_OWNER - 1, Math.max(1, total))
}
