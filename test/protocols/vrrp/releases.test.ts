/**
 * Goal: each difference between keepalived 2.2.7 (recorded) and later releases (read from the source) is a row:
 * the same inputs, both answers. Arithmetic by hand: skew(100) = 0.609375 s, skew(255) = 1/256 s = 0.003906 s.
 */
import { describe, expect, it } from 'vitest'
import {
  type KeepalivedRelease,
  stepVrrp,
  VRRP_OFF,
  type VrrpConfig,
  type VrrpInput,
  type VrrpStep,
} from '../../../sim-core/protocols/vrrp/index.ts'
import { brief, instance, OWN, packet, SECOND, vrrp } from './configs.ts'

const at = (s: number): number => Math.round(s * SECOND)
const BEGIN: VrrpInput = { kind: 'start', nowNs: 0, interfaces: [{ name: 'eth0', up: true, ip: OWN }], leftovers: [] }
const hear = (s: number, changes: Parameters<typeof packet>[1] = {}, priority = 50): VrrpInput => ({
  kind: 'advert',
  nowNs: at(s),
  interface: 'eth0',
  advert: packet(priority, changes),
})
const carrier = (s: number, up: boolean): VrrpInput => ({ kind: 'carrier', nowNs: at(s), interface: 'eth0', up })

function last(config: Partial<VrrpConfig>, release: KeepalivedRelease, inputs: readonly VrrpInput[]): VrrpStep {
  let step: VrrpStep = { state: VRRP_OFF, effects: [] }
  for (const input of inputs) step = stepVrrp(vrrp({ ...config, release }), step.state, input)
  return step
}

const GROUP = { instances: [instance({ initialState: 'MASTER' })], groups: [{ name: 'G', members: [0] }] }
const OWNER = { instances: [instance({ initialState: 'MASTER', priority: 255 })] }

const rows: [what: string, config: Partial<VrrpConfig>, inputs: VrrpInput[], old: string[], later: string[]][] = [
  [
    'another list of VIPs is rejected, later accepted',
    {},
    [BEGIN, hear(1, { vips: [1] }, 200)],
    ['vrrp-reject-vips'],
    ['down VI_1 at 4.609375'],
  ],
  [
    'adverts during vrrp_startup_delay stretch it, later they are not read',
    { startupDelayNs: at(5) },
    [BEGIN, hear(1)],
    ['down VI_1 at 12.609375'],
    [],
  ],
  [
    'state MASTER in a sync group waits the full time, later one advert and a step',
    GROUP,
    [BEGIN],
    ['VI_1 BACKUP', 'down VI_1 at 3.609375'],
    ['VI_1 BACKUP', 'down VI_1 at 1.003906'],
  ],
  [
    'an owner that leaves FAULT waits the full time, later one advert and its skew',
    OWNER,
    [BEGIN, carrier(0.5, false), carrier(2, true)],
    ['VI_1 BACKUP', 'down VI_1 at 5.003906'],
    ['VI_1 BACKUP', 'down VI_1 at 3.003906'],
  ],
]

describe('keepalived 2.2 and 2.3+', () => {
  it.each(rows)('%s', (_what, config, inputs, old, later) => {
    expect(brief(last(config, '2.2', inputs).effects)).toEqual(old)
    expect(brief(last(config, '2.3+', inputs).effects)).toEqual(later)
  })

  it('says the shorter arithmetic when it used it', () => {
    const { effects } = last(GROUP, '2.3+', [BEGIN, { kind: 'timer', nowNs: at(1.003906) }])
    const change = effects.find(e => e.kind === 'stateChange')
    expect(change?.cause.text).toBe('no advert that counts since its start at 0 s; 1 s + skew of one step of priority = 1.003906 s')
  })
})
