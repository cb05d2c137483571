/**
 * Goal: what the master tells, when, and what a backup knows from it. Recording y01 (recordings.test.ts) holds the exact
 * times; here is one rule a test. Method: two directors on a workbench, datagrams delivered at once.
 */
import { describe, expect, it } from 'vitest'
import type { SyncRecord } from '../../../sim-core/protocols/ipvs/index.ts'
import { Workbench } from './bench-director.ts'

const VIP = '10.0.0.100:80'
const RULES = `-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.21:80 -g -w 1
-a -t ${VIP} -r 10.0.0.22:80 -g -w 1`
const MASTER = 0
const BACKUP = 1

function pair(backupRules: string | null = RULES): Workbench {
  const b = new Workbench(100, 0)
  b.load(RULES, MASTER)
  if (backupRules !== null) b.load(backupRules, BACKUP)
  b.ipvsadm('--start-daemon master --mcast-interface eth0 --syncid 7', MASTER)
  b.ipvsadm('--start-daemon backup --mcast-interface eth0 --syncid 7', BACKUP)
  b.onSync = (_from, datagram) => b.ipvs.receiveSync(BACKUP, datagram)
  return b
}

const messages = (b: Workbench): { atS: number; records: readonly SyncRecord[] }[] =>
  b.sent.filter(s => s.how === 'sync').map(s => ({ atS: s.t / 1e9, records: s.datagram?.records ?? [] }))

const ports = (b: Workbench): number[] => messages(b).flatMap(m => m.records.map(r => r.clientPort))

describe('what is told', () => {
  it('ESTABLISHED at packets 3, 53 and 103', () => {
    const b = pair()
    const told: number[] = []
    for (let packet = 1; packet <= 110; packet++) {
      b.run(packet * 5)
      const before = ports(b).length
      b.packet('10.0.0.50:2000', VIP, packet === 1 ? 'S' : 'A')
      b.run(packet * 5 + 4)
      if (ports(b).length > before) told.push(packet)
    }
    expect(told).toEqual([3, 53, 103])
  })

  it('SYN_RECV and two packets of ESTABLISHED never; FIN_WAIT at once', () => {
    const b = pair()
    b.packet('10.0.0.50:2000', VIP, 'S')
    b.packet('10.0.0.50:2000', VIP, 'A')
    b.run(6)
    expect(ports(b)).toEqual([])
    b.packet('10.0.0.50:2000', VIP, 'FA')
    b.run(12)
    expect(messages(b).flatMap(m => m.records.map(r => [r.state, r.timeoutS]))).toEqual([[4, 120]])
  })

  it('the youngest two seconds are not told yet: the thread looks each 1.04 s at what is 2 s old', () => {
    const b = pair()
    b.run(0.5)
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.run(20)
    // Daemon from 0: jiffies 0 → 104 → 208 → 312 (steps of 8); the record is of jiffy 50, 2 s old from 250 on.
    expect(messages(b).map(m => m.atS)).toEqual([3.12])
  })

  it('a full message of 40 leaves three ticks after the 41st record', () => {
    const b = pair()
    b.run(10)
    for (let i = 0; i < 41; i++) for (const f of ['S', 'A', 'A']) b.packet(`10.0.0.50:${2000 + i}`, VIP, f)
    b.run(10.05)
    expect(messages(b).map(m => [m.atS, m.records.length])).toEqual([[10.03, 40]])
    expect(b.sent.at(-1)?.datagram?.bytes).toBe(8 + 40 * 36)
  })

  it('sync_version 0: 24 bytes a record, no timeouts', () => {
    const b = pair()
    b.ipvs.sysctl(MASTER, 'sync_version', 0)
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.run(5)
    expect(b.sent.at(-1)?.datagram).toMatchObject({ version: 0, bytes: 28, records: [{ timeoutS: 0 }] })
    // Sent at 2.08 s, read at 5: the backup's own 900 s less 2.92.
    expect(b.tables(BACKUP).connections[0]).toMatchObject({ state: 'ESTABLISHED', expireS: 897 })
  })

  it('sync_refresh_period tells again only when the end of the entry moved by it', () => {
    const b = pair()
    b.ipvs.sysctl(MASTER, 'sync_threshold', '0 0')
    b.ipvs.sysctl(MASTER, 'sync_refresh_period', 10)
    for (let s = 0; s < 30; s++) {
      b.run(s + 0.01)
      b.packet('10.0.0.50:2000', VIP, s === 0 ? 'S' : 'A')
    }
    b.run(40)
    expect(ports(b)).toHaveLength(3) // seconds 1, 11 and 21
  })

  it('stopping the daemon forgets what was not sent', () => {
    const b = pair()
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.ipvsadm('--stop-daemon master --syncid 7', MASTER)
    b.run(10)
    expect(ports(b)).toEqual([])
    expect(b.ipvsadm('--stop-daemon master --syncid 7', MASTER)).toBe('Daemon is not running')
  })
})

describe('what a backup knows', () => {
  it('counts learnt connections at its own servers, active or not, and lets them expire by itself', () => {
    const b = pair()
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    for (const f of ['S', 'A', 'FA']) b.packet('10.0.0.50:2001', VIP, f)
    b.run(5)
    const counts = b.tables(BACKUP).services[0].servers.map(s => [s.active, s.inactive])
    expect(counts).toEqual([
      [1, 0],
      [0, 1],
    ])
    b.run(140)
    expect(b.connections(BACKUP)).toEqual(['10.0.0.50:2000 ESTABLISHED 10.0.0.22:80'])
  })

  it('goes on with a learnt connection after a takeover, to the same server', () => {
    const b = pair()
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.run(5)
    expect(b.packet('10.0.0.50:2000', VIP, 'PA', { host: BACKUP })).toBe(true)
    expect(b.sent.at(-1)).toMatchObject({ how: 'sent', host: BACKUP, to: '10.0.0.22' })
    expect(b.packet('10.0.0.50:2001', VIP, 'PA', { host: BACKUP })).toBe(false) // never told: the host answers RST
  })

  it('forwards without having the service, and binds the connection when the server appears', () => {
    const b = pair(null)
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.run(5)
    expect(b.packet('10.0.0.50:2000', VIP, 'PA', { host: BACKUP })).toBe(true)
    b.load(RULES, BACKUP)
    expect(b.tables(BACKUP).services[0].servers[0].active).toBe(0)
    b.packet('10.0.0.50:2000', VIP, 'FA')
    b.run(10)
    expect(b.tables(BACKUP).services[0].servers[0]).toMatchObject({ address: '10.0.0.22', active: 0, inactive: 1 })
  })

  it('a template that leads elsewhere here keeps its server, and its time starts again', () => {
    const rules = RULES.replace('-s rr', '-s rr -p 60')
    const b = pair(rules)
    b.load('-C', MASTER)
    b.load(rules, MASTER)
    const template = (host: number) => b.tables(host).connections.find(c => c.client.port === 0 && c.client.address === '10.0.0.50')
    b.packet('10.0.0.51:1000', VIP, 'S', { host: BACKUP }) // takes the first server, so that the next client gets the other
    b.packet('10.0.0.50:1000', VIP, 'S', { host: BACKUP })
    expect(template(BACKUP)?.destination.address).toBe('10.0.0.21')
    b.run(30)
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    expect(template(MASTER)?.destination.address).toBe('10.0.0.22')
    b.run(34)
    expect(template(BACKUP)).toMatchObject({ destination: { address: '10.0.0.21' } })
    expect(template(BACKUP)?.expireS).toBeGreaterThan(50)
  })

  it('ignores datagrams of another syncid', () => {
    const b = pair()
    b.ipvsadm('--stop-daemon backup --syncid 7', BACKUP)
    b.ipvsadm('--start-daemon backup --mcast-interface eth0 --syncid 8', BACKUP)
    for (const f of ['S', 'A', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.run(5)
    expect(b.connections(BACKUP)).toEqual([])
  })
})
