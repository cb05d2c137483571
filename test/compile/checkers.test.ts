/**
 * Goal: each kind of check is a real exchange on the network, with the verdict that the server's state deserves.
 * Method: one director, one server, 60 s; the server refuses, hangs, is cut off and comes back. delay_loop 2 s, retry 1 after 1 s,
 * connect_timeout 1 s, the first check at 1 s: what is found out can be worked out by hand to the millisecond.
 */
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../sim-core/compile/index.ts'
import { model } from './cluster.ts'

const conf = (checker: string, service: string, vs = '') => `
virtual_server 10.0.0.100 ${service} {
  delay_loop 2
  lb_algo rr
  lb_kind DR
  ${vs}
  real_server 10.0.0.11 ${service.split(' ')[0]} {
    weight 1
    ${checker}
  }
}
`
const COMMON = 'connect_timeout 1\n retry 1\n delay_before_retry 1\n warmup 0'

function run(checker: string, port: number, events: readonly string[], protocol = 'TCP', seed = 1): Simulation {
  const text = `scenario: checks
seed: ${seed}
duration: 60s
hosts:
  d1: { address: 10.0.0.1/24, keepalived: d1.conf }
  r1: { address: 10.0.0.11/24, serves: all }
links: { default: { rate: 1Gbit, delay: 50us } }
events: [${events.join(', ')}]
`
  const files: Record<string, string> = { 'd1.conf': conf(checker, String(port), `protocol ${protocol}`) }
  const simulation = new Simulation(model(text, files))
  simulation.run()
  return simulation
}

/** `7.0 DOWN`, and the reason. */
const verdicts = (s: Simulation): string[] =>
  s.happenings.flatMap(h =>
    h.kind === 'check'
      ? [`${(h.t / 1e9).toFixed(1)} ${h.fields['up'] === true ? 'UP' : 'DOWN'}: ${/: ([^,;:]*)/.exec(h.cause?.text ?? '')?.[1]}`]
      : [],
  )

// First check at 1 s; each lasts 0.4–1 ms, so those of the even cycle stay just after odd seconds.
const REFUSE = ['{ at: 10s, real_server: r1, what: refuse }', '{ at: 20s, real_server: r1, what: listen }']
const HANG = ['{ at: 10s, real_server: r1, what: hang }', '{ at: 20s, real_server: r1, what: unhang }']
const CUT = ['{ at: 10s, partition: r1 }', '{ at: 20s, heal: r1 }']

describe('a director without carrier', () => {
  // The check of 11 s asks for a neighbour that the pulled cable made it forget. ARP gives up at 14 s, sooner than connect_timeout,
  // and the refused SYN, one timeout old, leaves once more: ARP asks from 14 to 17 s, so the retry of 15 s ends with it, not at
  // 18 s. The six kernel timers add some 30 ms each.
  it('hears of an unreachable host before its checker runs out of patience, and again a second sooner', () => {
    const settings = 'connect_timeout 5\n retry 1\n delay_before_retry 1\n warmup 0'
    expect(verdicts(run(`TCP_CHECK {\n ${settings}\n }`, 80, ['{ at: 10s, link_down: d1 }']))).toEqual([
      '17.2 DOWN: host unreachable (ICMP)',
    ])
  })
})

describe('checks over TCP', () => {
  it('TCP_CHECK: refused twice, silent twice', () => {
    const check = `TCP_CHECK {\n ${COMMON}\n }`
    expect(verdicts(run(check, 80, REFUSE))).toEqual(['12.0 DOWN: connection refused (RST)', '20.0 UP: the server accepts connections'])
    // 11 → 12, 13 → 14 DOWN; down it goes 16 → 17, 18 → 19, then 21.
    expect(verdicts(run(check, 80, HANG))).toEqual([
      '14.0 DOWN: no answer within connect_timeout 1 s',
      '21.0 UP: the server accepts connections',
    ])
    expect(verdicts(run(check, 80, CUT))[0]).toEqual('14.0 DOWN: no answer within connect_timeout 1 s')
  })

  it('HTTP_GET: by status, and up at the second success', () => {
    const check = `HTTP_GET {\n url {\n path /\n status_code 200\n }\n ${COMMON}\n }`
    const events = ['{ at: 10s, real_server: r1, what: 503 }', '{ at: 20s, real_server: r1, what: 200 }']
    expect(verdicts(run(check, 80, events))).toEqual(['12.0 DOWN: status 503', '22.0 UP: the server answers with status 200'])
  })

  it('SSL_GET: the same behind a TLS handshake, which takes a round trip more', () => {
    const check = `SSL_GET {\n url {\n path /\n status_code 200\n }\n ${COMMON}\n }`
    const events = ['{ at: 10s, real_server: r1, what: 503 }', '{ at: 20s, real_server: r1, what: 200 }']
    expect(verdicts(run(check, 443, events))).toEqual(['12.0 DOWN: status 503', '22.0 UP: the server answers with status 200'])
    const second = (c: string, port: number) => run(c, port, []).network.engine.events
    expect(second(check, 443)).toBeGreaterThan(second(check.replace('SSL_GET', 'HTTP_GET'), 443))
  })

  it('SMTP_CHECK: a server that speaks, refuses or hangs', () => {
    const check = `SMTP_CHECK {\n ${COMMON}\n }`
    expect(verdicts(run(check, 25, []))).toEqual([])
    expect(verdicts(run(check, 25, REFUSE))).toEqual(['12.0 DOWN: connection refused (RST)', '20.0 UP: the server speaks SMTP'])
    expect(verdicts(run(check, 25, HANG))[0]).toMatch(/^14\.0 DOWN: no answer within connect_timeout 1 s$/)
  })

  it('HTTP_GET of a server that resets every connection', () => {
    const check = `HTTP_GET {\n url {\n path /\n }\n ${COMMON}\n }`
    expect(verdicts(run(check, 80, ['{ at: 10s, real_server: r1, what: rst }']))).toEqual(['12.0 DOWN: the server reset the connection'])
  })
})

describe('checks without a connection', () => {
  it('DNS_CHECK: an answer, port unreachable, silence', () => {
    const check = `DNS_CHECK {\n type A\n name example.net\n ${COMMON}\n }`
    expect(verdicts(run(check, 53, [], 'UDP'))).toEqual([])
    expect(verdicts(run(check, 53, REFUSE, 'UDP'))).toEqual(['12.0 DOWN: port unreachable (ICMP)', '20.0 UP: the server answers'])
    expect(verdicts(run(check, 53, HANG, 'UDP'))[0]).toBe('14.0 DOWN: no answer within connect_timeout 1 s')
  })

  it('UDP_CHECK: silence is a success unless a reply is required', () => {
    const check = (more: string) => `UDP_CHECK {\n ${more}\n ${COMMON}\n }`
    expect(verdicts(run(check(''), 5000, HANG, 'UDP'))).toEqual([])
    expect(verdicts(run(check(''), 5000, REFUSE, 'UDP')).length).toBe(2)
    expect(verdicts(run(check('require_reply'), 5000, HANG, 'UDP')).length).toBe(2)
  })

  it('PING_CHECK: sees the host, not its service', () => {
    const check = `PING_CHECK {\n ${COMMON}\n }`
    expect(verdicts(run(check, 80, REFUSE))).toEqual([])
    expect(verdicts(run(check, 80, CUT)).map(v => v.slice(0, 7))).toEqual(['14.0 DO', '22.0 UP'])
  })
})

describe('a checker', () => {
  it('without a way to the server fails at once', () => {
    const check = `TCP_CHECK {\n connect_ip 192.0.2.1\n ${COMMON}\n }`
    expect(verdicts(run(check, 80, []))).toEqual(['1.0 DOWN: no route to the server since 1 s'])
  })

  it('is forgotten with its process: a killed keepalived never hears of its last check', () => {
    const check = `TCP_CHECK {\n ${COMMON}\n }`
    const events = ['{ at: 10s, real_server: r1, what: hang }', '{ at: 11.5s, kill: d1 }', '{ at: 30s, start: d1 }']
    expect(verdicts(run(check, 80, events))).toEqual(['32.0 DOWN: no answer within connect_timeout 1 s since 31 s'])
  })

  it('draws its first check from the seed', () => {
    const first = (seed: number) => run('TCP_CHECK {\n connect_timeout 1\n }', 80, [], 'TCP', seed).digest()
    expect(first(1)).toBe(first(1))
    expect(first(1)).not.toBe(first(2))
  })
})
