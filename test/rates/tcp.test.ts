/**
 * Goal: what connections over TCP do is the same in rates and in packets: bytes on the wire, shares of a full link, requests that
 * wait for a takeover or a dead server, what checks find, and what is left in the directors' tables.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { simulate } from '../../sim-core/compile/index.ts'
import { linkLoad, type RunResult, spanOf, trafficLoad } from '../../sim-core/metrics/index.ts'
import { simulateRates } from '../../sim-core/rates/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

const director = (priority: number, check: string) => `vrrp_instance V {
 interface eth0
 virtual_router_id 5
 priority ${priority}
 advert_int 1
 virtual_ipaddress { 10.0.0.100 }
}
virtual_server 10.0.0.100 80 {
 delay_loop 4
 lvs_sched rr
 lvs_method DR
 protocol TCP
 real_server 10.0.0.11 80 {
  weight 1
  ${check}
 }
 real_server 10.0.0.12 80 {
  weight 1
  ${check}
 }
}
`

function model(traffic: string, events: string, rate = '100Mbit', check = ''): Model {
  const text = `
scenario: two directors in direct routing
duration: 40s
hosts:
  c: { addresses: 10.0.0.200-209/24, link: { rate: 1Gbit } }
  b1: { address: 10.0.0.1/24, keepalived: b1.conf }
  b2: { address: 10.0.0.2/24, keepalived: b2.conf }
  s1: { address: 10.0.0.11/24, serves: all }
  s2: { address: 10.0.0.12/24, serves: all }
links: { default: { rate: ${rate}, delay: 20us } }
traffic: { t: { from: c, to: '10.0.0.100:80', start: 5s, ${traffic} } }
events: [${events}]
windows: { before: 8s..15s, change: 15s..30s, after: 30s..40s }
`
  const files = mapFiles({ 'x.yaml': text, 'b1.conf': director(150, check), 'b2.conf': director(100, check) })
  const loaded = loadScenario('x.yaml', files)
  expect(loaded.problems.filter(p => p.severity === 'error')).toEqual([])
  return loaded.model as Model
}

const spanIn = (m: Model, r: RunResult, name: string) => {
  const w = m.windows.find(x => x.name === name) as Model['windows'][number]
  return spanOf(r.measurements.segments, w.fromNs, w.toNs)
}
const used = (m: Model, r: RunResult, link: string, window: string) =>
  linkLoad(
    r.measurements.segments,
    r.measurements.links.find(l => l.name === link) as RunResult['measurements']['links'][number],
    spanIn(m, r, window),
  ).utilisation
const load = (m: Model, r: RunResult, window: string) =>
  trafficLoad(r.measurements.segments, r.measurements.traffic[0], spanIn(m, r, window))
const listed = (r: RunResult, host: string) => {
  const servers = r.tables.filter(t => t.host === host && t.tNs === r.simulatedNs).flatMap(t => t.services.flatMap(s => s.servers))
  return { active: servers.reduce((n, s) => n + s.active, 0), inactive: servers.reduce((n, s) => n + s.inactive, 0) }
}
const both = (m: Model) => ({ packets: simulate(m), rates: simulateRates(m) })

describe('requests', () => {
  it.each(['client', 'server'])('closed by the %s put the same on every link and leave the same entries', close => {
    const m = model(`requests: { rate: 100/s, arrivals: constant, response: 40kB, close: ${close} }`, '')
    const { packets, rates } = both(m)
    for (const link of ['c→switch', 'switch→b1', 'b1→switch', 'switch→s1', 's1→switch', 'switch→c'])
      expect(used(m, rates, link, 'before') / used(m, packets, link, 'before'), link).toBeCloseTo(1, 1.7)
    expect(load(m, rates, 'before')).toMatchObject({ sent: 700, lost: 0 })
    expect(Math.abs(listed(rates, 'b1').inactive - listed(packets, 'b1').inactive)).toBeLessThanOrEqual(2)
  })

  it('wait for a takeover, and fail if they have no time to', () => {
    for (const [maxTime, some] of [
      ['2s', true],
      ['60s', false],
    ] as const) {
      const m = model(`requests: { rate: 100/s, arrivals: constant, max_time: ${maxTime} }`, '{ at: 15s, crash: b1 }')
      const { packets, rates } = both(m)
      expect(load(m, packets, 'change').lost > 0).toBe(some)
      expect(Math.abs(load(m, rates, 'change').lost - load(m, packets, 'change').lost)).toBeLessThanOrEqual(
        0.05 * load(m, packets, 'change').lost,
      )
      expect(Math.abs(listed(rates, 'b2').inactive - listed(packets, 'b2').inactive)).toBeLessThanOrEqual(20)
    }
  })

  it('to a dead server fail until its check says so, and their entries stay', () => {
    const m = model(
      'requests: { rate: 100/s, arrivals: constant, max_time: 2s }',
      '{ at: 15s, crash: s1 }, { at: 26s, boot: s1 }',
      '1Gbit',
      'TCP_CHECK { connect_timeout 1 }',
    )
    const { packets, rates } = both(m)
    const told = (r: RunResult) => r.happenings.filter(h => h.kind === 'check')
    const what = (r: RunResult) => told(r).map(h => [h.host, h.fields['up']])
    expect(what(packets)).toHaveLength(4)
    expect(what(rates)).toEqual(what(packets))
    told(packets).forEach((h, i) => {
      expect(Math.abs(h.t - told(rates)[i].t)).toBeLessThan(2e6)
    })
    expect(Math.abs(load(m, rates, 'change').lost / load(m, packets, 'change').lost - 1)).toBeLessThan(0.05)
    expect(Math.abs(listed(rates, 'b1').active - listed(packets, 'b1').active)).toBeLessThanOrEqual(5)
  })
})

describe('bulk transfers', () => {
  it('share a full link, whatever is in the way besides', () => {
    const m = model('flows: 6, bulk: {}', '', '40Mbit')
    const { packets, rates } = both(m)
    for (const link of ['switch→b1', 'b1→switch'])
      expect(Math.abs(used(m, rates, link, 'after') - used(m, packets, link, 'after')), link).toBeLessThan(0.01)
    // TCP itself is fair only in the long run.
    for (const link of ['switch→s1', 'switch→s2'])
      expect(Math.abs(used(m, rates, link, 'after') - used(m, packets, link, 'after')), link).toBeLessThan(0.1)
    expect(listed(rates, 'b1')).toEqual(listed(packets, 'b1'))
  })

  it('are reset by a director that does not know them', () => {
    const m = model('flows: 4, bulk: {}', '{ at: 15s, crash: b1 }', '40Mbit')
    const { packets, rates } = both(m)
    const lost = (r: RunResult) => trafficLoad(r.measurements.segments, r.measurements.traffic[0], spanIn(m, r, 'run')).lost
    expect(lost(packets)).toBe(4)
    expect(lost(rates)).toBe(4)
    expect(used(m, rates, 'switch→s1', 'after')).toBeLessThan(0.001)
  })

  it('end when they are done', () => {
    const m = model('flows: 4, bulk: { size: 8MB }', '', '40Mbit')
    const { packets, rates } = both(m)
    for (const window of ['before', 'after'])
      expect(Math.abs(used(m, rates, 'switch→b1', window) - used(m, packets, 'switch→b1', window)), window).toBeLessThan(0.02)
    expect(load(m, rates, 'run')).toMatchObject({ sent: 4, lost: 0 })
  })
})

describe('more than a link carries', () => {
  it('is offered, and not answered in time', () => {
    const m = model('requests: { rate: 400/s, response: 100kB, max_time: 5s }', '')
    const rates = simulateRates(m)
    const link = rates.measurements.links.find(l => l.name === 's1→switch') as RunResult['measurements']['links'][number]
    const offered = linkLoad(rates.measurements.segments, link, spanIn(m, rates, 'after'))
    // By hand: 200 answers a second of 100 kB and 70 segments' headers are 170 % of 100 Mbit/s.
    expect(offered.offered).toBeCloseTo(1.7, 1)
    expect(offered.utilisation).toBeCloseTo(1, 3)
    expect(load(m, rates, 'after').loss).toBeCloseTo(1 - 1 / 1.705, 2)
  })
})

describe('a link that UDP fills', () => {
  it('lets TCP through all the same, and the clock does not creep', () => {
    const m = model('requests: { rate: 20/s, arrivals: constant }', '')
    const [t] = m.traffic
    const flood = simulateRates({
      ...m,
      traffic: [
        t,
        {
          ...t,
          name: 'u',
          options: {
            kind: 'udp',
            to: [{ address: 0x0a000001, port: 9 }],
            flows: 10,
            rateBps: 1.1e8,
            ipBytes: 1500,
            arrivals: 'constant',
            layer: 'ip',
          } as never,
        },
      ],
    })
    expect(load(m, flood, 'after')).toMatchObject({ sent: 200, lost: 0 })
    expect(flood.events).toBeLessThan(1000)
  })
})
