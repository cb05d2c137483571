/** Why a request of a client was late, or failed. */
import type { RuleTable } from './rule.ts'

const INPUTS = ['elapsed_s', 'syn_retransmits', 'retransmits'] as const

export const REQUEST_RULES = {
  'request-delayed': {
    says: 'a request is late when its SYN, or a segment, had to be sent again or waited on the way',
    source: 'RFC 6298 §2, §5; tcp_timer.c of Linux',
    inputs: INPUTS,
  },
  'request-open': { says: 'the run ended before the request did', source: 'docs/SCENARIOS.md, duration', inputs: INPUTS },
  'request-status': {
    says: 'the server answered with a status of 400 or more',
    source: 'RFC 9110 §15.5, §15.6',
    inputs: [...INPUTS, 'status'],
  },
  'request-reset': { says: 'an RST of the server’s side ended the connection', source: 'RFC 9293 §3.10.7.4', inputs: INPUTS },
  'request-reset-by-stranger': {
    says: 'another director than the one that passed the request on does not know the connection and resets it',
    source: 'ip_vs_proto_tcp.c, tcp_conn_schedule; recordings y03, p08a',
    inputs: [...INPUTS, 'director'],
  },
  'request-closed-early': { says: 'the server closed before its answer was complete', source: 'RFC 9112 §8', inputs: INPUTS },
  'request-refused-rst': {
    says: 'the SYN was answered with RST: nobody listens there',
    source: 'RFC 9293 §3.10.7.1, §3.10.7.3',
    inputs: INPUTS,
  },
  'request-refused-icmp': {
    says: 'the SYN was answered with ICMP port unreachable: the service has no server',
    source: 'ip_vs_core.c, ip_vs_leave; recording s12',
    inputs: INPUTS,
  },
  'request-unreachable': { says: 'the SYN was answered with ICMP host unreachable', source: 'RFC 1122 §4.2.3.9', inputs: INPUTS },
  'request-max-time': { says: 'the client’s own time limit ended the request', source: 'curl(1), --max-time', inputs: INPUTS },
  'request-gave-up': { says: 'TCP gave up after its last retransmission', source: 'tcp(7), tcp_syn_retries, tcp_retries2', inputs: INPUTS },
  'request-no-port': { says: 'the client had no free source port', source: 'ip(7), ip_local_port_range', inputs: INPUTS },
  'request-client-down': { says: 'the client lost its power', source: 'docs/SCENARIOS.md, crash', inputs: INPUTS },
} as const satisfies RuleTable
