/** Why IPVS makes, keeps, counts, follows, refuses and forgets connections. */
import type { RuleTable } from './rule.ts'

const PROTO = 'ip_vs_proto_tcp.c'
const CONN = 'ip_vs_conn.c'
const CORE = 'ip_vs_core.c'

export const IPVS_RULES = {
  'ipvs-input-only-fin': {
    says: 'a director that sees only the client’s packets takes its FIN for the end: FIN_WAIT, counted as InActConn',
    source: `${PROTO}, INPUT_ONLY; recording i01`,
    inputs: ['service', 'client', 'timeout_s', 'hz', 'last_packet_s', 'gone_s'],
    arithmetic: true,
  },
  'ipvs-no-destination': {
    says: 'a service without a server that may be chosen refuses: ICMP port unreachable, six at once, then one a second',
    source: `${CORE}, ip_vs_leave; recordings s12, p04`,
    inputs: ['service', 'client', 'servers', 'quiesced', 'overloaded', 'scheduler', 'icmp_burst', 'icmp_rate_per_s'],
    arithmetic: true,
  },
  'ipvs-port-zero': {
    says: 'a service for all ports (port 0) without persistence refuses every packet',
    source: `${CORE}, ip_vs_schedule`,
    inputs: ['service', 'client', 'port'],
  },
  'ipvs-threshold-reached': {
    says: 'a server with u-threshold connections gets no new ones',
    source: `${CONN}, ip_vs_bind_dest; recording s12`,
    inputs: ['service', 'server', 'active', 'inactive', 'upper_threshold'],
    arithmetic: true,
  },
  'ipvs-synced-connection': {
    says: 'a director goes on with a connection that another director’s sync daemon had told it of',
    source: 'ip_vs_sync.c, ip_vs_proc_conn; recordings y02, e06',
    inputs: ['service', 'client', 'server', 'sync_threshold', 'sync_period', 'sync_lag_s'],
    arithmetic: true,
  },
  'ipvs-unknown-connection': {
    says: 'a packet that is no SYN and has no entry opens nothing while sloppy_tcp is 0; the director’s own TCP answers RST',
    source: `${PROTO}, tcp_conn_schedule; recordings y03, p08a`,
    inputs: ['service', 'client', 'flags', 'sloppy_tcp'],
  },
  'ipvs-dead-destination': {
    says: 'with expire_nodest_conn 0 packets of connections to a removed server are dropped and the entry stays',
    source: `${CORE}, ip_vs_in; recording p03a`,
    inputs: ['server', 'client', 'expire_nodest_conn', 'timeout_s'],
  },
  'ipvs-conntrack-drop': {
    says: 'with conntrack 1 a connection that is scheduled anew ends its conntrack and loses its SYN',
    source: `${CORE}, ip_vs_conn_uses_old_conntrack`,
    inputs: ['client', 'conntrack'],
  },
  'ipvs-dest-removed': {
    says: 'connections of a removed server end at once with expire_nodest_conn 1; else they get no answer until they expire',
    source: `${CONN}, ip_vs_ctl.c; recordings p03a, p03b`,
    inputs: ['service', 'server', 'connections', 'active', 'inactive', 'expire_nodest_conn'],
    arithmetic: true,
  },
  'ipvs-command': {
    says: 'ipvsadm changes the table as its rules say',
    source: 'ipvsadm(8)',
    inputs: ['command', 'file', 'line'],
  },
  'ipvs-command-refused': {
    says: 'a command that does not fit the table changes nothing',
    source: 'ipvsadm(8); ip_vs_ctl.c',
    inputs: ['command', 'answer'],
  },
  'ipvs-drop-packet': {
    says: 'drop_packet 3 drops each am_droprate-th packet that would open a connection',
    source: `${CORE}, drop_packet`,
    inputs: ['am_droprate', 'drop_packet'],
  },
  // ---- entries
  'entry-scheduled': {
    says: 'the first packet of a connection makes an entry with the server that the scheduler chooses',
    source: `${CORE}, ip_vs_schedule`,
    inputs: ['service', 'client', 'server', 'scheduler', 'weight', 'active', 'inactive'],
  },
  'template-made': {
    says: 'the first connection of a client network to a persistent service makes a template, which leads the next ones to the same server',
    source: `${CORE}, ip_vs_sched_persist; recording p01`,
    inputs: ['service', 'client', 'server', 'persistence_s'],
  },
  'entry-from-template': {
    says: 'a connection of a client that has a persistence template goes to the template’s server',
    source: `${CORE}, ip_vs_sched_persist; recording p01`,
    inputs: ['service', 'client', 'server', 'persistence_s'],
  },
  'entry-synced': {
    says: 'the sync daemon of another director told of the connection',
    source: 'ip_vs_sync.c, ip_vs_proc_conn; recording y02',
    inputs: ['service', 'client', 'server', 'state', 'timeout_s'],
  },
  'entry-state': {
    says: 'the table of states, the packet’s flags and who sent it give the next state, its timeout and how it is counted',
    source: `${PROTO}, set_tcp_state; recordings i01–i12`,
    inputs: ['service', 'client', 'state_before', 'state', 'flags', 'direction', 'table', 'timeout_s', 'counts_as'],
  },
  'entry-expired': {
    says: 'an entry goes when its timer wheel comes round after the timeout of its state without a packet',
    source: `${CONN}, ip_vs_conn_expire; kernel/time/timer.c; recording i01`,
    inputs: ['service', 'client', 'state', 'last_packet_s', 'timeout_s', 'overdue_s'],
    arithmetic: true,
  },
  'entry-ended': {
    says: 'an entry is ended before its time: replaced by a new connection, its server is gone, or a defence dropped it',
    source: `${CONN}, ip_vs_conn_expire_now, ip_vs_random_dropentry`,
    inputs: ['service', 'client', 'state'],
  },
  'entry-waits': {
    says: 'an entry stays for the timeout of its state after the last packet, and until the timer wheel comes round',
    source: `${CONN}; kernel/time/timer.c; recording i01`,
    inputs: ['state', 'counts_as', 'last_packet_s', 'timeout_s', 'gone_s', 'overdue_s', 'expire_s', 'hz'],
    arithmetic: true,
  },
  'template-waits': {
    says: 'a persistence template stays for the persistence timeout after its last new connection',
    source: `${CONN}; recording p01`,
    inputs: ['state', 'counts_as', 'last_packet_s', 'timeout_s', 'gone_s', 'overdue_s', 'expire_s', 'hz'],
    arithmetic: true,
  },
  'template-held': {
    says: 'a template whose time is up while it controls connections waits another 60 s, again and again',
    source: `${CONN}, ip_vs_conn_expire; recording p01`,
    inputs: ['state', 'counts_as', 'connections', 'last_packet_s', 'timeout_s', 'gone_s', 'overdue_s', 'expire_s', 'hz'],
    arithmetic: true,
  },
} as const satisfies RuleTable
