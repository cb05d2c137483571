/**
 * Goal: use_vmac does what keepalived 2.2.7 was seen to do in network namespaces: adverts, ARP answers and gratuitous ARPs come from
 * 00:00:5e:00:01:VRID, everything else from the interface's own MAC, and a BACKUP takes frames to the virtual MAC too.
 * Method: two balancers, a client and a server on one switch; every frame is written down with its source MAC.
 */
import { describe, expect, it } from 'vitest'
import { filesBeside } from '../../cli/files.ts'
import { formatProblem, hasErrors } from '../../sim-core/base/problem.ts'
import { printAddresses, printMacTable, printNeighbours, Simulation } from '../../sim-core/compile/index.ts'
import { type ArpMessage, FIRST_INTERFACE_MAC, PACKET_ARP, PACKET_TCP, PACKET_VRRP } from '../../sim-core/net/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'
import { model } from './cluster.ts'

const VMAC = '00:00:5e:00:01:33'
const OWN = { b1: '02:00:0a:0a:01:01', b2: '02:00:0a:0a:01:02' }

const conf = (priority: number, options: string): string => `
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  ${options}
  virtual_ipaddress {
    10.10.1.100
  }
}
virtual_server 10.10.1.100 80 {
  lb_algo rr
  lb_kind DR
  protocol TCP
  real_server 10.10.1.11 80 {
    weight 1
  }
}
`

const KINDS: Readonly<Record<number, string>> = { [PACKET_VRRP]: 'advert', [PACKET_TCP]: 'tcp' }
const arpName = ({ operation, sender, target }: ArpMessage): string =>
  sender === target ? 'garp' : operation === 'reply' ? 'answer' : 'question'

interface Frame {
  readonly t: number
  readonly sender: string
  readonly what: string
  readonly from: string
  readonly to: string
}

interface Lab {
  readonly simulation: Simulation
  /** What each host sent, as it left. */
  readonly frames: Frame[]
  readonly host: (name: string) => number
  readonly vip: number
}

function lab(options: string, more: { events?: string[]; traffic?: string; sysctl?: string; files?: Record<string, string> } = {}): Lab {
  const b = (n: number): string => `{ address: 10.10.1.${n}/24, keepalived: b${n}.conf${more.sysctl ?? ''} }`
  const text = `scenario: virtual MAC
duration: 60s
hosts:
  b1: ${b(1)}
  b2: ${b(2)}
  client: { address: 10.10.1.50/24 }
  s1: { address: 10.10.1.11/24, serves: all }
links: { default: { rate: 1Gbit, delay: 50us } }
${more.traffic === undefined ? '' : `traffic:\n  asks: ${more.traffic}\n`}
events: [${(more.events ?? []).join(', ')}]
`
  const files: Record<string, string> = { 'b1.conf': conf(150, options), 'b2.conf': conf(100, options), ...more.files }
  const simulation = new Simulation(model(text, files))
  const { network } = simulation
  const { packets, stack, nics } = network
  const frames: Frame[] = []
  const text6 = (mac: number): string => (mac < FIRST_INTERFACE_MAC ? 'group' : network.macText(mac))
  network.links.tap = {
    sent: (link, p) => {
      if ((link & 1) !== 0) return
      const arp = packets.body[p] as ArpMessage
      const what = packets.kind[p] === PACKET_ARP ? arpName(arp) : (KINDS[packets.kind[p]] ?? 'other')
      const from = text6(packets.srcMac[p])
      if (packets.kind[p] === PACKET_ARP) expect(network.macText(arp.senderMac)).toBe(from)
      frames.push({ t: simulation.now / 1e9, sender: stack.hostNames[nics[link >> 1].host], what, from, to: text6(packets.dstMac[p]) })
    },
    lost: () => undefined,
  }
  const host = (name: string): number => stack.hostNames.indexOf(name)
  return { simulation, frames, host, vip: network.addresses.intern((10 << 24) | (10 << 16) | (1 << 8) | 100) }
}

const sources = (l: Lab, what: string, sender = 'b1'): string[] => [
  ...new Set(l.frames.filter(f => f.what === what && f.sender === sender).map(f => f.from)),
]
/** No service there: the balancer itself answers, with RST from the VIP. */
const REFUSED = '{ from: client, to: 10.10.1.100:81, start: 10s, curl: { count: 2, interval: 1s, max_time: 2s } }'
const ASKS = '{ from: client, to: 10.10.1.100:80, start: 10s, curl: { count: 5, interval: 1s, max_time: 2s } }'

describe('use_vmac', () => {
  it('adverts, gratuitous ARPs and answers for the VIP come from the virtual MAC, what is forwarded from its own', () => {
    const l = lab('use_vmac', { traffic: ASKS })
    l.simulation.run(20e9)
    expect(sources(l, 'advert')).toEqual([VMAC])
    expect(sources(l, 'garp')).toEqual([VMAC])
    expect(sources(l, 'answer')).toContain(VMAC)
    expect(sources(l, 'tcp')).toEqual([OWN.b1])
    expect(l.frames.filter(f => f.sender === 'client' && f.what === 'tcp').every(f => f.to === VMAC)).toBe(true)
    expect(printNeighbours(l.simulation, l.host('client'))).toContain(`10.10.1.100 dev eth0 lladdr ${VMAC} (VRID 51)`)
    expect(printMacTable(l.simulation, 0)).toMatch(`${VMAC} (VRID 51) port switch→b1`)
  })

  it('vmac_xmit_base: only the adverts come from its own', () => {
    const l = lab('use_vmac\n  vmac_xmit_base')
    l.simulation.run(20e9)
    expect(sources(l, 'advert')).toEqual([OWN.b1])
    expect(sources(l, 'garp')).toEqual([VMAC])
  })

  it('unicast adverts come from its own, whatever is written', () => {
    const l = lab('use_vmac\n  unicast_peer {\n    10.10.1.1\n    10.10.1.2\n  }')
    l.simulation.run(20e9)
    expect(sources(l, 'advert')).toEqual([OWN.b1])
    expect(sources(l, 'garp')).toEqual([VMAC])
  })

  it('is an interface of its own from the start of keepalived to its end, and stays after kill -9', () => {
    const has = (l: Lab, host: string): boolean => printAddresses(l.simulation, l.host(host)).includes(`vrrp.51@eth0`)
    const l = lab('use_vmac', {
      events: ['{ at: 10s, stop: b1 }', '{ at: 20s, kill: b2 }', '{ at: 30s, crash: b2 }', '{ at: 40s, boot: b2 }'],
    })
    const seen = [1, 15, 25, 35, 45].map(s => {
      l.simulation.run(s * 1e9)
      return `b1 ${has(l, 'b1')} b2 ${has(l, 'b2')}`
    })
    expect(seen).toEqual(['b1 true b2 true', 'b1 false b2 true', 'b1 false b2 true', 'b1 false b2 false', 'b1 false b2 true'])
    // arp_ignore stays 1 after the end (b1), and is as before after a reboot until keepalived starts again (b2).
    expect(l.simulation.network.neighbours.arpIgnore(l.host('b1'))).toBe(1)
  })

  it('shows the VIP on it', () => {
    const l = lab('use_vmac')
    l.simulation.run(10e9)
    expect(printAddresses(l.simulation, l.host('b1'))).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>
    link/ether ${OWN.b1} brd ff:ff:ff:ff:ff:ff
    inet 10.10.1.1/24 scope global eth0
3: vrrp.51@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>
    link/ether ${VMAC} brd ff:ff:ff:ff:ff:ff
    inet 10.10.1.100/32 scope global vrrp.51
`)
  })

  it('a reload without it is another virtual router: goodbye, and BACKUP again', () => {
    const l = lab('use_vmac', { events: ['{ at: 10s, reload: b1, keepalived: plain.conf }'], files: { 'plain.conf': conf(150, '') } })
    l.simulation.run(20e9)
    const { neighbours } = l.simulation.network
    const said = l.simulation.happenings.filter(h => h.kind === 'advert' && h.host === 'b1' && h.t >= 10e9).map(h => h.fields['prio'])
    expect(said[0]).toBe(150)
    expect(said[1]).toBe(0)
    expect(neighbours.virtualMacsOf(l.simulation.network.stack.hosts[l.host('b1')].nics[0])).toEqual([])
  })
})

describe('where a virtual MAC does not help', () => {
  it('an answer from the VIP makes the balancer ask in its name from its own MAC, and who is asked believes it', () => {
    const l = lab('use_vmac', { traffic: REFUSED })
    l.simulation.run(12e9)
    expect(l.frames.filter(f => f.what === 'question' && f.sender === 'b1').every(f => f.from === OWN.b1)).toBe(true)
    expect(printNeighbours(l.simulation, l.host('client'))).toContain(`10.10.1.100 dev eth0 lladdr ${OWN.b1} (b1)`)
  })

  it('arp_announce 2 keeps the virtual MAC', () => {
    const l = lab('use_vmac', { traffic: REFUSED, sysctl: ', sysctl: { net.ipv4.conf.all.arp_announce: 2 }' })
    l.simulation.run(12e9)
    expect(printNeighbours(l.simulation, l.host('client'))).toContain(`10.10.1.100 dev eth0 lladdr ${VMAC} (VRID 51)`)
  })

  it('the interface itself does not answer a question for the VIP that comes to its own MAC', () => {
    // Stale after 30 s, asked 5 s after its next use, three times in vain, and everybody is asked: the virtual MAC answers.
    const l = lab('use_vmac', { traffic: '{ from: client, to: 10.10.1.100:80, start: 10s, udp: { rate: 8kbit, size: 500B } }' })
    const { network } = l.simulation
    l.simulation.run(10e9)
    network.neighbours.preset(l.host('client'), l.vip, FIRST_INTERFACE_MAC + network.stack.hosts[l.host('b1')].nics[0])
    l.simulation.run(60e9)
    const questions = l.frames.filter(f => f.sender === 'client' && f.what === 'question' && f.to === OWN.b1)
    expect(questions).toHaveLength(3)
    expect(printNeighbours(l.simulation, l.host('client'))).toContain(`lladdr ${VMAC} (VRID 51)`)
  })

  it('a flooded frame is forwarded by a BACKUP that forwards: the MASTER gets it twice', () => {
    const l = lab('use_vmac', { traffic: ASKS.replace('10s', '10.5s') })
    l.simulation.run(10.45e9) // after its advert of 10.414 s, before the next
    const { network } = l.simulation
    const b1 = network.stack.hosts[l.host('b1')].nics[0]
    network.neighbours.preset(l.host('client'), l.vip, network.virtualMac(51))
    network.switches.forget(0, b1 * 2 + 1)
    l.simulation.run(10.55e9)
    const byB2 = l.frames.filter(f => f.sender === 'b2' && f.what === 'tcp')
    // Only the first: b2 has to ask for the VIP, and b1's answer tells the switch where the virtual MAC is.
    expect(byB2.map(f => `${f.from} to ${f.to}`)).toEqual([`${OWN.b2} to ${VMAC}`])
  })

  it('and then the router’s clients come through the failover of virtual-mac-nat.yaml', () => {
    const file = 'scenarios/surprises/virtual-mac-nat.yaml'
    const failedAfter20s = (set: readonly string[]): number => {
      const { model, problems } = loadScenario(file, filesBeside(file), { set })
      if (model === undefined || hasErrors(problems)) throw new Error(problems.map(formatProblem).join('\n'))
      const simulation = new Simulation(model)
      simulation.run()
      return simulation.result([]).requests.filter(r => r.sentNs >= 20e9 && r.sentNs < 26e9 && r.fate !== 'ok').length
    }
    expect(failedAfter20s([])).toBe(60)
    expect(failedAfter20s(['b1', 'b2'].map(b => `hosts.${b}.sysctl={ net.ipv4.conf.all.arp_announce: 2 }`))).toBe(0)
  })
})
