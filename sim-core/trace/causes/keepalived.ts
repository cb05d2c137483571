/** Why keepalived's process begins and ends, and what its checkers do to the tables of IPVS. */
import type { RuleTable } from './rule.ts'

export const KEEPALIVED_RULES = {
  'keepalived-started': {
    says: 'keepalived starts when it is told to, or with its host',
    source: 'keepalived(8)',
    inputs: ['signal'],
  },
  'keepalived-stopping': { says: 'SIGTERM: keepalived stops in order', source: 'keepalived(8)', inputs: ['signal'] },
  'keepalived-stopped': {
    says: 'keepalived has ended when its children have',
    source: 'keepalived 2.2.7, main.c',
    inputs: ['stop_takes_s'],
  },
  'keepalived-killed': {
    says: 'SIGKILL: nothing is sent, nothing is taken back',
    source: 'signal(7); recording v05a',
    inputs: ['signal', 'vips'],
  },
  'keepalived-crashed': {
    says: 'a host without power loses its processes, addresses and tables',
    source: 'docs/SCENARIOS.md, crash',
    inputs: ['signal', 'vips'],
  },
  'keepalived-frozen': {
    says: 'SIGSTOP: the process stands still while the kernel queues for it',
    source: 'signal(7); recording v26a',
    inputs: ['signal'],
  },
  'keepalived-thawed': {
    says: 'SIGCONT: what waited is read before late timers are served',
    source: 'signal(7); recording v26a',
    inputs: ['signal', 'waited'],
  },
  'keepalived-reloaded': { says: 'SIGHUP: the configuration is read again', source: 'keepalived(8)', inputs: ['signal'] },
  'host-crashed': {
    says: 'what keepalived had set up is gone with the host’s power',
    source: 'docs/SCENARIOS.md, crash',
    inputs: ['vips'],
  },
  'keepalived-start': {
    says: 'keepalived makes its virtual servers when it starts',
    source: 'keepalived 2.2.7, ipwrapper.c; recording e07',
    inputs: ['virtual_servers'],
  },
  'keepalived-stop': {
    says: 'keepalived removes its virtual servers when it stops; entries of connections stay',
    source: 'keepalived 2.2.7, ipwrapper.c; recording e07',
    inputs: ['virtual_servers'],
  },
  'keepalived-reload': {
    says: 'a reload changes the table to what the new configuration says',
    source: 'keepalived 2.2.7, ipwrapper.c',
    inputs: ['signal'],
  },
  'keepalived-lvs-flush': {
    says: 'lvs_flush and lvs_flush_onstop empty the whole table',
    source: 'keepalived.conf(5), lvs_flush',
    inputs: ['option'],
  },
  'keepalived-lvs-timeouts': {
    says: 'lvs_timeouts sets the timeouts of ESTABLISHED, FIN_WAIT and UDP; a reload and the end restore what was before',
    source: 'keepalived.conf(5), lvs_timeouts; keepalived 2.2.7 on Linux 6.1',
    inputs: ['tcp_timeout_s', 'tcpfin_timeout_s', 'udp_timeout_s'],
  },
  'checker-up': {
    says: 'one success brings a server back',
    source: 'keepalived 2.2.7, check_api.c; recordings h01–h04',
    inputs: ['checker', 'since_s', 'delay_loop_s'],
  },
  'checker-down': {
    says: 'a server is taken out after retry + 1 failed checks in a row; at the first check after the start one is enough',
    source: 'keepalived 2.2.7, check_api.c; recordings h01–h04',
    inputs: ['checker', 'failures', 'retry', 'delay_before_retry_s', 'since_s'],
    arithmetic: true,
  },
  'checker-weight': {
    says: 'misc_dynamic: an exit status of 2 to 255 is the weight plus 2',
    source: 'keepalived.conf(5), misc_dynamic',
    inputs: ['exit_status', 'weight'],
    arithmetic: true,
  },
  'keepalived-quorum-gained': {
    says: 'the quorum is gained when the living weights reach quorum + hysteresis',
    source: 'keepalived 2.2.7, ipwrapper.c; recordings h03, h04',
    inputs: ['quorum', 'hysteresis', 'live_weight'],
    arithmetic: true,
  },
  'keepalived-quorum-lost': {
    says: 'the quorum is lost when the living weights fall below quorum − hysteresis, or to 0',
    source: 'keepalived 2.2.7, ipwrapper.c; recordings h03, h04',
    inputs: ['quorum', 'hysteresis', 'live_weight'],
    arithmetic: true,
  },
} as const satisfies RuleTable
