/**
 * Goal: what must hold in every state that keepalived can get into, whatever happens to it.
 * Method: breadth-first from a host that is off, over every verb and every kind of packet, also half a second later
 * and at the next deadline. States count as equal when they are equal relative to now. Each step is also taken from
 * a copy that went through JSON, and its input must come back unchanged (the machine is pure).
 */
import { describe, expect, it } from 'vitest'
import {
  type KeepalivedInput,
  type KeepalivedProcessConfig,
  type KeepalivedState,
  keepalivedOff,
  nextKeepalivedDeadline,
  stepKeepalived,
} from '../../../sim-core/daemons/keepalived/index.ts'
import type { VrrpConfig } from '../../../sim-core/protocols/vrrp/index.ts'
import { HIGHER, instance, LOWER, OWN, packet, SECOND, VIP, vrrp } from './configs.ts'

const STATES_MAX = 3000

interface Node {
  readonly state: KeepalivedState
  readonly nowNs: number
  readonly path: string
}

const processOf = (config: VrrpConfig): KeepalivedProcessConfig => ({
  vrrp: config,
  virtualServers: [],
  virtualServerGroups: [],
  checkers: [],
  lvsFlush: false,
  lvsFlushOnStop: false,
  lvsTimeouts: null,
})

/** Fewer timers, so that the search closes: no second blocks. */
const quiet = { delayNs: 0, repeat: 1, refreshNs: 0, refreshRepeat: 1, lowerPrioDelayNs: 0, lowerPrioRepeat: 1 }
const one = (changes = {}) => instance({ garp: quiet, ...changes })
const two = one({ name: 'VI_2', vrid: 52, interface: 'eth1', vips: [{ ip: VIP + 1, interface: 'eth1', prefixLength: 24 }] })
const script = { name: 'chk', intervalNs: SECOND, timeoutNs: SECOND, rise: 1, fall: 1, initFail: false }

const configs: [string, VrrpConfig][] = [
  ['plain', vrrp({ instances: [one()] })],
  ['nopreempt', vrrp({ instances: [one({ nopreempt: true })] })],
  ['preempt_delay', vrrp({ instances: [one({ preemptDelayNs: SECOND })] })],
  ['an owner', vrrp({ instances: [one({ priority: 255, initialState: 'MASTER' })] })],
  ['a startup delay', vrrp({ instances: [one()], startupDelayNs: SECOND })],
  ['delayed announcements', vrrp({ instances: [instance()], garpIntervalNs: SECOND / 2 })],
  ['a sync group', vrrp({ instances: [one(), two], groups: [{ name: 'G', members: [0, 1] }] })],
  [
    'a script of weight 0',
    vrrp({ instances: [one({ trackers: [{ kind: 'script', name: 'chk', weight: 0, reverse: false }] })], scripts: [script] }),
  ],
  [
    'a script in a group',
    vrrp({
      instances: [one({ trackers: [{ kind: 'script', name: 'chk', weight: 0, reverse: false }] }), two],
      groups: [{ name: 'G', members: [0, 1] }],
      scripts: [script],
    }),
  ],
]

function inputsFor(config: VrrpConfig, nowNs: number): { name: string; input: KeepalivedInput }[] {
  const named = (name: string, input: Record<string, unknown>) => ({ name, input: { ...input, nowNs } as KeepalivedInput })
  const packets = config.instances.flatMap(c =>
    [
      ['0', 0, LOWER],
      ['lower', 50, LOWER],
      ['equal from below', c.priority, LOWER],
      ['equal from above', c.priority, HIGHER],
      ['higher', 254, HIGHER],
    ].map(([name, priority, srcIp]) =>
      named(`hears ${name} on ${c.name}`, {
        kind: 'advert',
        interface: c.interface,
        advert: packet(priority as number, { vrid: c.vrid, srcIp: srcIp as number, vips: c.vips.map(v => v.ip) }),
      }),
    ),
  )
  const rejected = named('hears what it rejects', { kind: 'advert', interface: 'eth0', advert: packet(254, { version: 3 }) })
  const links = ['eth0', 'eth1'].flatMap(name =>
    [true, false].map(up => named(`${name} ${up ? 'up' : 'down'}`, { kind: 'carrier', interface: name, up })),
  )
  const scripts = config.scripts.length === 0 ? [] : [true, false].map(ok => named(`script ${ok}`, { kind: 'script', script: null, ok }))
  const verbs = ['start', 'stop', 'kill', 'crash', 'freeze', 'thaw'].map(kind => named(kind, { kind }))
  const reload = named('reload', { kind: 'reload', previous: processOf(config) })
  return [...packets, rejected, ...links, ...scripts, ...verbs, reload]
}

/** The state with every instant relative to now. */
const relative = (n: Node): string =>
  JSON.stringify(n.state, (key, value) => {
    if (key === 'armed' || key === 'id' || key === 'nextGarpTimer') return undefined
    return /Ns$/.test(key) && typeof value === 'number' && !/downTimer|masterAdvert/.test(key) ? Math.max(-1, value - n.nowNs) : value
  })

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const v of Object.values(value)) frozen(v)
    Object.freeze(value)
  }
  return value
}

function violations(config: VrrpConfig, n: Node): string[] {
  const out: string[] = []
  const { vrrp: v, held } = n.state
  const holders = new Set(held.map(h => h.ip))
  v.instances.forEach((m, i) => {
    const c = config.instances[i]
    const timed = m.state === 'MASTER' || m.state === 'BACKUP'
    if (v.phase === 'running' && m.state === 'INIT') out.push('INIT while running')
    if (v.phase === 'running' && timed !== (m.expiresNs !== null)) out.push(`${m.state} ${timed ? 'without' : 'with'} a timer`)
    if (!n.state.frozen && m.expiresNs !== null && m.expiresNs < n.nowNs) out.push('an overdue timer')
    if (v.phase === 'running' && (m.state === 'MASTER') !== c.vips.every(a => holders.has(a.ip)))
      out.push(`${m.state}, VIP held: ${m.state !== 'MASTER'}`)
    if (v.phase === 'stopping' && c.vips.some(a => holders.has(a.ip))) out.push('VIP held after SIGTERM')
    if (m.downTimerNs < 0 || m.priority < 1 || m.priority > 255 || m.faults < 0 || m.scriptsUnknown < 0)
      out.push(`out of range: ${JSON.stringify(m)}`)
    if (v.phase === 'running' && (m.state === 'FAULT') !== (m.faults > 0 || m.scriptsUnknown > 0) && config.groups.length === 0)
      out.push(`${m.state} with ${m.faults} failed trackers`)
  })
  for (const g of v.groups) if (g.membersInFault < 0 || g.membersUnknown < 0) out.push('group counts below zero')
  if (v.phase === 'running' && config.groups.length > 0 && new Set(v.instances.map(m => m.state === 'MASTER')).size > 1)
    out.push('half a sync group is MASTER')
  return out
}

function search(config: VrrpConfig): { states: number; wrong: string[] } {
  const process = processOf(config)
  const first: Node = { state: keepalivedOff(['eth0', 'eth1'].map(name => ({ name, up: true, ip: OWN }))), nowNs: 10 * SECOND, path: 'off' }
  const known = new Set([relative(first)])
  const queue = [first]
  const wrong: string[] = []
  for (let q = 0; q < queue.length && queue.length < STATES_MAX; q++) {
    const from = queue[q]
    const deadline = nextKeepalivedDeadline(process, from.state)
    const later = from.nowNs + SECOND / 2
    const moves = inputsFor(config, from.nowNs)
    if (deadline !== null) moves.push({ name: 'next deadline', input: { kind: 'timer', nowNs: deadline } })
    if (deadline === null || later < deadline) moves.push({ name: 'half a second', input: { kind: 'timer', nowNs: later } })
    for (const { name, input } of moves) {
      const step = stepKeepalived(process, frozen(from.state), input)
      const again = stepKeepalived(process, JSON.parse(JSON.stringify(from.state)), input)
      const node = { state: step.state, nowNs: input.nowNs, path: `${from.path}, ${name}` }
      if (JSON.stringify(step) !== JSON.stringify(again)) wrong.push(`${node.path}: another result from a copy`)
      for (const v of violations(config, node)) wrong.push(`${node.path}: ${v}`)
      const key = relative(node)
      if (known.has(key)) continue
      known.add(key)
      queue.push(node)
    }
  }
  return { states: known.size, wrong }
}

describe('every reachable state', () => {
  it.each(configs)('%s: a timer where one is needed, VIPs exactly while MASTER, and a pure step', (_, config) => {
    const { states, wrong } = search(config)
    expect(wrong.slice(0, 5)).toEqual([])
    expect(states).toBeGreaterThan(50)
  })
})
