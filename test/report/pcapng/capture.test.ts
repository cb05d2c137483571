/**
 * Goal: a simulated failover looks to other people's tools like a real one: every packet well formed, every checksum
 * right, adverts and sync messages with the story's content and times. Method: one small cluster with everything in it
 * (VRRP 2 and 3, direct routing and a tunnel, ICMP, the sync daemon), read back by reader.ts, and by tshark where it
 * is installed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { formatProblem } from '../../../sim-core/base/problem.ts'
import { runToEnd, Simulation } from '../../../sim-core/compile/index.ts'
import { captureNames, captureSimulation } from '../../../sim-core/report/index.ts'
import { loadScenario, type Model } from '../../../sim-core/scenario/index.ts'
import type { Happening } from '../../../sim-core/trace/contract.ts'
import { dotted, readCapture, type ReadCapture, readIp, word } from './reader.ts'

/** One keyword a line, as keepalived reads them. */
const conf = (state: 'MASTER' | 'BACKUP', priority: number) =>
  `
global_defs {; lvs_sync_daemon eth1 VI_1 id 7; }
vrrp_instance VI_1 {; state ${state}; interface eth1; virtual_router_id 51; priority ${priority}; advert_int 1
  authentication {; auth_type PASS; auth_pass secret; }
  virtual_ipaddress {; 10.0.0.100; }; }
vrrp_instance VI_2 {; version 3; state ${state}; interface eth1; virtual_router_id 52; priority ${priority}; advert_int 0.5
  virtual_ipaddress {; 10.0.0.101; 10.0.0.102; }; }
virtual_server 10.0.0.100 80 {; lb_algo rr; lb_kind DR; protocol TCP; real_server 10.0.0.11 80 {; weight 1; }; }
virtual_server 10.0.0.101 80 {; lb_algo rr; lb_kind TUN; protocol TCP; real_server 10.0.0.12 80 {; weight 1; }; }
virtual_server 10.0.0.102 53 {; lb_algo rr; lb_kind DR; protocol UDP; real_server 10.0.0.11 53 {; weight 1; }; }
`.replaceAll('; ', '\n')
const SCENARIO = `
scenario: everything on the wire
duration: 20s
hosts:
  c: { address: 10.0.0.1/24 }
  b1: { address: 10.0.0.21/24, keepalived: b1.conf }
  b2: { address: 10.0.0.22/24, keepalived: b2.conf }
  s1: { address: 10.0.0.11/24, vip_on_lo: [10.0.0.100, 10.0.0.102], serves: [10.0.0.100:80] }
  s2: { address: 10.0.0.12/24, serves: all }
traffic:
  web: { from: c, to: 10.0.0.100:80, start: 5s, curl: { count: 100, interval: 100ms, method: GET, max_time: 2s } }
  tunnel: { from: c, to: 10.0.0.101:80, start: 5s, curl: { count: 20, interval: 300ms, method: GET, max_time: 2s } }
  refused: { from: c, to: 10.0.0.102:53, start: 5s, stop: 7s, udp: { rate: 100kbit, size: 500B } }
events: [{ at: 10.05s, crash: b1 }]
`
const files = mapFiles({ 's.yaml': SCENARIO, 'b1.conf': conf('MASTER', 100), 'b2.conf': conf('BACKUP', 50) })

let model: Model
let happenings: readonly Happening[]
let digest = ''
const raw = new Map<string, Uint8Array>()
const captures = new Map<string, ReadCapture>()
const capture = (name: string): ReadCapture => captures.get(name) as ReadCapture

function run(framesMax: number): Map<string, Uint8Array> {
  const simulation = new Simulation(model)
  const parts = captureNames(simulation.network).map(() => [] as Uint8Array[])
  const tap = captureSimulation(simulation, { application: 'lvsim test', framesMax, write: (nic, bytes) => parts[nic].push(bytes) })
  const result = runToEnd(simulation)
  tap.finish(result.stopped)
  happenings = result.happenings
  digest = result.digest
  return new Map(captureNames(simulation.network).map((name, nic) => [name, Buffer.concat(parts[nic])]))
}

beforeAll(() => {
  const loaded = loadScenario('s.yaml', files)
  expect(loaded.problems.filter(p => p.severity === 'error').map(formatProblem)).toEqual([])
  model = loaded.model as Model
  for (const [name, bytes] of run(1_000_000)) {
    raw.set(name, bytes)
    captures.set(name, readCapture(bytes))
  }
})

describe('captures', () => {
  it('are there for each interface, named after it, with nanosecond stamps in order', () => {
    expect([...captures.keys()]).toEqual(['b1-eth1', 'b2-eth1', 'c-eth0', 's1-eth0', 's2-eth0'])
    for (const [name, c] of captures) {
      expect([c.name, c.resolution, c.application]).toEqual([name, 9, 'lvsim test'])
      expect(c.packets.length).toBeGreaterThan(100)
      expect(c.packets.map(p => p.atNs)).toEqual(c.packets.map(p => p.atNs).sort((a, b) => a - b))
      expect(c.statistics).toEqual({ comment: 'the run ended here', received: c.packets.length })
    }
  })
  it('have right checksums and lengths in every packet of every protocol', () => {
    const protocols = new Set<number>()
    for (const c of captures.values())
      for (const packet of c.packets) {
        const ip = readIp(packet)
        if (ip === undefined) continue
        protocols.add(ip.protocol)
        expect(ip.wrong).toEqual([])
      }
    expect([...protocols].sort((a, b) => a - b)).toEqual([1, 4, 6, 17, 112])
  })
  it('do not change the run', () => {
    const captured = digest
    expect(runToEnd(new Simulation(model)).digest).toBe(captured)
  })
  it('end at the limit and say so', () => {
    const limited = readCapture(run(50).get('c-eth0') as Uint8Array)
    expect(limited.packets.length).toBe(50)
    expect(limited.statistics.comment).toMatch(/^the run ended here; \d+ frames beyond the limit of 50 were left out$/)
  })
})

describe('what is in them', () => {
  const adverts = (name: string) =>
    capture(name).packets.flatMap(p => {
      const ip = readIp(p)
      return ip?.protocol === 112 && p.direction === 2 ? [{ p, ip }] : []
    })

  it('adverts are the story’s: sender, time, version, VRID, priority, VIPs, and why', () => {
    for (const host of ['b1', 'b2']) {
      const told = happenings.filter(h => h.kind === 'advert' && h.host === host)
      const seen = adverts(`${host}-eth1`)
      expect(seen.length).toBe(told.length)
      told.forEach((h, i) => {
        const { p, ip } = seen[i]
        const [version, count] = [ip.payload[0] >> 4, ip.payload[3]]
        const vips = Array.from({ length: count }, (_, k) => dotted(ip.payload, 8 + 4 * k))
        expect([p.atNs - h.t < 10_000, ip.ttl, ip.dst]).toEqual([true, 255, '224.0.0.18'])
        expect([version, ip.payload[1], ip.payload[2], vips]).toEqual([
          h.fields['version'],
          h.fields['vrid'],
          h.fields['prio'],
          h.fields['vips'],
        ])
        expect(p.comment).toContain(h.cause?.text)
      })
    }
  })
  it('version 2 carries the password, version 3 centiseconds', () => {
    const [v2, v3] = [2, 3].map(v => adverts('b1-eth1').find(({ ip }) => ip.payload[0] >> 4 === v)?.ip.payload as Uint8Array)
    expect([v2[4], v2[5], new TextDecoder().decode(v2.subarray(12))]).toEqual([1, 1, 'secret\0\0'])
    expect([word(v3, 4), v3.length]).toEqual([50, 16])
  })
  it('the takeover’s gratuitous ARPs explain themselves', () => {
    const garps = capture('b2-eth1').packets.filter(
      p => word(p.bytes, 12) === 0x0806 && p.comment.includes('gratuitous ARP for 10.0.0.100'),
    )
    expect(garps.length).toBe(10)
    expect(garps[0].comment).toMatch(/^VI_1 BACKUP → MASTER: no advert from 10\.0\.0\.21 since 9\.\d+ s/)
    expect([dotted(garps[0].bytes, 28), dotted(garps[0].bytes, 38)]).toEqual(['10.0.0.100', '10.0.0.100'])
  })
  it('what a host dropped says so', () => {
    const dropped = capture('s1-eth0').packets.filter(p => p.comment.startsWith('dropped by s1'))
    expect(dropped.length).toBeGreaterThan(0)
  })
  it('an ICMP error quotes the packet that it is about', () => {
    const error = capture('s1-eth0')
      .packets.map(readIp)
      .find(ip => ip?.protocol === 1)
    expect([error?.payload[0], error?.payload[1]]).toEqual([3, 3])
    expect([dotted(error?.payload as Uint8Array, 8 + 12), dotted(error?.payload as Uint8Array, 8 + 16)]).toEqual(['10.0.0.1', '10.0.0.102'])
  })
  it('sync messages of version 1 hold the connections', () => {
    const messages = capture('b1-eth1').packets.flatMap(p => {
      const ip = readIp(p)
      return ip?.protocol === 17 && word(ip.payload, 2) === 8848 ? [ip.payload.subarray(8)] : []
    })
    expect(messages.length).toBeGreaterThan(2)
    for (const m of messages) {
      expect([m[1], word(m, 2), m[5]]).toEqual([7, m.length, 1])
      expect(m.length).toBe(8 + 36 * m[4])
      expect([m[9], word(m, 10), dotted(m, 8 + 24)]).toEqual([6, 36, '10.0.0.1'])
    }
  })
})

const hasTshark = spawnSync('tshark', ['-v']).status === 0

describe.runIf(hasTshark)('tshark', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lvsim-pcap-'))
    for (const [name, bytes] of raw) writeFileSync(join(folder, `${name}.pcapng`), bytes)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const CHECKS = ['ip', 'tcp', 'udp'].flatMap(p => ['-o', `${p}.check_checksum:TRUE`])
  const tshark = (name: string, filter: string, ...fields: string[]): string[][] =>
    execFileSync(
      'tshark',
      ['-r', join(folder, `${name}.pcapng`), ...CHECKS, '-Y', filter, '-T', 'fields', ...fields.flatMap(f => ['-e', f])],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
      .split('\n')
      .filter(line => line !== '')
      .map(line => line.split('\t'))

  it('finds nothing malformed and no bad checksum', () => {
    const bad =
      '_ws.malformed or ip.checksum.status==0 or tcp.checksum.status==0 or udp.checksum.status==0 or icmp.checksum.status==0 or vrrp.checksum.status==0'
    for (const name of captures.keys()) expect(tshark(name, bad, 'frame.number')).toEqual([])
    expect(
      tshark('b1-eth1', 'ip.checksum.status==1 and (tcp.checksum.status==1 or vrrp.checksum.status==1)', 'frame.number').length,
    ).toBeGreaterThan(50)
  })
  it('reads priorities and times as the story has them', () => {
    const seen = tshark(
      'b2-eth1',
      'vrrp and frame.p2p_dir==0 or vrrp and ip.src==10.0.0.22',
      'frame.time_epoch',
      'vrrp.virt_rtr_id',
      'vrrp.prio',
    )
    const told = happenings.filter(h => h.kind === 'advert' && h.host === 'b2')
    expect(seen.map(([, vrid, prio]) => [Number(vrid), Number(prio)])).toEqual(told.map(h => [h.fields['vrid'], h.fields['prio']]))
    expect(Math.max(...seen.map(([at], i) => Math.abs(Number(at) - told[i].t / 1e9)))).toBeLessThan(10e-6)
  })
  it('dissects the messages of the sync daemon', () => {
    const messages = tshark('b1-eth1', 'ipvs', 'ipvs.syncid', 'ipvs.conncount', 'ipvs.caddr')
    expect(messages.length).toBeGreaterThan(2)
    expect(messages.every(([id]) => id === '7')).toBe(true)
    expect(messages[0][2]).toContain('10.0.0.1')
  })
})
