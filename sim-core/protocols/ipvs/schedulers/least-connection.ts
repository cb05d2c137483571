/** The schedulers that compare loads: lc, wlc, sed, nq. They keep no state; among equals the first of the list wins. */
import type { Destinations } from '../destinations.ts'
import { NOBODY, type Scheduler } from './contract.ts'

/** The server with the least load / weight; divisions are avoided by comparing cross products, as the kernel does. */
export function leastWeighted(servers: readonly number[], dests: Destinations, load: (dest: number) => number): number {
  let best = NOBODY
  let bestLoad = 0
  for (const dest of servers) {
    if (!dests.usable(dest)) continue
    const l = load(dest)
    if (best === NOBODY || bestLoad * dests.weight[dest] > l * dests.weight[best]) {
      best = dest
      bestLoad = l
    }
  }
  return best
}

export const wlcChoice = (servers: readonly number[], dests: Destinations): number => leastWeighted(servers, dests, d => dests.overhead(d))
const sedChoice = (servers: readonly number[], dests: Destinations): number => leastWeighted(servers, dests, d => dests.active[d] + 1)

export const lc: Scheduler = {
  name: 'lc',
  rule: 'least 256 × active + inactive; weights above 0 do not matter',
  init: () => null,
  schedule(service, { dests }) {
    let best = NOBODY
    for (const dest of service.servers)
      if (dests.usable(dest) && (best === NOBODY || dests.overhead(dest) < dests.overhead(best))) best = dest
    return best
  },
}

export const wlc: Scheduler = {
  name: 'wlc',
  rule: 'least (256 × active + inactive) / weight',
  init: () => null,
  schedule: (service, { dests }) => wlcChoice(service.servers, dests),
}

export const sed: Scheduler = {
  name: 'sed',
  rule: 'least (active + 1) / weight: the shortest expected delay',
  init: () => null,
  schedule: (service, { dests }) => sedChoice(service.servers, dests),
}

export const nq: Scheduler = {
  name: 'nq',
  rule: 'the first server without an active connection, else as sed',
  init: () => null,
  schedule(service, { dests }) {
    for (const dest of service.servers) if (dests.usable(dest) && dests.active[dest] === 0) return dest
    return sedChoice(service.servers, dests)
  },
}
