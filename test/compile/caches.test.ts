/**
 * Goal: nothing but speed differs when hosts remember what they did with the last packet of a flow (decision 21).
 * Method: every scenario that ships, and a cluster to which everything happens that forwarding reads, runs with the
 * caches on and off; the digests of all hosts must be equal. Rates of the loud scenarios are a twentieth of the file's.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directorLine } from '../../bench/workloads/director-line.ts'
import { shortConnections } from '../../bench/workloads/tcp.ts'
import { filesBeside } from '../../cli/files.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'
import { model, scenarioText } from './cluster.ts'

const files = readdirSync('scenarios', { recursive: true, encoding: 'utf8' })
  .filter(f => f.endsWith('.yaml'))
  .sort()

/** An event that changes nothing. */
const NOTHING = ['{ at: 1s, heal: c1 }']
const LOUD_BPS = 50e6
const LOUD_PER_S = 500
const quieter = (m: Model): Model => ({
  ...m,
  traffic: m.traffic.map(t => {
    const o = t.options
    if (o.kind === 'udp' && o.rateBps > LOUD_BPS) return { ...t, options: { ...o, rateBps: o.rateBps / 20 } }
    if (o.kind === 'requests' && o.rate.toPerS > LOUD_PER_S)
      return { ...t, options: { ...o, rate: { ...o.rate, fromPerS: o.rate.fromPerS / 20, toPerS: o.rate.toPerS / 20 } } }
    return t
  }),
})

function digests(m: Model, caches: boolean, seconds = Number.POSITIVE_INFINITY) {
  const simulation = new Simulation(m, { caches })
  simulation.run(Math.min(m.durationNs, seconds * 1e9))
  return simulation.hostDigests()
}

describe('with forwarding caches and without', () => {
  it.each(files)('%s: the same digests', file => {
    const path = join('scenarios', file)
    const { model: m } = loadScenario(path, filesBeside(path))
    expect(m).toBeDefined()
    expect(digests(quieter(m as Model), true)).toEqual(digests(quieter(m as Model), false))
  })

  it('the director line and short connections: the same digests', () => {
    const line = directorLine({ arrivals: 'poisson', seed: 3, seconds: 6, gbitPerPath: 0.01, directorLost: true })
    expect(digests(line, true)).toEqual(digests(line, false))
    const short = shortConnections(1, true, 1)
    expect(digests(short, true, 0.5)).toEqual(digests(short, false, 0.5))
  })

  it.each([
    [
      'a server is removed, comes back with weight 0, and the table is flushed',
      ipvsadm('-d -u 10.0.0.100:80 -r 10.0.0.11:80', '-a -u 10.0.0.100:80 -r 10.0.0.11:80 -g -w 0', '-C'),
    ],
    [
      'a server is reached by NAT, then through a tunnel',
      ipvsadm('-e -u 10.0.0.100:80 -r 10.0.0.11:80 -m', '-e -u 10.0.0.100:80 -r 10.0.0.11:80 -i'),
    ],
    ['the timeout of UDP becomes a second', ipvsadm('--set 0 0 1')],
    ['the service makes a choice for every packet', ipvsadm('-E -u 10.0.0.100:80 -s rr -o')],
    [
      'IPVS does nothing on a backup',
      ['{ at: 7s, sysctl: b1, key: net.ipv4.vs.backup_only, value: 1 }', ...ipvsadm('--start-daemon backup --mcast-interface eth0')],
    ],
    [
      'a server hangs, refuses and listens again',
      ['hang', 'unhang', 'refuse', 'listen'].map((what, i) => `{ at: ${7 + i}.003s, real_server: s1, what: ${what} }`),
    ],
    ['servers lose power', ['{ at: 7s, crash: s1 }', '{ at: 9s, boot: s1 }', '{ at: 10s, crash: s2, silent: true }']],
    ['a cable is pulled, a port goes deaf', ['{ at: 7s, link_down: b1 }', '{ at: 9s, link_up: b1 }', '{ at: 11s, deaf: s2 }']],
    ['keepalived leaves, and comes back', ['{ at: 7s, stop: b1 }', '{ at: 10s, start: b1 }']],
    ['another host takes the VIP', ['{ at: 7s, garp: b2, vip: 10.0.0.100 }']],
    [
      'a server answers ARP for the VIP',
      ['{ at: 7s, sysctl: s1, key: net.ipv4.conf.all.arp_ignore, value: 0 }', '{ at: 7.5s, crash: b1 }'],
    ],
    [
      'a link gets slower, with less delay',
      [
        '{ at: 7s, set: switch->b1, link: { rate: 10Mbit, delay: 5us, queue: 4 packets } }',
        '{ at: 9s, set: switch->b1, link: { rate: 1Gbit } }',
      ],
    ],
  ])('%s: the same digests, and not those of a quiet run', (_what, events) => {
    const m = model(scenarioText({ events }))
    const on = digests(m, true)
    expect(on).toEqual(digests(m, false))
    expect(on).not.toEqual(quiet)
  })

  it('most packets are dealt with from memory', () => {
    const simulation = new Simulation(model(scenarioText({ events: NOTHING })))
    let asked = 0
    const { stack } = simulation.network
    const remember = stack.cache.rememberFlow.bind(stack.cache)
    stack.cache.rememberFlow = (...args) => {
      asked++
      remember(...args)
    }
    simulation.run()
    // 20 Mbit/s for 12 s are 20,000 packets, each looked at by a director and a server.
    expect(stack.delivered + simulation.network.links.hops).toBeGreaterThan(60_000)
    expect(asked).toBeLessThan(2_000)
  })
})

const quiet = digests(model(scenarioText({ events: NOTHING })), true)

function ipvsadm(...args: string[]): string[] {
  return args.map((a, i) => `{ at: ${7 + 2 * i}.001s, ipvsadm: b1, args: '${a}' }`)
}
