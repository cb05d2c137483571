/** IPv4 and IPv6 in one virtual_ipaddress. */
import type { Rule } from '../rule.ts'

export const vipFamily: Rule = {
  id: 'vip-family',
  severity: 'warning',
  title: 'IPv4 and IPv6 in one virtual_ipaddress',
  why: 'An instance speaks one protocol, that of its first address. keepalived ignores the addresses of the other: no host ever holds them.',
  fix: 'move them to virtual_ipaddress_excluded, or give each protocol an instance of its own',
  source: 'keepalived 2.2.7: "address family must match VRRP instance - ignoring"',
  codes: ['vip-family'],
}
