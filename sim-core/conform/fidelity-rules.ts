/**
 * Every rule that lvsim follows, by the part of the facts it stems from (semantics of keepalived and IPVS), and what holds
 * it: recordings of test/conformance, or tests. docs/FIDELITY.md prints it; a test checks that all of them exist.
 */
export interface FidelityRule {
  readonly rule: string
  /** Recordings (`v02a`, `i01`), or test files below test/. */
  readonly heldBy: readonly string[]
}

export interface FidelitySection {
  readonly title: string
  readonly rules: readonly FidelityRule[]
}

const rule = (text: string, ...heldBy: string[]): FidelityRule => ({ rule: text, heldBy })

export const FIDELITY_RULES: readonly FidelitySection[] = [
  {
    title: 'VRRP: timers and elections',
    rules: [
      rule('skew and master-down interval, version 2 and 3', 'v02a', 'v11a', 'v12a', 'v13a', 'v33', 'protocols/vrrp/intervals.test.ts'),
      rule(
        'takeover = last accepted advert + master-down interval of the own priority',
        'v02a',
        'v02b',
        'v02c',
        'v21a',
        'v29',
        'v30',
        'v44',
      ),
      rule('cable pull, partition, kill and crash look the same to the peers', 'v02a', 'v03a', 'v05a', 'v07a'),
      rule('priority 0: takeover after the skew', 'v04a', 'v04b', 'v04c', 'v10b'),
      rule('start: the full master-down interval; state MASTER is a hint', 'v01', 'v06a', 'v06b', 'v47', 'v52'),
      rule('a better node that returns takes over master-down after it was ready', 'v05a', 'v05b', 'v05c'),
      rule('the address owner (255) is MASTER at once; two owners', 'v10a', 'v35', 'v36'),
      rule('nopreempt acts on the receiver; state MASTER clears it', 'v07a', 'v07b', 'v07c', 'v07d', 'v38'),
      rule('preempt_delay', 'v08a', 'v08b', 'v08c'),
      rule('equal priorities: the address decides between two MASTERs only', 'v09a', 'v09b', 'v09c', 'v28a', 'v28b', 'v28c'),
      rule('a MASTER answers a lower priority at once and restarts its timer', 'v25a', 'v25c', 'v31'),
      rule('every packet for the VRID restarts a MASTER’s advert timer, rejected ones too', 'v22', 'v23', 'v24', 'v40'),
      rule('version, interval, authentication and VIP list mismatches', 'v22', 'v23', 'v24', 'v40', 'protocols/vrrp/clauses.test.ts'),
      rule('higher_prio_send_advert, lower_prio_no_advert, down_timer_adverts', 'v31', 'v32', 'v48'),
      rule('unicast peers', 'v14a', 'v14b', 'v43'),
      rule('vrrp_startup_delay, and how lower-priority adverts stretch it', 'v27a', 'v27b'),
      rule('frozen processes: queued adverts are read before late timers', 'v26a', 'v26b', 'v26c'),
      rule('reload as MASTER and as BACKUP', 'v19a', 'v19b', 'v19c'),
      rule('advert_int is rounded; priorities out of range', 'v37', 'config/keepalived-vrrp.test.ts'),
      rule('every sentence of the state machine, one instance', 'protocols/vrrp/clauses.test.ts'),
      rule('configuration normalised as keepalived does it, vrrp_strict too', 'v49', 'config/keepalived-vrrp.test.ts'),
      rule(
        '2.3+: another list of VIPs is accepted; nothing is read during vrrp_startup_delay',
        'protocols/vrrp/recorded-2.3.4.test.ts',
        'protocols/vrrp/releases.test.ts',
      ),
      rule(
        '2.3+: of two owners the lower address gives way; owner_ignore_adverts',
        'protocols/vrrp/releases.test.ts',
        'protocols/vrrp/recorded-2.3.4.test.ts',
      ),
      rule('2.3+: timer_expired_backup after a process stood still', 'protocols/vrrp/recorded-2.3.4.test.ts', 'compile/releases.test.ts'),
      rule('keywords and fractions that 2.2.7 and 2.3.4 read differently', 'config/keepalived-releases.test.ts'),
    ],
  },
  {
    title: 'VRRP: gratuitous ARP',
    rules: [
      rule('5 frames on entering MASTER, 5 more garp_master_delay later', 'v06a', 'v20e', 'v51'),
      rule('after a heal nobody announces when the winner spoke first', 'v03a', 'v03b', 'v03c', 'v08c', 'v32'),
      rule('a lower-priority advert gives a block now and one later; timers are not merged', 'v20c', 'v25a', 'v25c'),
      rule('garp_lower_prio_* come from the global settings; vrrp_strict', 'v20b', 'v49'),
      rule('refresh on the tick of an advert', 'v20a', 'v20b'),
      rule('round-robin over VIPs; vrrp_garp_interval loses the repeats', 'v20d', 'v50'),
      rule(
        '2.3+: garp_master_refresh is a timer that nothing stops; a paced frame is not lost',
        'protocols/vrrp/releases.test.ts',
        'protocols/vrrp/recorded-2.3.4.test.ts',
      ),
      rule('2.3+: what a reload announces', 'protocols/vrrp/releases.test.ts', 'protocols/vrrp/recorded-2.3.4.test.ts'),
    ],
  },
  {
    title: 'VRRP: tracking and groups',
    rules: [
      rule('scripts: interval, rise, fall, weight, FAULT at weight 0', 'v16a', 'v16d', 'v17a', 'v17b', 'v18a', 'v18b'),
      rule('a change of weight moves the running deadline', 'v16a', 'v45', 'v46'),
      rule('carrier loss: FAULT at once, full interval on return; flaps', 'v02a', 'v42', 'v10b', 'v39'),
      rule(
        'track_interface, track_file, track_process; reverse; clamping to 1 … 254',
        'v18a',
        'v18c',
        'protocols/vrrp/daemon.test.ts',
        'scenario/track-events.test.ts',
      ),
      rule('sync groups move together, and when all members want to', 'v15a', 'v15b', 'v15c', 'v47'),
      rule('every reachable state of the machine keeps its invariants', 'protocols/vrrp/invariants.test.ts'),
    ],
  },
  {
    title: 'Health checkers',
    rules: [
      rule('retry, delay_before_retry, delay_loop; the first check; UP and DOWN', 'h01', 'h02', 'daemons/keepalived/checkers.test.ts'),
      rule('TCP_CHECK comes up at the first success, HTTP_GET at the second', 'h01', 'h02'),
      rule('2.3+: TCP_CHECK asks a server that is down once a delay_loop; retries after a reload', 'daemons/keepalived/checkers.test.ts'),
      rule('inhibit_on_failure, quorum, sorry server', 'h03', 'h04'),
      rule('SMTP_CHECK, DNS_CHECK, UDP_CHECK, PING_CHECK, MISC_CHECK, fast_recovery', 'daemons/keepalived/checkers.test.ts'),
      rule('alpha, omega, ha_suspend, hysteresis, reload', 'daemons/keepalived/checkers.test.ts'),
      rule('defaults of virtual_server; groups of them; ports forced by DR and TUN', 'config/keepalived-lvs.test.ts'),
      rule('services made at the start, removed at SIGTERM, left by SIGKILL', 'e07', 'daemons/keepalived/verbs.test.ts'),
      rule('checkers of an isolated director take its servers out', 'e02', 'e02b', 'e05'),
    ],
  },
  {
    title: 'IPVS: connections',
    rules: [
      rule('TCP states in direct routing and tunnels (INPUT_ONLY)', 'i01', 'i02', 'i04', 'i06', 'i08'),
      rule('TCP states with NAT (INPUT, OUTPUT); secure_tcp', 'i07', 'i09', 'i10', 'protocols/ipvs/tcp-states.test.ts'),
      rule('every sequence of four packets: counters follow states, every entry has a timer', 'protocols/ipvs/invariants.test.ts'),
      rule('timeouts by state, and the kernel’s timer wheel', 'i01', 'i03', 'i05', 'i12', 'base/timer-wheel.test.ts'),
      rule('ActiveConn and InActConn', 'i01', 'i05', 'i12', 'p04'),
      rule('UDP services, one-packet scheduling, ipvsadm --set', 'i11', 'p06'),
      rule('lvs_timeouts: set at the start, replaced by a reload, given back at the end', 'compile/lvs-timeouts.test.ts'),
      rule('conn_reuse_mode; expire_nodest_conn with weight 0', 'p07_0', 'p07_1', 'p07_2', 'p07_3', 'p07_1_nodest'),
      rule('sloppy_tcp; first packets that are no SYN', 'p08a', 'p08b', 'y04'),
      rule('persistence templates, and the timeout that becomes 60 s', 'p01', 'p02'),
      rule('weight 0, removal, revival from the trash', 'p02', 'p03a', 'p03b', 'ipvs-drawn/x5313'),
      rule('thresholds; refusals and their limit a client', 'p04', 's12'),
      rule(
        'order of the packet path: marks before addresses, port 0, backup_only, conntrack’s dropped SYN',
        'protocols/ipvs/director.test.ts',
      ),
      rule('drop_packet, drop_entry; counters and rates of the estimator; ipvsadm -Z', 'protocols/ipvs/forwarding.test.ts'),
      rule(
        'NAT, tunnels, path MTU, pmtu_disc, nat_icmp_send',
        'i07',
        'i08',
        'protocols/ipvs/forwarding.test.ts',
        'protocols/tcp/path-mtu.test.ts',
      ),
      rule('text of ipvsadm and /proc read and printed', 'config/ipvsadm.test.ts'),
      rule('4.4: SYN_RECV is inactive; timers are late by 1/256 at most', 'protocols/ipvs/kernels.test.ts', 'base/timer-wheel.test.ts'),
      rule('4.4: what a SYN on an old entry and a packet for a removed server meet', 'protocols/ipvs/kernels.test.ts'),
      rule('4.4: drop_entry and the states of templates', 'protocols/ipvs/kernels.test.ts'),
      rule('4.4, 5.x: the schedulers that came later', 'protocols/ipvs/kernels.test.ts'),
      rule('conntrack 1: the SYN that is dropped, and when it is not', 'protocols/ipvs/kernels.test.ts', 'protocols/ipvs/director.test.ts'),
      rule('director without sync: RST to the next packet', 'y03', 'e05'),
    ],
  },
  {
    title: 'IPVS: schedulers',
    rules: [
      rule('rr, wrr and its start', 's01', 's02', 'p05'),
      rule('lc, wlc, sed, nq', 's03', 's04', 's05', 's06'),
      rule('sh, dh, mh with their hashes and flags', 's07', 's08', 's13'),
      rule('lblc, lblcr', 's09', 's10'),
      rule('fo, ovf', 's11', 's12'),
      rule('twos, as a distribution', 's15'),
      rule('the kernel’s list order: the server added last comes first', 's01', 'p05', 'protocols/ipvs/schedulers.test.ts'),
    ],
  },
  {
    title: 'IPVS: connection sync',
    rules: [
      rule('what is told when: packets 3, 53 …, changes of state, templates', 'y01', 'protocols/ipvs/sync.test.ts'),
      rule('wake-ups of the sending thread, age of a buffer, full buffers', 'y01'),
      rule('what survives a failover', 'y02', 'e06'),
      rule('the daemon follows its VRRP instance; sync_version 0, sync_refresh_period', 'y02', 'protocols/ipvs/sync.test.ts'),
      rule('SIGTERM stops its thread at once; that of a killed keepalived goes on', 'failovers-drawn/e9405', 'compile/sync-daemon.test.ts'),
      rule('a template that leads elsewhere keeps its server', 'protocols/ipvs/sync.test.ts'),
    ],
  },
  {
    title: 'TCP and hosts',
    rules: [
      rule('SYN and data retransmission of Linux, by the timer wheel', 'e02', 'e02b', 'y02', 'y03', 'protocols/tcp/recorded-times.test.ts'),
      rule('timers of one tick run in the order of the wheel', 'e02b'),
      rule('a director that gave up its VIP queues and forwards', 'e03', 'e04', 'e01'),
      rule('kill of keepalived: VIPs and table stay, nothing is lost', 'e07'),
      rule(
        'a host without carrier forgets its neighbours; a SYN that waits for ARP is not copied',
        'e02b',
        'failovers-drawn/e9400',
        'net/network.test.ts',
      ),
      rule('“host unreachable” takes a doubling of the timeout back, and may send at once', 'compile/checkers.test.ts'),
      rule('a listener that hangs takes nothing new; what it accepted goes on', 'protocols/tcp/connection.test.ts'),
      rule(
        'how long a neighbour is believed: drawn by the kernel, by the timer wheel',
        'vrrp-drawn-virtual/u0',
        'vrrp-drawn-virtual/u5',
        'conform/neighbour-times.test.ts',
      ),
      rule('ARP: resolution, queues, confirmation by TCP', 'e03', 'e05', 'net/network.test.ts'),
      rule('ARP: what is learnt from a request is stale', 'vrrp-drawn-virtual/g1030', 'net/two-answers.test.ts'),
      rule(
        'what drawn parameters do',
        'failovers-drawn/e9400',
        'checkers-drawn/h7400',
        'ipvs-drawn/x5000',
        'ipvs-drawn/h7001',
        'vrrp-drawn-virtual/g1002',
      ),
      rule('use_vmac, vmac_xmit_base, use_vmac_addr: whose MAC is in which frame', 'compile/virtual-macs.test.ts', 'vrrp-vmac-drawn/m3208'),
      rule('who asks by ARP is believed at once (no locktime)', 'net/two-answers.test.ts', 'compile/virtual-macs.test.ts'),
      rule('two answers to one ARP request', 'net/two-answers.test.ts'),
      rule('IGMP snooping: adverts and the sync daemon', 'net/snooping.test.ts', 'compile/sync-snooping.test.ts'),
      rule('what a frame occupies on a line', 'net/queueing.test.ts'),
      rule('token buckets with tail drop; a full link delivers its rate', 'c01', 'c02', 'c03', 'c04', 'c05', 'net/queueing.test.ts'),
      rule('lateness of processes in real time', 'vrrp-realtime/v01', 'vrrp-realtime/v30', 'conform/lockstep.test.ts'),
    ],
  },
  {
    title: 'Causes',
    rules: [
      rule(
        'every change, loss, RST, ICMP error, refusal and table entry names its rule, source and inputs',
        'causes/everywhere.test.ts',
        'causes/rules.test.ts',
      ),
      rule('the arithmetic of a cause is true; story, JSON and trace give the same cause', 'causes/everywhere.test.ts'),
      rule('causes that no scenario can show', 'causes/machines.test.ts'),
    ],
  },
]

/** Read or known, and not modelled; each in a sentence. */
export const NOT_MODELLED: readonly string[] = [
  'IPv6: addresses are read and reported, not simulated.',
  'BFD instances of keepalived; use_ipvlan.',
  'Releases between the profiles (docs/PROFILES.md): keepalived 2.2.8 to 2.3.3 and kernels 4.5 to 5.9 have a part of the changes.',
  'How long a vrrp_script runs: it ends at once. One that hangs is run again beside itself by 2.2.7, and skipped by 2.3+.',
  'conntrack 1: the conntracks’ own timeouts; a RST of the server counts as one of the client.',
  'A kernel short of memory: drop_packet, drop_entry and secure_tcp are off or always on (3), never automatic (1, 2).',
  'Sysctls of IPVS that are read and change nothing: amemthresh, cache_bypass, ignore_tunneled, schedule_icmp, snat_reroute, sync_ports and those of memory and CPU.',
  'What the kernel remembers of closed connections to a destination (tcp_metrics): the first timeout of a new one may be a tick shorter.',
  'The kernel’s scheduling latency: processes act at once, unless a scenario sets its jitter.',
  'Hash seeds of kernel tables: /proc/net/ip_vs_conn is in no defined order, lvsim’s is sorted.',
  'Random draws of the kernel: ephemeral ports, sequence numbers, the reachable time of neighbours (its mean is used, in recordings what they show).',
  'Notify scripts, mail and SNMP of keepalived: their text is kept, nothing is run.',
]
