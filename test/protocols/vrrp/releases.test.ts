/**
 * Goal: each difference between keepalived 2.2.7 (recorded) and 2.3.4 (its source, and run beside 2.2.7) is a row:
 * the same inputs, both answers. Arithmetic by hand: skew(100) = 0.609375 s, skew(90) = 0.648437 s, skew(254) =
 * 0.007812 s, skew(255) = 0.003906 s.
 */
import { describe, expect, it } from 'vitest'
import {
  type KeepalivedRelease,
  nextDeadline,
  stepVrrp,
  VRRP_OFF,
  type VrrpConfig,
  type VrrpInput,
  type VrrpState,
} from '../../../sim-core/protocols/vrrp/index.ts'
import { brief, HIGHER, instance, OWN, packet, SECOND, vrrp } from './configs.ts'

const at = (s: number): number => Math.round(s * SECOND)
const BEGIN: VrrpInput = { kind: 'start', nowNs: 0, interfaces: [{ name: 'eth0', up: true, ip: OWN }], leftovers: [] }
const hear = (s: number, changes: Parameters<typeof packet>[1] = {}, priority = 50): VrrpInput => ({
  kind: 'advert',
  nowNs: at(s),
  interface: 'eth0',
  advert: packet(priority, changes),
})
const carrier = (s: number, up: boolean): VrrpInput => ({ kind: 'carrier', nowNs: at(s), interface: 'eth0', up })
const wake = (s: number): VrrpInput => ({ kind: 'wake', nowNs: at(s) })

/** What is seen until `untilS`, with its time: adverts, announcements, states. `frozen`: no timer runs between these. */
function seen(
  changes: Partial<VrrpConfig>,
  release: KeepalivedRelease,
  inputs: readonly VrrpInput[],
  untilS: number,
  frozen: readonly [fromS: number, toS: number] = [0, 0],
): string[] {
  const config = vrrp({ ...changes, release })
  let state: VrrpState = VRRP_OFF
  const out: string[] = []
  const apply = (input: VrrpInput) => {
    const step = stepVrrp(config, state, input.kind === 'reload' ? { ...input, previous: config } : input)
    state = step.state
    for (const what of brief(step.effects.filter(e => e.kind !== 'armTimer' && e.kind !== 'cancelTimer')))
      out.push(`${input.nowNs / SECOND} ${what}`)
  }
  const runTo = (endNs: number) => {
    for (;;) {
      const due = nextDeadline(config, state)
      if (due === null || due >= endNs) return
      const asleep = due > at(frozen[0]) && due < at(frozen[1])
      if (asleep && endNs <= at(frozen[1])) return
      apply({ kind: 'timer', nowNs: asleep ? at(frozen[1]) : due })
    }
  }
  for (const input of inputs) {
    runTo(input.nowNs)
    apply(input)
  }
  runTo(at(untilS))
  return out
}

const GARP = { delayNs: at(1), repeat: 1, refreshNs: at(2), refreshRepeat: 1, lowerPrioDelayNs: 0, lowerPrioRepeat: 0 }
const QUIET = { ...GARP, refreshNs: 0, delayNs: 0 }
const OWNER = { instances: [instance({ initialState: 'MASTER', priority: 255, garp: QUIET })] }
const TWO_VIPS = [100, 101].map(n => ({ ip: OWN - 2 + n, interface: 'eth0', prefixLength: 24 }))
const only = (what: RegExp, lines: readonly string[]): string[] => lines.filter(l => what.test(l))

describe('keepalived 2.2 and 2.3+', () => {
  it('another list of VIPs is rejected, later accepted', () => {
    const answers = (release: KeepalivedRelease) => only(/reject|MASTER/, seen({}, release, [BEGIN, hear(3, { vips: [1] }, 200)], 7))
    expect(answers('2.2')).toEqual(['3 vrrp-reject-vips', '3.609375 VI_1 MASTER'])
    expect(answers('2.3+')).toEqual(['6.609375 VI_1 MASTER'])
  })

  it('adverts during vrrp_startup_delay stretch it, later they are not read', () => {
    const answers = (release: KeepalivedRelease) => only(/MASTER/, seen({ startupDelayNs: at(5) }, release, [BEGIN, hear(1)], 13))
    expect(answers('2.2')).toEqual(['12.609375 VI_1 MASTER'])
    expect(answers('2.3+')).toEqual(['8.609375 VI_1 MASTER'])
  })

  it.each<KeepalivedRelease>(['2.2', '2.3+'])(
    '%s: a sync group of state MASTER and an owner that leaves FAULT wait the full time',
    release => {
      const group = { instances: [instance({ initialState: 'MASTER' })], groups: [{ name: 'G', members: [0] }] }
      expect(only(/VI_1 MASTER/, seen(group, release, [BEGIN], 9))).toEqual(['3.609375 VI_1 MASTER'])
      const back = seen(OWNER, release, [BEGIN, carrier(0.5, false), carrier(2, true)], 9)
      expect(only(/VI_1/, back)).toEqual([
        '0 VI_1 BACKUP',
        '0.000001 VI_1 MASTER',
        '0.5 VI_1 FAULT',
        '2 VI_1 BACKUP',
        '5.003906 VI_1 MASTER',
      ])
    },
  )

  it('garp_master_refresh waits for an advert, later it is a timer of its own that nothing stops', () => {
    const slow = { instances: [instance({ advertIntNs: at(3), garp: GARP })] }
    const once = (release: KeepalivedRelease) => only(/garp/, seen(slow, release, [BEGIN], 21))
    expect(once('2.2')).toEqual([
      '9.609375 garp 10.0.0.100',
      '10.609375 garp 10.0.0.100',
      '12.609375 garp 10.0.0.100',
      ...['15.609375', '18.609375'].map(t => `${t} garp 10.0.0.100`),
    ])
    expect(once('2.3+')).toEqual(
      ['9.609375', '10.609375', '12.609375', '14.609375', '16.609375', '18.609375', '20.609375'].map(t => `${t} garp 10.0.0.100`),
    )
    const flap = { instances: [instance({ garp: GARP })] }
    const lines = seen(flap, '2.3+', [BEGIN, carrier(4, false), carrier(4.1, true)], 15)
    // MASTER at 3.609375 and again at 7.709375: a second timer runs beside the first.
    expect(only(/garp/, lines)).toEqual(
      ['3.609375', '7.709375', '8.609375', '8.709375', '10.609375', '10.709375', '12.609375', '12.709375', '14.609375', '14.709375'].map(
        t => `${t} garp 10.0.0.100`,
      ),
    )
  })

  it('vrrp_garp_interval loses the repeats, later addresses take turns and none is lost', () => {
    const paced = { garpIntervalNs: at(0.3), instances: [instance({ vips: TWO_VIPS, garp: { ...QUIET, repeat: 3 } })] }
    const answers = (release: KeepalivedRelease) => only(/garp/, seen(paced, release, [BEGIN], 9))
    expect(answers('2.2')).toEqual(['3.609375 garp 10.0.0.100', '3.909375 garp 10.0.0.100', '4.209375 garp 10.0.0.101'])
    expect(answers('2.3+')).toEqual([
      '3.609375 garp 10.0.0.100',
      '3.909375 garp 10.0.0.101',
      '4.209375 garp 10.0.0.100',
      '4.509375 garp 10.0.0.101',
      '4.809375 garp 10.0.0.100',
      '5.109375 garp 10.0.0.101',
    ])
    const goodbye: VrrpInput = { kind: 'stop', nowNs: at(4) }
    expect(only(/garp/, seen(paced, '2.3+', [BEGIN, goodbye], 9))).toHaveLength(2)
  })

  it('a reload with garp_master_refresh refreshes with its advert, later it announces a block and the timer begins anew', () => {
    const config = { instances: [instance({ garp: { ...GARP, repeat: 2 } })] }
    const again: VrrpInput = { kind: 'reload', nowNs: at(5.2), previous: vrrp() }
    const answers = (release: KeepalivedRelease) => only(/garp/, seen(config, release, [BEGIN, again], 8)).slice(4)
    expect(answers('2.2')).toEqual(['5.2 garp 10.0.0.100', '7.2 garp 10.0.0.100'])
    expect(answers('2.3+')).toEqual(['5.2 garp 10.0.0.100', '5.2 garp 10.0.0.100', '7.2 garp 10.0.0.100'])
  })

  it('a reload gives vrrp_startup_delay its new length after 2.2', () => {
    const longer = (release: KeepalivedRelease) => {
      let state = stepVrrp(vrrp({ startupDelayNs: at(5), release }), VRRP_OFF, BEGIN).state
      const previous = vrrp({ startupDelayNs: at(5), release })
      const config = vrrp({ startupDelayNs: at(8), release })
      state = stepVrrp(config, state, { kind: 'reload', nowNs: at(2), previous }).state
      return (nextDeadline(config, state) ?? 0) / SECOND
    }
    expect(longer('2.2')).toBe(8.609375)
    expect(longer('2.3+')).toBe(11.609375)
  })

  it('a reload with another command keeps a script’s verdict in 2.2, later it has to run first', () => {
    const script = { name: 's', intervalNs: SECOND, timeoutNs: SECOND, rise: 1, fall: 1, initFail: false }
    const instances = [instance({ trackers: [{ kind: 'script' as const, name: 's', weight: 0, reverse: false }] })]
    const phase = (release: KeepalivedRelease, command: string) => {
      const previous = vrrp({ instances, scripts: [{ ...script, command: 'a' }], release })
      let state = stepVrrp(previous, VRRP_OFF, BEGIN).state
      state = stepVrrp(previous, state, { kind: 'scriptEnded', nowNs: 0, script: 's', ok: true }).state
      const config = vrrp({ instances, scripts: [{ ...script, command }], release })
      return stepVrrp(config, state, { kind: 'reload', nowNs: at(0.5), previous }).state.scripts[0].phase
    }
    expect([phase('2.2', 'b'), phase('2.3+', 'a'), phase('2.3+', 'b')]).toEqual(['known', 'known', 'unknown'])
  })
})

describe('two address owners', () => {
  const answers = (release: KeepalivedRelease, inputs: readonly VrrpInput[], untilS: number, config: Partial<VrrpConfig> = OWNER) =>
    only(/advert|VI_1|reject/, seen(config, release, inputs, untilS)).filter(l => !l.startsWith('0'))

  it('whoever hears the other gives way at once in 2.2, even with the higher address', () => {
    expect(answers('2.2', [BEGIN, hear(1.5, {}, 255)], 7)).toEqual([
      '1.000001 advert 255',
      '1.5 VI_1 BACKUP',
      '4.507812 advert 254',
      '4.507812 VI_1 MASTER',
      '5.507812 advert 254',
      '6.507812 advert 254',
    ])
  })

  it('later the lower address gives way and stays 255', () => {
    const inputs = [BEGIN, hear(1.5, { srcIp: HIGHER }, 255), hear(2.5, { srcIp: HIGHER }, 255)]
    expect(answers('2.3+', inputs, 6.5)).toEqual(['1.000001 advert 255', '1.5 VI_1 BACKUP', '5.503906 advert 255', '5.503906 VI_1 MASTER'])
  })

  it('later the higher address answers and goes on when the other falls silent', () => {
    expect(answers('2.3+', [BEGIN, hear(1.5, {}, 255)], 6)).toEqual(
      ['1', '1.5', '2.5', '3.5', '4.5', '5.5'].map(t => (t === '1' ? '1.000001 advert 255' : `${t} advert 255`)),
    )
  })

  it('later the higher address takes 254 when the other is heard after two of its adverts, and 255 when it has gone', () => {
    const slow = { version: 3 as const, advertIntCs: 300 }
    const owner = { instances: [instance({ version: 3, initialState: 'MASTER', priority: 255, garp: QUIET })] }
    const rogue = (s: number) => hear(s, slow, 255)
    // Adverts of its own timer at 2.5 and 3.5; until 3.5 + 1.2 × 3 s the other must be silent, and it is not.
    expect(answers('2.3+', [BEGIN, rogue(1.5), rogue(4.6)], 15, owner)).toEqual([
      '1.000001 advert 255',
      '1.5 advert 255',
      '2.5 advert 255',
      '3.5 advert 255',
      '4.5 advert 255',
      '4.6 VI_1 BACKUP',
      // v3: 3 × 3 s and the skew of 255 for 3 s, 0.011718 s; the first advert goes out before it is 255 again.
      '13.611718 advert 254',
      '13.611718 VI_1 MASTER',
      '14.611718 advert 255',
    ])
    // Of any other node, 254 is not enough against the 255 that it then has again; of that owner 255 still is.
    const then = (advert: VrrpInput) => answers('2.3+', [BEGIN, rogue(1.5), rogue(4.6), advert], 14, owner).slice(6)
    expect(then(hear(7, { ...slow, srcIp: HIGHER }, 254))).toEqual(['13.611718 advert 255', '13.611718 VI_1 MASTER'])
    expect(then(rogue(7))).toEqual([])
  })

  it('with owner_ignore_adverts an owner reads nothing', () => {
    const ignoring = { instances: [instance({ initialState: 'MASTER', priority: 255, garp: QUIET, ownerIgnoresAdverts: true })] }
    expect(answers('2.3+', [BEGIN, hear(1.5, { srcIp: HIGHER }, 255)], 3, ignoring)).toEqual([
      '1.000001 advert 255',
      '1.5 vrrp-reject-owner',
      '2.5 advert 255',
    ])
  })
})

describe('timer_expired_backup', () => {
  const config = { instances: [instance({ nopreempt: true, garp: QUIET, timerExpiredBackup: 90 })] }
  // MASTER at 3.609375; its last advert before the sleep is that of 5.609375, due again at 6.609375.
  const sleep = (release: KeepalivedRelease, untilS: number) =>
    only(/VI_1|advert/, seen(config, release, [BEGIN, wake(untilS), hear(untilS, {}, 90)], untilS + 0.5, [6, untilS])).filter(
      l => !/^[0-5]/.test(l),
    )

  it('a MASTER that slept for less than another needs to take over goes on', () => {
    // Three adverts and the skew of 90 after 5.609375: 9.257812.
    expect(sleep('2.3+', 9.25)).toEqual(['9.25 advert 100'])
  })

  it('one that slept longer goes to BACKUP and accepts the new MASTER; 2.2 does not know the word', () => {
    expect(sleep('2.3+', 9.26)).toEqual(['9.26 VI_1 BACKUP'])
    expect(sleep('2.2', 9.26)).toEqual(['9.26 advert 100'])
  })

  it('says why', () => {
    let state = VRRP_OFF
    const later = vrrp({ ...config, release: '2.3+' })
    for (const nowNs of [at(3.609375)])
      for (const input of [BEGIN, { kind: 'timer', nowNs } as const]) state = stepVrrp(later, state, input).state
    const { effects } = stepVrrp(later, state, wake(9))
    expect(effects.find(e => e.kind === 'stateChange')?.cause).toMatchObject({
      rule: 'vrrp-timer-expired',
      text: 'timer_expired_backup: no advert sent since 3.609375 s; a node of priority 90 takes over after 3 × 1 s + 0.648437 s = 3.648437 s',
      source: 'keepalived 2.3.4',
    })
  })
})
