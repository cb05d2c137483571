/**
 * Goal: the comparison itself is right: what differs is found on whichever side it is, and nothing else is.
 * Method: lists of a few events by hand.
 */
import { describe, expect, it } from 'vitest'
import { compareResponses, compareScheduled } from '../../sim-core/conform/compare/requests.ts'
import { comparePolls, CONNECTIONS, SERVICES } from '../../sim-core/conform/compare/tables.ts'
import { compareTimed, withOrder } from '../../sim-core/conform/compare/timed.ts'
import { ADDRESSES, STATES } from '../../sim-core/conform/compare/vrrp.ts'
import type { ObservedOf } from '../../sim-core/conform/observed.ts'
import { VIRTUAL_TIME } from '../../sim-core/conform/tolerances.ts'

type State = ObservedOf<'state'>
const state = (t: number, word: string): State => ({ kind: 'state', t, host: 'b1', instance: 'VI_1', state: word })
const compare = (expected: State[], got: State[]) => compareTimed(STATES, expected, got, VIRTUAL_TIME, 100)

describe('events with a time', () => {
  it('match within a millisecond, and the error is kept', () => {
    const c = compare([state(1, 'MASTER'), state(5, 'BACKUP')], [state(1.0009, 'MASTER'), state(4.9995, 'BACKUP')])
    expect([c.matched, c.total]).toEqual([2, 2])
    expect(c.errorsS[0]).toBeCloseTo(0.0009)
    expect(c.errorsS[1]).toBeCloseTo(-0.0005)
  })

  it.each([
    ['one that is late', [state(1, 'MASTER')], [state(1.002, 'MASTER')], 0, 2],
    ['one that is missing', [state(1, 'MASTER')], [], 0, 1],
    ['one too many', [state(1, 'MASTER')], [state(1, 'MASTER'), state(7, 'MASTER')], 1, 2],
    ['another word', [state(1, 'MASTER')], [state(1, 'FAULT')], 0, 2],
  ])('tells %s', (_what, expected, got, matched, total) => {
    const c = compare(expected, got)
    expect([c.matched, c.total]).toEqual([matched, total])
    expect(c.differences).toHaveLength(total - matched)
  })

  it('counts nothing that is nearer to the end of the recording than the tolerance', () => {
    expect(compare([state(99.9995, 'MASTER')], []).total).toBe(0)
    expect(compare([], [state(99.9995, 'MASTER')]).total).toBe(0)
  })

  it('tells what changed places, unless it was simultaneous', () => {
    const vip = (t: number): ObservedOf<'vip'> => ({ kind: 'vip', t, host: 'b1', ip: '10.0.0.9', present: true })
    const ordered = (vipAt: number, gotVip: number) =>
      withOrder(
        [compare([state(1, 'MASTER')], [state(1.0004, 'MASTER')]), compareTimed(ADDRESSES, [vip(vipAt)], [vip(gotVip)], VIRTUAL_TIME, 100)],
        VIRTUAL_TIME,
      ).map(c => c.matched)
    expect(ordered(1.0005, 1.0005)).toEqual([1, 1])
    expect(ordered(1.0005, 1.0001)).toEqual([1, 0])
    expect(ordered(1.00005, 1.0001)).toEqual([1, 1])
  })

  it('names the rule that the run followed', () => {
    const got = { ...state(3, 'MASTER'), rule: 'vrrp-master-down' }
    expect(compareTimed(STATES, [], [got], VIRTUAL_TIME, 100).differences[0].rule).toBe('vrrp-master-down')
  })
})

describe('polled tables', () => {
  const service = (active: number, addresses = ['10.0.0.2:80', '10.0.0.1:80']) => ({
    vip: '10.0.0.9:80',
    proto: 'TCP',
    scheduler: 'rr',
    rs: addresses.map(addr => ({ addr, fwd: 'Route', weight: 1, active, inact: 0 })),
  })
  const line = (t: number, active: number, addresses?: string[]): ObservedOf<'ipvs'> => ({
    kind: 'ipvs',
    t,
    host: 'd1',
    services: [service(active, addresses)],
  })
  const polls = (expected: ObservedOf<'ipvs'>[], got: { seen: ObservedOf<'ipvs'>; forLine: number }[]) =>
    comparePolls(
      SERVICES,
      expected.map((l, index) => ({ line: l, index })),
      got,
      VIRTUAL_TIME,
    )

  it('match when a reading around the line has its content', () => {
    expect(
      polls(
        [line(1, 2)],
        [
          { seen: line(1, 1), forLine: 0 },
          { seen: line(1.0005, 2), forLine: 0 },
        ],
      ).matched,
    ).toBe(1)
  })

  it('differ in the order of servers, which is the kernel’s', () => {
    expect(polls([line(1, 2)], [{ seen: line(1, 2, ['10.0.0.1:80', '10.0.0.2:80']), forLine: 0 }]).matched).toBe(0)
  })

  it('tell a change that was not recorded, once', () => {
    const between = [3, 4, 5].map(t => ({ seen: line(t, 9), forLine: -1 }))
    const c = polls([line(1, 2)], [{ seen: line(1, 2), forLine: 0 }, ...between])
    expect([c.matched, c.total]).toEqual([1, 2])
  })

  it('compare remaining seconds where the phase of the timer wheel is known', () => {
    const conns = (expire_s: number): ObservedOf<'conn'> => ({
      kind: 'conn',
      t: 1,
      host: 'd1',
      conns: [{ proto: 'TCP', expire_s, state: 'FIN_WAIT', client: '10.0.0.5:1', vip: '10.0.0.9:80', rs: '10.0.0.1:80' }],
    })
    const matched = (wheelPhaseKnown: boolean) =>
      comparePolls(CONNECTIONS, [{ line: conns(119), index: 0 }], [{ seen: conns(118), forLine: 0 }], { ...VIRTUAL_TIME, wheelPhaseKnown })
        .matched
    expect([matched(true), matched(false)]).toEqual([0, 1])
  })
})

describe('requests', () => {
  const response = (elapsed_s: number, more: Partial<ObservedOf<'response'>> = {}): ObservedOf<'response'> => ({
    kind: 'response',
    t: 10 + elapsed_s,
    client: 'c1',
    id: 'k1',
    t_start: 10,
    elapsed_s,
    status: 200,
    server: 'r1',
    ...more,
  })

  it('match with the same server within a millisecond', () => {
    expect(compareResponses([response(0.001)], [response(0.0015)], VIRTUAL_TIME).matched).toBe(1)
  })

  it.each([
    ['another server', response(0.001), response(0.001, { server: 'r2' })],
    ['a delay', response(0.001), response(1.02)],
    ['another fate', response(0.001), response(0.001, { error: 'Connection refused', status: undefined, server: undefined })],
    ['another number of SYNs', response(1.02, { syn_retx: 1 }), response(1.02, { syn_retx: 2 })],
  ])('differ by %s', (_what, expected, got) => {
    expect(compareResponses([expected], [got], VIRTUAL_TIME).matched).toBe(0)
  })

  it('count the scheduler’s choice, and requests that nobody made', () => {
    const chosen = (id: string, rs: string | null): ObservedOf<'scheduled'> => ({ kind: 'scheduled', t: 1, id, client: '10.0.0.5:1', rs })
    const c = compareScheduled(
      [chosen('a', '10.0.0.1:80'), chosen('b', null)],
      [chosen('a', '10.0.0.2:80'), chosen('b', null), chosen('z', null)],
    )
    expect([c.matched, c.total]).toEqual([1, 3])
  })
})
