/**
 * How late a timer runs on a host that has other things to do. Log-logistic with the shape of 1152 advert intervals recorded in
 * real time: of the median 0.3 times at the 10th percentile, 1.8 at the 75th, 3.3 at the 90th, 12 at the 99th.
 */
import { pow } from '../base/math.ts'
import type { RandomStream } from '../base/random.ts'
import { MILLISECOND_NS } from '../base/units.ts'

const SHAPE = 0.545
/** Beyond what was ever recorded (60 ms). */
const LATENESS_MAX_NS = 100 * MILLISECOND_NS

export function lateness(medianNs: number, stream: RandomStream): number {
  const u = stream.next()
  return Math.min(LATENESS_MAX_NS, Math.round(medianNs * pow(u / (1 - u), SHAPE)))
}
