/**
 * Goal: each rule of the packet path (semantics of ip_vs_in and its neighbours) is one sentence here.
 * Method: a director on a workbench without a network; HZ 250 unless the sentence says otherwise.
 */
import { describe, expect, it } from 'vitest'
import { Workbench } from './bench-director.ts'

const VIP = '10.0.0.100:80'
const WEB = `-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.21:80 -g -w 1
-a -t ${VIP} -r 10.0.0.22:80 -g -w 1`

function bench(rules: string, hz = 250): Workbench {
  const b = new Workbench(hz, 0)
  b.load(rules)
  return b
}

/** The usual conversation as a DR director sees it: SYN, ACK, request, FIN, last ACK. */
function shortConnection(b: Workbench, client: string): void {
  for (const flags of ['S', 'A', 'PA', 'FA', 'A']) b.packet(client, VIP, flags)
}

describe('what IPVS takes', () => {
  it('takes a SYN for a service and leaves alone what is for no service', () => {
    const b = bench(WEB)
    expect(b.packet('10.0.0.50:2000', VIP, 'S')).toBe(true)
    expect(b.packet('10.0.0.50:2000', '10.0.0.100:81', 'S')).toBe(false)
    expect(b.packet('10.0.0.50:2000', VIP, null)).toBe(false) // UDP: another service
  })

  it.each([
    ['A', false],
    ['FA', false],
    ['R', false],
    ['SR', false],
    ['S', true],
    ['SA', true],
  ])('without an entry, flags %s are taken: %s (sloppy_tcp 0); the rest is for the host itself, which answers RST', (flags, taken) => {
    expect(bench(WEB).packet('10.0.0.50:2000', VIP, flags)).toBe(taken)
  })

  it('sloppy_tcp 1 lets any flags but RST begin a connection', () => {
    const b = bench(WEB)
    b.ipvs.sysctl(0, 'net.ipv4.vs.sloppy_tcp', 1)
    expect(b.packet('10.0.0.50:2000', VIP, 'A')).toBe(true)
    expect(b.connections()).toEqual(['10.0.0.50:2000 ESTABLISHED 10.0.0.22:80'])
    expect(b.packet('10.0.0.50:2001', VIP, 'R')).toBe(false)
  })

  it('backup_only leaves everything to the host while the backup sync daemon runs', () => {
    const b = bench(WEB)
    b.ipvs.sysctl(0, 'backup_only', 1)
    expect(b.packet('10.0.0.50:2000', VIP, 'S')).toBe(true)
    b.ipvsadm('--start-daemon backup --mcast-interface eth0')
    expect(b.packet('10.0.0.50:2001', VIP, 'S')).toBe(false)
  })

  it('a persistent service for all ports takes every port and keeps it', () => {
    const b = bench('-A -t 10.0.0.100:0 -s rr -p 60\n-a -t 10.0.0.100:0 -r 10.0.0.21:0 -g')
    b.packet('10.0.0.50:2000', '10.0.0.100:8080', 'S')
    expect(b.connections()).toEqual(['10.0.0.50:0 NONE 10.0.0.21:0', '10.0.0.50:2000 SYN_RECV 10.0.0.21:8080'])
  })

  it('a firewall mark decides before address and port', () => {
    const b = bench(`${WEB}\n-A -f 7 -s rr\n-a -f 7 -r 10.0.0.29:0 -g`)
    b.ipvs.setMarks(0, [{ mark: 7, address: 0x0a090000, prefixLength: 16 }])
    b.packet('10.0.0.50:2000', '10.9.3.4:443', 'S')
    b.packet('10.0.0.50:2001', VIP, 'S')
    expect(b.connections()).toEqual(['10.0.0.50:2000 SYN_RECV 10.0.0.29:443', '10.0.0.50:2001 SYN_RECV 10.0.0.22:80'])
  })
})

describe('counting and timers', () => {
  it('DR: a closed connection is InActConn in FIN_WAIT; the reason is told once', () => {
    const b = bench(WEB)
    shortConnection(b, '10.0.0.50:2000')
    shortConnection(b, '10.0.0.50:2001')
    expect(b.counts()).toEqual(['10.0.0.22 0/1', '10.0.0.21 0/1'])
    const told = b.story.filter(h => h.cause?.rule === 'ipvs-input-only-fin')
    expect(told).toHaveLength(1)
    expect(told[0].cause?.text).toContain('FIN_WAIT, 120 s')
  })

  it('the entry goes by the timer wheel: armed at jiffy 250 for 30,000 more, steps of 512, jiffy 30,720 = 122.88 s', () => {
    const b = bench(WEB)
    b.run(1)
    shortConnection(b, '10.0.0.50:2000')
    b.run(122.879)
    expect(b.connections()).toEqual(['10.0.0.50:2000 FIN_WAIT 10.0.0.22:80'])
    expect(b.tables().connections[0].expireS).toBe(0) // overdue, shown as 00:00
    b.run(122.881)
    expect(b.connections()).toEqual([])
    expect(b.counts()).toEqual(['10.0.0.22 0/0', '10.0.0.21 0/0'])
  })

  it('UDP is InActConn only, 300 s', () => {
    const b = bench('-A -u 10.0.0.100:53 -s rr\n-a -u 10.0.0.100:53 -r 10.0.0.21:53 -g')
    b.packet('10.0.0.50:2000', '10.0.0.100:53', null)
    expect(b.counts()).toEqual(['10.0.0.21 0/1'])
    expect(b.tables().connections[0]).toMatchObject({ protocol: 'UDP', state: 'UDP', expireS: 300 })
  })

  it('one-packet scheduling leaves neither entry nor counter', () => {
    const b = bench('-A -u 10.0.0.100:53 -s rr -o\n-a -u 10.0.0.100:53 -r 10.0.0.21:53 -g\n-a -u 10.0.0.100:53 -r 10.0.0.22:53 -g')
    for (let i = 0; i < 4; i++) b.packet('10.0.0.50:2000', '10.0.0.100:53', null)
    expect(b.connections()).toEqual([])
    expect(b.sent.map(s => s.to)).toEqual(['10.0.0.22', '10.0.0.21', '10.0.0.22', '10.0.0.21'])
    expect(b.tables().services[0].stats).toMatchObject({ connections: 4, inPackets: 4 })
  })

  it('--set changes ESTABLISHED, FIN_WAIT and UDP, from the next packet on; 0 keeps', () => {
    const b = bench(WEB)
    for (const f of ['S', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.ipvsadm('--set 20 0 0')
    expect(b.tables().connections[0].expireS).toBe(900)
    b.packet('10.0.0.50:2000', VIP, 'A')
    expect(b.tables().connections[0].expireS).toBe(20)
    b.packet('10.0.0.50:2000', VIP, 'FA')
    expect(b.tables().connections[0].expireS).toBe(120)
  })

  it('secure_tcp 3: a SYN is SYNACK for 120 s, and active', () => {
    const b = bench(WEB)
    b.ipvs.sysctl(0, 'secure_tcp', 3)
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.connections()).toEqual(['10.0.0.50:2000 SYNACK 10.0.0.22:80'])
    expect(b.counts()).toEqual(['10.0.0.22 1/0', '10.0.0.21 0/0'])
  })
})

describe('a SYN on an old entry', () => {
  const closed = (mode: number): Workbench => {
    const b = bench(WEB)
    b.ipvs.sysctl(0, 'conn_reuse_mode', mode)
    b.packet('10.0.0.50:2000', VIP, 'S')
    b.packet('10.0.0.50:2000', VIP, 'A')
    return b
  }

  it.each([
    [0, 'R', '10.0.0.22'],
    [1, 'R', '10.0.0.21'],
    [1, 'F', '10.0.0.22'],
    [2, 'F', '10.0.0.21'],
  ])('conn_reuse_mode %i after flags %s goes to %s', (mode, flags, server) => {
    const b = closed(mode)
    b.packet('10.0.0.50:2000', VIP, flags)
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.sent.at(-1)?.to).toBe(server)
  })

  it('the old entry goes at the next tick, the new one stays', () => {
    const b = closed(1)
    b.run(0.5)
    b.packet('10.0.0.50:2000', VIP, 'R')
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.connections()).toHaveLength(2)
    b.run(0.5041)
    expect(b.connections()).toEqual(['10.0.0.50:2000 SYN_RECV 10.0.0.21:80'])
  })
})

describe('conntrack 1', () => {
  it('drops the SYN that would begin a new connection; the next one, a second later, gets through', () => {
    const b = bench(WEB)
    b.ipvs.sysctl(0, 'conntrack', 1)
    b.ipvs.sysctl(0, 'expire_nodest_conn', 1)
    for (const f of ['S', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.ipvsadm(`-e -t ${VIP} -r 10.0.0.22:80 -g -w 0`)
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.sent.at(-1)?.how).toBe('dropped')
    b.run(1)
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.sent.at(-1)).toMatchObject({ how: 'sent', to: '10.0.0.21' })
    expect(b.story.filter(h => h.cause?.rule === 'ipvs-conntrack-drop')).toHaveLength(1)
  })
})

describe('what is told', () => {
  it('packets of unknown connections: once a run, with the reason for the RST', () => {
    const b = bench(WEB)
    for (let i = 0; i < 3; i++) b.packet(`10.0.0.50:${2000 + i}`, VIP, 'PA')
    expect(b.story.filter(h => h.kind === 'reset').map(h => h.what)).toEqual(['TCP 10.0.0.100:80 does not know 10.0.0.50:2000: RST'])
    b.packet('10.0.0.50:3000', VIP, 'S')
    b.packet('10.0.0.50:2000', VIP, 'PA')
    expect(b.story.filter(h => h.kind === 'reset')).toHaveLength(2)
  })

  it('packets for a removed server: once', () => {
    const b = bench(WEB)
    for (const f of ['S', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.ipvsadm(`-d -t ${VIP} -r 10.0.0.22:80`)
    for (let i = 0; i < 3; i++) b.packet('10.0.0.50:2000', VIP, 'PA')
    expect(b.story.filter(h => h.kind === 'drop').map(h => h.cause?.rule)).toEqual(['ipvs-dead-destination'])
  })
})

describe('servers that go', () => {
  it('a removed server leaves its connections unanswered; added again in time they go on', () => {
    const b = bench(WEB)
    for (const f of ['S', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.ipvsadm(`-d -t ${VIP} -r 10.0.0.22:80`)
    b.packet('10.0.0.50:2000', VIP, 'PA')
    expect(b.sent.at(-1)?.how).toBe('dropped')
    b.ipvsadm(`-a -t ${VIP} -r 10.0.0.22:80 -g`)
    expect(b.counts()).toEqual(['10.0.0.22 1/0', '10.0.0.21 0/0'])
    b.packet('10.0.0.50:2000', VIP, 'PA')
    expect(b.sent.at(-1)).toMatchObject({ how: 'sent', to: '10.0.0.22' })
  })

  it('a service that is removed and made again, as by a restarted keepalived, finds its connections, with new totals', () => {
    const b = bench(WEB)
    shortConnection(b, '10.0.0.50:2000')
    for (const f of ['S', 'A']) b.packet('10.0.0.50:2001', VIP, f)
    b.ipvsadm(`-D -t ${VIP}`)
    b.run(30)
    b.load(WEB)
    expect(b.counts()).toEqual(['10.0.0.22 0/1', '10.0.0.21 1/0'])
    expect(b.tables().services[0].stats?.connections).toBe(0)
  })

  it('expire_nodest_conn 1: templates go with the last connection that they lead', () => {
    const b = bench(WEB.replace('-s rr', '-s rr -p 300'))
    b.ipvs.sysctl(0, 'expire_nodest_conn', 1)
    for (const f of ['S', 'A', 'PA']) b.packet('10.0.0.50:1000', VIP, f)
    const [server] = b.connections().map(c => c.split(' ').at(-1))
    expect(b.connections()).toHaveLength(2)
    b.ipvsadm(`-d -t ${VIP} -r ${server}`)
    b.run(1)
    expect(b.connections()).toEqual([])
  })

  it('expire_nodest_conn 1: its connections are gone two ticks later and the next packet is for the host (RST)', () => {
    const b = bench(WEB, 100)
    b.ipvs.sysctl(0, 'expire_nodest_conn', 1)
    for (const f of ['S', 'A']) b.packet('10.0.0.50:2000', VIP, f)
    b.run(2.00001)
    b.ipvsadm(`-d -t ${VIP} -r 10.0.0.22:80`)
    b.run(2.0199)
    expect(b.connections()).toHaveLength(1)
    b.run(2.0201)
    expect(b.connections()).toEqual([])
    expect(b.packet('10.0.0.50:2000', VIP, 'PA')).toBe(false)
  })

  it('an idle server leaves the trash after 120 s of idleness: added later it starts at zero', () => {
    const b = bench(WEB)
    shortConnection(b, '10.0.0.50:2000')
    b.ipvsadm(`-d -t ${VIP} -r 10.0.0.22:80`)
    b.run(600) // FIN_WAIT ends at 122.88 s; looked at every 61.44 s: idle since 184.3, gone at 307.2
    b.ipvsadm(`-a -t ${VIP} -r 10.0.0.22:80 -g`)
    expect(b.tables().services[0].servers[0].stats?.connections).toBe(0)
    expect(b.director.trash).toEqual([])
  })

  it('the upper threshold refuses, and clears below ¾ of it', () => {
    const b = bench(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.21:80 -g -w 1 -x 4`)
    for (let i = 0; i < 5; i++) b.packet(`10.0.0.${50 + i}:2000`, VIP, 'S')
    expect(b.counts()).toEqual(['10.0.0.21 4/0'])
    const expiresAt = 66 // SYN_RECV 60 s; steps of 2.048 s at HZ 250
    b.run(expiresAt)
    expect(b.counts()).toEqual(['10.0.0.21 0/0'])
    b.packet('10.0.0.60:2000', VIP, 'S')
    expect(b.counts()).toEqual(['10.0.0.21 1/0'])
  })

  it('six refusals at once, then one a second', () => {
    const b = bench(`-A -t ${VIP} -s rr`)
    b.run(100)
    for (let i = 0; i < 8; i++) b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.sent.filter(s => s.how === 'refused')).toHaveLength(6)
    b.packet('10.0.0.51:2000', VIP, 'S') // another client has its own
    expect(b.sent.filter(s => s.how === 'refused')).toHaveLength(7)
    b.run(101.001)
    b.packet('10.0.0.50:2000', VIP, 'S')
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.sent.filter(s => s.how === 'refused')).toHaveLength(8)
    expect(b.story.filter(h => h.kind === 'refused')).toHaveLength(1)
    expect(b.story.find(h => h.kind === 'refused')?.cause?.text).toContain('no real servers')
  })

  it('answers as ipvsadm does when a command makes no sense', () => {
    const b = bench(WEB)
    expect(b.ipvsadm(`-A -t ${VIP}`)).toBe('Service already exists')
    expect(b.ipvsadm('-D -t 10.0.0.9:80')).toBe('No such service')
    expect(b.ipvsadm(`-a -t ${VIP} -r 10.0.0.21:80`)).toBe('Destination already exists')
    expect(b.ipvsadm(`-d -t ${VIP} -r 10.0.0.29:80`)).toBe('No such destination')
    expect(b.ipvsadm('-C')).toBeUndefined()
    expect(b.tables().services).toEqual([])
  })
})

describe('persistence', () => {
  const STICKY = WEB.replace('-s rr', '-s rr -p 60')

  it('a client comes back to its server, a network by its mask', () => {
    const b = bench(STICKY.replace('-p 60', '-p 60 -M 255.255.255.0'))
    for (const c of ['10.0.7.1:1', '10.0.7.2:2', '10.0.8.1:3', '10.0.7.1:4']) b.packet(c, VIP, 'S')
    expect(b.sent.map(s => s.to)).toEqual(['10.0.0.22', '10.0.0.22', '10.0.0.21', '10.0.0.22'])
    expect(b.tables().services[0].servers.map(s => s.persistent)).toEqual([1, 1])
  })

  it('a template leads to a quiesced server, unless expire_quiescent_template', () => {
    const b = bench(STICKY)
    b.packet('10.0.0.50:1', VIP, 'S')
    b.ipvsadm(`-e -t ${VIP} -r 10.0.0.22:80 -g -w 0`)
    b.packet('10.0.0.50:2', VIP, 'S')
    b.ipvs.sysctl(0, 'expire_quiescent_template', 1)
    b.packet('10.0.0.50:3', VIP, 'S')
    expect(b.sent.map(s => s.to)).toEqual(['10.0.0.22', '10.0.0.22', '10.0.0.21'])
  })

  it('a template whose time is up waits for its connections in steps of 60 s, and keeps those 60 s', () => {
    const b = bench(WEB.replace('-s rr', '-s rr -p 30'), 100)
    for (const f of ['S', 'A']) b.packet('10.0.0.50:1', VIP, f)
    b.run(35)
    expect(b.tables().connections[0]).toMatchObject({ state: 'ASSURED', client: { port: 0 } })
    expect(b.tables().connections[0].expireS).toBeGreaterThan(50)
    b.packet('10.0.0.50:2', VIP, 'S')
    expect(b.tables().connections[0].expireS).toBe(60)
  })
})
