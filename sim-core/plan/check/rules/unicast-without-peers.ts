/** Unicast without peers falls back to multicast. */
import type { Rule } from '../rule.ts'

export const unicastWithoutPeers: Rule = {
  id: 'unicast-without-peers',
  severity: 'warning',
  title: 'unicast without peers falls back to multicast',
  why: 'The host sends to 224.0.0.18 and listens there; hosts that use unicast do not hear it.',
  fix: 'add unicast_peer with the other hosts',
  source: 'keepalived 2.2.7 vrrp_complete_instance',
  scenario: 'scenarios/lint/unicast-without-peers/scenario.yaml',
  codes: ['unicast-without-peers'],
}
