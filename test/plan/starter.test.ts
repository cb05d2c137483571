/**
 * Goal: a cluster's files make a first scenario without a question asked: LANs from VRIDs, addresses from what the files
 * say, and only expectations that hold. Method: small clusters, the written scenario loaded and run.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { simulate } from '../../sim-core/compile/index.ts'
import { filesOfFolder, starterScenario } from '../../sim-core/plan/index.ts'
import { makeReport } from '../../sim-core/report/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

const instance = (name: string, vrid: number, nic: string, priority: number, vip: string, more = '') =>
  `vrrp_instance ${name} {\ninterface ${nic}\nvirtual_router_id ${vrid}\npriority ${priority}\n${more}\nvirtual_ipaddress {\n${vip}\n}\n}\n`
const service = (vip: string, kind: string, server: string) =>
  `virtual_server ${vip} 80 {\nlb_algo rr\nlb_kind ${kind}\nprotocol TCP\nreal_server ${server} 80 {\nweight 1\n}\n}\n`

function starter(files: Record<string, string>) {
  const source = mapFiles(files)
  const written = starterScenario({ file: 'scenario.yaml', hosts: filesOfFolder(Object.keys(files)).hosts, files: source })
  if (!written.ok) return { written, hosts: {} }
  const loaded = loadScenario('scenario.yaml', mapFiles({ ...files, 'scenario.yaml': written.text }))
  const model = loaded.model as Model
  const hosts = Object.fromEntries(
    model.hosts.map(h => [
      h.name,
      h.interfaces.map(
        i => `${i.name} ${i.lan} ${Array.from([24, 16, 8, 0], s => ((i.address ?? 0) >>> s) & 255).join('.')}/${i.prefixLength}`,
      ),
    ]),
  )
  return { written, model, hosts }
}

describe('a first scenario', () => {
  const two = {
    'b1.keepalived.conf':
      instance('A', 1, 'eth0', 100, '10.1.2.100', 'unicast_peer {\n10.1.2.8\n}') + service('10.1.2.100', 'DR', '10.1.3.7'),
    'b2.keepalived.conf':
      instance('A', 1, 'eth0', 50, '10.1.2.100', 'unicast_src_ip 10.1.2.8\nunicast_peer {\n10.1.2.9\n}') +
      service('10.1.2.100', 'DR', '10.1.3.7'),
  }
  it('takes addresses from unicast_src_ip and unicast_peer, and a network that holds the real servers', () => {
    const { hosts, written } = starter(two)
    expect(hosts).toEqual({
      b1: ['eth0 switch 10.1.2.9/23'],
      b2: ['eth0 switch 10.1.2.8/23'],
      client: ['eth0 switch 10.1.3.254/23'],
      s1: ['eth0 switch 10.1.3.7/23'],
    })
    expect(written.ok && written.notes).toEqual([])
  })
  it('expects the owners before and after the loss of the busiest balancer, no longer an outage than its arithmetic allows, and no failed request', () => {
    const { written, model } = starter(two)
    // 3 × 1 s + (256 − 50)/256 s = 3.8047 s
    expect(written.ok && written.text.split('expect:\n')[1].trimEnd().split('\n')).toEqual([
      '  - { metric: vip.owner, of: 10.1.2.100, at: 13s, is: b1 }',
      '  - { metric: vip.owner, of: 10.1.2.100, at: 29s, is: b2 }',
      '  - { metric: vip.outage, of: 10.1.2.100, window: takeover, is: "<= 3.805 s" }',
      '  - { metric: vip.masters, of: 10.1.2.100, never: "> 1" }',
      '  - { metric: requests.failed, of: requests, window: before, is: 0 }',
      '  - { metric: requests.failed, of: requests, window: after, is: 0 }',
      '  - { metric: window.verdict, window: before, is: HOLDS }',
      '  - { metric: window.verdict, window: after, is: HOLDS }',
    ])
    const report = makeReport(model as Model, simulate(model as Model))
    expect(report.verdicts.filter(v => !v.ok)).toEqual([])
    expect(report.verdicts).toHaveLength(8)
  })
  it('puts the interfaces of one VRID on one LAN, and NAT’s real servers behind the VIP of theirs', () => {
    const nat = (priority: number) =>
      instance('OUT', 1, 'eth0', priority, '10.1.2.100') +
      instance('IN', 2, 'eth1', priority, '192.168.7.1/24') +
      service('10.1.2.100', 'NAT', '192.168.7.30')
    const { hosts, model } = starter({ 'b1.keepalived.conf': nat(100), 'b2.keepalived.conf': nat(50) })
    expect(hosts).toEqual({
      b1: ['eth0 eth0 10.1.2.2/24', 'eth1 eth1 192.168.7.2/24'],
      b2: ['eth0 eth0 10.1.2.3/24', 'eth1 eth1 192.168.7.3/24'],
      client: ['eth0 eth0 10.1.2.254/24'],
      s1: ['eth0 eth1 192.168.7.30/24'],
    })
    expect(model?.hosts.find(h => h.name === 's1')?.gateway).toBe(0xc0a80701)
  })
  it('says what it left out, and what does not hold', () => {
    const conf = (auth: string) => instance('A', 1, 'eth0', 100, '10.1.2.100', `authentication {\nauth_type PASS\nauth_pass ${auth}\n}`)
    const { written } = starter({
      'b1.keepalived.conf': conf('one') + service('10.1.2.100', 'NAT', '10.1.2.30'),
      'b2.keepalived.conf': conf('two') + service('10.9.9.9', 'DR', '10.1.2.30'),
    })
    const notes = written.ok ? written.notes : []
    expect(notes).toContain(
      'TCP 10.1.2.100:80 has no traffic: with NAT the real servers must be on another LAN than the clients, with a VIP there as their gateway.',
    )
    expect(notes).toContain('TCP 10.9.9.9:80 has no traffic: no vrrp_instance holds its address.')
    expect(notes.some(n => n.startsWith('this does not hold and is only a comment: { metric: vip.masters'))).toBe(true)
  })
  it('is not written for files that keepalived would refuse', () => {
    const { written } = starter({ 'b1.keepalived.conf': 'vrrp_instance A {\n' })
    expect(written.ok ? [] : written.problems.map(p => p.code)).toContain('brace-unclosed')
  })
})
