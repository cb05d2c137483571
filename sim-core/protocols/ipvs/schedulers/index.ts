/** Every scheduler by name. A new one is a file and a line here. */
import type { KernelRelease } from '../environment.ts'
import type { Scheduler } from './contract.ts'
import { dh, sh } from './hashing.ts'
import { fo, ovf } from './heaviest.ts'
import { lc, nq, sed, wlc } from './least-connection.ts'
import { lblc, lblcr } from './locality.ts'
import { mh } from './mh.ts'
import { rr } from './rr.ts'
import { twos } from './twos.ts'
import { wrr } from './wrr.ts'

export { NOBODY, type Scheduler, type ScheduleRequest, type SchedulingContext, type ServerChange } from './contract.ts'

export const SCHEDULERS: readonly Scheduler[] = [rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos]

const byName = new Map(SCHEDULERS.map(s => [s.name, s]))

/** Schedulers that a release does not have: mh came with 4.18, twos with 5.12. */
const MISSING: Readonly<Record<KernelRelease, readonly string[]>> = { '4.4': ['mh', 'twos'], '5.x': ['twos'], '6.x': [] }

/** The scheduler, if the kernel has it. */
export const schedulerOf = (name: string, kernel: KernelRelease): Scheduler | undefined =>
  MISSING[kernel].includes(name) ? undefined : byName.get(name)

export const schedulerNamed = (name: string): Scheduler | undefined => byName.get(name)
