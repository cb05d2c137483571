/**
 * Clients' sources in whole runs: how many requests, when, from where, and what became of them. Times as in recording i01:
 * SYN to SYN-ACK 300 us, request to answer 300 us through a balancer in direct routing.
 */
import { describe, expect, it } from 'vitest'
import { finished, lab, ms, requestsOf } from './lab.ts'

describe('curl', () => {
  it('back to back: each begins when the one before is over; servers alternate; 0.6 ms each once ARP is known', () => {
    const requests = requestsOf({ traffic: ['curl: { count: 6 }'] })
    expect(requests.map(r => r.id)).toEqual(['t0#1', 't0#2', 't0#3', 't0#4', 't0#5', 't0#6'])
    expect(requests.map(r => r.server)).toEqual(['r2', 'r1', 'r2', 'r1', 'r2', 'r1'])
    expect(requests.every(r => r.fate === 'ok' && r.director === 'd1' && r.cause === '')).toBe(true)
    for (let i = 1; i < 6; i++) expect(requests[i].sentNs).toBe(requests[i - 1].sentNs + requests[i - 1].elapsedNs)
    expect(requests.slice(2).map(ms)).toEqual([0.6, 0.6, 0.6, 0.6])
  })
  it('with a pause after each', () => {
    const requests = requestsOf({ traffic: ['curl: { count: 3, pause: 250ms }'] })
    expect(requests[2].sentNs - requests[1].sentNs - requests[1].elapsedNs).toBe(250e6)
  })
  it('at an interval, answered or not', () => {
    const requests = requestsOf({
      traffic: ['curl: { count: 4, interval: 100ms, max_time: 500ms }'],
      events: ['{ at: 1.15s, partition: d1 }'],
    })
    expect(requests.map(r => r.sentNs)).toEqual([1e9, 1.1e9, 1.2e9, 1.3e9])
    expect(requests.map(r => r.fate)).toEqual(['ok', 'ok', 'timed_out', 'timed_out'])
    expect(requests[2].elapsedNs).toBe(500e6)
    expect(requests[2].cause).toContain('no complete answer within its time limit')
  })
  it('closed by the server: the same for the client', () => {
    const requests = requestsOf({ traffic: ['curl: { count: 4, close: server }'] })
    expect(requests.map(r => r.fate)).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(requests.slice(2).map(ms)).toEqual([0.6, 0.6])
  })
  it('source ports follow from the one given', () => {
    const simulation = finished({ traffic: ['curl: { count: 3, source_port: 30000 }'], durationS: 2 })
    const clients = simulation.result().requests.length
    expect(clients).toBe(3)
    const entries = simulation.tables(simulation.network.stack.hostNames.indexOf('d1')).connections
    expect(entries.map(e => JSON.stringify(e)).join()).toMatch(/30000.*30001.*30002/)
  })
  it('a body of 50 kB arrives in three windows of slow start (recording i07: 1.2 ms after the connection through two hops more)', () => {
    const requests = requestsOf({ traffic: ["curl: { count: 4, method: GET, path: '/?size=50000' }"] })
    // 35 segments: 10 after 0.3 ms, 20 more 0.3 ms later, 5 more; 0.3 ms for the handshake: 1.2 ms and the time on the wire.
    expect(ms(requests[3])).toBeGreaterThan(1.2)
    expect(ms(requests[3])).toBeLessThan(1.3)
  })
  it('a paced body takes the time that its pace says (recording e06: 400 kB at 20 kB/s in 19.9 s)', () => {
    const requests = requestsOf({ traffic: ["curl: { count: 1, method: GET, path: '/?size=400000&pace=20000' }"], durationS: 30 })
    expect(requests[0].fate).toBe('ok')
    expect(Math.abs(requests[0].elapsedNs / 1e9 - 19.901)).toBeLessThan(0.0005)
  })
  it('a lost SYN is told in the cause', () => {
    const requests = requestsOf({
      traffic: ['curl: { count: 2, interval: 500ms }'],
      events: ['{ at: 1.2s, partition: d1 }', '{ at: 2.2s, heal: d1 }'],
    })
    expect(requests[1].synRetransmits).toBe(1)
    expect(requests[1].fate).toBe('ok')
    expect(requests[1].cause).toBe('its SYN was sent again once')
  })
  it('no server left: refused by the balancer, by ICMP, in 0.2 ms (recording p04)', () => {
    const rules = '-A -t 10.0.0.101:80 -s rr\n-a -t 10.0.0.101:80 -r 10.0.0.21:80 -g -w 0\n'
    const requests = requestsOf({ traffic: ['curl: { count: 2, pause: 1s }'], rules })
    expect(requests.map(r => r.fate)).toEqual(['refused', 'refused'])
    expect(ms(requests[1])).toBe(0.2)
    expect(requests[1].director).toBe('d1')
    expect(requests[1].cause).toBe('the SYN was refused by d1 (ICMP port unreachable)')
  })
})

describe('real servers', () => {
  const both = (what: string) => [`{ at: 0.5s, real_server: r1, what: ${what} }`, `{ at: 0.5s, real_server: r2, what: ${what} }`]
  it('refuse: RST to the SYN, from the server itself', () => {
    const [first] = requestsOf({ traffic: ['curl: { count: 1 }'], events: both('refuse') })
    expect([first.fate, first.server, first.cause]).toEqual(['refused', 'r2', 'the SYN was refused by r2 (RST)'])
  })
  it('hang: no answer, the SYN is repeated; unhang: the next repetition is answered', () => {
    const events = [...both('hang'), '{ at: 3s, real_server: r1, what: unhang }', '{ at: 3s, real_server: r2, what: unhang }']
    const [first] = requestsOf({ traffic: ['curl: { count: 1 }'], events })
    // SYNs at 1 s, about 2.05 and 4.1 s.
    expect([first.fate, first.synRetransmits]).toEqual(['ok', 2])
  })
  it('503 is an answer, and the cause says which', () => {
    const [first] = requestsOf({ traffic: ['curl: { count: 1 }'], events: both('503') })
    expect([first.fate, first.cause]).toEqual(['ok', 'status 503'])
  })
  it('rst: reset as soon as it is open', () => {
    const [first] = requestsOf({ traffic: ['curl: { count: 1 }'], events: both('rst') })
    expect([first.fate, first.server]).toEqual(['reset', 'r2'])
  })
  it('a server that loses power and comes back resets what it does not know any more', () => {
    const requests = requestsOf({
      traffic: ["curl: { count: 1, method: GET, path: '/?size=400000&pace=20000' }"],
      events: ['{ at: 2s, crash: r2, silent: true }', '{ at: 3s, boot: r2 }'],
      durationS: 30,
    })
    // The client waits for data and sends nothing, so it never learns: open at the end.
    expect(requests[0].fate).toBe('open')
  })
})

describe('requests', () => {
  it('arrive as Poisson at the rate given, each answered', () => {
    const requests = requestsOf({ traffic: ['stop: 6s, requests: { rate: 400/s }'] })
    expect(Math.abs(requests.length - 2000)).toBeLessThan(4 * Math.sqrt(2000))
    expect(requests.every(r => r.fate === 'ok')).toBe(true)
  })
  it('constant arrivals are evenly spaced', () => {
    const requests = requestsOf({ traffic: ['stop: 1.505s, requests: { rate: 100/s, arrivals: constant }'] })
    expect(requests.length).toBe(50)
    expect(requests[7].sentNs - requests[6].sentNs).toBe(10e6)
  })
  it('sizes that vary have their mean, and leave the arrivals as they are', () => {
    const traffic = (response: string) => [`stop: 11s, requests: { rate: 200/s, response: ${response} }`]
    const one = finished({ traffic: traffic('20kB'), durationS: 20 }).result()
    const varied = finished({ traffic: traffic('lognormal 20kB 0.5'), durationS: 20 }).result()
    expect(varied.requests.map(r => r.sentNs)).toEqual(one.requests.map(r => r.sentNs))
    const bytes = (r: typeof one) => r.measurements.traffic[0].deliveredBytes.reduce((a, b) => a + b, 0) / r.requests.length
    // The coefficient of variation is √(exp(0.25) − 1) = 0.533; four standard errors of the mean of 2000.
    expect(Math.abs(bytes(varied) / bytes(one) - 1)).toBeLessThan((4 * 0.533) / Math.sqrt(one.requests.length))
    expect(bytes(varied)).not.toBe(bytes(one))
  })
  it('come from all the client’s addresses in turn', () => {
    const simulation = finished({
      traffic: ['stop: 1.1s, requests: { rate: 100/s, arrivals: constant }'],
      client: ', addresses: 10.0.0.51-53/24',
      durationS: 2,
    })
    const text = JSON.stringify(simulation.tables(simulation.network.stack.hostNames.indexOf('d1')).connections)
    for (const ip of ['10.0.0.50', '10.0.0.51', '10.0.0.52', '10.0.0.53']) expect(text).toContain(ip)
  })
})

describe('sessions', () => {
  it('several requests over one connection, with time to think; a closed loop has one at a time', () => {
    const requests = requestsOf({ traffic: ['sessions: { users: 1, requests: 3, think: 100ms, response: 1kB }'], durationS: 3 })
    // Each starts 100 ms after the answer before; the connection's handshake is in the first of three only.
    for (let i = 1; i < requests.length; i++) expect(requests[i].sentNs - requests[i - 1].sentNs - requests[i - 1].elapsedNs).toBe(100e6)
    expect(requests.slice(6, 12).map(ms)).toEqual([0.6, 0.3, 0.3, 0.6, 0.3, 0.3])
    expect(requests.slice(0, 6).map(r => r.server)).toEqual(['r2', 'r2', 'r2', 'r1', 'r1', 'r1'])
  })
  it('users do not wait for each other, and Little’s law holds for them', () => {
    // 50 users, cycle = 1 s think + 0.3–0.6 ms: 50 requests a second within four standard deviations of ten seconds' count.
    const requests = requestsOf({ traffic: ['sessions: { users: 50, requests: 5, think: exponential 1s }'], durationS: 11 })
    expect(Math.abs(requests.length - 500)).toBeLessThan(4 * Math.sqrt(500))
  })
  it('an open loop begins sessions at its rate', () => {
    const requests = requestsOf({ traffic: ['stop: 5s, sessions: { rate: 50/s, requests: 4, response: pareto 10kB 1.5, close: server }'] })
    expect(requests.length % 4).toBe(0)
    expect(Math.abs(requests.length / 4 - 200)).toBeLessThan(4 * Math.sqrt(200))
    expect(requests.every(r => r.fate === 'ok')).toBe(true)
  })
  it('a user whose connection the idle server has closed opens another', () => {
    const requests = requestsOf({ traffic: ['sessions: { users: 1, requests: 2, think: 70s }'], durationS: 300 })
    expect(requests.length).toBeGreaterThan(2)
    expect(requests.filter(r => r.fate !== 'open').every(r => r.fate === 'ok' && ms(r) >= 0.6)).toBe(true)
  })
})

describe('bulk', () => {
  it('fills the line: 1448 of 1538 bytes are goodput (benchmarks.md, theory)', () => {
    const simulation = finished({ traffic: ['flows: 2, bulk: { direction: down }'], rate: '100Mbit', durationS: 6 })
    const link = simulation.result().measurements.links.find(l => l.name === 'switch→c1')
    const { boundariesNs } = simulation.segments
    let busy = 0
    link?.busyNs.forEach((ns, i) => {
      if (boundariesNs[i] >= 2e9) busy += ns
    })
    expect(busy / 4e9).toBeGreaterThan(0.995)
  })
  it.each(['up', 'down'])('%s: the bytes that count as delivered are those of the payload, not of its acknowledgements', direction => {
    const { measurements } = finished({ traffic: [`bulk: { direction: ${direction}, size: 1MB }`] }).result()
    const delivered = measurements.traffic[0].deliveredBytes.reduce((a, b) => a + b, 0)
    // 691 segments with 52 bytes of headers, and a few without payload.
    expect(delivered).toBeGreaterThan(1_000_000 + 691 * 52)
    expect(delivered).toBeLessThan(1_000_000 + 691 * 52 + 10 * 100)
  })
  it('ends after its size', () => {
    const requests = requestsOf({ traffic: ['flows: 3, bulk: { size: 1MB, within: 100ms }'] })
    expect(requests.map(r => r.fate)).toEqual(['ok', 'ok', 'ok'])
  })
})

describe('a run with TCP', () => {
  it('stopped in the middle of transfers, saved, restored and run on, ends the same', () => {
    const o = {
      traffic: ['requests: { rate: 300/s, response: 20kB }', 'sessions: { users: 20, think: exponential 20ms }', 'flows: 3, bulk: {}'],
      rate: '100Mbit',
      durationS: 3,
    }
    const whole = finished(o)
    const first = lab(o)
    first.run(1.7343e9)
    const saved = first.snapshot()
    const second = lab(o)
    second.restore(saved)
    second.run()
    expect(second.digest()).toBe(whole.digest())
    expect(second.result().requests).toEqual(whole.result().requests)
  })
  it('leaves no packet and no connection behind', () => {
    const simulation = finished({ traffic: ['stop: 3s, requests: { rate: 200/s }', 'stop: 3s, curl: {}'], durationS: 10 })
    const { tcp } = simulation.applications
    expect([tcp.rows.used, tcp.segments.used, simulation.network.packets.inUse]).toEqual([0, 0, 0])
  })
})
