/** ipvsadm rules, command lines and listings: read, printed back byte for byte, and every mistake found at once. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as ipvs from '../../sim-core/config/ipvsadm/index.ts'

const folder = new URL('../fixtures/config/ipvsadm/', import.meta.url)
const fixture = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const rulesFiles = readdirSync(new URL('rules/', folder)).sort()

const rule = (line: string) => {
  const { rule, problems } = ipvs.parseIpvsadmCommand(line)
  return problems.length > 0 ? problems.map(p => p.message) : rule
}

describe('command lines', () => {
  it.each([
    ['-A -t 10.0.0.1:80 -s rr', 'add-service', { scheduler: 'rr', key: { protocol: 'TCP', address: '10.0.0.1', port: 80 } }],
    [
      'ipvsadm -A -u 10.0.0.1:53',
      'add-service',
      { scheduler: 'wlc', key: { protocol: 'UDP', address: '10.0.0.1', port: 53 }, onePacket: false },
    ],
    ['-At 10.0.0.1:80 -srr -p', 'add-service', { scheduler: 'rr', persistence: { timeoutS: 300, netmask: '255.255.255.255' } }],
    ['-E --tcp-service=10.0.0.1:0 -p 40 -M 255.255.255.0', 'edit-service', { persistence: { timeoutS: 40, netmask: '255.255.255.0' } }],
    [
      '--add-service --fwmark-service 3 --scheduler sh -b sh-port,sh-fallback',
      'add-service',
      { key: { protocol: 'FWM', mark: 3 }, schedulerFlags: ['sh-fallback', 'sh-port'] },
    ],
    ['-A -f 1 -s mh -b flag-2', 'add-service', { schedulerFlags: ['mh-port'] }],
    ['-A -u 10.0.0.1:53 -s rr -o', 'add-service', { onePacket: true }],
    ['-A --sctp-service 10.0.0.1:9 --pe sip', 'add-service', { engine: 'sip', key: { protocol: 'SCTP', address: '10.0.0.1', port: 9 } }],
  ])('%s', (line, kind, service) => expect(rule(line)).toMatchObject({ kind, service }))

  it.each([
    [
      '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 3',
      { address: '10.0.0.2', port: 80, forward: 'Route', weight: 3, upperThreshold: 0, lowerThreshold: 0 },
    ],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2', { port: 80, forward: 'Route', weight: 1 }],
    ['-e -t 10.0.0.1:80 -r 10.0.0.2:8080 -m -x 3 -y 1', { port: 8080, forward: 'Masq', upperThreshold: 3, lowerThreshold: 1 }],
    ['-a -f 1 -r 10.0.0.2:0 -i -w 0 --tun-type ipip', { port: 0, forward: 'Tunnel', weight: 0 }],
  ])('%s', (line, server) => expect(rule(line)).toMatchObject({ server }))

  it.each([
    ['-C', { kind: 'clear' }],
    ['-Z', { kind: 'zero' }],
    ['-Z -t 10.0.0.1:80', { kind: 'zero', key: { port: 80 } }],
    ['-D -t 10.0.0.1:80', { kind: 'delete-service' }],
    ['-d -t 10.0.0.1:80 -r 10.0.0.2:80', { kind: 'delete-server', address: '10.0.0.2', port: 80 }],
    ['--set 0 0 5', { kind: 'set-timeouts', tcpS: 0, tcpFinS: 0, udpS: 5 }],
    ['--start-daemon master --mcast-interface eth1 --syncid 7', { kind: 'start-daemon', role: 'master', interface: 'eth1', syncId: 7 }],
    ['--stop-daemon backup', { kind: 'stop-daemon', role: 'backup', syncId: 0 }],
  ])('%s', (line, expected) => expect(rule(line)).toMatchObject(expected))

  it('direct routing keeps the service port, with a warning', () => {
    const { rule, problems } = ipvs.parseIpvsadmCommand('-a -t 10.0.0.1:80 -r 10.0.0.2:8080')
    expect(rule).toMatchObject({ server: { port: 80 } })
    expect(problems).toMatchObject([{ severity: 'warning', code: 'ipvsadm-port' }])
  })

  it.each([
    ['', 'the line has no command', 1],
    ['-Ln', '--list is no command that changes the table', 1],
    ['-A -t 10.0.0.1:80 -s rrr', 'there is no scheduler "rrr"', 22],
    ['-A -t 10.0.0.1', 'port 0 (every port) needs persistence', 1],
    ['-A -t 10.0.0.1:80 -o', 'one-packet scheduling (-o) is only for UDP services', 19],
    ['-A -t 10.0.0.1:80 -b sh-port', 'the flag sh-port does not go with the scheduler wlc', 22],
    ['-A -t 10.0.0.1:80 -s sh -b sh-porty', 'there is no scheduler flag "sh-porty"', 28],
    ['-A -t 10.0.0.1:80 -w 1', '--weight does not go with --add-service', 19],
    ['-A -t 10.0.0.1:80 -t 10.0.0.2:80', '--tcp-service is given twice', 19],
    ['-A -t web:http', '"web:http" is not an IPv4 address with a port', 7],
    ['-A -t [fe80::1]:80', '"[fe80::1]:80" is an IPv6 address, which is not simulated', 7],
    ['-A -t 10.0.0.1:99999', '"99999" is not a port', 16],
    ['-A', 'the service is missing', 1],
    ['-A -f 0', '"0" is not a firewall mark', 7],
    ['-A -t', '--tcp-service needs a value', 4],
    ['-a -t 10.0.0.1:80', 'the real server is missing', 1],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -m', 'a second forwarding method is given', 37],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -w -1', '"-1" is not a weight', 37],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -w 70000', '"70000" is not a weight', 37],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -x 1 -y 3', 'the lower threshold 3 is above the upper one, 1', 42],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -i --tun-type gue', 'tunnels of type "gue" are not simulated', 48],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 extra', '"extra" belongs to no option', 34],
    ['--set 1 2', '--set takes three timeouts, not 2', 1],
    ['--add-servce -t 10.0.0.1:80', 'there is no option --add-servce', 1],
    ['-A -C -t 10.0.0.1:80', '--clear is a second command', 4],
    ['-A -t 10.0.0.1:80 -k', 'there is no option -k', 19],
  ])('refuses %j', (line, message, column) => {
    const { rule, problems } = ipvs.parseIpvsadmCommand(line)
    expect(rule).toBeUndefined()
    expect(problems[0]).toMatchObject({ message, at: { column } })
  })
})

describe('rule files', () => {
  it.each(rulesFiles)('%s is read and printed back as it was', name => {
    const text = fixture(`rules/${name}`)
    const { services, problems } = ipvs.parseIpvsadmRules(name, text)
    expect(problems).toEqual([])
    expect(ipvs.printRules(services).replaceAll(' --tun-type ipip', '')).toBe(text)
  })

  it('finds every mistake of a file, in order, with its place', () => {
    const text =
      '# rules\n-A -t 10.0.0.1:80 -s rr\n-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.2:80 -r 10.0.0.3\n\n-a -t 10.0.0.1:80 -r 10.0.0.3 -w x\n'
    const { problems } = ipvs.parseIpvsadmRules('d1.rules', text)
    expect(problems.map(p => `${p.at.file}:${p.at.line}:${p.at.column} ${p.code}`)).toEqual([
      'd1.rules:3:1 ipvs-service-exists',
      'd1.rules:4:1 ipvs-no-service',
      'd1.rules:6:34 ipvsadm-number',
    ])
  })

  it('edits and removes', () => {
    const lines = ['-A -t 10.0.0.1:80 -s rr', '-a -t 10.0.0.1:80 -r 10.0.0.2', '-a -t 10.0.0.1:80 -r 10.0.0.3', '-E -t 10.0.0.1:80 -s wrr']
    const more = ['-e -t 10.0.0.1:80 -r 10.0.0.2 -w 5', '-d -t 10.0.0.1:80 -r 10.0.0.3:80', '--set 20 7 9']
    const { services, timeouts } = ipvs.parseIpvsadmRules('f', [...lines, ...more].join('\n'))
    expect(ipvs.printRules(services)).toBe('-A -t 10.0.0.1:80 -s wrr\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 5\n')
    expect(timeouts).toEqual({ tcpS: 20, tcpFinS: 7, udpS: 9 })
  })

  it.each([
    ['', 'file-empty'],
    ['\u0000ELF', 'file-binary'],
    ['-C\n'.repeat(2_000_000), 'file-size'],
  ])('refuses what is no rules file (%#)', (text, code) =>
    expect(ipvs.parseIpvsadmRules('f', text).problems).toMatchObject([{ code, at: { line: 1, column: 1 } }]),
  )
})

describe('listings', () => {
  it.each(['i01-Ln.txt', 'e01-Ln.txt'])('%s is read and printed back byte for byte', name => {
    const text = fixture(name)
    const { listed, problems, services } = ipvs.parseIpvsText(name, text) as ipvs.IpvsListing
    expect(problems).toEqual([])
    expect(ipvs.printListing([...listed].reverse())).toBe(text)
    expect(services.length).toBe(text.split('\n').filter(l => /^(TCP|UDP)/.test(l)).length)
  })

  it('--thresholds prints as recorded', () => {
    const { services } = ipvs.parseIpvsadmRules('p04', fixture('rules/p04-d1.rules'))
    const active = [3, 4]
    const listed = services.map((s, i) => ({ ...s, servers: s.servers.map(r => ({ ...r, active: active[i], inactive: 0 })) }))
    expect(ipvs.printListing(listed, { format: 'thresholds' })).toBe(fixture('p04-thresholds.txt'))
  })

  it('-Lnc prints as recorded', () => {
    const text = fixture('i01-Lnc.txt')
    const endpoint = (s: string) => ({ address: s.split(':')[0], port: Number(s.split(':')[1]) })
    const connections = text
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((line): ipvs.ListedConnection => {
        const [protocol, expire, state, client, virtual, destination] = line.split(/\s+/)
        const [minutes, secondsLeft] = expire.split(':').map(Number)
        return {
          protocol: protocol as 'TCP',
          expireS: 60 * minutes + secondsLeft,
          state,
          client: endpoint(client),
          virtual: endpoint(virtual),
          destination: endpoint(destination),
        }
      })
    expect(connections.length).toBeGreaterThan(100)
    expect(ipvs.printConnections(connections)).toBe(text)
  })

  it('reads what the coursework pastes, prompt and squeezed columns included', () => {
    const pasted = `root@b1:~# ipvsadm -Ln
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
 -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP 10.10.1.10:80 rr
 -> 10.10.1.11:80 Route 1 0 0
 -> 10.10.1.12:80 Route 1 0 0
TCP 10.10.1.20:80 wrr persistent 300 mask 255.255.255.0
 -> 10.10.1.11:80 Route 2 0 0
FWM 7 sh (sh-fallback,sh-port)
UDP 10.10.1.20:53 rr ops
`
    const { services, problems } = ipvs.parseIpvsText('ipvs.txt', pasted)
    expect(problems).toMatchObject([{ severity: 'warning', code: 'listing-line', at: { line: 1 } }])
    expect(ipvs.printRules(services)).toBe(`-A -t 10.10.1.10:80 -s rr
-a -t 10.10.1.10:80 -r 10.10.1.11:80 -g -w 1
-a -t 10.10.1.10:80 -r 10.10.1.12:80 -g -w 1
-A -t 10.10.1.20:80 -s wrr -p 300 -M 255.255.255.0
-a -t 10.10.1.20:80 -r 10.10.1.11:80 -g -w 2
-A -f 7 -s sh -b sh-fallback,sh-port
-A -u 10.10.1.20:53 -s rr -o
`)
  })

  it.each([
    ['TCP  10.0.0.1:http rr', 'ipvsadm-address'],
    ['TCP  [fe80::1]:80 rr', 'ipv6-not-simulated'],
    ['TCP  10.0.0.1:80 rrr', 'ipvsadm-scheduler'],
    ['TCP  10.0.0.1:80 rr\n  -> 10.0.0.2:80  Rout 1 0 0', 'listing-line'],
    ['TCP  10.0.0.1:80 rr\nTCP  10.0.0.1:80 rr', 'ipvs-service-exists'],
    ['IP Virtual Server version 1.2.1 (size=4096)\n', 'listing-empty'],
  ])('refuses %j', (text, code) => {
    const errors = ipvs.parseIpvsText('f', text).problems.filter(p => p.severity === 'error')
    expect(errors).toMatchObject([{ code }])
  })

  const service: ipvs.ListedService = {
    key: { protocol: 'TCP', address: '10.0.0.1', port: 80 },
    scheduler: 'mh',
    schedulerFlags: ['mh-port', 'mh-fallback'],
    persistence: { timeoutS: 40, netmask: '255.255.255.0' },
    stats: { connections: 12, inPackets: 99_999_999, outPackets: 0, inBytes: 123_456_789, outBytes: 12_345_678_901 },
    rates: { connections: 1, inPackets: 2.9, outPackets: 0, inBytes: 3_000, outBytes: 0 },
    servers: [
      {
        address: '10.0.0.2',
        port: 80,
        forward: 'Masq',
        weight: 1,
        active: 3,
        inactive: 4,
        persistent: 5,
        stats: { connections: 12, inPackets: 99_999_999, outPackets: 0, inBytes: 123_456_789, outBytes: 123_456_789_012_345 },
        rates: { connections: 1, inPackets: 2.9, outPackets: 0, inBytes: 3_000, outBytes: 0 },
      },
    ],
  }
  const fwmark: ipvs.ListedService = { key: { protocol: 'FWM', mark: 3 }, scheduler: 'wlc', servers: [] }
  const head = 'IP Virtual Server version 1.2.1 (size=4096)\n'

  it('plain: flags, persistence, marks after addresses', () =>
    expect(ipvs.printListing([fwmark, service])).toBe(`${head}Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.0.1:80 mh (mh-fallback,mh-port) persistent 40 mask 255.255.255.0
  -> 10.0.0.2:80                  Masq    1      3          4         
FWM  3 wlc
`))

  it('--stats: nine columns, then K, M, G, T', () =>
    expect(
      ipvs.printListing([service], { format: 'stats' }),
    ).toBe(`${head}Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.0.0.1:80                        12 99999999        0  123456K   12345M
  -> 10.0.0.2:80                        12 99999999        0  123456K     123T
`))

  it('--stats --exact', () =>
    expect(ipvs.printListing([service], { format: 'stats', exact: true }).split('\n')[3]).toBe(
      'TCP  10.0.0.1:80                        12 99999999        0 123456789 12345678901',
    ))

  it('--rate', () =>
    expect(
      ipvs.printListing([service], { format: 'rate' }),
    ).toBe(`${head}Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS
  -> RemoteAddress:Port
TCP  10.0.0.1:80                         1        2        0     3000        0
  -> 10.0.0.2:80                         1        2        0     3000        0
`))

  it('--persistent-conn', () =>
    expect(
      ipvs.printListing([service], { format: 'persistent-conn' }),
    ).toBe(`${head}Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn 
  -> RemoteAddress:Port
TCP  10.0.0.1:80 mh (mh-fallback,mh-port) persistent 40 mask 255.255.255.0
  -> 10.0.0.2:80                  1         5           3          4         
`))

  it('timeouts', () => expect(ipvs.printTimeouts(900, 120, 300)).toBe('Timeout (tcp tcpfin udp): 900 120 300\n'))
})

describe('properties', () => {
  const endpoint = fc.record({ address: fc.ipV4(), port: fc.integer({ min: 1, max: 65_535 }) })
  const at = { file: 'f', line: 1, column: 1 }
  const service = fc.record({
    key: fc.record({
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
      address: fc.ipV4(),
      port: fc.integer({ min: 1, max: 65_535 }),
    }),
    scheduler: fc.constantFrom('rr', 'wrr', 'wlc', 'sed'),
    weight: fc.nat(65_535),
    servers: fc.uniqueArray(endpoint, { selector: e => `${e.address}:${e.port}`, maxLength: 5 }),
  })

  it('rules survive printing and reading', () => {
    fc.assert(
      fc.property(fc.uniqueArray(service, { selector: s => ipvs.keyText(s.key), maxLength: 6 }), drawn => {
        const services: ipvs.IpvsTableService[] = drawn.map(s => ({
          at,
          key: s.key,
          scheduler: s.scheduler,
          schedulerFlags: [],
          onePacket: false,
          servers: s.servers.map(e => ({ at, ...e, forward: 'Masq', weight: s.weight, upperThreshold: 0, lowerThreshold: 0 })),
        }))
        const text = ipvs.printRules(services)
        expect(ipvs.printRules(ipvs.parseIpvsadmRules('f', text).services)).toBe(text)
      }),
      { numRuns: 100 },
    )
  })

  it('never throws, whatever the text', () => {
    const corpus = [...rulesFiles.map(f => fixture(`rules/${f}`)), fixture('i01-Ln.txt')]
    const mutated = fc
      .tuple(fc.constantFrom(...corpus), fc.nat(), fc.string({ maxLength: 5 }), fc.nat(9))
      .map(([text, place, put, cut]) => {
        const i = place % text.length
        return text.slice(0, i) + put + text.slice(i + cut)
      })
    const anyText = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(fc.oneof(mutated, anyText), text => {
        for (const read of [ipvs.parseIpvsText, ipvs.parseIpvsadmRules, ipvs.parseIpvsadmListing]) {
          const { services, problems } = read('f', text)
          ipvs.printRules(services)
          for (const p of problems) expect(p.at.line).toBeGreaterThan(0)
        }
        ipvs.parseIpvsadmCommand(text)
      }),
      { numRuns: 400 },
    )
  })
})
