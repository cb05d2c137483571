/**
 * W3, W4 and W4b: TCP as ns-3's w34.cc runs it (100 bulk flows over one bottleneck; 2,000 short connections a second
 * over three routed paths), and the short connections through IPVS in direct routing.
 */
import type { Model } from '../../sim-core/scenario/index.ts'
import { checked } from './director-line.ts'

const PATHS = [1, 2, 3]

/**
 * W3. 100 senders and receivers, access 1 Gbit/s and 100 us, bottleneck 1 Gbit/s and 300 us, queue 1000, buffers 128 KiB
 * (Linux keeps half of what the sysctl says for itself).
 *
 * Access lines are slower by a ten-thousandth: the tail of a burst then comes just after another flow's first segment, not
 * at the same nanosecond, and finds the queue full, as in ns-3, whose ties fall that way (docs/decisions/0030).
 */
export function bulk(congestion: string, seed: number, flows = 100, seconds = 10): Model {
  const sysctl = `sysctl: { net.ipv4.tcp_congestion_control: ${congestion}, net.ipv4.tcp_rmem: "262144 262144 262144", net.ipv4.tcp_wmem: "262144 262144 262144" }`
  const names = Array.from({ length: flows }, (_, i) => String(i).padStart(3, '0'))
  const text = [
    'scenario: bulk TCP over one bottleneck',
    `seed: ${seed}`,
    `duration: ${seconds}s`,
    'hz: 1000',
    'hosts:',
    ...names.map((n, i) => `  c${n}: { address: 10.0.${i >> 7}.${(i & 127) + 1}/16, lan: left, ${sysctl} }`),
    ...names.map((n, i) => `  r${n}: { address: 10.0.${100 + (i >> 7)}.${(i & 127) + 1}/16, lan: right, serves: [80], ${sysctl} }`),
    'trunks: [{ between: [left, right], link: { rate: 1Gbit, delay: 300us } }]',
    'links: { default: { rate: 999.9Mbit, delay: 100us, queue: 1000 packets, overhead: ppp } }',
    'traffic:',
    ...names.map(
      (n, i) => `  f${n}: { from: c${n}, to: [10.0.${100 + (i >> 7)}.${(i & 127) + 1}:80], start: 0s, bulk: { within: 100ms } }`,
    ),
    '',
  ].join('\n')
  return checked('bulk.yaml', { 'bulk.yaml': text })
}

/** W4: client → switch → router → switch → server and back the same way. W4b: through IPVS, replies go straight back. */
export function shortConnections(seed: number, throughIpvs: boolean, seconds = 10): Model {
  const files: Record<string, string> = {}
  for (const i of PATHS) files[`d${i}.rules`] = `-A -t 10.0.0.10${i}:80 -s rr\n-a -t 10.0.0.10${i}:80 -r 10.0.1.3${i}:80 -g -w 1\n`
  const hosts = PATHS.flatMap(i =>
    throughIpvs
      ? [
          `  c${i}: { interfaces: { eth0: { lan: a, address: 10.0.0.1${i}/24 }, eth1: { lan: b, address: 10.0.1.1${i}/24 } } }`,
          `  d${i}: { interfaces: { eth0: { lan: a, address: 10.0.0.2${i}/24 }, eth1: { lan: b, address: 10.0.1.2${i}/24 } }, vips: [10.0.0.10${i}], ipvs: d${i}.rules }`,
          `  s${i}: { address: 10.0.1.3${i}/24, lan: b, gateway: 10.0.1.1${i}, vip_on_lo: [10.0.0.10${i}], serves: [80] }`,
        ]
      : [
          `  c${i}: { address: 10.0.0.1${i}/24, lan: a, gateway: 10.0.0.2${i} }`,
          `  d${i}: { interfaces: { eth0: { lan: a, address: 10.0.0.2${i}/24 }, eth1: { lan: b, address: 10.0.1.2${i}/24 } }, forward: yes }`,
          `  s${i}: { address: 10.0.1.3${i}/24, lan: b, gateway: 10.0.1.2${i}, serves: [80] }`,
        ],
  )
  const to = (i: number) => (throughIpvs ? `10.0.0.10${i}:80` : `10.0.1.3${i}:80`)
  const text = [
    'scenario: short TCP connections',
    `seed: ${seed}`,
    `duration: ${seconds + 2}s`,
    'hosts:',
    ...hosts,
    'links: { default: { rate: 1Gbit, delay: 50us, queue: 1000 packets, overhead: ppp } }',
    'traffic:',
    ...PATHS.map(
      i =>
        `  p${i}: { from: c${i}, to: ['${to(i)}'], start: 0s, stop: ${seconds}s, requests: { rate: 40000/min, request: 300B, response: 10000B, close: server } }`,
    ),
    '',
  ].join('\n')
  return checked('short.yaml', { 'short.yaml': text, ...files })
}

/** W6: three balancers, 2,000 new connections a second from ten addresses for ten minutes in direct routing. */
export function fullTables(seed: number, minutes = 10, perSecond = 2000): Model {
  const rules = PATHS.map(
    i => `-A -t 10.0.0.10${i}:80 -s rr\n-a -t 10.0.0.10${i}:80 -r 10.0.0.31:80 -g -w 1\n-a -t 10.0.0.10${i}:80 -r 10.0.0.32:80 -g -w 1\n`,
  )
  const files: Record<string, string> = {}
  for (const i of PATHS) files[`d${i}.rules`] = rules[i - 1]
  const vips = PATHS.map(i => `10.0.0.10${i}`).join(', ')
  const text = [
    'scenario: full connection tables',
    `seed: ${seed}`,
    `duration: ${minutes}min`,
    'hosts:',
    '  clients: { address: 10.0.0.200/24, addresses: 10.0.0.201-209/24, link: { rate: 10Gbit } }',
    ...PATHS.map(i => `  d${i}: { address: 10.0.0.2${i}/24, vips: [10.0.0.10${i}], ipvs: d${i}.rules }`),
    `  s1: { address: 10.0.0.31/24, vip_on_lo: [${vips}], serves: [80] }`,
    `  s2: { address: 10.0.0.32/24, vip_on_lo: [${vips}], serves: [80] }`,
    'links: { default: { rate: 1Gbit, delay: 50us, queue: 1000 packets } }',
    'traffic:',
    `  load: { from: clients, to: [${PATHS.map(i => `'10.0.0.10${i}:80'`).join(', ')}], start: 0s, requests: { rate: ${perSecond}/s, request: 300B, response: 1000B } }`,
    '',
  ].join('\n')
  return checked('tables.yaml', { 'tables.yaml': text, ...files })
}
