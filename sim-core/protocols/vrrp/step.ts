/**
 * VRRP as keepalived 2.2.7 does it: all instances of one process as one pure machine,
 * `(config, state, input) → { state, effects }`.
 *
 * One machine for the process, not one an instance, because sync groups, scripts, interfaces and the pace of
 * gratuitous ARPs couple the instances. The same inputs give the same effects; nothing else is read. It is compared
 * with 98 recordings of the real program in test/protocols/vrrp/recordings.test.ts, and clause by clause in
 * clauses.test.ts; invariants.test.ts searches its reachable states.
 */
import { assert } from '../../base/assert.ts'
import type { VrrpConfig } from './config.ts'
import type { Draft } from './draft.ts'
import { type Deadline, deadlinesOf, serveDue } from './expiry.ts'
import { wakeLate } from './late-wake.ts'
import { off, start, stop } from './lifecycle.ts'
import type { VrrpEffect, VrrpInput } from './messages.ts'
import { receive } from './receive.ts'
import { reload } from './reload.ts'
import { scriptEnded } from './scripts.ts'
import { type VrrpState, workingCopy } from './state.ts'
import { address, carrier, file, processSeen } from './tracking.ts'

export interface VrrpStep {
  readonly state: VrrpState
  readonly effects: readonly VrrpEffect[]
}

/** One input. With `reload`, `config` is the new configuration and the input holds the old one. */
export function stepVrrp(config: VrrpConfig, state: VrrpState, input: VrrpInput): VrrpStep {
  const d: Draft = { config, nowNs: input.nowNs, before: state.instances, state: workingCopy(state), effects: [] }
  apply(d, input)
  if (input.kind === 'wake' || input.kind === 'timer') wakeLate(d)
  if (input.kind === 'start' || input.kind === 'reload' || input.kind === 'timer') serveDue(d)
  armTimers(d, input.kind === 'reload' ? input.previous : config, state)
  return { state: d.state, effects: d.effects }
}

function apply(d: Draft, input: VrrpInput): void {
  if (input.kind === 'start') {
    assert(d.state.phase === 'off', 'a VRRP child is started twice')
    start(d, input.interfaces, input.leftovers)
  } else if (input.kind === 'kill') off(d)
  else if (input.kind === 'carrier') carrier(d, input.interface, input.up)
  else if (input.kind === 'address') address(d, input.interface, input.ip)
  else if (d.state.phase === 'running') applyRunning(d, input)
}

function applyRunning(d: Draft, input: Exclude<VrrpInput, { kind: 'start' | 'kill' | 'carrier' | 'address' }>): void {
  if (input.kind === 'advert') receive(d, input.interface, input.advert)
  else if (input.kind === 'stop') stop(d)
  else if (input.kind === 'scriptEnded') scriptEnded(d, input.script, input.ok)
  else if (input.kind === 'file') file(d, input.file, input.value)
  else if (input.kind === 'process') processSeen(d, input.process, input.up)
  else if (input.kind === 'reload') reload(d, input.previous)
}

/** The next instant at which the process wants a `timer` input, or null. */
export function nextDeadline(config: VrrpConfig, state: VrrpState): number | null {
  let soonest = Number.POSITIVE_INFINITY
  for (const { expiresNs } of state.instances) if (expiresNs !== null && expiresNs < soonest) soonest = expiresNs
  let next: number | null = null
  for (const d of deadlinesOf(config, state, i => state.instances[i].expiresNs === soonest))
    if (next === null || d.atNs < next) next = d.atNs
  return next
}

/** What became of the deadlines in this step, as effects at its end. */
function armTimers(d: Draft, configBefore: VrrpConfig, before: VrrpState): void {
  // An instance that was not written on has the deadline that it had.
  const touched = (i: number): boolean => configBefore !== d.config || before.instances[i] !== d.state.instances[i]
  const then = deadlinesOf(configBefore, before, touched)
  const now = deadlinesOf(d.config, d.state, touched)
  // Most keep their place in the list; only the others are looked for.
  then.forEach((t, i) => {
    if (now[i]?.timer !== t.timer && !now.some(n => n.timer === t.timer)) d.effects.push({ kind: 'cancelTimer', timer: t.timer })
  })
  now.forEach((n, i) => {
    if (same(then[i], n) || then.some(t => same(t, n))) return
    d.effects.push({ kind: 'armTimer', timer: n.timer, atNs: n.atNs })
  })
}

const same = (a: Deadline | undefined, b: Deadline): boolean => a !== undefined && a.timer === b.timer && a.atNs === b.atNs
