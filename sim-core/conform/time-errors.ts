/** How far a run's VRRP events are from the recorded ones in time, apart for the two ways of recording. */
import type { CaseScore } from './score.ts'

export interface TimeErrors {
  readonly count: number
  /** Of the absolute values, s. */
  readonly medianS: number
  readonly worstS: number
}

export function timeErrors(scores: readonly CaseScore[]): readonly (readonly [string, TimeErrors])[] {
  const of = (lockstep: boolean) => errorsOf(scores.filter(s => s.group === 'vrrp' && s.lockstep === lockstep).flatMap(s => s.errorsS))
  return [
    ['VRRP in virtual time', of(false)],
    ['VRRP in lockstep', of(true)],
  ]
}

export function errorsOf(errorsS: readonly number[]): TimeErrors {
  const sizes = errorsS.map(Math.abs).sort((a, b) => a - b)
  return { count: sizes.length, medianS: sizes[Math.floor(sizes.length / 2)] ?? 0, worstS: sizes.at(-1) ?? 0 }
}
