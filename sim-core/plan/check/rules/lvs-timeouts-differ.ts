/** Lvs_timeouts differ between hosts. */
import type { CheckedHost } from '../cluster.ts'
import type { Rule } from '../rule.ts'

/** net/netfilter/ipvs/ip_vs_proto_tcp.c, ip_vs_proto_udp.c; 0 keeps them. */
const KERNEL = { tcpS: 900, tcpFinS: 120, udpS: 300 }
const KEPT = { tcpS: 0, tcpFinS: 0, udpS: 0 }

export const lvsTimeoutsDiffer: Rule = {
  id: 'lvs-timeouts-differ',
  severity: 'note',
  title: 'lvs_timeouts differ between hosts',
  why: 'Connections live longer on one balancer than on another; after a takeover idle ones are forgotten early.',
  fix: 'write the same lvs_timeouts on all hosts',
  source: 'ipvsadm(8), --set; keepalived.conf(5), lvs_timeouts',
  check(checked, tell) {
    const text = (h: CheckedHost): string => {
      const { tcpS, tcpFinS, udpS } = h.config.globals.lvsTimeouts ?? KEPT
      return `tcp ${tcpS || KERNEL.tcpS} tcpfin ${tcpFinS || KERNEL.tcpFinS} udp ${udpS || KERNEL.udpS}`
    }
    const [first, ...rest] = checked.cluster.hosts
    for (const h of rest)
      if (text(h) !== text(first))
        tell(
          h.config.globals.where['lvs_timeouts'] ?? { file: h.config.file, line: 1, column: 1 },
          `lvs_timeouts are ${text(first)} on ${first.name} and ${text(h)} on ${h.name}`,
        )
  },
}
