/** A virtual service differs between hosts. */
import { type Service, servicesOf } from '../services.ts'
import type { Rule } from '../rule.ts'

const textOf = (s: Service): string =>
  `${s.scheduler}, ${s.servers
    .map(r => `${r.address}:${r.port} ${r.forward} weight ${r.weight}`)
    .sort()
    .join(', ')}`

export const realServersDiffer: Rule = {
  id: 'real-servers-differ',
  severity: 'warning',
  title: 'a virtual service differs between hosts',
  why: 'After a takeover other servers get the connections, or in another proportion; synchronised connections find no server.',
  fix: 'write the same real servers, weights and scheduler on all hosts',
  source: 'IPVS connection sync',
  scenario: 'scenarios/lint/real-servers-differ/scenario.yaml',
  check(checked, tell) {
    const first = new Map<string, { host: string; text: string }>()
    for (const host of checked.cluster.hosts)
      for (const s of servicesOf(host)) {
        const text = textOf(s)
        const there = first.get(s.name)
        if (there === undefined) first.set(s.name, { host: host.name, text })
        else if (there.text !== text) tell(s.at, `${s.name}: ${host.name} has ${text}; ${there.host} has ${there.text}`)
      }
  },
}
