/**
 * Goal: how packets reach the servers, what the defences drop, and what is counted: one rule a sentence.
 * Method: as in director.test.ts, a director on a workbench without a network, HZ 250.
 */
import { describe, expect, it } from 'vitest'
import { PACKET_IPIP } from '../../../sim-core/net/index.ts'
import { Workbench } from './bench-director.ts'

const VIP = '10.0.0.100:80'
const WEB = `-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.21:80 -g -w 1
-a -t ${VIP} -r 10.0.0.22:80 -g -w 1`

function bench(rules: string): Workbench {
  const b = new Workbench(250, 0)
  b.load(rules)
  return b
}

describe('forwarding', () => {
  it('NAT rewrites the server and, on the way back, the virtual address', () => {
    const b = bench(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 192.168.1.21:8080 -m`)
    const { packets, addresses } = b
    const seen: string[] = []
    const text = (row: number, port: number): string => `${addresses.text(row)}:${port}`
    b.onSend = p => seen.push(text(packets.dst[p], packets.dstPort[p]))
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(seen).toEqual(['192.168.1.21:8080'])
    b.onReply = p => seen.push(text(packets.src[p], packets.srcPort[p]))
    b.packet('192.168.1.21:8080', '10.0.0.50:2000', 'SA', { reply: true })
    expect(seen[1]).toBe(VIP)
    b.packet('10.0.0.50:2000', VIP, 'A')
    b.packet('10.0.0.50:2000', VIP, 'FA')
    expect(b.connections()).toEqual(['10.0.0.50:2000 CLOSE_WAIT 192.168.1.21:8080'])
    b.packet('192.168.1.21:8080', '10.0.0.50:2000', 'FA', { reply: true })
    expect(b.connections()).toEqual(['10.0.0.50:2000 TIME_WAIT 192.168.1.21:8080'])
  })

  it('nat_icmp_send tells a NAT server that answers an unknown connection; a DR server or a stranger is left alone', () => {
    const b = bench(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 192.168.1.21:8080 -m`)
    const reply = (from: string, flags: string): boolean => b.packet(from, '10.0.0.50:2000', flags, { reply: true })
    expect(reply('192.168.1.21:8080', 'A')).toBe(false)
    b.ipvs.sysctl(0, 'nat_icmp_send', 1)
    expect(reply('192.168.1.21:8080', 'A')).toBe(true)
    expect(b.sent.map(s => s.how)).toEqual(['refused', 'dropped'])
    expect(reply('192.168.1.21:8080', 'R')).toBe(false)
    expect(reply('192.168.1.22:8080', 'A')).toBe(false)
  })

  it('a tunnel adds 20 bytes and its own addresses; the inner packet comes out unchanged', () => {
    const b = bench(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.21:80 -i`)
    const { packets, addresses } = b
    const seen: (string | number)[] = []
    b.onSend = p => seen.push(packets.kind[p], packets.ipBytes[p], addresses.text(packets.src[p]), addresses.text(packets.dst[p]))
    b.packet('10.0.0.50:2000', VIP, 'S', { bytes: 60 })
    expect(seen).toEqual([PACKET_IPIP, 80, '10.0.0.11', '10.0.0.21'])
  })

  it('a packet that does not fit the tunnel is dropped and the sender told the MTU', () => {
    const b = bench(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.21:80 -i`)
    b.packet('10.0.0.50:2000', VIP, 'S')
    b.packet('10.0.0.50:2000', VIP, 'A', { bytes: 1480 })
    expect(b.sent.at(-1)?.how).toBe('sent')
    b.packet('10.0.0.50:2000', VIP, 'A', { bytes: 1481 })
    expect(b.sent.slice(-2).map(s => s.how)).toEqual(['refused', 'dropped'])
    expect(b.errors.at(-1)).toEqual({ type: 3, code: 4, mtuBytes: 1480 })
  })
})

describe('defences', () => {
  it('drop_packet 3 drops each am_droprate-th new connection', () => {
    const b = bench(WEB)
    b.ipvs.sysctl(0, 'am_droprate', 3)
    b.ipvs.sysctl(0, 'drop_packet', 3)
    b.director.defences.second()
    for (let i = 0; i < 9; i++) b.packet(`10.0.0.50:${2000 + i}`, VIP, 'S')
    expect(b.sent.map(s => (s.how === 'dropped' ? 'x' : '.')).join('')).toBe('..x..x..x')
  })

  it('drop_entry 3 thins out half-open connections by 3 % a second and spares busy ones', () => {
    const b = bench(WEB)
    for (let i = 0; i < 1000; i++) b.packet(`10.0.1.${i % 250}:${2000 + i}`, VIP, 'S')
    for (let i = 0; i < 100; i++) for (const f of 'SAAAAAAAAAA') b.packet(`10.0.2.${i}:2000`, VIP, f)
    b.ipvs.sysctl(0, 'drop_entry', 3)
    b.run(20.9) // timer: 1 s is 250 jiffies, 1.024 s by the wheel; 20 looks
    const left = b.tables().connections.filter(c => c.state === 'SYN_RECV').length
    // Each is spared with (4095/4096)^128 = 0.9693 a look: 1000 × 0.9693^20 = 536, standard deviation 16.
    expect(left).toBeGreaterThan(486)
    expect(left).toBeLessThan(586)
    expect(b.tables().connections.filter(c => c.state === 'ESTABLISHED')).toHaveLength(100)
  })
})

describe('stats and rates', () => {
  it('counts connections, packets and bytes a server and a service; -Z begins anew', () => {
    const b = bench(WEB)
    b.packet('10.0.0.50:2000', VIP, 'S', { bytes: 60 })
    b.packet('10.0.0.50:2000', VIP, 'A', { bytes: 52 })
    expect(b.tables().services[0].stats).toEqual({ connections: 1, inPackets: 2, outPackets: 0, inBytes: 112, outBytes: 0 })
    expect(b.tables().services[0].servers.map(s => s.stats?.inPackets)).toEqual([2, 0])
    b.ipvsadm('-Z')
    expect(b.tables().services[0].stats).toEqual({ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 })
  })

  it('a removed server keeps its part of the service', () => {
    const b = bench(WEB)
    b.packet('10.0.0.50:2000', VIP, 'S')
    b.ipvsadm(`-d -t ${VIP} -r 10.0.0.22:80`)
    expect(b.tables().services[0].stats?.connections).toBe(1)
  })

  it('the rate follows by a quarter each 2.016 s (504 jiffies at HZ 250)', () => {
    const b = bench(WEB)
    for (let i = 0; i < 400; i++) b.packet(`10.0.0.50:${2000 + i}`, VIP, 'S', { bytes: 60 })
    b.run(2.03)
    // 400 in an interval: (400 << 9) / 4 = 51,200; (51,200 + 511) >> 10 = 50 a second. Bytes: 24,000 << 4 / 4 = 96,000; (96,000 + 15) >> 5 = 3,000.
    expect(b.tables().services[0].rates).toEqual({ connections: 50, inPackets: 50, outPackets: 0, inBytes: 3000, outBytes: 0 })
    b.run(4.05)
    // ¾ of it: 38,400 + 511 is 37.999 × 1,024; 72,000 + 15 is 2,250.5 × 32.
    expect(b.tables().services[0].rates).toMatchObject({ connections: 37, inBytes: 2250 })
  })
})
