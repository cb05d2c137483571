/**
 * keepalived's checker process: when each checker runs, and what its verdicts do to the pools of the virtual servers.
 *
 * A real server is alive when none of its checkers has failed. The first check of each comes 1 s after the start plus a
 * random part of its warmup; the random numbers are asked for (`drawWarmups`) and come in as data. With ha_suspend a
 * checker whose VIP is elsewhere only looks again a delay_loop later.
 */
import type { Checker, VirtualServer } from '../../../config/keepalived/index.ts'
import { SECOND_NS } from '../../../base/units.ts'
import { because, type Cause } from '../../../trace/contract.ts'
import type { KeepalivedEffect, LvsTimeouts } from '../messages.ts'
import type { CheckerPlace, KeepalivedProcessConfig } from '../process-config.ts'
import { serviceKeys } from '../service-keys.ts'
import { type AfterProbe, freshChecker, type CheckerState, type ProbeOutcome, rulesOf } from './index.ts'
import { logName, Pool, poolOff, type PoolState } from './pool.ts'

export interface HealthState {
  /** As config.virtualServers; empty: the process does not run. */
  readonly pools: readonly PoolState[]
  /** As config.checkers. */
  readonly checkers: readonly CheckerState[]
}

export const HEALTH_OFF: HealthState = { pools: [], checkers: [] }

/** BOOTSTRAP_DELAY: no check comes earlier after the start. */
export const BOOTSTRAP_DELAY_NS = SECOND_NS

/** A step in progress: state that is replaced, effects that are appended. */
export interface HealthDraft {
  readonly config: KeepalivedProcessConfig
  state: HealthState
  readonly effects: KeepalivedEffect[]
}

/** Runs `change` on the pool of a virtual server. */
export function withPool(d: HealthDraft, v: number, change: (pool: Pool) => void): void {
  const vs = d.config.virtualServers[v]
  const pool = new Pool(vs, serviceKeys(d.config, vs), d.state.pools[v], d.effects)
  change(pool)
  d.state = { ...d.state, pools: d.state.pools.map((p, i) => (i === v ? pool.current : p)) }
}

export const setChecker = (d: HealthDraft, c: number, state: CheckerState): void => {
  d.state = { ...d.state, checkers: d.state.checkers.map((s, i) => (i === c ? state : s)) }
}

/** Whether a checker of the server says that it is down. */
export const hasFailed = (d: HealthDraft, v: number, r: number): boolean =>
  d.config.checkers.some((c, i) => c.virtualServer === v && c.realServer === r && !d.state.checkers[i].up)

/** Virtual servers and their servers go into the table, checkers are activated. */
export function startHealth(d: HealthDraft): void {
  const { config } = d
  const why = because('keepalived-start', 'keepalived makes its virtual servers when it starts', {
    virtual_servers: config.virtualServers.length,
  })
  if (config.lvsFlush)
    d.effects.push({
      kind: 'ipvsFlush',
      cause: because('keepalived-lvs-flush', 'lvs_flush: the table is emptied before keepalived fills it', { option: 'lvs_flush' }),
    })
  setTimeouts(d, config.lvsTimeouts, false)
  d.state = { pools: config.virtualServers.map(poolOff), checkers: config.checkers.map(c => freshChecker(c.checker)) }
  for (const [v, vs] of config.virtualServers.entries()) addService(d, vs, v, why)
  activate(d)
}

/** lvs_timeouts, or back to the kernel's own: an end and a reload restore what was before (recorded with keepalived 2.2.7). */
export function setTimeouts(d: Pick<HealthDraft, 'effects'>, timeouts: LvsTimeouts | null, restore: boolean): void {
  if (timeouts === null && !restore) return
  const given = Object.entries({ tcp: timeouts?.tcpS ?? 0, tcpfin: timeouts?.tcpFinS ?? 0, udp: timeouts?.udpS ?? 0 })
    .filter(([, s]) => s > 0)
    .map(([name, s]) => `${name} ${s} s`)
  const text = timeouts === null ? 'the timeouts are as before keepalived set its own' : `lvs_timeouts: ${given.join(', ')}`
  const inputs = { tcp_timeout_s: timeouts?.tcpS ?? 0, tcpfin_timeout_s: timeouts?.tcpFinS ?? 0, udp_timeout_s: timeouts?.udpS ?? 0 }
  d.effects.push({ kind: 'ipvsTimeouts', timeouts, restore, cause: because('keepalived-lvs-timeouts', text, inputs) })
}

export function addService(d: HealthDraft, vs: VirtualServer, v: number, cause: Cause): void {
  for (const service of serviceKeys(d.config, vs)) d.effects.push({ kind: 'ipvsAddService', service, options: optionsOf(vs), cause })
  beginPool(d, v, cause)
}

export const beginPool = (d: HealthDraft, v: number, cause: Cause): void =>
  withPool(d, v, pool =>
    pool.begin(
      d.config.virtualServers[v].realServers.map((_, r) => hasFailed(d, v, r)),
      cause,
    ),
  )

export const optionsOf = (vs: VirtualServer) => ({
  scheduler: vs.scheduler,
  schedulerFlags: vs.schedulerFlags,
  onePacket: vs.onePacket,
  persistence: vs.persistence ?? null,
})

/** Every checker's first check is planned once the random numbers are there. */
export function activate(d: HealthDraft): void {
  const { config, effects } = d
  for (const { virtualServer, realServer } of config.checkers) {
    const vs = config.virtualServers[virtualServer]
    const text = `Activating healthchecker for service ${logName(vs, vs.realServers[realServer])} for VS ${logName(vs)}`
    effects.push({ kind: 'log', instance: null, text })
  }
  if (config.checkers.length > 0) effects.push({ kind: 'drawWarmups', count: config.checkers.length })
}

/** `fractions`: one a checker, 0 to 1. */
export function planFirstChecks(d: HealthDraft, fractions: readonly number[], nowNs: number): void {
  d.state = {
    ...d.state,
    checkers: d.state.checkers.map((s, c) => ({
      ...s,
      dueNs: nowNs + BOOTSTRAP_DELAY_NS + Math.round((fractions[c] ?? 0) * d.config.checkers[c].checker.warmupNs),
    })),
  }
}

export function stopHealth(d: HealthDraft): void {
  const { config, effects } = d
  if (config.lvsTimeouts !== null) setTimeouts(d, null, true)
  if (config.lvsFlushOnStop) {
    const text = 'lvs_flush_onstop: the whole table is emptied'
    effects.push({ kind: 'ipvsFlush', cause: because('keepalived-lvs-flush', text, { option: 'lvs_flush_onstop' }) })
  } else {
    const why = because(
      'keepalived-stop',
      'keepalived removes its virtual servers when it stops; connections of the past keep their entries',
      { virtual_servers: config.virtualServers.length },
    )
    for (const [v, vs] of config.virtualServers.entries()) removeService(d, vs, v, why)
  }
  endHealth(d)
}

export function removeService(d: HealthDraft, vs: VirtualServer, v: number, cause: Cause): void {
  withPool(d, v, pool => pool.end(cause))
  for (const service of serviceKeys(d.config, vs)) d.effects.push({ kind: 'ipvsDelService', service, cause })
}

/** The process is gone; its sockets with it. */
export function endHealth(d: HealthDraft): void {
  if (d.state.checkers.length > 0) d.effects.push({ kind: 'cancelProbes' })
  d.state = HEALTH_OFF
}

/** Starts the checks that are due. `vips`: addresses that the host has now. */
export function runDueChecks(d: HealthDraft, nowNs: number, vips: readonly number[]): void {
  for (let c = 0; c < d.state.checkers.length; c++) {
    const s = d.state.checkers[c]
    if (s.dueNs === null || s.dueNs > nowNs) continue
    const place = d.config.checkers[c]
    if (isSuspended(d, place, vips)) {
      setChecker(d, c, { ...s, dueNs: nowNs + place.checker.delayLoopNs })
      continue
    }
    setChecker(d, c, { ...s, dueNs: null, startedNs: nowNs })
    d.effects.push({ kind: 'startProbe', checker: c, order: rulesOf(place.checker, d.config.vrrp.release).order(place.checker, s) })
  }
}

function isSuspended(d: HealthDraft, place: CheckerPlace, vips: readonly number[]): boolean {
  const vs = d.config.virtualServers[place.virtualServer]
  return vs.haSuspend && !serviceKeys(d.config, vs).some(k => k.mark !== 0 || vips.includes(k.ip))
}

/** A check ended. */
export function checked(d: HealthDraft, c: number, outcome: ProbeOutcome, nowNs: number): void {
  const before = d.state.checkers[c]
  if (before === undefined || before.dueNs !== null) return
  const { checker, virtualServer: v, realServer: r } = d.config.checkers[c]
  const vs = d.config.virtualServers[v]
  const result = rulesOf(checker, d.config.vrrp.release).after(
    checker,
    before,
    outcome,
    logName(vs, { address: checker.connectIp, port: checker.connectPort }),
    nowNs,
  )
  for (const text of result.log) d.effects.push({ kind: 'log', instance: null, text })
  setChecker(d, c, { ...result.state, dueNs: nowNs + result.delayNs })
  const { weight } = result
  if (weight !== undefined) withPool(d, v, pool => pool.setWeight(r, weight, newWeight(weight)))
  if (result.verdict === null) return
  const why = whyTurned(checker, before, result, result.verdict)
  if (!hasFailed(d, v, r)) withPool(d, v, pool => pool.setAlive(r, true, why))
  else if (result.verdict === 'down') withPool(d, v, pool => pool.setAlive(r, false, why))
}

/** misc_dynamic: the exit status is the weight plus 2. */
const newWeight = (weight: number): Cause =>
  because(
    'checker-weight',
    `misc_dynamic: the script ended with ${weight + 2}, so the weight is ${weight + 2} − 2 = ${weight}`,
    { exit_status: weight + 2, weight },
    `${weight + 2} − 2 = ${weight}`,
  )

function whyTurned(c: Checker, before: CheckerState, result: AfterProbe, verdict: 'up' | 'down'): Cause {
  const text = `${c.kind}: ${result.why}`
  const { failures, failingSinceNs } = result.state
  if (verdict === 'up')
    return because('checker-up', text, {
      checker: c.kind,
      since_s: before.startedNs / SECOND_NS,
      delay_loop_s: c.delayLoopNs / SECOND_NS,
      failures: before.failures,
    })
  // After a reload the failures before it still count against retry.
  const counted = Math.max(failures, before.hasRun ? before.retries + 1 : 1)
  const forgiven = before.hasRun ? c.retry : 0
  return because(
    'checker-down',
    text,
    {
      checker: c.kind,
      failures: counted,
      retry: forgiven,
      delay_before_retry_s: c.delayBeforeRetryNs / SECOND_NS,
      since_s: (failingSinceNs ?? before.startedNs) / SECOND_NS,
    },
    `${counted} > ${forgiven}`,
  )
}

/** When the next check begins; null: none is planned. */
export function nextCheck(state: HealthState): number | null {
  let next: number | null = null
  for (const { dueNs } of state.checkers) if (dueNs !== null && (next === null || dueNs < next)) next = dueNs
  return next
}
