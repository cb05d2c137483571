/**
 * The keepalived process of one host as a pure machine: the VRRP child, the virtual servers, and what signals do.
 *
 * The process can be gone while what it made stays: after SIGKILL the VIPs and the IPVS table are still there, and
 * the next start takes the VIPs off just before its first state (recording v05a). While it is frozen the kernel
 * queues for it; on SIGCONT the queued adverts are read before the late timers (recording v26a).
 * Tested in test/daemons/keepalived/, and by all recordings of test/conformance/vrrp.
 */
import { nextDeadline, stepVrrp, type VrrpEffect, type VrrpInput } from '../../protocols/vrrp/index.ts'
import type { Cause } from '../../trace/contract.ts'
import type { KeepalivedEffect, KeepalivedInput } from './messages.ts'
import type { KeepalivedProcessConfig } from './process-config.ts'
import { servicesAtReload, servicesAtStart, servicesAtStop } from './services.ts'
import { type KeepalivedState, scriptSucceeds, WAITING_ADVERTS_MAX } from './state.ts'

export interface KeepalivedStep {
  readonly state: KeepalivedState
  readonly effects: readonly KeepalivedEffect[]
}

type Writable = { -readonly [K in keyof KeepalivedState]: KeepalivedState[K] }

interface Draft {
  readonly config: KeepalivedProcessConfig
  readonly state: Writable
  readonly effects: KeepalivedEffect[]
}

/** One input. With `reload`, `config` is the new configuration and the input holds the old one. */
export function stepKeepalived(config: KeepalivedProcessConfig, state: KeepalivedState, input: KeepalivedInput): KeepalivedStep {
  const d: Draft = { config, state: { ...state }, effects: [] }
  apply(d, input)
  return { state: d.state, effects: d.effects }
}

/** The next instant at which the process wants a `timer` input; null while it is off or frozen. */
export const nextKeepalivedDeadline = (config: KeepalivedProcessConfig, state: KeepalivedState): number | null =>
  state.frozen ? null : nextDeadline(config.vrrp, state.vrrp)

const because = (rule: string, text: string): Cause => ({ rule, text })

function announceProcess(d: Draft, what: Extract<KeepalivedEffect, { kind: 'process' }>['what'], text: string): void {
  d.effects.push({ kind: 'process', what, cause: because(`keepalived-${what}`, text) })
}

function apply(d: Draft, input: KeepalivedInput): void {
  if (input.kind === 'crash') crash(d, input.nowNs)
  else if (input.kind === 'kill') kill(d, input.nowNs)
  else if (input.kind === 'script') rememberScript(d, input)
  else if (input.kind === 'thaw') thaw(d, input.nowNs)
  else if (d.state.frozen) wait(d, input)
  else serve(d, input)
}

function serve(d: Draft, input: Exclude<KeepalivedInput, { kind: 'crash' | 'kill' | 'script' | 'thaw' }>): void {
  const s = d.state
  if (input.kind === 'carrier') s.interfaces = s.interfaces.map(f => (f.name === input.interface ? { ...f, up: input.up } : f))
  if (input.kind === 'address') s.interfaces = s.interfaces.map(f => (f.name === input.interface ? { ...f, ip: input.ip } : f))
  if (input.kind === 'start' || input.kind === 'boot') {
    if (s.phase === 'stopping') s.startAgain = true
    else if (s.phase === 'off') start(d, input.nowNs, input.kind)
  } else if (s.phase === 'off') return
  else if (input.kind === 'stop') stop(d, input.nowNs)
  else if (input.kind === 'freeze') freeze(d)
  else if (input.kind === 'reload') reload(d, input)
  else vrrp(d, input)
}

function start(d: Draft, nowNs: number, how: 'start' | 'boot'): void {
  d.state.phase = 'running'
  announceProcess(d, 'started', how === 'boot' ? 'the host is back and starts keepalived' : 'keepalived is started')
  d.effects.push(...servicesAtStart(d.config))
  vrrp(d, { kind: 'start', nowNs, interfaces: d.state.interfaces, leftovers: d.state.held.map(h => h.ip) })
}

function stop(d: Draft, nowNs: number): void {
  if (d.state.phase !== 'running') return
  d.state.phase = 'stopping'
  announceProcess(d, 'stopping', 'SIGTERM: keepalived stops')
  d.effects.push(...servicesAtStop(d.config))
  vrrp(d, { kind: 'stop', nowNs })
}

function reload(d: Draft, input: Extract<KeepalivedInput, { kind: 'reload' }>): void {
  if (d.state.phase !== 'running') return
  announceProcess(d, 'reloaded', 'SIGHUP: keepalived reads its configuration again')
  d.effects.push(...servicesAtReload(d.config, input.previous))
  vrrp(d, { kind: 'reload', nowNs: input.nowNs, previous: input.previous.vrrp })
}

function kill(d: Draft, nowNs: number): void {
  if (d.state.phase === 'off') return
  announceProcess(d, 'killed', 'SIGKILL: nothing is sent; the VIPs stay on the interface and IPVS goes on')
  endAtOnce(d, nowNs)
}

function crash(d: Draft, nowNs: number): void {
  announceProcess(d, 'crashed', 'the host lost its power: its processes, addresses and tables are gone')
  endAtOnce(d, nowNs)
  const why = because('host-crashed', 'gone with the host')
  for (const { instance, ...v } of d.state.held) d.effects.push({ kind: 'removeVip', instance, ...v, cause: why })
  d.state.held = []
  d.effects.push({ kind: 'ipvsFlush', cause: why })
}

function endAtOnce(d: Draft, nowNs: number): void {
  d.state.phase = 'off'
  d.state.frozen = false
  d.state.waiting = []
  d.state.startAgain = false
  vrrp(d, { kind: 'kill', nowNs })
}

function freeze(d: Draft): void {
  d.state.frozen = true
  announceProcess(d, 'frozen', 'SIGSTOP: keepalived stands still; the kernel queues what arrives')
}

/** Packets wait in their sockets, signals for the process; beyond the buffer adverts are lost. */
function wait(d: Draft, input: KeepalivedInput): void {
  if (input.kind === 'timer' || input.kind === 'freeze') return
  const adverts = d.state.waiting.filter(w => w.kind === 'advert').length
  if (input.kind === 'advert' && adverts >= WAITING_ADVERTS_MAX) return
  d.state.waiting = [...d.state.waiting, input]
}

function thaw(d: Draft, nowNs: number): void {
  if (!d.state.frozen) return
  const waiting = d.state.waiting
  d.state.frozen = false
  d.state.waiting = []
  announceProcess(d, 'thawed', `SIGCONT: keepalived goes on and first reads what waited (${waiting.length})`)
  for (const w of waiting) apply(d, { ...w, nowNs })
  if (d.state.phase !== 'off') vrrp(d, { kind: 'timer', nowNs })
}

function rememberScript(d: Draft, input: Extract<KeepalivedInput, { kind: 'script' }>): void {
  const { script, ok } = input
  const { allFail, exceptions } = d.state.scripts
  if (script === null) d.state.scripts = { allFail: !ok, exceptions: [] }
  else
    d.state.scripts = {
      allFail,
      exceptions: ok === allFail ? [...exceptions.filter(e => e !== script), script] : exceptions.filter(e => e !== script),
    }
}

/** One input for the VRRP child; its effects, and what follows from them at once. */
function vrrp(d: Draft, input: VrrpInput): void {
  const { state, effects } = stepVrrp(d.config.vrrp, d.state.vrrp, input)
  d.state.vrrp = state
  for (const e of effects) {
    d.effects.push(e)
    if (e.kind === 'addVip' || e.kind === 'removeVip') hold(d, e)
  }
  for (const e of effects) {
    if (e.kind === 'runScript')
      vrrp(d, { kind: 'scriptEnded', nowNs: input.nowNs, script: e.script, ok: scriptSucceeds(d.state.scripts, e.script) })
    else if (e.kind === 'stopped') ended(d, input.nowNs)
  }
}

function hold(d: Draft, e: Extract<VrrpEffect, { kind: 'addVip' | 'removeVip' }>): void {
  const others = d.state.held.filter(h => h.ip !== e.ip || h.interface !== e.interface)
  const { instance, interface: device, ip, prefixLength } = e
  d.state.held = e.kind === 'addVip' ? [...others, { instance, interface: device, ip, prefixLength }] : others
}

function ended(d: Draft, nowNs: number): void {
  d.state.phase = 'off'
  announceProcess(d, 'stopped', 'keepalived has ended')
  if (!d.state.startAgain) return
  d.state.startAgain = false
  start(d, nowNs, 'start')
}
