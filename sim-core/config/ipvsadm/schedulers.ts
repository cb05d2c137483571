/**
 * Names that ipvsadm and the kernel know: schedulers and their flags. A flag has a number in the kernel; `sh-port` and
 * `flag-2` are the same bit (linux/ip_vs.h), so flags are kept by the scheduler's own name, in the order of the bits.
 */
export const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh', 'twos'] as const

const OWN_FLAGS: Readonly<Record<string, readonly string[]>> = { sh: ['sh-fallback', 'sh-port'], mh: ['mh-fallback', 'mh-port'] }
const GENERIC_FLAGS = ['flag-1', 'flag-2', 'flag-3']
export const SCHEDULER_FLAGS: readonly string[] = [...GENERIC_FLAGS, 'sh-fallback', 'sh-port', 'mh-fallback', 'mh-port']

/** The flags of a scheduler in the order in which ipvsadm prints them. */
export const flagsOf = (scheduler: string): readonly string[] => {
  const named = OWN_FLAGS[scheduler] ?? []
  return [...named, ...GENERIC_FLAGS.slice(named.length)]
}

/** The flag as the scheduler calls it, or undefined when it is another scheduler's. */
export function canonicalFlag(scheduler: string, flag: string): string | undefined {
  const flags = flagsOf(scheduler)
  const generic = GENERIC_FLAGS.indexOf(flag)
  return generic >= 0 ? flags[generic] : flags.find(f => f === flag)
}

/** Flags without doubles, in the order of their bits. */
export const sortFlags = (scheduler: string, flags: readonly string[]): string[] => flagsOf(scheduler).filter(f => flags.includes(f))
