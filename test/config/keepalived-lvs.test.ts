/** What keepalived 2.2.7 makes of virtual_server and its parts; defaults of semantics.md §3, warnings as it logs them. */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { milliseconds, seconds } from '../../sim-core/base/units.ts'
import { parseKeepalived, type VirtualServer } from '../../sim-core/config/index.ts'

const parse = (text: string) => parseKeepalived('k.conf', mapFiles({ 'k.conf': text }))
const server = (body = '', head = '10.0.0.21 80') => `real_server ${head} {\n${body}\n}\n`
const service = (body: string, head = '10.0.0.1 80', real = server()) => `virtual_server ${head} {\n${body}\n${real}}\n`
const FULL = 'lb_algo rr\nlb_kind NAT\nprotocol TCP\n'

type Row = [body: string, expected: Partial<VirtualServer>, codes?: string[]]

describe('virtual_server', () => {
  it('has the defaults of keepalived 2.2.7', () => {
    const { config, problems } = parse(service(FULL))
    expect(problems).toEqual([])
    expect(config.virtualServers[0]).toMatchObject({
      service: { kind: 'address', address: '10.0.0.1', port: 80 },
      protocol: 'TCP',
      scheduler: 'rr',
      schedulerFlags: [],
      forward: 'NAT',
      delayLoopNs: seconds(60),
      quorum: 1,
      hysteresis: 0,
      alpha: false,
      omega: false,
      haSuspend: false,
      inhibitOnFailure: false,
      onePacket: false,
    })
    expect(config.virtualServers[0].realServers).toMatchObject([
      { address: '10.0.0.21', port: 80, weight: 1, forward: 'NAT', uthreshold: 0, lthreshold: 0, alpha: false, checkers: [] },
    ])
    expect(config.virtualServers[0].persistence).toBeUndefined()
  })

  it.each<Row>([
    ['', { protocol: 'UDP', scheduler: 'wlc', forward: 'NAT' }, ['protocol-default', 'scheduler-default', 'forward-default']],
    ['lvs_sched wrr\nlvs_method DR\nprotocol SCTP', { scheduler: 'wrr', forward: 'DR', protocol: 'SCTP' }],
    [`${FULL}persistence_timeout`, { persistence: { timeoutS: 360, granularity: '255.255.255.255' } }],
    [
      `${FULL}persistence_timeout 50\npersistence_granularity 255.255.255.0`,
      { persistence: { timeoutS: 50, granularity: '255.255.255.0' } },
    ],
    [`${FULL}quorum 5`, { quorum: 1 }, ['quorum-reduced']],
    [`${FULL}hysteresis 1`, { hysteresis: 0 }, ['hysteresis-reduced']],
    [`${FULL}ops`, { onePacket: false }, ['ops-cleared']],
    ['lb_algo rr\nlb_kind DR\nprotocol UDP\nops', { onePacket: true }],
    ['lb_algo sh\nlb_kind DR\nprotocol TCP\nsh-port\nsh-fallback', { schedulerFlags: ['sh-fallback', 'sh-port'] }],
    ['lb_algo rr\nlb_kind DR\nprotocol TCP\nsh-port', { schedulerFlags: [] }, ['flag-ignored']],
    [`${FULL}alpha\nomega\nha_suspend\ninhibit_on_failure`, { alpha: true, omega: true, haSuspend: true, inhibitOnFailure: true }],
    [
      `${FULL}sorry_server 10.0.0.29 80\nsorry_server_inhibit`,
      { sorryServer: expect.objectContaining({ address: '10.0.0.29', port: 80, forward: 'NAT', inhibit: true }) },
    ],
    [
      'lb_algo rr\nlb_kind DR\nprotocol TCP\nsorry_server 10.0.0.29 81',
      { sorryServer: expect.objectContaining({ port: 80 }) },
      ['port-forced'],
    ],
  ])('%j', (body, expected, codes = []) => {
    const { config, problems } = parse(service(body))
    expect(config.virtualServers[0]).toMatchObject(expected)
    expect(problems.map(p => [p.code, p.severity])).toEqual(codes.map(c => [c, 'warning']))
  })

  it('port 0 is persistent', () => {
    const { config, problems } = parse(service('lb_algo rr\nlb_kind DR\nprotocol TCP\n', '10.0.0.1', server('', '10.0.0.21')))
    expect(config.virtualServers[0]).toMatchObject({ service: { port: 0 }, persistence: { timeoutS: 360 }, realServers: [{ port: 0 }] })
    expect(problems.map(p => p.code)).toEqual(['persistence-set'])
  })

  it('may be a firewall mark or a group', () => {
    const mark = parse(service('lb_algo rr\nlb_kind DR\nprotocol TCP\nha_suspend', 'fwmark 3'))
    expect(mark.config.virtualServers[0]).toMatchObject({ service: { kind: 'fwmark', mark: 3 }, haSuspend: false })
    expect(mark.problems.map(p => p.code)).toEqual(['protocol-ignored', 'ha-suspend-cleared'])
    const lines = '10.0.0.1 80\n10.0.0.2-4 81\n10.0.0.250-10.0.1.5\n10.0.2.8/30 82\nfwmark 7\nfe80::1 80\n'
    const group = parse(`virtual_server_group G {\n${lines}}\n${service(FULL, 'group G')}`)
    expect(group.config.virtualServers[0].service).toEqual({ kind: 'group', name: 'G' })
    expect(group.config.virtualServerGroups[0].entries.map(({ at: _, ...e }) => e)).toEqual([
      { kind: 'addresses', first: '10.0.0.1', last: '10.0.0.1', port: 80 },
      { kind: 'addresses', first: '10.0.0.2', last: '10.0.0.4', port: 81 },
      { kind: 'addresses', first: '10.0.0.250', last: '10.0.1.5', port: 0 },
      { kind: 'addresses', first: '10.0.2.8', last: '10.0.2.11', port: 82 },
      { kind: 'fwmark', mark: 7 },
    ])
    expect(group.problems.map(p => p.code)).toEqual(['ipv6-not-simulated'])
  })

  it('without real servers is left out', () => {
    const { config, problems } = parse(service(FULL, '10.0.0.1 80', ''))
    expect(config.virtualServers).toEqual([])
    expect(problems).toMatchObject([{ code: 'no-real-servers', severity: 'warning' }])
  })
})

describe('real_server', () => {
  const real = (body: string, head = '10.0.0.21 80', vs = FULL) => {
    const { config, problems } = parse(service(vs, '10.0.0.1 80', server(body, head)))
    return { server: config.virtualServers[0].realServers[0], codes: problems.map(p => p.code) }
  }

  it('with direct routing keeps the service port', () => {
    const dr = real('', '10.0.0.21 81', 'lb_algo rr\nlb_kind DR\nprotocol TCP')
    expect([dr.server.port, dr.codes]).toEqual([80, ['port-forced']])
    const nat = real('', '10.0.0.21 81')
    expect([nat.server.port, nat.codes]).toEqual([81, []])
    expect(real('lvs_method TUN', '10.0.0.21 81').server).toMatchObject({ forward: 'TUN', port: 80 })
  })

  it('inherits from its virtual server', () => {
    const { server: r } = real('', '10.0.0.21 80', `${FULL}alpha\ninhibit_on_failure\nweight 7\nvirtualhost www`)
    expect(r).toMatchObject({ alpha: true, inhibitOnFailure: true, weight: 7, virtualhost: 'www' })
    const { server: own } = real(
      'alpha off\ninhibit_on_failure off\nweight 2',
      '10.0.0.21 80',
      `${FULL}alpha\ninhibit_on_failure\nweight 7`,
    )
    expect(own).toMatchObject({ alpha: false, inhibitOnFailure: false, weight: 2 })
  })

  it('twice: the second is dropped', () => {
    const { config, problems } = parse(service(FULL, '10.0.0.1 80', server('weight 1') + server('weight 2')))
    expect(config.virtualServers[0].realServers.map(r => r.weight)).toEqual([1])
    expect(problems.map(p => p.code)).toEqual(['real-server-twice'])
  })
})

describe('checkers', () => {
  const checker = (body: string, rs = '', vs = '') => {
    const { config, problems } = parse(service(FULL + vs, '10.0.0.1 80', server(`${rs}\n${body}`)))
    expect(problems).toEqual([])
    return config.virtualServers[0].realServers[0].checkers[0]
  }

  it.each([
    ['TCP_CHECK {\n}', { kind: 'TCP_CHECK', retry: 1, delayBeforeRetryNs: seconds(1) }],
    [
      'HTTP_GET {\nurl {\npath /\n}\n}',
      {
        kind: 'HTTP_GET',
        retry: 1,
        delayBeforeRetryNs: seconds(3),
        urls: [expect.objectContaining({ path: '/', statusCodes: [[200, 299]] })],
      },
    ],
    [
      'SSL_GET {\nurl {\npath /\nstatus_code 200 301-302\n}\n}',
      {
        kind: 'SSL_GET',
        delayBeforeRetryNs: seconds(3),
        urls: [
          expect.objectContaining({
            statusCodes: [
              [200, 200],
              [301, 302],
            ],
          }),
        ],
      },
    ],
    ['SMTP_CHECK {\n}', { kind: 'SMTP_CHECK', retry: 1, delayBeforeRetryNs: seconds(1) }],
    ['DNS_CHECK {\n}', { kind: 'DNS_CHECK', retry: 3, delayBeforeRetryNs: seconds(60), recordType: 'SOA', name: '.' }],
    [
      'MISC_CHECK {\nmisc_path "/bin/c -a"\n}',
      { kind: 'MISC_CHECK', retry: 0, delayBeforeRetryNs: seconds(1), timeoutNs: seconds(60), path: '"/bin/c -a"' },
    ],
    ['PING_CHECK {\n}', { kind: 'PING_CHECK', retry: 1 }],
    ['UDP_CHECK {\nrequire_reply\n}', { kind: 'UDP_CHECK', requireReply: true }],
  ])('%j has its own defaults', (body, expected) => {
    expect(checker(body)).toMatchObject({
      connectIp: '10.0.0.21',
      connectPort: 80,
      connectTimeoutNs: seconds(5),
      delayLoopNs: seconds(60),
      warmupNs: seconds(60),
      alpha: false,
      ...expected,
    })
  })

  it('inherits from real and virtual server, the nearest first', () => {
    const vs = 'delay_loop 6\nretry 2\nconnect_timeout 1\ndelay_before_retry 0.5\nalpha'
    expect(checker('TCP_CHECK {\n}', '', vs)).toMatchObject({
      delayLoopNs: seconds(6),
      retry: 2,
      connectTimeoutNs: seconds(1),
      delayBeforeRetryNs: milliseconds(500),
      warmupNs: seconds(6),
      alpha: true,
    })
    expect(checker('TCP_CHECK {\nretry 4\n}', 'retry 3\nwarmup 0\nalpha off', vs)).toMatchObject({
      retry: 4,
      warmupNs: seconds(0),
      alpha: false,
    })
  })

  it('may connect elsewhere', () => {
    expect(checker('TCP_CHECK {\nconnect_ip 10.0.0.99\nconnect_port 81\nbindto 10.0.0.5\nbind_port 1000\n}')).toMatchObject({
      connectIp: '10.0.0.99',
      connectPort: 81,
      bindIp: '10.0.0.5',
      bindPort: 1000,
    })
  })
})
