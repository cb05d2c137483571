/**
 * The keepalived process of one host as a pure machine: the VRRP child, the checker child, and what signals do.
 *
 * The process can be gone while what it made stays: after SIGKILL the VIPs and the IPVS table are still there, and
 * the next start takes the VIPs off just before its first state (recording v05a). While it is frozen the kernel
 * queues for it; on SIGCONT the queued adverts are read before the late timers (recording v26a).
 * Tested in test/daemons/keepalived/, and by all recordings of test/conformance/vrrp.
 */
import { nextDeadline, STOP_TAKES_NS, stepVrrp, type VrrpEffect, type VrrpInput } from '../../protocols/vrrp/index.ts'
import { SECOND_NS, secondsText } from '../../base/units.ts'
import { because, type Cause } from '../../trace/contract.ts'
import {
  checked,
  endHealth,
  type HealthDraft,
  nextCheck,
  planFirstChecks,
  runDueChecks,
  startHealth,
  stopHealth,
} from './checkers/health.ts'
import { reloadHealth } from './checkers/reload.ts'
import type { KeepalivedEffect, KeepalivedInput } from './messages.ts'
import type { KeepalivedProcessConfig } from './process-config.ts'
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
export function nextKeepalivedDeadline(config: KeepalivedProcessConfig, state: KeepalivedState): number | null {
  if (state.frozen) return null
  const advert = nextDeadline(config.vrrp, state.vrrp)
  const check = nextCheck(state.health)
  return advert === null ? check : check === null ? advert : Math.min(advert, check)
}

function announceProcess(d: Draft, what: Extract<KeepalivedEffect, { kind: 'process' }>['what'], cause: Cause): void {
  d.effects.push({ kind: 'process', what, cause })
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
  else if (input.kind === 'timer') timer(d, input.nowNs)
  else if (input.kind === 'warmups') health(d, input.nowNs, h => planFirstChecks(h, input.fractions, input.nowNs))
  else if (input.kind === 'probed') health(d, input.nowNs, h => checked(h, input.checker, input.outcome, input.nowNs))
  else vrrp(d, input)
}

/** Whose deadline it was: of two at one instant the VRRP child's comes first. */
function timer(d: Draft, nowNs: number): void {
  const advert = nextDeadline(d.config.vrrp, d.state.vrrp)
  if (advert !== null && advert <= nowNs) vrrp(d, { kind: 'timer', nowNs })
  const check = nextCheck(d.state.health)
  if (check !== null && check <= nowNs) health(d, nowNs, h => runDueChecks(h, nowNs, addressesOf(d.state)))
}

const addressesOf = (s: KeepalivedState): number[] => [
  ...s.held.map(h => h.ip),
  ...s.interfaces.flatMap(i => (i.ip === null ? [] : [i.ip])),
]

/** One step of the checker child. A script's exit status is known at once. */
function health(d: Draft, nowNs: number, act: (h: HealthDraft) => void): void {
  const effects: KeepalivedEffect[] = []
  const draft: HealthDraft = { config: d.config, state: d.state.health, effects }
  act(draft)
  d.state.health = draft.state
  for (const e of effects) {
    if (e.kind !== 'startProbe' || e.order.kind !== 'script') {
      d.effects.push(e)
      continue
    }
    const { checker } = e
    const ok = scriptSucceeds(d.state.scripts, e.order.path)
    health(d, nowNs, h => checked(h, checker, { ok, what: `the script ended with ${ok ? 0 : 1}`, status: ok ? 0 : 1 }, nowNs))
  }
}

function start(d: Draft, nowNs: number, how: 'start' | 'boot'): void {
  d.state.phase = 'running'
  const text = how === 'boot' ? 'the host is back and starts keepalived' : 'the service is started, with its host or by hand'
  announceProcess(d, 'started', because('keepalived-started', text, { signal: how }))
  health(d, nowNs, startHealth)
  vrrp(d, { kind: 'start', nowNs, interfaces: d.state.interfaces, leftovers: d.state.held.map(h => h.ip) })
}

function stop(d: Draft, nowNs: number): void {
  if (d.state.phase !== 'running') return
  d.state.phase = 'stopping'
  announceProcess(d, 'stopping', because('keepalived-stopping', 'SIGTERM: keepalived stops', { signal: 'SIGTERM' }))
  health(d, nowNs, stopHealth)
  vrrp(d, { kind: 'stop', nowNs })
}

function reload(d: Draft, input: Extract<KeepalivedInput, { kind: 'reload' }>): void {
  if (d.state.phase !== 'running') return
  announceProcess(d, 'reloaded', because('keepalived-reloaded', 'SIGHUP: keepalived reads its configuration again', { signal: 'SIGHUP' }))
  d.state.health = reloadHealth(d.config, input.previous, d.state.health, d.effects)
  vrrp(d, { kind: 'reload', nowNs: input.nowNs, previous: input.previous.vrrp })
}

function kill(d: Draft, nowNs: number): void {
  if (d.state.phase === 'off') return
  announceProcess(
    d,
    'killed',
    because('keepalived-killed', 'SIGKILL: nothing is sent; the VIPs stay on the interface and IPVS goes on', {
      signal: 'SIGKILL',
      vips: d.state.held.length,
    }),
  )
  endAtOnce(d, nowNs)
}

function crash(d: Draft, nowNs: number): void {
  const vips = d.state.held.length
  const lost = 'the host lost its power: its processes, addresses and tables are gone'
  announceProcess(d, 'crashed', because('keepalived-crashed', lost, { signal: 'loss of power', vips }))
  endAtOnce(d, nowNs)
  const why = because('host-crashed', 'gone with the host', { vips })
  for (const { instance, ...v } of d.state.held) d.effects.push({ kind: 'removeVip', instance, ...v, cause: why })
  d.state.held = []
  d.effects.push({ kind: 'ipvsFlush', cause: why })
}

function endAtOnce(d: Draft, nowNs: number): void {
  d.state.phase = 'off'
  d.state.frozen = false
  d.state.waiting = []
  d.state.startAgain = false
  health(d, nowNs, endHealth)
  vrrp(d, { kind: 'kill', nowNs })
}

function freeze(d: Draft): void {
  d.state.frozen = true
  announceProcess(
    d,
    'frozen',
    because('keepalived-frozen', 'SIGSTOP: keepalived stands still; the kernel queues what arrives', { signal: 'SIGSTOP' }),
  )
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
  const text = `SIGCONT: keepalived goes on and first reads what waited (${waiting.length})`
  announceProcess(d, 'thawed', because('keepalived-thawed', text, { signal: 'SIGCONT', waited: waiting.length }))
  vrrp(d, { kind: 'wake', nowNs })
  for (const w of waiting) apply(d, { ...w, nowNs })
  if (d.state.phase !== 'off') timer(d, nowNs)
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
  const { kind, cause: _, ...held } = e
  d.state.held = kind === 'addVip' ? [...others, held] : others
}

function ended(d: Draft, nowNs: number): void {
  d.state.phase = 'off'
  announceProcess(
    d,
    'stopped',
    because('keepalived-stopped', `its children have ended, ${secondsText(STOP_TAKES_NS)} after SIGTERM`, {
      stop_takes_s: STOP_TAKES_NS / SECOND_NS,
    }),
  )
  if (!d.state.startAgain) return
  d.state.startAgain = false
  start(d, nowNs, 'start')
}
