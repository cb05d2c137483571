/**
 * For each rule the smallest change of its folder that makes it silent: what a user would do about it. A rule without an
 * entry here fails the test, and so does an edit that finds nothing.
 */
import { ADDRESSES, type Edit } from './folders.ts'

export interface NearMiss {
  readonly edits?: readonly Edit[]
  /** plan.yaml beside the files, for the trigger. */
  readonly facts?: string
  /** plan.yaml for the near miss, when that is what changes. */
  readonly otherFacts?: string
}

const first = (host: string, from: string, to: string): Edit => ({ host, from, to })
const line = (text: string): Edit => ({ from: `${text}\n`, to: '' })
const VI_1 = (priority: number): string => `virtual_router_id 51\n    priority ${priority}`
const LINKS = 'link: 1Gbit\ntraffic: 1.5Gbit'

export const NEAR_MISSES: Readonly<Record<string, NearMiss>> = {
  'vrid-clash': {
    edits: [first('c1', 'virtual_router_id 51', 'virtual_router_id 52'), first('c2', 'virtual_router_id 51', 'virtual_router_id 52')],
  },
  'vip-lists-differ': { edits: [first('b1', '        10.10.1.10\n', '        10.10.1.10\n        10.10.1.11\n')] },
  'excluded-vips-differ': {
    edits: [
      first(
        'b2',
        '        10.10.1.10\n    }\n',
        '        10.10.1.10\n    }\n    virtual_ipaddress_excluded {\n        10.10.1.15\n    }\n',
      ),
    ],
  },
  'vip-family': {
    edits: [{ from: '        fd00::10/64\n    }', to: '    }\n    virtual_ipaddress_excluded {\n        fd00::10/64\n    }' }],
  },
  'vip-in-two-routers': { edits: [first('b2', 'virtual_router_id 53', 'virtual_router_id 51')] },
  // The eight bytes that travel are what counts.
  'auth-mismatch': {
    edits: [
      first(
        'b2',
        'virtual_router_id 51\n    priority 200\n    advert_int 1\n    authentication {\n        auth_type PASS\n        auth_pass lvs52',
        `${VI_1(200)}\n    advert_int 1\n    authentication {\n        auth_type PASS\n        auth_pass lvs51`,
      ),
    ],
  },
  'version-mismatch': { edits: [first('b1', VI_1(250), `${VI_1(250)}\n    version 3`)] },
  // Version 3 learns the MASTER's interval.
  'advert-int-mismatch': {
    edits: [first('b1', VI_1(250), `${VI_1(250)}\n    version 3`), first('b2', VI_1(200), `${VI_1(200)}\n    version 3`)],
  },
  'unicast-multicast-mix': {
    edits: [
      first(
        'b2',
        `${VI_1(200)}\n    advert_int 1`,
        `${VI_1(200)}\n    advert_int 1\n    unicast_src_ip 10.10.1.2\n    unicast_peer {\n        10.10.1.1\n    }`,
      ),
    ],
  },
  'unicast-peer-missing': { edits: [first('b1', '        10.10.1.2\n    }', '        10.10.1.2\n        10.10.1.3\n    }')] },
  'unicast-peer-unknown': { facts: ADDRESSES, edits: [first('b1', '        10.10.1.9\n', '        10.10.1.2\n')] },
  'unicast-self': { facts: ADDRESSES, edits: [first('b1', '        10.10.1.1\n', '')] },
  'no-backup': {
    edits: [
      {
        host: 'b1',
        from: 'vrrp_instance VI_1 {',
        to: 'vrrp_instance VI_2 {\n    interface eth0\n    virtual_router_id 52\n    priority 100\n    authentication {\n        auth_type PASS\n        auth_pass lvs52\n    }\n    virtual_ipaddress {\n        10.10.1.20\n    }\n}\nvrrp_instance VI_1 {',
      },
    ],
  },
  'equal-priority': { edits: [first('b1', VI_1(200), VI_1(201))] },
  // Ten apart is enough, nine would be too; here the first backup's advert has 39 ms to arrive.
  'priority-step-small': { edits: [{ from: 'priority 249', to: 'priority 200' }] },
  'owner-priority': { edits: [first('b1', 'virtual_router_id 51\n', 'virtual_router_id 51\n    priority 254\n')] },
  'two-owners': { edits: [first('b2', 'priority 255', 'priority 254')] },
  'state-master-loses': { edits: [first('b2', VI_1(200), VI_1(251))] },
  'nopreempt-with-master': { edits: [first('b1', 'state MASTER', 'state BACKUP')] },
  'nopreempt-on-wrong-host': { edits: [first('b1', VI_1(250), `${VI_1(250)}\n    nopreempt`)] },
  'nopreempt-with-weight': { edits: [line('    nopreempt')] },
  // 250 − 51 is 199.
  'weight-too-small': { edits: [{ from: 'weight -20', to: 'weight -51' }] },
  'weight-clamped': { edits: [{ from: 'weight 20', to: 'weight 4' }] },
  'tracked-on-some-hosts': {
    edits: [
      first('b2', 'vrrp_instance VI_1 {', 'vrrp_script check {\n    script "/usr/local/bin/check"\n}\n\nvrrp_instance VI_1 {'),
      first('b2', VI_1(200), `${VI_1(200)}\n    track_script {\n        check\n    }`),
    ],
  },
  'preempt-delay-ignored': { edits: [first('b1', 'state MASTER', 'state BACKUP')] },
  'priority-out-of-range': { edits: [first('b1', 'priority 300', 'priority 254')] },
  'advert-int-rounded': { edits: [{ from: '    advert_int 0.3', to: '    version 3\n    advert_int 0.3' }] },
  'auth-truncated': { edits: [{ from: 'lvs-cluster', to: 'lvs-clu' }] },
  'auth-ignored': { edits: [line('    version 3')] },
  'auth-shared': {
    edits: [
      first(
        'b1',
        'virtual_router_id 52\n    priority 200\n    advert_int 1\n    authentication {\n        auth_type PASS\n        auth_pass lvs51',
        'virtual_router_id 52\n    priority 200\n    advert_int 1\n    authentication {\n        auth_type PASS\n        auth_pass lvs52',
      ),
    ],
  },
  'unicast-without-peers': {
    edits: [first('b1', '    unicast_src_ip 10.10.1.1', '    unicast_src_ip 10.10.1.1\n    unicast_peer {\n        10.10.1.2\n    }')],
  },
  'many-advertised-vips': { edits: [line('        10.10.1.120')] },
  // One order of priorities: the group moves as one.
  'sync-group-spread': { edits: [first('b1', 'priority 200', 'priority 249'), first('b2', 'priority 250', 'priority 201')] },
  'sync-group-differs': {
    edits: [
      first('b2', 'vrrp_script check {', 'vrrp_sync_group G1 {\n    group {\n        VI_1\n        VI_2\n    }\n}\n\nvrrp_script check {'),
    ],
  },
  'weight-ignored': { edits: [line('    weight -100')] },
  'own-interface-untracked': { edits: [line('    dont_track_primary')] },
  'slow-takeover': { edits: [{ from: 'advert_int 10', to: 'advert_int 1' }] },
  'script-slow': { edits: [{ from: 'interval 10', to: 'interval 2' }] },
  'strict-mode-changes': { edits: [line('    down_timer_adverts 5')] },
  'garp-once': { edits: [{ from: 'vrrp_min_garp true', to: 'vrrp_min_garp false' }] },
  'router-id-shared': { edits: [first('b2', 'router_id b1', 'router_id b2')] },
  // 1.4 Gbit/s is 95.7 % of one link for two VIPs.
  'link-overloaded': { facts: LINKS, otherFacts: 'link: 1Gbit\ntraffic: 1.4Gbit' },
  'same-heir': { edits: [first('b2', 'virtual_router_id 52\n    priority 200', 'virtual_router_id 52\n    priority 149')] },
  'backups-on-one-host': {
    edits: [
      first('b1', 'virtual_router_id 53\n    priority 150', 'virtual_router_id 53\n    priority 201'),
      first('b3', 'virtual_router_id 52\n    priority 150', 'virtual_router_id 52\n    priority 201'),
    ],
  },
  'idle-balancer': { edits: [first('b2', 'virtual_router_id 52\n    priority 200', 'virtual_router_id 52\n    priority 251')] },
  'vip-without-owner': { edits: [first('b1', 'priority 200', 'priority 249'), first('b2', 'priority 250', 'priority 201')] },
  'protocol-default': { edits: [{ from: 'virtual_server 10.10.1.10 80 {\n', to: 'virtual_server 10.10.1.10 80 {\n    protocol TCP\n' }] },
  'forward-default': { edits: [{ from: 'virtual_server 10.10.1.10 80 {\n', to: 'virtual_server 10.10.1.10 80 {\n    lb_kind DR\n' }] },
  // NAT may change the port.
  'port-forced': { edits: [{ from: 'lb_kind DR', to: 'lb_kind NAT' }] },
  'persistence-forced': {
    edits: [{ from: 'virtual_server 10.10.1.10 0 {\n', to: 'virtual_server 10.10.1.10 0 {\n    persistence_timeout 300\n' }],
  },
  'quorum-too-high': { edits: [{ from: 'quorum 5', to: 'quorum 2' }] },
  'scheduler-option-ignored': { edits: [{ from: '    ops\n    protocol TCP', to: '    ops\n    protocol UDP' }] },
  'slow-check': { edits: [{ from: 'virtual_server 10.10.1.10 80 {\n', to: 'virtual_server 10.10.1.10 80 {\n    delay_loop 10\n' }] },
  'no-check': {
    edits: [
      { from: '        weight 1\n    }', to: '        weight 1\n        TCP_CHECK {\n            connect_timeout 2\n        }\n    }' },
    ],
  },
  'services-differ': {
    edits: [
      first(
        'b2',
        'virtual_server 10.10.1.20 80 {',
        'virtual_server 10.10.1.10 80 {\n    lb_kind DR\n    protocol TCP\n    real_server 10.10.1.11 80 {\n    }\n}\n\nvirtual_server 10.10.1.20 80 {',
      ),
    ],
  },
  'real-servers-differ': { edits: [first('b1', 'virtual_server 10.10.1.10 80', 'virtual_server 10.10.1.10 81')] },
  'service-without-vip': { edits: [{ from: 'virtual_server 10.10.1.30 80', to: 'virtual_server 10.10.1.20 443' }] },
  'vip-without-service': {
    edits: [
      {
        from: 'virtual_server 10.10.1.10 80',
        to: 'virtual_server_group both {\n    10.10.1.10 80\n    10.10.1.20 80\n}\nvirtual_server group both',
      },
    ],
  },
  'lo-vip-missing': {
    facts: 'servers: { s1: { address: 10.10.1.11, lo: [10.10.1.10, 10.10.1.20] }, s2: { address: 10.10.1.12, lo: [10.10.1.20] } }',
    otherFacts:
      'servers: { s1: { address: 10.10.1.11, lo: [10.10.1.10, 10.10.1.20] }, s2: { address: 10.10.1.12, lo: [10.10.1.20, 10.10.1.10] } }',
  },
  'director-is-real-server': { facts: ADDRESSES, edits: [{ from: 'real_server 10.10.1.1 ', to: 'real_server 10.10.1.11 ' }] },
  'all-weights-zero': {
    edits: [{ from: 'real_server 10.10.1.12 80 {\n        weight 0', to: 'real_server 10.10.1.12 80 {\n        weight 1' }],
  },
  'probe-load': { edits: [{ from: 'delay_loop 1\n', to: 'delay_loop 2\n' }] },
  'sync-daemon-differs': { edits: [first('b2', 'id 8', 'id 7')] },
  'sync-daemon-follows-one': { edits: [{ from: 'lvs_sync_daemon eth0 VI_1 id 7', to: 'lvs_sync_daemon eth0 id 7' }] },
  // What the other host has written is what the kernel has anyway.
  'vmac-with-nat': { edits: [{ from: 'lb_kind NAT', to: 'lb_kind DR' }] },
  'lvs-timeouts-differ': { edits: [first('b1', 'tcpfin 10 ', 'tcpfin 120 ')] },
}
