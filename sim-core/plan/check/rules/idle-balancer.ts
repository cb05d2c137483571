/** A balancer is MASTER of nothing while all live. */
import type { Rule } from '../rule.ts'

export const idleBalancer: Rule = {
  id: 'idle-balancer',
  severity: 'note',
  title: 'a balancer is MASTER of nothing while all live',
  why: 'It is paid for and carries nothing until another is lost; whether it works is only known then.',
  fix: 'give it the highest priority for some VIPs; lvsim plan finds orders that leave nobody idle',
  source: 'the coursework’s third question: no balancer idle in normal times',
  scenario: 'scenarios/lint/idle-balancer/scenario.yaml',
  check(checked, tell) {
    const { cluster, masters } = checked
    if (cluster.routers.length === 0) return
    const busy = new Set(masters.flat().map(m => m.host))
    cluster.hosts.forEach((host, h) => {
      const [first] = host.config.instances
      if (!busy.has(h) && first !== undefined)
        tell(first.at, `${host.name} is MASTER of none of ${cluster.vips.length === 1 ? 'the one VIP' : `${cluster.vips.length} VIPs`}`)
    })
  },
}
