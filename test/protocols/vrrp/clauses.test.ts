/**
 * Goal: every sentence of semantics §2.4–2.8, and every finding of the recordings that one instance can show, is
 * one row here.
 * Method: put an instance (priority 100, advert_int 1, address 10.0.0.2) in a state, feed it one input, compare the
 * whole step. Arithmetic by hand: skew(100) = 156/256 s = 0.609375 s, Master_Down = 3.609375 s.
 */
import { describe, expect, it } from 'vitest'
import {
  stepVrrp,
  VRRP_OFF,
  type VrrpAdvert,
  type VrrpConfig,
  type VrrpInput,
  type VrrpInstanceConfig,
  type VrrpState,
} from '../../../sim-core/protocols/vrrp/index.ts'
import { brief, HIGHER, instance, ip, OWN, packet, SECOND, times, VIP, vrrp } from './configs.ts'

const UP = [{ name: 'eth0', up: true, ip: OWN }]
const at = (s: number): number => Math.round(s * SECOND)
const hear = (s: number, priority: number, changes: Partial<VrrpAdvert> = {}): VrrpInput => ({
  kind: 'advert',
  nowNs: at(s),
  interface: 'eth0',
  advert: packet(priority, changes),
})
const tick = (s: number): VrrpInput => ({ kind: 'timer', nowNs: at(s) })
const BEGIN: VrrpInput = { kind: 'start', nowNs: 0, interfaces: UP, leftovers: [] }

type Config = Partial<VrrpInstanceConfig> | VrrpConfig
const configOf = (c: Config): VrrpConfig => ('instances' in c ? c : vrrp({ instances: [instance(c)] }))

/** All inputs but the last put the instance where it shall be; the effects are those of the last. */
function last(config: Config, inputs: readonly VrrpInput[]): { effects: string[]; state: VrrpState } {
  let state = VRRP_OFF
  let effects: string[] = []
  for (const input of inputs) {
    const step = stepVrrp(configOf(config), state, input)
    state = step.state
    effects = brief(step.effects)
  }
  return { effects, state }
}

const BACKUP = [BEGIN]
/** MASTER at 3.609375 s; its next advert is due at 4.609375 s. */
const MASTER = [BEGIN, tick(3.609375)]
const GARP = 'garp 10.0.0.100'
const BECOMES_MASTER = ['advert 100', 'VI_1 MASTER', '+10.0.0.100', ...times(GARP, 5)]
const GIVES_WAY = ['VI_1 BACKUP', '-10.0.0.100']

type Row = [clause: string, config: Config, inputs: VrrpInput[], effects: string[]]

const rows: Row[] = [
  ['§2.4 BACKUP waits the full Master_Down_Interval', {}, BACKUP, ['VI_1 BACKUP', 'down VI_1 at 3.609375']],
  ['§2.4 state MASTER is no shortcut', { initialState: 'MASTER' }, BACKUP, ['VI_1 BACKUP', 'down VI_1 at 3.609375']],
  [
    '§2.4 an owner is BACKUP for one microsecond',
    { initialState: 'MASTER', priority: 255 },
    BACKUP,
    ['VI_1 BACKUP', 'down VI_1 at 0.000001'],
  ],
  ['§2.4 vrrp_startup_delay adds itself', vrrp({ startupDelayNs: 5 * SECOND }), BACKUP, ['VI_1 BACKUP', 'down VI_1 at 8.609375']],
  [
    'finding 44: each lower advert during the delay adds what is left of it',
    vrrp({ startupDelayNs: 5 * SECOND }),
    [...BACKUP, hear(1, 50)],
    ['down VI_1 at 12.609375'],
  ],
  [
    '§2.4 an interface without carrier is FAULT',
    {},
    [{ ...BEGIN, interfaces: [{ name: 'eth0', up: false, ip: OWN }] } as VrrpInput],
    ['VI_1 FAULT'],
  ],
  [
    '§2.8 an interface without an address is FAULT',
    {},
    [{ ...BEGIN, interfaces: [{ name: 'eth0', up: true, ip: null }] } as VrrpInput],
    ['VI_1 FAULT'],
  ],
  [
    'finding 58: VIPs of a killed run go before the first state',
    {},
    [{ ...BEGIN, leftovers: [VIP] } as VrrpInput],
    ['-10.0.0.100', 'VI_1 BACKUP', 'down VI_1 at 3.609375'],
  ],

  ['§2.5 a higher advert restarts the down timer', {}, [...BACKUP, hear(1, 200)], ['down VI_1 at 4.609375']],
  ['§2.5 an equal one too', {}, [...BACKUP, hear(1, 100)], ['down VI_1 at 4.609375']],
  ['§2.5 priority 0 leaves only the skew', {}, [...BACKUP, hear(1, 0)], ['down VI_1 at 1.609375']],
  ['§2.5 a lower advert moves nothing', {}, [...BACKUP, hear(1, 50)], []],
  ['§2.5 with nopreempt a lower advert counts', { nopreempt: true }, [...BACKUP, hear(1, 50)], ['down VI_1 at 4.609375']],
  [
    '§2.5 while preempt_delay runs a lower advert counts',
    { preemptDelayNs: 2 * SECOND },
    [...BACKUP, hear(1, 50), hear(2, 50)],
    ['down VI_1 at 5.609375'],
  ],
  ['finding 56: at its end preempt_delay is over', { preemptDelayNs: 2 * SECOND }, [...BACKUP, hear(1, 50), hear(3, 50)], []],
  [
    '§2.5 a higher advert cancels preempt_delay',
    { preemptDelayNs: 2 * SECOND },
    [...BACKUP, hear(1, 50), hear(2, 200), hear(3.5, 50)],
    ['down VI_1 at 7.109375'],
  ],
  [
    '§2.2 version 3 learns the interval: 3 × 0.5 + 0.5 × 156/256',
    { version: 3 },
    [...BACKUP, hear(1, 200, { version: 3, advertIntCs: 50 })],
    ['down VI_1 at 2.804687'],
  ],

  ['§2.5 another version is rejected', {}, [...BACKUP, hear(1, 200, { version: 3 })], ['vrrp-reject-version']],
  [
    '§2.5 another password is rejected',
    { auth: { type: 'pass', data: 'a' } },
    [...BACKUP, hear(1, 200, { authType: 'pass', authData: 'b' })],
    ['vrrp-reject-auth'],
  ],
  [
    '§2.5 only 8 bytes of a password count',
    { auth: { type: 'pass', data: '12345678x' } },
    [...BACKUP, hear(1, 200, { authType: 'pass', authData: '12345678y' })],
    ['down VI_1 at 4.609375'],
  ],
  ['§2.5 version 2: another interval is rejected', {}, [...BACKUP, hear(1, 200, { advertIntCs: 200 })], ['vrrp-reject-interval']],
  ['finding 28: another VIP list is rejected', {}, [...BACKUP, hear(1, 200, { vips: [VIP + 1] })], ['vrrp-reject-vips']],
  ['§2.5 a TTL below 255 is rejected', {}, [...BACKUP, hear(1, 200, { ttl: 254 })], ['vrrp-reject-ttl']],
  ['finding 27: a unicast advert does not reach a multicast instance', {}, [...BACKUP, hear(1, 200, { dst: OWN })], []],
  ['finding 27: nor the other way', { unicastPeers: [ip('10.0.0.1')] }, [...BACKUP, hear(1, 200)], []],
  [
    '§2.5 an unknown unicast source is rejected on demand',
    { unicastPeers: [HIGHER], checkUnicastSrc: true },
    [...BACKUP, hear(1, 200, { dst: OWN })],
    ['vrrp-reject-source'],
  ],
  ['an advert for another VRID is not ours', {}, [...BACKUP, hear(1, 200, { vrid: 52 })], []],

  [
    '§2.6 expiry: advert, VIP, five gratuitous ARPs, five more later',
    {},
    MASTER,
    [...BECOMES_MASTER, 'no down VI_1', 'advert VI_1 at 4.609375', 'garp VI_1 1 at 8.609375'],
  ],
  ['§2.6 a MASTER advertises every advert_int', {}, [...MASTER, tick(4.609375)], ['advert 100', 'advert VI_1 at 5.609375']],
  [
    '§2.6 the second block',
    {},
    [...MASTER, ...[4, 5, 6, 7].map(n => tick(n + 0.609375)), tick(8.609375)],
    [...times(GARP, 5), 'advert 100', 'no garp VI_1 1', 'advert VI_1 at 9.609375'],
  ],
  [
    'finding 18: garp_master_delay 0 has no second block',
    { garp: { ...instance().garp, delayNs: 0 } },
    MASTER,
    [...BECOMES_MASTER, 'no down VI_1', 'advert VI_1 at 4.609375'],
  ],
  [
    'finding 57: the first interval is longer by the work of becoming MASTER',
    vrrp({ masterEntryWorkNs: 5000 }),
    MASTER,
    [...BECOMES_MASTER, 'no down VI_1', 'advert VI_1 at 4.60938', 'garp VI_1 1 at 8.609375'],
  ],
  [
    'finding 36: refresh with the advert that is due then',
    { garp: { ...instance().garp, delayNs: 0, refreshNs: 2 * SECOND, refreshRepeat: 2 } },
    [...MASTER, tick(4.609375), tick(5.609375)],
    ['advert 100', ...times(GARP, 2), 'advert VI_1 at 6.609375'],
  ],

  ['§2.7 priority 0: advert at once, stay', {}, [...MASTER, hear(4, 0)], ['advert 100', 'advert VI_1 at 5']],
  [
    '§2.7 a higher advert: BACKUP, VIP off, nothing sent',
    {},
    [...MASTER, hear(4, 101)],
    [...GIVES_WAY, 'no advert VI_1', 'down VI_1 at 7.609375'],
  ],
  [
    '§2.7 higher_prio_send_advert: a last advert first',
    { higherPrioSendAdvert: true },
    [...MASTER, hear(4, 101)],
    ['advert 100', ...GIVES_WAY, 'no advert VI_1', 'down VI_1 at 7.609375'],
  ],
  [
    '§2.7 an equal one from a higher address: BACKUP',
    {},
    [...MASTER, hear(4, 100, { srcIp: HIGHER })],
    [...GIVES_WAY, 'no advert VI_1', 'down VI_1 at 7.609375'],
  ],
  ['§2.7 an equal one from our own address: nothing but the timer', {}, [...MASTER, hear(4, 100, { srcIp: OWN })], ['advert VI_1 at 5']],
  [
    '§2.7 a lower one: advert and gratuitous ARPs at once (recording v25c)',
    {},
    [...MASTER, hear(4, 99)],
    ['advert 100', ...times(GARP, 5), 'advert VI_1 at 5', 'garp VI_1 2 at 9'],
  ],
  [
    '§2.7 an equal one from a lower address likewise',
    {},
    [...MASTER, hear(4, 100)],
    ['advert 100', ...times(GARP, 5), 'advert VI_1 at 5', 'garp VI_1 2 at 9'],
  ],
  [
    'finding 24: lower_prio_no_advert: ARPs only, the timer stays',
    { lowerPrioNoAdvert: true },
    [...MASTER, hear(4, 99)],
    [...times(GARP, 5), 'garp VI_1 2 at 9'],
  ],
  [
    'finding 25: even a rejected packet restarts a MASTER’s advert timer',
    {},
    [...MASTER, hear(4, 200, { vips: [] })],
    ['vrrp-reject-vips', 'advert VI_1 at 5'],
  ],
  [
    'finding 46: of two owners the one that hears the other drops to 254',
    { initialState: 'MASTER', priority: 255 },
    [BEGIN, tick(0.000001), hear(1, 255, { srcIp: HIGHER })],
    // Master_Down at 254: 3 + 2/256 s = 3.0078125, cut to the microsecond
    [...GIVES_WAY, 'no advert VI_1', 'down VI_1 at 4.007812'],
  ],

  [
    '§2.8 stop: goodbye, VIP off; the child ends a second later',
    {},
    [...MASTER, { kind: 'stop', nowNs: at(4) }],
    ['advert 0', '-10.0.0.100', 'no advert VI_1', 'no garp VI_1 1', 'end at 5'],
  ],
  ['§2.8 … and then it has stopped', {}, [...MASTER, { kind: 'stop', nowNs: at(4) }, tick(5)], ['VI_1 STOP', 'stopped', 'no end']],
  ['finding 21: a stopping BACKUP sends nothing', {}, [...BACKUP, { kind: 'stop', nowNs: at(1) }], ['no down VI_1', 'end at 2']],
  ['§2.8 kill: nothing at all', {}, [...MASTER, { kind: 'kill', nowNs: at(4) }], ['no advert VI_1', 'no garp VI_1 1']],
  [
    'finding 38: FAULT by its own tracker says goodbye twice',
    {},
    [...MASTER, { kind: 'carrier', nowNs: at(4), interface: 'eth0', up: false }],
    ['advert 0', 'advert 0', 'VI_1 FAULT', '-10.0.0.100', 'no advert VI_1'],
  ],
  [
    'finding 37: the second block is not cancelled, but finds no VIP',
    {},
    [...MASTER, { kind: 'carrier', nowNs: at(4), interface: 'eth0', up: false }, tick(8.609375)],
    ['no garp VI_1 1'],
  ],
  [
    'finding 7: leaving FAULT takes the full Master_Down_Interval',
    {},
    [
      ...BACKUP,
      { kind: 'carrier', nowNs: at(1), interface: 'eth0', up: false },
      { kind: 'carrier', nowNs: at(2), interface: 'eth0', up: true },
    ],
    ['VI_1 BACKUP', 'down VI_1 at 5.609375'],
  ],
  ['§2.8 in FAULT adverts are not read', {}, [...BACKUP, { kind: 'carrier', nowNs: at(1), interface: 'eth0', up: false }, hear(2, 0)], []],
  [
    '§2.8 dont_track_primary: carrier does not matter',
    { trackPrimary: false },
    [...BACKUP, { kind: 'carrier', nowNs: at(1), interface: 'eth0', up: false }],
    [],
  ],
]

describe('one instance', () => {
  it.each(rows)('%s', (_clause, config, inputs, effects) => {
    expect(last(config, inputs).effects).toEqual(effects)
  })

  it('paces gratuitous ARPs and loses the repeats (finding 35)', () => {
    const vips = [VIP, VIP + 1].map(v => ({ ip: v, interface: 'eth0', prefixLength: 24 }))
    const config = vrrp({ garpIntervalNs: at(0.1), instances: [instance({ vips })] })
    // one frame at once; then one an address, 0.1 s apart, instead of ten
    expect(last(config, MASTER).effects.filter(e => e.startsWith('garp'))).toEqual([
      GARP,
      'garp VI_1 1 at 8.609375',
      'garp queue at 3.709375',
    ])
    const next = [...MASTER, tick(3.709375)]
    expect(last(config, next).effects).toEqual([GARP, 'garp queue at 3.809375'])
    expect(last(config, [...next, tick(3.809375)]).effects).toEqual(['garp 10.0.0.101', 'no garp queue'])
  })

  it('sends to each unicast peer, and announces its own address on leaving FAULT', () => {
    const config = { unicastPeers: [ip('10.0.0.1'), HIGHER] }
    expect(last(config, MASTER).effects.filter(e => e.startsWith('advert '))).toEqual([
      'advert 100',
      'advert 100',
      'advert VI_1 at 4.609375',
    ])
    const back: VrrpInput[] = [true, false, true].map((up, i) => ({ kind: 'carrier', nowNs: at(i + 1), interface: 'eth0', up }))
    expect(last(config, [...BACKUP, ...back]).effects).toContain('garp 10.0.0.2')
  })

  it('explains a takeover with its arithmetic', () => {
    const steps = [BEGIN, hear(1, 200), tick(4.609375)]
    let state = VRRP_OFF
    let text = ''
    for (const input of steps) {
      const step = stepVrrp(vrrp(), state, input)
      state = step.state
      for (const e of step.effects) if (e.kind === 'stateChange') text = e.cause.text
    }
    expect(text).toBe('no advert from 10.0.0.1 since 1 s; 3 × 1 s + skew (256 − 100)/256 s = 3.609375 s')
  })
})
