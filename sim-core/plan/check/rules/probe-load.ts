/** A real server is checked very often. */
import { probesOf } from '../probes.ts'
import { servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

const LIMIT_PER_S = 10

export const probeLoad: Rule = {
  id: 'probe-load',
  severity: 'note',
  title: 'a real server is checked very often',
  why: 'Every director checks every server of every service, also those that it does not own: directors × services / delay_loop.',
  fix: 'write a longer delay_loop, ha_suspend, or one check for services that share a server',
  source: 'keepalived 2.2.7; keepalived issue 2358',
  scenario: 'scenarios/lint/probe-load/scenario.yaml',
  check(checked, tell) {
    const { byServer } = probesOf(checked.cluster)
    for (const [address, perS] of byServer) {
      if (perS <= LIMIT_PER_S) continue
      const at = checked.cluster.hosts
        .flatMap(servicesOf)
        .flatMap(s => s.servers)
        .find(s => s.address === address)?.at
      if (at !== undefined)
        tell(at, `${address} is checked ${Number(perS.toFixed(1))} times a second by ${checked.cluster.hosts.length} directors`)
    }
  },
}
