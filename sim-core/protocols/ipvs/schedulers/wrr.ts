/**
 * Weighted round robin by descending passes: in a pass with current weight cw every server with at least that weight is
 * chosen once, then cw falls by the greatest common divisor of the weights (net/netfilter/ipvs/ip_vs_wrr.c).
 *
 * After servers have been added one by one cw is 1, so the first pass takes every server once; recording p05 and s02.
 */
import type { Service } from '../services.ts'
import { NOBODY, type Scheduler, type SchedulingContext } from './contract.ts'

interface WrrState {
  /** Server chosen last; 0 = the pass begins at the head of the list. */
  last: number
  /** Weight a server must have in this pass. */
  current: number
  /** Weight of the first pass: the largest weight − (step − 1). */
  first: number
  /** Greatest common divisor of the weights above 0. */
  step: number
}

export const wrr: Scheduler = {
  name: 'wrr',
  rule: 'rr in passes: first those with the largest weight, then also the lighter ones',
  init(service, context) {
    const { first, step } = measure(service, context)
    return { last: 0, current: first, first, step } satisfies WrrState
  },
  changed(service, context) {
    const state = service.state as WrrState
    Object.assign(state, measure(service, context), { last: 0 })
    if (state.current > state.first || state.current === 0) state.current = state.first
    else if (state.step > 1) state.current = Math.floor(state.current / state.step) * state.step + 1
  },
  schedule(service, { dests }) {
    const { servers } = service
    const state = service.state as WrrState
    if (state.first === 0) return NOBODY
    const from = state.last === 0 ? -1 : servers.indexOf(state.last)
    let position = from
    let lastPass = false
    let restarted = false
    let end = -1
    // Nobody is found once every server was asked in a pass for weight ≥ 1: a whole one, or its two halves around `from`.
    for (;;) {
      for (position++; position < servers.length; position++) {
        const dest = servers[position]
        if (dests.usable(dest) && dests.weight[dest] >= state.current) {
          state.last = dest
          return dest
        }
        if (position === end) return NOBODY
      }
      position = -1
      state.current -= state.step
      if (state.current <= 0) {
        state.current = state.first
        if (lastPass || from === -1) {
          state.last = 0
          return NOBODY
        }
        restarted = true
      }
      lastPass = state.current <= state.step
      if (lastPass && restarted && from !== -1) end = from
    }
  },
}

function measure(service: Service, { dests }: SchedulingContext): { first: number; step: number } {
  let divisor = 0
  let largest = 0
  for (const dest of service.servers) {
    const weight = dests.weight[dest]
    if (weight > 0) divisor = greatestCommonDivisor(weight, divisor)
    if (weight > largest) largest = weight
  }
  const step = divisor === 0 ? 1 : divisor
  return { step, first: largest - (step - 1) }
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
