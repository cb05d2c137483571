/** twos: the power of two choices. The only scheduler that draws random numbers, from a stream of the host's own. */
import { uniformInteger } from '../../../base/random.ts'
import { NOBODY, type Scheduler } from './contract.ts'

export const twos: Scheduler = {
  name: 'twos',
  rule: 'of two servers drawn at random by weight, the one with less load / weight',
  init: () => null,
  schedule(service, { dests, random }) {
    const usable = service.servers.filter(d => dests.usable(d))
    let total = 0
    for (const dest of usable) total += dests.weight[dest]
    if (total === 0) return NOBODY
    // The kernel draws from 0 to the total inclusive, so the first server has one ticket more than its weight.
    const first = drawn(usable, dests.weight, uniformInteger(random, total + 1))
    const second = drawn(usable, dests.weight, uniformInteger(random, total + 1))
    return dests.weight[second] * dests.overhead(first) > dests.weight[first] * dests.overhead(second) ? second : first
  },
}

function drawn(usable: readonly number[], weight: Int32Array, ticket: number): number {
  let left = ticket
  for (const dest of usable) {
    left -= weight[dest]
    if (left <= 0) return dest
  }
  return usable[usable.length - 1]
}
