/**
 * Goal: what couples the instances of one process: sync groups (semantics §2.10), trackers (§2.9), reload.
 * Method: whole steps of small configurations, effects in a line each; arithmetic by hand as in clauses.test.ts.
 */
import { describe, expect, it } from 'vitest'
import {
  stepVrrp,
  VRRP_OFF,
  type VrrpConfig,
  type VrrpInput,
  type VrrpInstanceConfig,
  type VrrpState,
  type VrrpTracker,
} from '../../../sim-core/protocols/vrrp/index.ts'
import { brief, HIGHER, instance, OWN, packet, SECOND, times, VIP, vrrp } from './configs.ts'

const at = (s: number): number => Math.round(s * SECOND)
const UP = ['eth0', 'eth1'].map(name => ({ name, up: true, ip: OWN }))
const BEGIN: VrrpInput = { kind: 'start', nowNs: 0, interfaces: UP, leftovers: [] }
const tick = (s: number): VrrpInput => ({ kind: 'timer', nowNs: at(s) })
const link = (s: number, name: string, up: boolean): VrrpInput => ({ kind: 'carrier', nowNs: at(s), interface: name, up })
const hear = (s: number, vrid: number, priority: number, device = 'eth0'): VrrpInput => ({
  kind: 'advert',
  nowNs: at(s),
  interface: device,
  advert: packet(priority, { vrid, vips: [vrid === 51 ? VIP : VIP + 1] }),
})
const script = (s: number, ok: boolean): VrrpInput => ({ kind: 'scriptEnded', nowNs: at(s), script: 'chk', ok })

function run(config: VrrpConfig, inputs: readonly VrrpInput[]): { all: string[][]; last: string[]; state: VrrpState } {
  let state = VRRP_OFF
  const all: string[][] = []
  for (const input of inputs) {
    const step = stepVrrp(config, state, input)
    state = step.state
    all.push(brief(step.effects))
  }
  return { all, last: all[all.length - 1], state }
}

/** Without timers: what is seen from outside. */
const seen = (effects: readonly string[]): string[] => effects.filter(e => !/ at |^no |^garp /.test(e))

describe('a sync group', () => {
  const second = instance({ name: 'VI_2', vrid: 52, interface: 'eth1', vips: [{ ip: VIP + 1, interface: 'eth1', prefixLength: 24 }] })
  const pair = vrrp({ instances: [instance(), second], groups: [{ name: 'G', members: [0, 1] }] })
  const MASTERS = [BEGIN, tick(3.609375)]

  it('becomes MASTER when its last member wants it, that one first (rule 40)', () => {
    expect(seen(run(pair, MASTERS).last)).toEqual([
      'advert 100',
      'VI_2 MASTER',
      '+10.0.0.101',
      'advert 100',
      'VI_1 MASTER',
      '+10.0.0.100',
      'G MASTER',
    ])
  })

  it('refreshes a dragged member an advert later: it was armed before its VIPs were on', () => {
    const garp = { ...instance().garp, delayNs: 0, refreshNs: 2 * SECOND }
    const refreshing = vrrp({ ...pair, masterEntryWorkNs: 5000, instances: pair.instances.map(i => ({ ...i, garp })) })
    // VI_2 expires and is armed last, 10 µs later; VI_1 is dragged along.
    const ticks = [1, 2, 3].flatMap(s => [tick(3.609375 + s), tick(3.609385 + s)])
    const refreshes = run(refreshing, [...MASTERS, ...ticks]).all.map(step => step.filter(e => e.startsWith('garp')).join())
    expect(refreshes.slice(2)).toEqual(['', '', '', 'garp 10.0.0.101', 'garp 10.0.0.100', ''])
  })

  it('waits for a member that still hears a master, a full down timer at a time (rule 50)', () => {
    const result = run(pair, [BEGIN, hear(3, 52, 200, 'eth1'), tick(3.609375)])
    expect(result.last).toEqual(['down VI_1 at 7.21875'])
    expect(seen(run(pair, [BEGIN, hear(3, 52, 200, 'eth1'), tick(3.609375), tick(6.609375)]).last)).toContain('G MASTER')
  })

  it('follows a member that gives way', () => {
    expect(seen(run(pair, [...MASTERS, hear(4, 51, 200)]).last)).toEqual([
      'VI_1 BACKUP',
      '-10.0.0.100',
      'VI_2 BACKUP',
      '-10.0.0.101',
      'G BACKUP',
    ])
  })

  it('follows a member into FAULT: two goodbyes of that one, one of the others (rule 38)', () => {
    expect(seen(run(pair, [...MASTERS, link(4, 'eth1', false)]).last)).toEqual([
      ...['advert 0', 'advert 0', 'VI_2 FAULT', '-10.0.0.101'],
      ...['advert 0', 'VI_1 FAULT', '-10.0.0.100', 'G FAULT'],
    ])
  })

  it('leaves FAULT together', () => {
    const result = run(pair, [...MASTERS, link(4, 'eth1', false), link(6, 'eth1', true)])
    expect(seen(result.last)).toEqual(['VI_2 BACKUP', 'VI_1 BACKUP', 'G BACKUP'])
    expect(result.last).toContain('down VI_1 at 9.609375')
  })

  it('stays in FAULT while another member is', () => {
    expect(seen(run(pair, [BEGIN, link(1, 'eth0', false), link(2, 'eth1', false), link(3, 'eth0', true)]).last)).toEqual([])
  })

  it('announces the VIPs of all members when one hears a lower advert', () => {
    const last = run(pair, [...MASTERS, hear(4, 51, 50)]).last
    expect(last.filter(e => e.startsWith('garp 10'))).toEqual([...times('garp 10.0.0.100', 5), ...times('garp 10.0.0.101', 5)])
  })

  it('of owners starts as MASTER', () => {
    const owners = vrrp({ ...pair, instances: pair.instances.map(i => ({ ...i, priority: 255, initialState: 'MASTER' as const })) })
    expect(seen(run(owners, [BEGIN, tick(0.000001)]).last)).toEqual([
      'advert 255',
      'VI_1 MASTER',
      '+10.0.0.100',
      'advert 255',
      'VI_2 MASTER',
      '+10.0.0.101',
    ])
  })
})

describe('a tracked script', () => {
  const tracker = (weight: number, reverse = false): VrrpTracker => ({ kind: 'script', name: 'chk', weight, reverse })
  const config = (weight: number, changes = {}, reverse = false): VrrpConfig =>
    vrrp({
      instances: [instance({ trackers: [tracker(weight, reverse)] })],
      scripts: [{ name: 'chk', intervalNs: SECOND, timeoutNs: SECOND, rise: 1, fall: 1, initFail: false, ...changes }],
    })

  it('of weight 0 holds the instance until its first success, without a line (rule 17)', () => {
    const result = run(config(0), [BEGIN, script(0, false), tick(1), script(1, true)])
    expect(result.all.map(seen)).toEqual([['VI_1 FAULT', 'run chk'], [], ['run chk'], ['VI_1 BACKUP']])
    expect(result.last).toContain('down VI_1 at 4.609375')
  })

  it('of weight 0 that fails means FAULT', () => {
    expect(seen(run(config(0), [BEGIN, script(0, true), tick(1), script(1, false)]).last)).toEqual(['VI_1 FAULT'])
  })

  it('of weight 0, reversed: success means FAULT', () => {
    expect(seen(run(config(0, {}, true), [BEGIN, script(0, false), tick(1), script(1, true)]).last)).toEqual(['VI_1 FAULT'])
  })

  it('of positive weight adds it while it succeeds: the deadline moves by the difference', () => {
    // skew(130) = 126/256 s = 0.4921875 s, cut to 0.492187
    expect(run(config(30), [BEGIN, script(0, true)]).last).toEqual(['priority 130', 'no script timeout chk', 'down VI_1 at 3.492187'])
  })

  it('of negative weight takes it off while it fails', () => {
    expect(run(config(-30), [BEGIN, script(0, false)]).last).toContain('priority 70')
    expect(seen(run(config(-30), [BEGIN, script(0, true)]).last)).toEqual([])
  })

  it('counts rise and fall; one success at the start is enough (semantics §2.9)', () => {
    const slow = config(-30, { rise: 2, fall: 3 })
    const answers = [true, false, false, false, true, true]
    const inputs = answers.flatMap((ok, n) => (n === 0 ? [BEGIN, script(0, ok)] : [tick(n), script(n, ok)]))
    const changes = run(slow, inputs).all.map(step => step.filter(e => e.startsWith('priority')).join())
    expect(changes.filter((_, n) => n % 2 === 1)).toEqual(['', '', '', 'priority 70', '', 'priority 100'])
  })

  it('that runs longer than its timeout has failed', () => {
    expect(run(config(-30, { timeoutNs: SECOND / 2 }), [BEGIN, tick(0.5)]).last).toContain('priority 70')
  })

  it('assumed to fail at first (init_fail) is FAULT until it succeeds', () => {
    const result = run(config(0, { initFail: true }), [BEGIN, script(0, true)])
    expect(result.all.map(seen)).toEqual([['VI_1 FAULT', 'run chk'], ['VI_1 BACKUP']])
  })

  it('never changes an owner, and keeps the priority within 1 and 254', () => {
    const owner = { ...config(-30), instances: [instance({ priority: 255, initialState: 'MASTER', trackers: [tracker(-30)] })] }
    expect(run(owner, [BEGIN, script(0, false)]).state.instances[0].priority).toBe(255)
    expect(run(config(253), [BEGIN, script(0, true)]).state.instances[0].priority).toBe(254)
    expect(run(config(-253), [BEGIN, script(0, false)]).state.instances[0].priority).toBe(1)
  })
})

describe('a change of priority', () => {
  const tracked = (priority: number, weight: number) =>
    vrrp({ instances: [instance({ priority, trackers: [{ kind: 'interface', name: 'eth1', weight, reverse: false }] })] })

  it('shifts by the new full timer less the one loaded last, which after a goodbye is the skew (rule 42)', () => {
    // as recording v46: goodbye at 10, skew(50) 0.804687; priority 70: Master_Down 3 + 186/256 = 3.726562
    const down = { ...BEGIN, interfaces: UP.map(f => ({ ...f, up: f.name === 'eth0' })) } as VrrpInput
    const result = run(tracked(50, 20), [
      down,
      hear(3.5, 51, 150),
      hear(6, 51, 150),
      hear(9, 51, 150),
      hear(10, 51, 0),
      link(10.3, 'eth1', true),
    ])
    // 10 + 0.804687 + (3.726562 − 0.804687)
    expect(result.last).toEqual(['priority 70', 'down VI_1 at 13.726562'])
  })

  it('changes what a MASTER advertises, not when', () => {
    const result = run(tracked(100, -20), [BEGIN, tick(3.609375), link(4, 'eth1', false)])
    expect(result.last).toEqual(['priority 80'])
    expect(run(tracked(100, -20), [BEGIN, tick(3.609375), link(4, 'eth1', false), tick(4.609375)]).last).toContain('advert 80')
  })

  it('comes from files and processes too', () => {
    const config = vrrp({
      instances: [
        instance({
          trackers: [
            { kind: 'file', name: 'f', weight: 2, reverse: false },
            { kind: 'process', name: 'p', weight: 10, reverse: false },
          ],
        }),
      ],
      files: [{ name: 'f', initialValue: 5 }],
      processes: [{ name: 'p', forkDelayNs: 0, terminateDelayNs: SECOND }],
    })
    const result = run(config, [
      BEGIN,
      { kind: 'file', nowNs: at(1), file: 'f', value: 7 },
      { kind: 'process', nowNs: at(2), process: 'p', up: false },
      tick(3),
      { kind: 'file', nowNs: at(4), file: 'f', value: -127 },
    ])
    // 100 + 2·5 + 10; then 2·7; the process counts as gone a second after it went; −254 is FAULT
    expect(result.all.map(step => step.filter(e => /priority|FAULT/.test(e)).join())).toEqual([
      'priority 120',
      'priority 124',
      '',
      'priority 114',
      'VI_1 FAULT',
    ])
  })
})

describe('a reload', () => {
  const reload = (before: VrrpConfig, after: VrrpConfig, inputs: readonly VrrpInput[], s: number) =>
    brief(stepVrrp(after, run(before, inputs).state, { kind: 'reload', nowNs: at(s), previous: before }).effects)
  const MASTER = [BEGIN, tick(3.609375)]

  it('of a MASTER: an advert as it was, one as it is, no goodbye, no state (rule 47)', () => {
    expect(reload(vrrp(), vrrp({ instances: [instance({ priority: 90 })] }), MASTER, 4)).toEqual([
      'advert 100',
      'advert 90',
      'no garp VI_1 1',
      'advert VI_1 at 5',
    ])
  })

  it('of a MASTER with use_vmac: the next advert is later by the work of setting its VIPs; who hears the last one comes first', () => {
    const next = (more: Partial<VrrpInstanceConfig>) => {
      const config = vrrp({ masterEntryWorkNs: 5000, instances: [instance(more)] })
      return reload(config, config, MASTER, 4).at(-1)
    }
    expect(next({ vmac: { xmitBase: false } })).toBe('advert VI_1 at 5.000005')
    expect(next({})).toBe('advert VI_1 at 5')
  })

  it('that takes use_vmac away is of another virtual router', () => {
    const before = vrrp({ instances: [instance({ vmac: { xmitBase: false } })] })
    expect(reload(before, vrrp(), MASTER, 4).slice(0, 5)).toEqual(['advert 100', 'advert 0', '-10.0.0.100', 'VI_1 STOP', 'VI_1 BACKUP'])
  })

  it('of a BACKUP restarts its full down timer (rule 48)', () => {
    // skew(150) = 106/256 s = 0.4140625 s
    expect(reload(vrrp(), vrrp({ instances: [instance({ priority: 150 })] }), [BEGIN, hear(1, 51, 200)], 2)).toEqual([
      'down VI_1 at 5.414062',
    ])
  })

  it('exchanges VIPs and announces them all', () => {
    const vips = [VIP, VIP + 5].map(v => ({ ip: v, interface: 'eth0', prefixLength: 24 }))
    const effects = reload(vrrp(), vrrp({ instances: [instance({ vips: [vips[1]] })] }), MASTER, 4)
    expect(effects.slice(0, 8)).toEqual(['advert 100', '-10.0.0.100', '+10.0.0.105', ...times('garp 10.0.0.105', 5)])
  })

  it('that drops an instance says goodbye for it', () => {
    const other = instance({ name: 'VI_9', vrid: 99, vips: [{ ip: VIP + 9, interface: 'eth0', prefixLength: 24 }] })
    expect(reload(vrrp(), vrrp({ instances: [other] }), MASTER, 4).slice(0, 5)).toEqual([
      'advert 100',
      'advert 0',
      '-10.0.0.100',
      'VI_1 STOP',
      'VI_9 BACKUP',
    ])
  })
})

describe('the sync daemon', () => {
  it('follows the state of its instance', () => {
    const config = vrrp({ syncDaemon: { interface: 'eth0', syncId: 51, instance: 0 } })
    const inputs = [BEGIN, tick(3.609375), hear(4, 51, 200), { kind: 'stop', nowNs: at(5) } as VrrpInput, tick(6)]
    expect(run(config, inputs).all.map(step => step.filter(e => e.startsWith('sync')).join())).toEqual([
      'sync +backup',
      'sync -backup +master',
      'sync -master +backup',
      'sync -backup',
      '',
    ])
  })

  it('runs both ways without an instance', () => {
    expect(run(vrrp({ syncDaemon: { interface: 'eth0', syncId: 0, instance: null } }), [BEGIN]).last).toContain('sync +master +backup')
  })
})

describe('an advert and the answer to it', () => {
  it('reach a third host at one instant: it arms after the one that answers, who read the first one later than it', () => {
    // Both are MASTER; b rejects the other's VIP list. c, with VRRP's lowest priority, takes over for a moment: a answers, b hears both.
    const a = vrrp({ receiveWorkNs: 300, instances: [instance({ priority: 200 })] })
    const b = vrrp({ receiveWorkNs: 100, instances: [instance({ vips: [{ ip: VIP + 9, interface: 'eth0', prefixLength: 24 }] })] })
    const MASTER = [BEGIN, tick(3.609375)]
    const newcomer = hear(5, 51, 1)
    const answer: VrrpInput = { kind: 'advert', nowNs: at(5), interface: 'eth0', advert: packet(200, { srcIp: HIGHER }) }
    const deadline = (state: VrrpState): number => state.instances[0].expiresNs as number
    const answerer = run(a, [...MASTER, newcomer])
    const third = run(b, [...MASTER, newcomer, answer])
    expect(answerer.last[0]).toBe('advert 200')
    expect(deadline(answerer.state)).toBe(at(6) + 300)
    expect(deadline(third.state)).toBe(at(6) + 100 + 4_000)
  })
})

describe('instances that expire together', () => {
  it('are served in the order of their VRIDs (rule 54)', () => {
    const instances = [53, 51, 52].map(vrid =>
      instance({ name: `VI_${vrid}`, vrid, vips: [{ ip: HIGHER + vrid, interface: 'eth0', prefixLength: 24 }] }),
    )
    expect(seen(run(vrrp({ instances }), [BEGIN, tick(3.609375)]).last).filter(e => e.endsWith('MASTER'))).toEqual([
      'VI_51 MASTER',
      'VI_52 MASTER',
      'VI_53 MASTER',
    ])
  })
})
