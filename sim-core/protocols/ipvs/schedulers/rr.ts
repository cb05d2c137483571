/** Round robin: remembers one server and goes on behind it (net/netfilter/ipvs/ip_vs_rr.c); recordings s01, i01, i12. */
import { NOBODY, type Scheduler } from './contract.ts'

/** The server that was chosen last, 0 before the first choice: the search goes on behind it, around the list. */
export const rr: Scheduler = {
  name: 'rr',
  rule: 'the next server of the list after the one chosen last; a weight only matters when it is 0',
  init: () => 0,
  changed(service, _context, change) {
    if (change.kind === 'removed' && service.state === change.dest) service.state = service.servers[change.position - 1] ?? 0
  },
  schedule(service, { dests }) {
    const { servers } = service
    const last = service.state === 0 ? -1 : servers.indexOf(service.state as number)
    for (let k = 1; k <= servers.length; k++) {
      const dest = servers[(last + k) % servers.length]
      if (dests.usable(dest)) {
        service.state = dest
        return dest
      }
    }
    return NOBODY
  },
}
