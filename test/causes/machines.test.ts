/**
 * Goal: causes that no scenario can show are data, too. Method: the machines themselves, fed what a scenario cannot: an
 * interface that loses its address, an advert through a router, an exit status of 12, a SYN in a half-closed connection.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { parseKeepalived } from '../../sim-core/config/index.ts'
import { END_CLOSED_EARLY, END_NO_PORT, FATE_REFUSED, FATE_RESET, RequestLog, whyOf } from '../../sim-core/daemons/curl/request-log.ts'
import { type HealthDraft, HEALTH_OFF, checked, startHealth } from '../../sim-core/daemons/keepalived/checkers/health.ts'
import { type KeepalivedEffect, processConfigOf } from '../../sim-core/daemons/keepalived/index.ts'
import { rejection, stepVrrp, VRRP_OFF, type VrrpInput } from '../../sim-core/protocols/vrrp/index.ts'
import type { Cause } from '../../sim-core/trace/contract.ts'
import { Workbench } from '../protocols/ipvs/bench-director.ts'
import { play } from '../protocols/tcp/script.ts'
import { instance, OWN, packet, SECOND, vrrp } from '../protocols/vrrp/configs.ts'
import { faultsOfCause } from './faults.ts'

describe('the VRRP machine', () => {
  it('an interface loses the address that adverts are sent from, and has one again', () => {
    const inputs: VrrpInput[] = [
      { kind: 'start', nowNs: 0, interfaces: [{ name: 'eth0', up: true, ip: OWN }], leftovers: [] },
      { kind: 'address', nowNs: SECOND, interface: 'eth0', ip: null },
      { kind: 'address', nowNs: 2 * SECOND, interface: 'eth0', ip: OWN },
    ]
    let state = VRRP_OFF
    const causes: Cause[] = []
    for (const input of inputs) {
      const step = stepVrrp(vrrp(), state, input)
      state = step.state
      for (const e of step.effects) if (e.kind === 'stateChange') causes.push(e.cause)
    }
    expect(causes.map(c => c.rule)).toEqual(['vrrp-start', 'vrrp-no-source-address', 'vrrp-source-address'])
    expect(causes.flatMap(faultsOfCause)).toEqual([])
    expect(causes[1].inputs).toEqual({ interface: 'eth0' })
  })

  it('an advert that came through a router', () => {
    const cause = rejection(instance(), packet(100, { ttl: 254 }), true) as Cause
    expect(cause).toMatchObject({ rule: 'vrrp-reject-ttl', inputs: { ttl: 254, expected_ttl: 255 }, arithmetic: '254 ≠ 255' })
    expect(faultsOfCause(cause)).toEqual([])
  })

  it('a Master_Down_Interval is data: adverts, interval, skew', () => {
    const start: VrrpInput = { kind: 'start', nowNs: 0, interfaces: [{ name: 'eth0', up: true, ip: OWN }], leftovers: [] }
    const { state } = stepVrrp(vrrp(), VRRP_OFF, start)
    const { effects } = stepVrrp(vrrp(), state, { kind: 'timer', nowNs: 3.609375 * SECOND })
    const change = effects.find(e => e.kind === 'stateChange')
    expect(change).toMatchObject({
      to: 'MASTER',
      cause: { rule: 'vrrp-master-down', arithmetic: '3 × 1 s + (256 − 100)/256 × 1 s = 3.609375 s' },
    })
    expect((change as { cause: Cause }).cause.inputs).toEqual({
      ...{ since_s: 0, expires_s: 3.609375, adverts: 3, advert_int_s: 1, priority: 100, skew_s: 0.609375, master_down_s: 3.609375 },
    })
  })
})

describe('the checkers', () => {
  it('misc_dynamic: the exit status is the weight plus two', () => {
    const text = `virtual_server 10.0.0.100 80 {
      protocol TCP
      real_server 10.0.0.21 80 { weight 1
        MISC_CHECK { misc_path /w
          misc_dynamic }
      }
    }`
    const config = processConfigOf(parseKeepalived('k.conf', mapFiles({ 'k.conf': text })).config)
    const effects: KeepalivedEffect[] = []
    const d: HealthDraft = { config, state: HEALTH_OFF, effects }
    startHealth(d)
    checked(d, 0, { ok: false, what: 'the script ended with 12', status: 12 }, SECOND)
    const change = effects.find(e => e.kind === 'ipvsEditDest') as { cause: Cause }
    expect(change.cause).toMatchObject({ rule: 'checker-weight', inputs: { exit_status: 12, weight: 10 }, arithmetic: '12 − 2 = 10' })
    expect(faultsOfCause(change.cause)).toEqual([])
  })
})

describe('IPVS', () => {
  it('a service for all ports that is no longer persistent', () => {
    const b = new Workbench(100, 0)
    const service = {
      key: { protocol: 'TCP', address: '10.0.0.100', port: 0 },
      scheduler: 'rr',
      schedulerFlags: [],
      onePacket: false,
    } as const
    expect(b.ipvs.command(0, { kind: 'add-service', service })).toBeUndefined()
    expect(b.packet('10.0.0.50:40000', '10.0.0.100:80', 'S')).toBe(true)
    const cause = b.story.find(h => h.kind === 'refused')?.cause as Cause
    expect(cause).toMatchObject({ rule: 'ipvs-port-zero', inputs: { port: 80, client: '10.0.0.50:40000' } })
    expect(faultsOfCause(cause)).toEqual([])
  })
})

describe('the log of requests', () => {
  it.each([
    [END_CLOSED_EARLY, FATE_RESET, 'request-closed-early', 'closed by b1 before the answer was complete'],
    [END_NO_PORT, FATE_REFUSED, 'request-no-port', 'the client had no free source port'],
  ] as const)('end %i', (end, fate, rule, text) => {
    const log = new RequestLog()
    const q = log.add(0, 1, 0, SECOND)
    log.fate[q] = fate
    log.end[q] = end
    log.elapsedNs[q] = SECOND / 2
    if (end === END_CLOSED_EARLY) log.director[q] = 0
    const cause = whyOf(log, q, () => 'b1', 2 * SECOND) as Cause
    expect(cause).toMatchObject({ rule, text, inputs: { elapsed_s: 0.5, syn_retransmits: 0, retransmits: 0 } })
    expect(faultsOfCause(cause)).toEqual([])
  })
})

describe('TCP', () => {
  it('a SYN in a connection whose other half is still open', () => {
    const played = play(`0 ! listen
      0 < S 0:0(0) win 2000
      0 > S. 0:0(0) ack 1
      0.01 < . 1:1(0) ack 1
      0.1 ! close
      0.1 > F. 1:1(0) ack 1
      0.2 < . 1:1(0) ack 2
      0.3 < S. 5000:5000(0) ack 2 win 2000
      0.3 > R 2:2(0)
      0.3 ? resets rst-time-wait`)
    expect(played.resets).toEqual(['rst-time-wait'])
  })
})
