/** The kernel's clock of a case: as measured, or as Linux boots (HZ 100, jiffies from five minutes before they wrap). */
import { JiffyClock } from '../base/timer-wheel.ts'
import { SECOND_NS } from '../base/units.ts'
import type { CaseFile } from './case-file.ts'

const DEFAULT_HZ = 100

export function ticksOf({ measured }: CaseFile): { hz: number; jiffiesAtStart: number } {
  const hz = measured.hz ?? DEFAULT_HZ
  return { hz, jiffiesAtStart: measured.jiffies_at_t0 ?? 2 ** 32 - 300 * hz }
}

/** Timers of the case's kernels, in seconds: never early, late as the timer wheel is. */
export interface CaseClock {
  after(fromS: number, spanS: number): number
}

export function clockOf(recorded: CaseFile): CaseClock {
  const { hz, jiffiesAtStart } = ticksOf(recorded)
  const clock = new JiffyClock(hz, jiffiesAtStart)
  return { after: (fromS, spanS) => clock.fireAt(Math.round(fromS * SECOND_NS), Math.round(spanS * hz)) / SECOND_NS }
}
