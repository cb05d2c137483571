/**
 * Steady virtual routers, and what they are like later without having lived through the time between.
 *
 * A cell is steady when every MASTER advertises at its interval and hears no other, and every BACKUP hears exactly one
 * of them, took its last advert, and would take the next just so. Until something else happens every advert repeats the
 * one before, an interval later, and moves the deadlines of those who hear it by that interval: so the state at any later
 * time is the state now with those times moved on. Compared with living through it in test/rates/steady.test.ts.
 */
import { ln, pow } from '../base/math.ts'
import type { KeepalivedProcessConfig, KeepalivedState } from '../daemons/keepalived/index.ts'
import type { Member, Skipped } from './cells.ts'

export type Instance = KeepalivedState['vrrp']['instances'][number]

/** What is skipped of one member; `undefined`: nothing need be (it has no deadline); `false`: it is not steady. */
export function skippable(
  member: Member,
  config: KeepalivedProcessConfig,
  state: KeepalivedState,
  heard: readonly Member[],
  nowNs: number,
): Skipped | undefined | false {
  if (state.phase === 'off') return undefined
  if (state.phase !== 'running' || state.frozen) return false
  const m = state.vrrp.instances[member.instance]
  const c = config.vrrp.instances[member.instance]
  if (m.state === 'FAULT') return undefined
  if (state.vrrp.delayedUntilNs !== null && nowNs < state.vrrp.delayedUntilNs) return false
  if (m.state === 'MASTER') {
    const regular = member.last !== undefined && m.expiresNs === member.last.atNs + c.advertIntNs && !m.reloadedAsMaster
    if (!regular || heard.length > 0) return false
    return { expiresNs: m.expiresNs as number, periodNs: c.advertIntNs, heardNs: Number.NaN, master: undefined, missed: 0 }
  }
  if (m.state !== 'BACKUP' || heard.length !== 1 || m.expiresNs === null || m.want !== 'BACKUP') return false
  const [master] = heard
  const { armed } = m
  if (master.last === undefined || armed.by !== 'advert' || armed.ip !== master.last.advert.srcIp) return false
  if (armed.atNs <= master.last.atNs || armed.ignored !== null || armed.moved.length > 0 || m.preemptAtNs !== null) return false
  const periodNs = master.last.advert.advertIntCs * 10_000_000
  return { expiresNs: m.expiresNs, periodNs, heardNs: armed.atNs, master, missed: 0 }
}

/** Adverts sent, or heard, before `nowNs`, of a row that begins at `firstNs`. */
export const before = (firstNs: number, periodNs: number, nowNs: number): number => Math.max(0, Math.ceil((nowNs - firstNs) / periodNs))

/** How many adverts a BACKUP must miss in a row before it wants to be MASTER. */
export const missedMax = (m: Instance, { periodNs }: Skipped): number => Math.floor(m.downTimerNs / periodNs)

/**
 * After how many adverts a row of `missed` lost ones is complete for the first time, when each is lost with probability
 * `loss`; `draw` is uniform in (0, 1). Rows are far apart, so they come like lots: with loss^missed × (1 − loss) an advert.
 */
export function advertsUntilMissed(loss: number, missed: number, draw: number): number {
  const chance = pow(loss, missed) * (1 - loss)
  return chance <= 0 ? Number.POSITIVE_INFINITY : missed + Math.floor(ln(draw) / ln(1 - chance))
}

/** The instance as it is while it is skipped: without a deadline. */
export const stilled = (m: Instance): Instance => ({ ...m, expiresNs: null })

/** The instance at `nowNs`, with its deadline again. `garpRefreshNs`: 0 = never. */
export function movedOn(m: Instance, skipped: Skipped, garpRefreshNs: number, nowNs: number): Instance {
  const { expiresNs, periodNs, heardNs } = skipped
  if (skipped.master === undefined) {
    const ticks = before(expiresNs, periodNs, nowNs)
    return {
      ...m,
      expiresNs: expiresNs + ticks * periodNs,
      garpRefreshAtNs: refreshedAt(m.garpRefreshAtNs, expiresNs, ticks, periodNs, garpRefreshNs),
    }
  }
  const heard = before(heardNs + periodNs, periodNs, nowNs) - skipped.missed
  return { ...m, expiresNs: expiresNs + heard * periodNs, armed: { ...m.armed, atNs: heardNs + heard * periodNs } }
}

/** When a MASTER's next refreshing gratuitous ARP may come, after `ticks` adverts from `firstNs` on. */
function refreshedAt(atNs: number, firstNs: number, ticks: number, periodNs: number, everyNs: number): number {
  if (everyNs === 0 || ticks === 0) return atNs
  const lastTick = firstNs + (ticks - 1) * periodNs
  const firstRefresh = firstNs + before(firstNs, periodNs, atNs) * periodNs
  if (firstRefresh > lastTick) return atNs
  const between = Math.ceil(everyNs / periodNs) * periodNs
  return firstRefresh + Math.floor((lastTick - firstRefresh) / between) * between + everyNs
}
