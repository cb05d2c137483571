/** fo and ovf: everything to the server of the highest weight, until it is gone (fo) or full (ovf). */
import { NOBODY, type Scheduler } from './contract.ts'

export const fo: Scheduler = {
  name: 'fo',
  rule: 'the server of the highest weight; the others wait for its failure',
  init: () => null,
  schedule(service, { dests }) {
    let best = NOBODY
    for (const dest of service.servers) if (dests.usable(dest) && (best === NOBODY || dests.weight[dest] > dests.weight[best])) best = dest
    return best
  },
}

export const ovf: Scheduler = {
  name: 'ovf',
  rule: 'the server of the highest weight that has at most as many active connections as its weight',
  init: () => null,
  schedule(service, { dests }) {
    let best = NOBODY
    for (const dest of service.servers) {
      if (!dests.usable(dest) || dests.active[dest] > dests.weight[dest]) continue
      if (best === NOBODY || dests.weight[dest] > dests.weight[best]) best = dest
    }
    return best
  },
}
