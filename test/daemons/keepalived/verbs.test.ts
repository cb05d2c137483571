/**
 * Goal: what signals and faults do to a keepalived, and what stays on the host without it.
 * Method: the process from a keepalived.conf, one input after another; effects a line each.
 */
import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../../sim-core/base/address.ts'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { parseKeepalived } from '../../../sim-core/config/keepalived/index.ts'
import {
  type KeepalivedEffect,
  type KeepalivedInput,
  type KeepalivedProcessConfig,
  type KeepalivedState,
  keepalivedOff,
  nextKeepalivedDeadline,
  processConfigOf,
  stepKeepalived,
} from '../../../sim-core/daemons/keepalived/index.ts'
import type { VrrpEffect } from '../../../sim-core/protocols/vrrp/index.ts'
import { brief, ip, packet } from '../../protocols/vrrp/configs.ts'

const SECOND = 1_000_000_000
const at = (s: number): number => Math.round(s * SECOND)

const CONF = `
vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority 100
  virtual_ipaddress { 10.0.0.100/24 }
}
virtual_server 10.0.0.100 80 {
  lb_algo rr
  lb_kind DR
  protocol TCP
  real_server 10.0.0.11 80 { weight 1 }
  real_server 10.0.0.12 80 { weight 2 }
}
`
const processOf = (text: string): KeepalivedProcessConfig => processConfigOf(parseKeepalived('k.conf', mapFiles({ 'k.conf': text })).config)

const OFF = keepalivedOff([{ name: 'eth0', up: true, ip: parseIpv4('10.0.0.2') ?? null }])

function line(e: KeepalivedEffect): string[] {
  if (e.kind === 'process') return [e.what]
  if (e.kind === 'ipvsFlush') return ['flush']
  if (e.kind === 'ipvsAddService' || e.kind === 'ipvsDelService' || e.kind === 'ipvsEditService') return [`${e.kind} :${e.service.port}`]
  if (e.kind === 'ipvsAddDest' || e.kind === 'ipvsDelDest' || e.kind === 'ipvsEditDest')
    return [`${e.kind} .${e.dest.ip % 256} w${e.dest.weight}`]
  return brief([e as VrrpEffect])
}

type Input = KeepalivedInput extends infer I ? (I extends unknown ? Omit<I, 'nowNs'> : never) : never

function run(inputs: readonly [number, Input][], config = processOf(CONF)): { all: string[][]; last: string[]; state: KeepalivedState } {
  let state = OFF
  const all: string[][] = []
  for (const [s, input] of inputs) {
    const step = stepKeepalived(config, state, { ...input, nowNs: at(s) } as KeepalivedInput)
    state = step.state
    all.push(step.effects.flatMap(line))
  }
  return { all, last: all[all.length - 1], state }
}

const START: [number, Input] = [0, { kind: 'start' }]
const MASTER: [number, Input][] = [START, [3.609375, { kind: 'timer' }]]
const lower: Input = { kind: 'advert', interface: 'eth0', advert: packet(50) }

describe('keepalived', () => {
  it('makes its virtual servers when it starts, each service first', () => {
    expect(run([START]).last).toEqual([
      'started',
      'ipvsAddService :80',
      'ipvsAddDest .11 w1',
      'ipvsAddDest .12 w2',
      'VI_1 BACKUP',
      'down VI_1 at 3.609375',
    ])
  })

  it('removes them at SIGTERM, says goodbye, and ends a second later', () => {
    const result = run([...MASTER, [4, { kind: 'stop' }], [5, { kind: 'timer' }]])
    expect(result.all[2].filter(e => !/VI_1|end/.test(e))).toEqual([
      'stopping',
      'ipvsDelDest .11 w1',
      'ipvsDelDest .12 w2',
      'ipvsDelService :80',
      'advert 0',
      '-10.0.0.100',
    ])
    expect(result.last).toEqual(['VI_1 STOP', 'stopped', 'no end', 'stopped'])
    expect(result.state.held).toEqual([])
  })

  it('waits for the end of the last run before it starts again', () => {
    const result = run([...MASTER, [4, { kind: 'stop' }], [4.5, { kind: 'start' }], [5, { kind: 'timer' }]])
    expect(result.all[3]).toEqual([])
    expect(result.last.slice(3, 6)).toEqual(['stopped', 'started', 'ipvsAddService :80'])
    expect(result.state.phase).toBe('running')
  })

  it('leaves VIP and table behind when it is killed; the next start takes the VIP off first (recording v05a)', () => {
    const killed = run([...MASTER, [4, { kind: 'kill' }]])
    expect(killed.last.filter(e => !e.startsWith('no '))).toEqual(['killed'])
    expect(killed.state.held.map(h => h.ip)).toEqual([ip('10.0.0.100')])
    const again = run([...MASTER, [4, { kind: 'kill' }], [9, { kind: 'start' }]])
    expect(again.last.filter(e => /VI_1 B|10\./.test(e))).toEqual(['-10.0.0.100', 'VI_1 BACKUP'])
  })

  it('takes everything with it when the host crashes', () => {
    const result = run([...MASTER, [4, { kind: 'crash' }]])
    expect(result.last.filter(e => !e.startsWith('no '))).toEqual(['crashed', '-10.0.0.100', 'flush'])
    expect(nextKeepalivedDeadline(processOf(CONF), result.state)).toBeNull()
    expect(run([...MASTER, [4, { kind: 'crash' }], [9, { kind: 'boot' }]]).last[0]).toBe('started')
  })

  it('reads what waited before its late timers when it is thawed (recording v26a)', () => {
    const frozen: [number, Input][] = [...MASTER, [4, { kind: 'freeze' }], [5, lower], [6, lower], [7, { kind: 'timer' }]]
    expect(nextKeepalivedDeadline(processOf(CONF), run(frozen).state)).toBeNull()
    expect(run(frozen).all.slice(3)).toEqual([[], [], []])
    const thawed = run([...frozen, [8, { kind: 'thaw' }]]).last.filter(e => !/garp/.test(e))
    // one answer to each of the two adverts, and no regular advert of its own until a second later
    expect(thawed).toEqual(['thawed', 'advert 100', 'advert VI_1 at 9', 'advert 100'])
  })

  it('keeps signals for the thaw, but not SIGKILL', () => {
    const stopped = run([...MASTER, [4, { kind: 'freeze' }], [5, { kind: 'stop' }], [6, { kind: 'thaw' }]])
    expect(stopped.all[3]).toEqual([])
    expect(stopped.last).toContain('advert 0')
    expect(run([...MASTER, [4, { kind: 'freeze' }], [5, { kind: 'kill' }]]).state.phase).toBe('off')
  })

  it('answers its scripts by what the scenario says of them', () => {
    const config = processOf(
      `vrrp_script chk {\n script "/bin/true"\n interval 1\n weight -30\n}\n${CONF.replace('priority 100', 'priority 100\n track_script { chk }')}`,
    )
    const inputs: [number, Input][] = [
      START,
      [0.5, { kind: 'script', script: 'chk', ok: false }],
      [1, { kind: 'timer' }],
      [1.5, { kind: 'script', script: null, ok: true }],
      [2, { kind: 'timer' }],
    ]
    expect(run(inputs, config).all.map(step => step.filter(e => e.startsWith('priority')).join())).toEqual([
      '',
      '',
      'priority 70',
      '',
      'priority 100',
    ])
  })

  it('knows its interfaces from before it started', () => {
    expect(
      run([
        [0, { kind: 'carrier', interface: 'eth0', up: false }],
        [1, { kind: 'start' }],
      ]).last,
    ).toContain('VI_1 FAULT')
  })

  it('changes on SIGHUP only what the new file has otherwise', () => {
    const before = processOf(CONF)
    const after = processOf(
      CONF.replace('10.0.0.11 80', '10.0.0.13 80').replace('weight 2', 'weight 3').replace('lb_algo rr', 'lb_algo wrr'),
    )
    const { state } = run([START])
    const { effects } = stepKeepalived(after, state, { kind: 'reload', nowNs: at(1), previous: before })
    expect(effects.flatMap(line).slice(0, 5)).toEqual([
      'reloaded',
      'ipvsDelDest .11 w1',
      'ipvsEditService :80',
      'ipvsEditDest .12 w3',
      'ipvsAddDest .13 w1',
    ])
  })
})
