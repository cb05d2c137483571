/**
 * SIGHUP for the checker process: services and servers that came, went or have other options; checkers that stay keep
 * their verdict, and every checker begins anew with its warm-up. A server that was taken out stays out until a check
 * succeeds; a new one is added at once, unless alpha holds it back (keepalived 2.2.7, ipwrapper.c).
 */
import type { RealServer, VirtualServer } from '../../../config/keepalived/index.ts'
import type { KeepalivedRelease } from '../../../protocols/vrrp/index.ts'
import { because } from '../../../trace/contract.ts'
import type { KeepalivedEffect } from '../messages.ts'
import type { CheckerPlace, KeepalivedProcessConfig } from '../process-config.ts'
import { serviceKeys } from '../service-keys.ts'
import {
  activate,
  addService,
  beginPool,
  type HealthDraft,
  type HealthState,
  optionsOf,
  removeService,
  setTimeouts,
  withPool,
} from './health.ts'
import { type CheckerState, freshChecker } from './index.ts'
import { poolOff, type PoolState } from './pool.ts'

const SAYS_OTHERWISE = because('keepalived-reload', 'the reloaded configuration says otherwise', { signal: 'SIGHUP' })

const text = (value: unknown): string => JSON.stringify(value)
const sameServer = (a: RealServer, b: RealServer): boolean => a.address === b.address && a.port === b.port

/** `config`: the new one; `state`: as it was under the old one. */
export function reloadHealth(
  config: KeepalivedProcessConfig,
  previous: KeepalivedProcessConfig,
  state: HealthState,
  effects: KeepalivedEffect[],
): HealthState {
  const why = SAYS_OTHERWISE
  const nameOf = (c: KeepalivedProcessConfig, vs: VirtualServer) => text(serviceKeys(c, vs))
  const oldOf = config.virtualServers.map(vs => previous.virtualServers.findIndex(p => nameOf(previous, p) === nameOf(config, vs)))
  if (state.checkers.length > 0) effects.push({ kind: 'cancelProbes' })
  if (previous.lvsTimeouts !== null || config.lvsTimeouts !== null) setTimeouts({ effects }, config.lvsTimeouts, true)
  const old: HealthDraft = { config: previous, state, effects }
  previous.virtualServers.forEach((vs, p) => {
    if (!oldOf.includes(p)) removeService(old, vs, p, why)
    else dropServers(old, vs, config.virtualServers[oldOf.indexOf(p)], p)
  })
  const d: HealthDraft = {
    config,
    state: {
      pools: config.virtualServers.map((vs, v) =>
        oldOf[v] < 0 ? poolOff(vs) : poolAfter(vs, previous.virtualServers[oldOf[v]], old.state.pools[oldOf[v]]),
      ),
      checkers: config.checkers.map(c => checkerAfter(c, config, previous, state, oldOf)),
    },
    effects,
  }
  config.virtualServers.forEach((vs, v) => {
    if (oldOf[v] < 0) addService(d, vs, v, why)
    else changeService(d, vs, previous.virtualServers[oldOf[v]], v)
  })
  activate(d)
  return d.state
}

function dropServers(old: HealthDraft, vs: VirtualServer, now: VirtualServer, p: number): void {
  const why = because('keepalived-reload', 'the reloaded configuration no longer has this server', { signal: 'SIGHUP' })
  withPool(old, p, pool =>
    vs.realServers.forEach((rs, r) => {
      if (!now.realServers.some(n => sameServer(n, rs))) pool.drop(r, why)
    }),
  )
}

/** Servers by address and port; a sorry server that stands in goes on while it is the same. */
function poolAfter(vs: VirtualServer, old: VirtualServer, pool: PoolState): PoolState {
  const off = poolOff(vs)
  const sameSorry = text([vs.sorryServer?.address, vs.sorryServer?.port]) === text([old.sorryServer?.address, old.sorryServer?.port])
  return {
    quorumUp: pool.quorumUp,
    sorryAlive: sameSorry && pool.sorryAlive,
    sorrySet: sameSorry && pool.sorrySet,
    servers: vs.realServers.map((rs, r) => {
      const before = old.realServers.findIndex(o => sameServer(o, rs))
      return before < 0 ? off.servers[r] : { ...pool.servers[before], weight: rs.weight }
    }),
  }
}

function changeService(d: HealthDraft, vs: VirtualServer, old: VirtualServer, v: number): void {
  const why = SAYS_OTHERWISE
  if (text(optionsOf(vs)) !== text(optionsOf(old)))
    for (const service of serviceKeys(d.config, vs))
      d.effects.push({ kind: 'ipvsEditService', service, options: optionsOf(vs), cause: why })
  withPool(d, v, pool =>
    vs.realServers.forEach((rs, r) => {
      const before = old.realServers.find(o => sameServer(o, rs))
      if (before !== undefined && text(tableOptions(before)) !== text(tableOptions(rs))) pool.edit(r, why)
    }),
  )
  beginPool(d, v, why)
}

const tableOptions = ({ forward, weight, uthreshold, lthreshold }: RealServer) => ({ forward, weight, uthreshold, lthreshold })

/** The same checker of the same server goes on with its verdict; retries count as far as the new limit allows. */
function checkerAfter(
  place: CheckerPlace,
  config: KeepalivedProcessConfig,
  previous: KeepalivedProcessConfig,
  state: HealthState,
  oldOf: readonly number[],
): CheckerState {
  const { checker } = place
  const rs = config.virtualServers[place.virtualServer].realServers[place.realServer]
  const before = previous.checkers.findIndex(
    o =>
      o.virtualServer === oldOf[place.virtualServer] &&
      sameServer(previous.virtualServers[o.virtualServer].realServers[o.realServer], rs) &&
      o.checker.kind === checker.kind &&
      o.checker.connectIp === checker.connectIp &&
      o.checker.connectPort === checker.connectPort,
  )
  const fresh = freshChecker(checker)
  const was = before < 0 ? undefined : state.checkers[before]
  if (was === undefined || !was.hasRun) return fresh
  return { ...fresh, up: was.up, hasRun: true, retries: retriesAfter(was, checker.retry, config.vrrp.release) }
}

/** How many retries are used up under the new limit (migrate_checkers of ipwrapper.c in 2.2.7 and in 2.3.4). */
function retriesAfter(was: CheckerState, limit: number, release: KeepalivedRelease = '2.2'): number {
  if (release === '2.3+') return was.up ? Math.min(was.retries, limit) : limit + 1
  return limit === 0 ? 0 : Math.min(was.retries, limit - 1)
}
