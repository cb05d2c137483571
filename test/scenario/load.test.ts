/**
 * Goal: a scenario file becomes the Model that it describes: defaults, names of interfaces, ranges, overrides of links
 * in both arrows, `serves: all`, `--set`, order independent of the file's.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatIpv4, parseIpv4 } from '../../sim-core/base/address.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

const CONF = `vrrp_instance VI_1 {
    interface eth1
    virtual_router_id 51
    virtual_ipaddress {
        10.0.0.100
    }
}
virtual_server 10.0.0.100 80 {
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 10.0.0.11 80 {
        TCP_CHECK {
            connect_port 8080
        }
    }
}
`
const RULES = '-A -u 10.0.0.100:53 -s rr\n-a -u 10.0.0.100:53 -r 10.0.0.11:53 -g -w 1\n'
const HOSTS = `hosts:
  s1: { address: 10.0.0.11/24, serves: all }
  clients: { addresses: 10.0.0.200-202/24, link: { rate: 10Gbit } }
  b1: { address: 10.0.0.1/24, keepalived: conf/b1.conf, ipvs: conf/rules }
`
const load = (text: string, set: readonly string[] = []) =>
  loadScenario('dir/s.yaml', mapFiles({ 'dir/s.yaml': text, 'dir/conf/b1.conf': CONF, 'dir/conf/rules': RULES }), { set })

function model(text: string, set: readonly string[] = []): Model {
  const loaded = load(text, set)
  expect(loaded.problems.filter(p => p.severity === 'error')).toEqual([])
  return loaded.model as Model
}
const scenario = (rest = '') => model(`# Why.\n# How.\nscenario: test\nduration: 60s\n${HOSTS}${rest}`)
const host = (m: Model, name: string) => m.hosts.find(h => h.name === name) as Model['hosts'][number]

describe('hosts', () => {
  it('stand in the order of names, with the leading comment as the reason of the scenario', () => {
    expect(scenario().hosts.map(h => h.name)).toEqual(['b1', 'clients', 's1'])
    expect(scenario().about).toBe('Why.\nHow.')
  })
  it('with one interface call it as their keepalived.conf does, others eth0', () => {
    expect(host(scenario(), 'b1').interfaces.map(i => i.name)).toEqual(['eth1'])
    expect(host(scenario(), 's1').interfaces.map(i => i.name)).toEqual(['eth0'])
  })
  it('with several addresses have the first as their own', () => {
    const [nic] = host(scenario(), 'clients').interfaces
    expect([nic.address, ...nic.moreAddresses].map(a => formatIpv4(a as number))).toEqual(['10.0.0.200', '10.0.0.201', '10.0.0.202'])
  })
  it('forward and start keepalived when they are directors', () => {
    expect([host(scenario(), 'b1').forward, host(scenario(), 's1').forward]).toEqual([true, false])
    expect([host(scenario(), 'b1').keepalivedStartNs, host(scenario(), 's1').keepalivedStartNs]).toEqual([0, undefined])
  })
  it('start keepalived later or never when told so', () => {
    const started = (start: string) =>
      host(model(`scenario: t\nduration: 60s\nhosts: { b1: { address: 10.0.0.1/24, keepalived: conf/b1.conf, start: ${start} } }\n`), 'b1')
        .keepalivedStartNs
    expect([started('100ms'), started('never')]).toEqual([100_000_000, undefined])
  })
  it('that serve all have every VIP on lo and answer services, their own address and what checkers probe', () => {
    const s1 = host(scenario(), 's1')
    expect(s1.vipsOnLo.map(formatIpv4)).toEqual(['10.0.0.100'])
    expect(s1.serves.map(e => `${e.protocol} ${formatIpv4(e.address)}:${e.port}`)).toEqual([
      'UDP 10.0.0.11:53',
      'TCP 10.0.0.11:80',
      'TCP 10.0.0.11:8080',
      'UDP 10.0.0.100:53',
      'TCP 10.0.0.100:80',
    ])
  })
  it('may say port by port what they serve', () => {
    const m = model(
      'scenario: t\nduration: 1s\nhosts: { s1: { address: 10.0.0.11/24, vip_on_lo: 10.0.0.100, serves: [80, "udp 10.0.0.100:53"] } }\n',
    )
    expect(host(m, 's1').serves.map(e => `${e.protocol} ${formatIpv4(e.address)}:${e.port}`)).toEqual([
      'TCP 10.0.0.11:80',
      'UDP 10.0.0.100:53',
      'TCP 10.0.0.100:80',
    ])
  })
})

describe('links', () => {
  const links = 'links: { default: { delay: 5us }, s1: { rate: 2Gbit }, "b1→switch": { rate: 3Gbit }, "switch->b1": { queue: 64kB } }\n'
  it('take the default, the host’s own, the host’s entry, then the direction’s', () => {
    const m = scenario(links)
    const [b1] = host(m, 'b1').interfaces
    const [clients] = host(m, 'clients').interfaces
    const [s1] = host(m, 's1').interfaces
    expect([b1.link.rateBps, b1.linkDown.rateBps]).toEqual([3e9, 1e9])
    expect([b1.link.queue, b1.linkDown.queue]).toEqual([{ packets: 1000 }, { bytes: 64_000 }])
    expect([clients.link.rateBps, clients.linkDown.rateBps, clients.link.delayNs]).toEqual([10e9, 10e9, 5000])
    expect(s1.link.rateBps).toBe(2e9)
  })
  it('between switches are trunks', () => {
    const m = model(
      'scenario: t\nduration: 1s\nhosts: { a: { address: 10.0.0.1/24, lan: x }, b: { address: 10.0.0.2/24, lan: y } }\ntrunks: [{ between: [x, y], link: { rate: 10Gbit } }]\n',
    )
    expect(m.lans.map(l => l.name)).toEqual(['x', 'y'])
    expect(m.trunks.map(t => [t.from, t.to, t.link.rateBps, t.linkBack.rateBps])).toEqual([['x', 'y', 10e9, 10e9]])
  })
})

describe('the rest', () => {
  it('windows begin with the whole run and follow time; an open end is the end', () => {
    const m = scenario('windows: { after: 25s..end, before: 10s..20s }\n')
    expect(m.windows.map(w => [w.name, w.fromNs / 1e9, w.toNs / 1e9])).toEqual([
      ['run', 0, 60],
      ['before', 10, 20],
      ['after', 25, 60],
    ])
  })
  it('events follow time and carry their options in the Model’s units', () => {
    const m = scenario(
      'events: [{ at: 30s, set: switch->b1, link: { rate: 100Mbit, queue: 10 packets } }, { at: 20s, crash: b1, silent: true }, { at: 40s, split: [b1, [s1, clients]] }, { at: 41s, join: all }, { at: 42s, ipvsadm: b1, args: "-C" }]\n',
    )
    expect(m.events.map(e => [e.atNs / 1e9, e.verb, e.target, e.options])).toEqual([
      [20, 'crash', 'b1', { silent: true }],
      [30, 'set', 'switch→b1', { rateBps: 100e6, queuePackets: 10 }],
      [40, 'split', '', { groups: ['b1', 's1,clients'] }],
      [41, 'join', '', {}],
      [42, 'ipvsadm', 'b1', {}],
    ])
    expect(m.events[4].ipvs?.map(r => r.kind)).toEqual(['clear'])
  })
  it('traffic has its endpoints as numbers and starts by itself unless told when', () => {
    const m = scenario('traffic: { web: { from: clients, to: 10.0.0.100:80, flows: 7, udp: { rate: 1Mbit } } }\n')
    expect(m.traffic[0]).toMatchObject({
      name: 'web',
      from: 'clients',
      options: { kind: 'udp', flows: 7, to: [{ address: parseIpv4('10.0.0.100'), port: 80 }] },
    })
    expect(m.traffic[0].startNs).toBeUndefined()
  })
  it('ports and addresses of the clients make flows', () => {
    const m = scenario('traffic: { dns: { from: clients, to: 10.0.0.100:53, ports: 2000-2099, udp: { rate: 1Mbit } } }\n')
    // Three addresses, a hundred ports.
    expect(m.traffic[0].options).toMatchObject({ flows: 300, ports: { first: 2000, last: 2099 } })
  })
  it('shuffling keys changes nothing but positions', () => {
    const strip = (value: unknown) => JSON.parse(JSON.stringify(value, (key, v) => (key === 'at' || key === 'about' ? undefined : v)))
    const lines = HOSTS.trimEnd().split('\n')
    const shuffled = [lines[0], ...lines.slice(1).reverse()].join('\n')
    const other = model(`duration: 60s\n${shuffled}\nscenario: test\n`)
    expect(strip(other)).toEqual(strip(scenario()))
  })
  it('is frozen', () => {
    const m = scenario()
    expect(() => {
      ;(m.hosts[0].interfaces[0].link as { rateBps: number }).rateBps = 1
    }).toThrow(TypeError)
  })
})

describe('--set', () => {
  const base = `scenario: test\nduration: 60s\n${HOSTS}events: [{ at: 20s, crash: b1 }]\n`
  it('replaces and adds values', () => {
    const m = model(base, ['duration=30s', 'hosts.s1.link.rate=10Gbit', 'events[0].at=25s', 'links."b1->switch".rate=5Gbit', 'seed=7'])
    expect([m.durationNs, m.events[0].atNs, m.seed]).toEqual([30e9, 25e9, 7])
    expect(host(m, 's1').interfaces[0].link.rateBps).toBe(10e9)
    expect(host(m, 'b1').interfaces[0].link.rateBps).toBe(5e9)
  })
  it.each([
    ['duration=30', 'unit-missing', '--set duration=30'],
    ['hosts.b1.lnk.rate=1Gbit', 'unknown-key', '--set hosts.b1.lnk.rate=1Gbit'],
    ['duration', 'override', '--set duration'],
    ['events[7].at=1s', 'override', '--set events[7].at=1s'],
    ['duration.x=1', 'override', '--set duration.x=1'],
    ['=1', 'override', '--set =1'],
  ])('%s is told at the option', (text, code, file) => {
    const { problems, model: none } = load(base, [text])
    expect(none).toBeUndefined()
    expect(problems.map(p => [p.code, p.at.file])).toContainEqual([code, file])
  })
})

describe('files', () => {
  it('that keepalived reads and lvsim does not simulate are listed once', () => {
    const conf = CONF.replace('interface eth1', 'interface eth1\n    notify_master "/bin/true"')
    const files = mapFiles({
      's.yaml':
        'scenario: t\nduration: 1s\nhosts: { b1: { address: 10.0.0.1/24, keepalived: a }, b2: { address: 10.0.0.2/24, keepalived: a } }\n',
      a: conf,
    })
    expect(loadScenario('s.yaml', files).model?.ignored.map(w => [w.keyword, w.at.line])).toEqual([['notify_master', 3]])
  })
  it('of ipvsadm may be a listing, or stand in the scenario itself', () => {
    const m = model(
      'scenario: t\nduration: 1s\nhosts:\n  b1:\n    address: 10.0.0.1/24\n    ipvs: |\n      -A -t 10.0.0.100:80 -s wrr\n      -a -t 10.0.0.100:80 -r 10.0.0.11:80 -g -w 3\n',
    )
    expect(host(m, 'b1').ipvs.map(r => r.kind)).toEqual(['add-service', 'add-server'])
    expect(host(m, 'b1').ipvs[0].at).toMatchObject({ file: 'dir/s.yaml', line: 6 })
  })
})
