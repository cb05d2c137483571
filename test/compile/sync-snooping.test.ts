/**
 * Goal: a backup sync daemon behind a switch that snoops IGMP learns until its membership lapses, and a querier keeps it.
 * Method: b1 sends what it knows to b2 while a client asks once a second; without a querier b2, which joined at 0 s, hears nothing
 * from 260 s on (RFC 3376 §8.4). Its entries, of connections closed at once, last two minutes.
 */
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../sim-core/compile/index.ts'
import { model } from './cluster.ts'

const conf = (priority: number): string => `
global_defs {
  lvs_sync_daemon eth0 VI_1 id 7
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  unicast_peer {
    10.10.1.${priority === 150 ? 2 : 1}
  }
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

function run(querier: string): { readonly entriesOfB2: number[]; readonly told: string[] } {
  const text = `scenario: sync behind a switch
duration: 450s
hosts:
  b1: { address: 10.10.1.1/24, keepalived: b1.conf }
  b2: { address: 10.10.1.2/24, keepalived: b2.conf }
  client: { address: 10.10.1.50/24 }
  s1: { address: 10.10.1.11/24, serves: all }
links: { default: { rate: 1Gbit, delay: 50us } }
lans: { switch: { igmp_snooping: { querier: ${querier} } } }
traffic:
  asks: { from: client, to: 10.10.1.100:80, start: 10s, curl: { count: 430, interval: 1s, max_time: 2s } }
`
  const files: Record<string, string> = { 'b1.conf': conf(150), 'b2.conf': conf(100) }
  const simulation = new Simulation(model(text, files))
  const b2 = simulation.network.stack.hostNames.indexOf('b2')
  const entriesOfB2 = [250, 440].map(s => {
    simulation.run(s * 1e9)
    return simulation.directors.ipvs.director(b2).table.count
  })
  const told = simulation.happenings.filter(h => h.cause?.rule === 'igmp-membership-lapsed')
  return { entriesOfB2, told: told.map(h => `${Math.floor(h.t / 1e9)} s ${h.what}`) }
}

describe('IGMP snooping and the sync daemon', () => {
  it('without a querier b2 learns nothing from 260 s on, and the story says so', () => {
    const { entriesOfB2, told } = run('no')
    expect(entriesOfB2[0]).toBeGreaterThan(100)
    expect(entriesOfB2[1]).toBe(0)
    expect(told).toEqual([expect.stringMatching(/^26\d s switch no longer sends what the sync daemon tells to b2$/)])
  })

  it('with one it goes on learning', () => {
    const { entriesOfB2, told } = run('yes')
    expect(Math.min(...entriesOfB2)).toBeGreaterThan(100)
    expect(told).toEqual([])
  })
})
