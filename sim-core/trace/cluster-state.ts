/**
 * Who was what at an instant: hosts up or down, VRRP instances and their states, VIPs held, cables, told from the
 * happenings alone. Every CHECKPOINT happenings a copy is kept, so a jump replays few of them.
 */
import { copyPlain } from '../base/tables.ts'
import type { FieldValue, Happening } from './contract.ts'
import type { Trace } from './trace.ts'

export interface InstanceState {
  /** MASTER, BACKUP, FAULT, STOP or INIT. */
  state: string
  sinceNs: number
  vrid: number
  priority: number
  /** When it last sent or (as far as the happenings tell) heard an advert; −1: never. */
  advertNs: number
  advertIntervalNs: number
}

export interface HostState {
  /** Has power. */
  up: boolean
  /** keepalived's process: running, stopped, frozen. */
  process: string
  frozen: boolean
  /** Words for what is wrong with its cable: '' or `link_down`, `partition`, `mute`, `deaf`. */
  cable: string
  /** real_server faults: '' or hang, refuse, 503, … */
  service: string
  instances: Record<string, InstanceState>
  /** Addresses that VRRP put on it. */
  vips: string[]
}

export type ClusterState = Record<string, HostState>

const CHECKPOINT = 128

export class ClusterStates {
  private readonly trace: Trace
  /** checkpoints[n] = state after n × CHECKPOINT happenings. */
  private readonly checkpoints: ClusterState[] = []

  constructor(trace: Trace) {
    this.trace = trace
    this.checkpoints.push(Object.fromEntries(trace.header.hosts.map(h => [h, newHost()])))
  }

  /** After all happenings at or before t. */
  at(t: number): ClusterState {
    const count = this.trace.happeningAt(t + 1)
    const whole = Math.floor(count / CHECKPOINT)
    while (this.checkpoints.length <= whole) {
      const n = this.checkpoints.length
      this.checkpoints.push(this.replay(n - 1, n * CHECKPOINT))
    }
    return this.replay(whole, count)
  }

  private replay(checkpoint: number, count: number): ClusterState {
    const state = copyPlain(this.checkpoints[checkpoint])
    for (let i = checkpoint * CHECKPOINT; i < count; i++) apply(state, this.trace.happenings[i])
    return state
  }
}

const newHost = (): HostState => ({ up: true, process: '', frozen: false, cable: '', service: '', instances: {}, vips: [] })

function apply(state: ClusterState, h: Happening): void {
  if (h.kind === 'fault') fault(state, h)
  const host = state[h.host]
  if (h.kind === 'fault' || host === undefined) return
  const f = h.fields
  if (h.kind === 'state') {
    const i = instanceOf(host, text(f['instance']))
    i.state = text(f['state'])
    i.sinceNs = h.t
    if (f['vrid'] !== undefined) i.vrid = Number(f['vrid'])
    if (f['priority'] !== undefined) i.priority = Number(f['priority'])
  } else if (h.kind === 'advert') advert(state, host, h)
  else if (h.kind === 'vip') {
    const ip = text(f['ip'])
    host.vips = host.vips.filter(v => v !== ip)
    if (f['present'] === true) host.vips.push(ip)
  } else if (h.kind === 'process') host.process = text(f['state'] ?? f['process'])
}

/** The sender's timer restarts, and that of everybody else of the group (a cut is seen in the packets, not here). */
function advert(state: ClusterState, host: HostState, h: Happening): void {
  const vrid = Number(h.fields['vrid'])
  for (const other of Object.values(state)) {
    if (other !== host && (other.cable !== '' || !other.up)) continue
    for (const i of Object.values(other.instances)) {
      if (i.vrid !== vrid) continue
      i.advertNs = h.t
      if (h.fields['adv_int_s'] !== undefined) i.advertIntervalNs = Number(h.fields['adv_int_s']) * 1e9
    }
  }
}

function fault(state: ClusterState, h: Happening): void {
  const target = text(h.fields['target'] ?? h.host)
  const host = state[target] ?? state[h.host]
  if (host === undefined) return
  const verb = text(h.fields['verb'])
  if (verb === 'crash') {
    host.up = false
    host.vips = []
    for (const i of Object.values(host.instances)) i.state = 'STOP'
  } else if (verb === 'boot') host.up = true
  else if (verb === 'freeze' || verb === 'thaw') host.frozen = verb === 'freeze'
  else if (verb === 'link_down' || verb === 'partition' || verb === 'mute' || verb === 'deaf') host.cable = verb
  else if (verb === 'link_up' || verb === 'heal' || verb === 'unmute' || verb === 'undeaf' || verb === 'join') host.cable = ''
  else if (verb === 'stop' || verb === 'kill') host.process = verb === 'stop' ? 'stopped' : 'killed'
  else if (verb === 'start') host.process = 'running'
  else if (verb === 'real_server') {
    const what = text(h.fields['what'] ?? '')
    host.service = what === '200' || what === 'listen' || what === 'unhang' || what === 'join' ? '' : what
  }
}

function instanceOf(host: HostState, name: string): InstanceState {
  host.instances[name] ??= { state: 'INIT', sinceNs: 0, vrid: 0, priority: 0, advertNs: -1, advertIntervalNs: 1e9 }
  return host.instances[name]
}

const text = (v: FieldValue | undefined): string => (v === undefined ? '' : String(v))
