/**
 * Goal: lvs_timeouts do to the kernel's timeouts what keepalived 2.2.7 was seen to do on Linux 6.1 (`ipvsadm -L --timeout` after
 * each step): set at the start, replaced by a reload, given back at the end; nothing without virtual servers.
 * Method: one director, set to 800 99 200 by hand, through the steps that were recorded; and an entry that lives by them.
 */
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../sim-core/compile/index.ts'
import { timeoutsOf } from '../../sim-core/protocols/ipvs/index.ts'
import { model } from './cluster.ts'

const SERVER = 'virtual_server 10.0.0.100 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n real_server 10.0.0.11 80 {\n weight 1\n }\n}\n'
const conf = (timeouts: string, servers = SERVER): string => `global_defs {\n ${timeouts}\n}\n${servers}`

function simulate(events: readonly string[], first: string, more: Record<string, string> = {}, traffic = ''): Simulation {
  const text = `scenario: timeouts
duration: 60s
hosts:
  c: { address: 10.0.0.50/24 }
  d: { address: 10.0.0.9/24, vips: [10.0.0.100], keepalived: first.conf, ipvs: rules }
  s: { address: 10.0.0.11/24, serves: all }
links: { default: { rate: 1Gbit, delay: 50us } }
${traffic}
events: [${events.join(', ')}]
`
  const files: Record<string, string> = { 'first.conf': first, rules: '--set 800 99 200\n', ...more }
  return new Simulation(model(text, files))
}

/** As `ipvsadm -L --timeout` prints them. */
function timeouts(s: Simulation): string {
  const d = s.directors.ipvs.director(s.network.stack.hostNames.indexOf('d'))
  const { tcpS, tcpFinS, udpS } = timeoutsOf(d.entries.tcpTimeouts, d.udpTimeout, d.clock.hz)
  return `${tcpS} ${tcpFinS} ${udpS}`
}

const timeoutsAt = (s: Simulation, seconds: readonly number[]): string[] =>
  seconds.map(t => {
    s.run(t * 1e9)
    return timeouts(s)
  })

describe('lvs_timeouts', () => {
  it('start, reload to others, reload to none, stop: as recorded', () => {
    const s = simulate(
      ['{ at: 5s, reload: d, keepalived: udp.conf }', '{ at: 10s, reload: d, keepalived: none.conf }', '{ at: 15s, stop: d }'],
      conf('lvs_timeouts tcp 700 tcpfin 33'),
      { 'udp.conf': conf('lvs_timeouts udp 44'), 'none.conf': conf('') },
    )
    expect(timeoutsAt(s, [1, 6, 11, 20])).toEqual(['700 33 200', '800 99 44', '800 99 200', '800 99 200'])
  })

  it('an end gives back what was; after kill -9 they stay, and count as what was', () => {
    const s = simulate(
      [
        '{ at: 5s, stop: d }',
        '{ at: 10s, start: d }',
        '{ at: 15s, kill: d }',
        '{ at: 20s, start: d, keepalived: udp.conf }',
        '{ at: 25s, stop: d }',
      ],
      conf('lvs_timeouts tcp 700 tcpfin 33'),
      { 'udp.conf': conf('lvs_timeouts udp 44') },
    )
    expect(timeoutsAt(s, [8, 11, 16, 21, 30])).toEqual(['800 99 200', '700 33 200', '700 33 200', '700 33 44', '700 33 200'])
  })

  it('nothing without virtual servers', () => {
    const vrrp = 'vrrp_instance V {\n interface eth0\n virtual_router_id 5\n virtual_ipaddress {\n 10.0.0.5\n }\n}\n'
    expect(timeoutsAt(simulate([], conf('lvs_timeouts tcp 555', vrrp)), [3])).toEqual(['800 99 200'])
  })

  it('an entry in FIN_WAIT goes by them, and the story says who set them', () => {
    const traffic = "traffic: { one: { from: c, to: ['10.0.0.100:80'], start: 1s, curl: { count: 1, interval: 1s } } }"
    const s = simulate([], conf('lvs_timeouts tcpfin 10'), {}, traffic)
    const entries = [10.9, 13].map(t => {
      s.run(t * 1e9)
      return s.directors.ipvs.director(s.network.stack.hostNames.indexOf('d')).table.count
    })
    expect(entries).toEqual([1, 0])
    const told = s.happenings.filter(h => h.cause?.rule === 'keepalived-lvs-timeouts')
    expect(told.map(h => `${h.what}: ${h.cause?.text}`)).toEqual(['keepalived sets the timeouts of IPVS: lvs_timeouts: tcpfin 10 s'])
  })
})
