/**
 * A day of a large site, as a scenario for the flow level: balancers and VIPs on several LANs, each VIP on three of its
 * LAN's balancers, clients that follow the daily curve, balancers that lose power one after the other and come back.
 *
 * The 1,000 VIPs of 200 balancers need five LANs, because a VRID has 8 bits. Each LAN's VIP v is preferred by balancer
 * v mod n, then by two others that depend on v, so that a lost balancer's VIPs go to different survivors.
 */
import type { Model } from '../../sim-core/scenario/index.ts'
import { checked } from './director-line.ts'

export interface LargeDay {
  readonly lans: number
  readonly balancersPerLan: number
  readonly vipsPerLan: number
  readonly serversPerLan: number
  readonly hours: number
  readonly failures: number
  /** Of each LAN's clients at the day's peak. */
  readonly gbitPerLan: number
  readonly model: 'packets' | 'rates'
}

export const SITE: LargeDay = {
  ...{ lans: 5, balancersPerLan: 40, vipsPerLan: 200, serversPerLan: 20, hours: 24, failures: 20, gbitPerLan: 15, model: 'rates' },
}

const PRIORITIES = [150, 120, 100]
/** A failed balancer comes back after this long. */
const REPAIR_MIN = 40

export function largeDay(o: LargeDay): Model {
  return checked('large-day.yaml', largeDayFiles(o))
}

/** The scenario and the files that it names. */
export function largeDayFiles(o: LargeDay): Record<string, string> {
  const files: Record<string, string> = {}
  const hosts: string[] = []
  const traffic: string[] = []
  for (let lan = 0; lan < o.lans; lan++) {
    hosts.push(`  c${lan}: { address: 10.${lan}.200.1/16, lan: lan${lan}, link: { rate: 100Gbit } }`)
    for (let s = 0; s < o.serversPerLan; s++)
      hosts.push(
        `  s${lan}-${two(s)}: { address: 10.${lan}.100.${s + 1}/16, lan: lan${lan}, vip_on_lo: ${vipList(o, lan)}, serves: ['udp 80'] }`,
      )
    for (let b = 0; b < o.balancersPerLan; b++) {
      const name = `b${lan}-${two(b)}`
      files[`${name}.conf`] = keepalivedConf(o, lan, b)
      hosts.push(`  ${name}: { address: 10.${lan}.0.${b + 1}/16, lan: lan${lan}, keepalived: ${name}.conf }`)
    }
    const to = Array.from({ length: o.vipsPerLan }, (_, v) => `${vip(lan, v)}:80`)
    traffic.push(
      `  lan${lan}: { from: c${lan}, to: [${to.join(', ')}], flows: ${20 * o.vipsPerLan}, start: 10s, profile: day, udp: { rate: ${o.gbitPerLan}Gbit, arrivals: poisson } }`,
    )
  }
  const text = [
    'scenario: a day of a large site',
    `model: ${o.model}`,
    `duration: ${o.hours}h`,
    'hosts:',
    ...hosts,
    'links: { default: { rate: 1Gbit, delay: 20us, queue: 1000 packets } }',
    'traffic:',
    ...traffic,
    'events:',
    ...failures(o),
    ...(o.hours < 24 ? [] : ['windows: { night: 2h..6h, evening: 18h..22h }']),
    '',
  ]
  return { 'large-day.yaml': text.join('\n'), ...files }
}

const two = (n: number): string => String(n).padStart(2, '0')
const vip = (lan: number, v: number): string => `10.${lan}.50.${v + 1}`
const vipList = (o: LargeDay, lan: number): string => `[${Array.from({ length: o.vipsPerLan }, (_, v) => vip(lan, v)).join(', ')}]`

/** The balancers of a VIP, the one that should have it first. */
function order(o: LargeDay, v: number): number[] {
  const n = o.balancersPerLan
  const turn = Math.floor(v / n)
  return [v % n, (v + 1 + turn) % n, (v + 1 + turn + Math.floor(n / 2)) % n]
}

function keepalivedConf(o: LargeDay, lan: number, b: number): string {
  const parts: string[] = []
  for (let v = 0; v < o.vipsPerLan; v++) {
    const place = order(o, v).indexOf(b)
    if (place < 0) continue
    const servers = [0, 1, 2, 3].map(k => (v + 5 * k) % o.serversPerLan)
    parts.push(
      `vrrp_instance V${v} {\n interface eth0\n virtual_router_id ${v + 1}\n priority ${PRIORITIES[place]}\n advert_int 1\n virtual_ipaddress { ${vip(lan, v)} }\n}\n`,
      `virtual_server ${vip(lan, v)} 80 {\n lvs_sched rr\n lvs_method DR\n protocol UDP\n${servers.map(s => ` real_server 10.${lan}.100.${s + 1} 80 { weight 1 }\n`).join('')}}\n`,
    )
  }
  return parts.join('')
}

/** One balancer after the other, all over the day and the LANs. */
function failures(o: LargeDay): string[] {
  const everyMin = (o.hours * 60) / (o.failures + 1)
  return Array.from({ length: o.failures }, (_, i) => {
    const name = `b${i % o.lans}-${two((i * 7) % o.balancersPerLan)}`
    const atS = Math.round(60 * everyMin * (i + 1))
    const backS = atS + 60 * REPAIR_MIN
    return [`  - { at: ${atS}.317s, crash: ${name} }`, ...(backS >= o.hours * 3600 ? [] : [`  - { at: ${backS}.5s, boot: ${name} }`])]
  }).flat()
}
