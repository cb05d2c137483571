/** Small clusters in which things happen that no shipped scenario or recording shows: one for each cause that they give. */
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatProblem, hasErrors } from '../../sim-core/base/problem.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

interface SmallCluster {
  readonly gives: readonly string[]
  readonly hosts: readonly string[]
  readonly rest?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly duration?: string
}

const instance = (name: string, vrid: number, options: string, vips = `10.0.0.${100 + vrid}`) =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_router_id ${vrid}\n advert_int 1\n ${options}\n virtual_ipaddress { ${vips} }\n}\n`
const server = (weight: number) => `virtual_server 10.0.0.101 80 {
 delay_loop 2
 lb_algo rr
 lb_kind DR
 protocol TCP
 real_server 10.0.0.11 80 { weight ${weight} }
}
`
const B1 = 'b1: { address: 10.0.0.1/24, keepalived: b1.conf }'
const B2 = 'b2: { address: 10.0.0.2/24, keepalived: b2.conf }'
const C = 'c: { address: 10.0.0.50/24 }'
const S = 's: { address: 10.0.0.11/24, serves: all }'
const TCP_RULES = '-A -t 10.0.0.100:80 -s rr\n-a -t 10.0.0.100:80 -r 10.0.0.11:80 -g -w 1\n'
const UDP_RULES = TCP_RULES.replaceAll('-t ', '-u ')
/** A director without keepalived, which has the VIP by hand. */
const director = (more = '') => `d: { address: 10.0.0.9/24, vips: [10.0.0.100], ipvs: rules${more} }`
const udp = (to: string, rate = '1Mbit') => `traffic: { load: { from: c, to: ['${to}'], start: 1s, udp: { rate: ${rate} } } }`
const curl = (options: string) => `load: { from: c, to: ['10.0.0.100:80'], ${options} }`

export const SMALL_CLUSTERS: Readonly<Record<string, SmallCluster>> = {
  'tracked files and processes': {
    gives: ['vrrp-track-file', 'vrrp-track-process'],
    hosts: [B1, B2],
    files: {
      'b1.conf': `vrrp_track_file f { file /f\n weight 1\n init_file 0 }\nvrrp_track_process p { process x\n weight -20 }\n${instance('VI_1', 1, 'priority 100\n track_file { f weight 1 }\n track_process { p }')}`,
      'b2.conf': instance('VI_1', 1, 'priority 90'),
    },
    rest: ['events: [{ at: 6s, track_file: b1, name: f, value: 5 }, { at: 8s, process_down: b1, name: p }]'],
  },
  'timeouts of IPVS that keepalived sets': {
    gives: ['keepalived-lvs-timeouts'],
    hosts: [B1, S],
    files: { 'b1.conf': `global_defs {\n lvs_timeouts tcp 700\n}\n${server(1)}` },
  },
  'a tracker that is bad from the start': {
    gives: ['vrrp-tracker-failed'],
    hosts: [
      'b1: { keepalived: b1.conf, start: 2s, interfaces: { eth0: { address: 10.0.0.1/24 }, eth1: { lan: other, address: 10.1.0.1/24 } } }',
      'o: { address: 10.1.0.2/24, lan: other }',
    ],
    files: { 'b1.conf': instance('VI_1', 1, 'priority 100\n track_interface { eth1 }') },
    rest: ['events: [{ at: 1s, link_down: b1, if: eth1 }]'],
  },
  'a master that was not heard says goodbye': {
    gives: ['vrrp-answer-goodbye'],
    hosts: [B1, B2],
    files: { 'b1.conf': instance('VI_1', 1, 'priority 100'), 'b2.conf': instance('VI_1', 1, 'priority 90') },
    rest: ['events: [{ at: 5s, deaf: b2 }, { at: 10.2s, stop: b2 }]'],
  },
  'a unicast peer that nobody named': {
    gives: ['vrrp-reject-source'],
    hosts: [B1, B2, 'b3: { address: 10.0.0.3/24, keepalived: b3.conf }'],
    files: {
      'b1.conf': `global_defs { vrrp_check_unicast_src }\n${instance('VI_1', 1, 'priority 100\n unicast_peer { 10.0.0.2 }')}`,
      'b2.conf': instance('VI_1', 1, 'priority 90\n unicast_peer { 10.0.0.1 }'),
      'b3.conf': instance('VI_1', 1, 'priority 110\n unicast_peer { 10.0.0.1 }'),
    },
  },
  'a reload that adds a VIP, takes an instance away and changes a server': {
    gives: ['vrrp-garp-reload', 'vrrp-reload-removed', 'keepalived-reload'],
    hosts: [B1, S],
    files: {
      'b1.conf': `${instance('VI_1', 1, 'priority 100')}${instance('VI_2', 2, 'priority 100')}${server(1)}`,
      'new.conf': `${instance('VI_1', 1, 'priority 100', '10.0.0.101\n 10.0.0.111')}${server(3)}`,
    },
    rest: ['events: [{ at: 6s, reload: b1, keepalived: new.conf }]'],
  },
  'a table that is emptied at the start': {
    gives: ['keepalived-lvs-flush'],
    hosts: ['b1: { address: 10.0.0.1/24, keepalived: b1.conf, ipvs: rules }', S],
    files: { 'b1.conf': `global_defs { lvs_flush }\n${instance('VI_1', 1, 'priority 100')}${server(1)}`, rules: TCP_RULES },
  },
  'a port that is used again, with conntrack': {
    gives: ['ipvs-conntrack-drop'],
    hosts: [director(', sysctl: { net.ipv4.vs.conntrack: 1, net.ipv4.vs.conn_reuse_mode: 3 }'), C, S],
    files: { rules: TCP_RULES },
    rest: [
      'traffic:',
      `  ${curl('start: 1s, curl: { count: 1, source_port: 40000, close: server }')}`,
      `  ${curl('start: 5s, curl: { count: 1, source_port: 40000, close: server }').replace('load', 'again')}`,
    ],
  },
  'a command that does not fit': {
    gives: ['ipvs-command-refused'],
    hosts: [director(), S],
    files: { rules: TCP_RULES },
    rest: ["events: [{ at: 1s, ipvsadm: d, args: '-a -t 10.0.0.100:80 -r 10.0.0.11:80 -g -w 1' }]"],
  },
  drop_packet: {
    gives: ['ipvs-drop-packet'],
    hosts: [director(', sysctl: { net.ipv4.vs.drop_packet: 3, net.ipv4.vs.am_droprate: 2 }'), C, S],
    files: { rules: TCP_RULES },
    rest: ['traffic:', `  ${curl('start: 2s, curl: { count: 6, interval: 100ms }')}`],
  },
  'a line that loses frames': {
    gives: ['loss-line'],
    hosts: [C, S],
    rest: ['links: { c: { loss: 50 % } }', udp('10.0.0.11:80')],
  },
  'a link with a smaller MTU': {
    gives: ['loss-too-large', 'icmp-fragmentation-needed'],
    hosts: [director(), C, S],
    files: { rules: UDP_RULES },
    rest: ["links: { 'd->switch': { mtu: 1400B } }", udp('10.0.0.100:80')],
  },
  'no way to the destination': {
    gives: ['loss-no-route'],
    hosts: [C, 'x: { address: 9.9.9.1/24, lan: far, vips: [9.9.9.9] }'],
    rest: [udp('9.9.9.9:80')],
  },
  'two routers that send it to each other': {
    gives: ['loss-ttl'],
    hosts: [
      'c: { address: 10.0.0.50/24, gateway: 10.0.0.1 }',
      'r1: { address: 10.0.0.1/24, gateway: 10.0.0.2, forward: yes }',
      'r2: { address: 10.0.0.2/24, gateway: 10.0.0.1, forward: yes }',
      'x: { address: 9.9.9.1/24, lan: far, vips: [9.9.9.9] }',
    ],
    rest: [udp('9.9.9.9:80', '100kbit')],
    duration: '3s',
  },
  'a port that nobody listens on, over UDP': {
    gives: ['loss-port-closed', 'icmp-port-unreachable'],
    hosts: [C, "s: { address: 10.0.0.11/24, serves: ['tcp 80'] }"],
    rest: [udp('10.0.0.11:53')],
  },
  'an address whose host has no power': {
    gives: ['loss-arp-queue', 'loss-arp-failed'],
    hosts: [C, S, 'x: { address: 10.0.0.7/24, vips: [10.0.0.77] }'],
    rest: [udp('10.0.0.77:80', '50Mbit'), 'events: [{ at: 100ms, crash: x }]'],
    duration: '6s',
  },
  'a client that has had enough': {
    gives: ['rst-data-after-close'],
    hosts: [director(), C, S],
    files: { rules: TCP_RULES },
    rest: ['traffic:', `  ${curl("start: 1s, curl: { count: 1, method: GET, path: '/?size=400000&pace=20000', max_time: 2s }")}`],
  },
  'a persistent service': {
    gives: ['template-made', 'entry-from-template', 'entry-expired'],
    hosts: [director(), C, S],
    files: { rules: TCP_RULES.replace('-s rr', '-s rr -p 300') },
    rest: ['traffic:', `  ${curl('start: 1s, curl: { count: 2, interval: 1s }')}`],
    duration: '150s',
  },
  'a real server without the VIP': {
    gives: ['loss-not-local'],
    hosts: [director(), C, "s: { address: 10.0.0.11/24, serves: ['tcp 80'] }"],
    files: { rules: TCP_RULES },
    rest: ['traffic:', `  ${curl('start: 1s, curl: { count: 1, max_time: 2s }')}`],
  },
  'a master that slept too long, and an owner that reads no adverts (2.3)': {
    gives: ['vrrp-timer-expired', 'vrrp-reject-owner'],
    hosts: [B1, B2],
    files: {
      'b1.conf': `${instance('VI_1', 1, 'priority 100\n nopreempt\n timer_expired_backup 90')}${instance('VI_2', 2, 'priority 255\n owner_ignore_adverts')}`,
      'b2.conf': `${instance('VI_1', 1, 'priority 90')}${instance('VI_2', 2, 'priority 255')}`,
    },
    rest: ["keepalived: '2.3+'", 'events: [{ at: 6s, freeze: b1 }, { at: 11s, thaw: b1 }]'],
    duration: '14s',
  },
  'two routers that send from one address': {
    gives: ['vrrp-same-address'],
    hosts: [B1, B2],
    files: {
      'b1.conf': instance('VI_1', 1, 'priority 100\n mcast_src_ip 10.0.0.9'),
      'b2.conf': instance('VI_1', 1, 'priority 100\n mcast_src_ip 10.0.0.9'),
    },
  },
  'requests that end in other ways': {
    gives: [],
    hosts: [director(), C, 'e: { address: 10.0.0.51/24 }', S, 'z: { address: 10.0.0.12/24, serves: all }'],
    files: { rules: `${TCP_RULES}-A -t 10.0.0.100:81 -s rr\n-A -t 10.0.0.100:82 -s rr\n-a -t 10.0.0.100:82 -r 10.0.0.12:82 -g -w 1\n` },
    rest: [
      'traffic:',
      "  icmp: { from: c, to: ['10.0.0.100:81'], start: 1s, curl: { count: 1 } }",
      "  refused: { from: c, to: ['10.0.0.100:80'], start: 6s, curl: { count: 1 } }",
      "  hosts: { from: c, to: ['10.0.0.100:82'], start: 6s, curl: { count: 1, max_time: 20s } }",
      "  status: { from: c, to: ['10.0.0.100:80'], start: 1s, curl: { count: 1 } }",
      "  waits: { from: c, to: ['10.0.0.100:80'], start: 20s, curl: { count: 1 } }",
      "  gone: { from: e, to: ['10.0.0.100:80'], start: 2s, curl: { count: 1, method: GET, path: '/?size=400000&pace=20000' } }",
      "  reset: { from: c, to: ['10.0.0.100:80'], start: 2s, curl: { count: 1, method: GET, path: '/?size=400000&pace=20000' } }",
      "  open: { from: c, to: ['10.0.0.100:80'], start: 158s, curl: { count: 1, method: GET, path: '/?size=400000&pace=20000' } }",
      'events:',
      '  - { at: 500ms, real_server: s, what: 503 }',
      '  - { at: 1500ms, real_server: s, what: 200 }',
      '  - { at: 3s, crash: e }',
      '  - { at: 4s, real_server: s, what: rst }',
      '  - { at: 5s, real_server: s, what: refuse }',
      '  - { at: 5s, crash: z }',
      '  - { at: 15s, real_server: s, what: hang }',
      '  - { at: 155s, real_server: s, what: unhang }',
      '  - { at: 155s, real_server: s, what: listen }',
    ],
    duration: '160s',
  },
  'a better router that waits with preempt_delay': {
    gives: ['vrrp-preempt-delay', 'vrrp-preempt'],
    hosts: ['b1: { address: 10.0.0.1/24, keepalived: b1.conf, start: 6s }', B2],
    files: { 'b1.conf': instance('VI_1', 1, 'priority 100\n preempt_delay 5'), 'b2.conf': instance('VI_1', 1, 'priority 90') },
    duration: '20s',
  },
  'a queue in bytes and a token bucket': {
    gives: ['loss-queue-full'],
    hosts: [
      'c: { address: 10.0.0.50/24, link: { rate: 10Mbit, queue: 30kB } }',
      'e: { address: 10.0.0.51/24, link: { rate: 100Mbit, bucket: { rate: 5Mbit, burst: 3kB, queue: 20kB } } }',
      S,
    ],
    rest: [
      'traffic:',
      "  load: { from: c, to: ['10.0.0.11:80'], start: 1s, udp: { rate: 20Mbit } }",
      "  more: { from: e, to: ['10.0.0.11:80'], start: 1s, udp: { rate: 20Mbit } }",
    ],
    duration: '2s',
  },
}

export function smallCluster(name: string): Model {
  const { hosts, rest = [], files = {}, duration = '12s' } = SMALL_CLUSTERS[name]
  const text = `scenario: ${name}\nduration: ${duration}\nhosts:\n${hosts.map(h => `  ${h}\n`).join('')}${rest.join('\n')}\n`
  const { model, problems } = loadScenario('s.yaml', mapFiles({ 's.yaml': text, ...files }))
  if (model === undefined || hasErrors(problems)) throw new Error(problems.map(formatProblem).join('\n'))
  return model
}
