/**
 * lblc and lblcr: requests for one destination address go to one server (or a set of them), for caches that each hold a
 * part of the web. A server with more active connections than weight is left when another is half idle.
 *
 * An address is forgotten when it was not asked for in 24 hours; beyond 16,384 addresses, those idle for six minutes are.
 */
import type { Service } from '../services.ts'
import { DEST_AVAILABLE, type Destinations } from '../destinations.ts'
import { NOBODY, type Scheduler, type SchedulingContext } from './contract.ts'
import { wlcChoice } from './least-connection.ts'

const EXPIRATION_S = 24 * 3600
const IDLE_S = 6 * 60
const CHECK_S = 60
const ADDRESSES_MAX = 16 * 1024

interface Remembered {
  /** Servers, the one added last first. lblc: exactly one. */
  servers: number[]
  usedAt: number
  changedAt: number
}

interface LocalityState {
  byAddress: Map<number, Remembered>
  /** Jiffy of the last look for idle addresses. */
  checkedAt: number
}

const start = (): LocalityState => ({ byAddress: new Map(), checkedAt: Number.NEGATIVE_INFINITY })

/** Busier than its weight while another server is at less than half of its own. */
function overloaded(dest: number, service: Service, dests: Destinations): boolean {
  return dests.active[dest] > dests.weight[dest] && service.servers.some(d => dests.active[d] * 2 < dests.weight[d])
}

const available = (dest: number, dests: Destinations): boolean => (dests.flags[dest] & DEST_AVAILABLE) !== 0

function lookUp(state: LocalityState, address: number, now: number, { hz }: SchedulingContext): Remembered | undefined {
  const found = state.byAddress.get(address)
  if (found === undefined || now > found.usedAt + EXPIRATION_S * hz) return undefined
  found.usedAt = now
  return found
}

function remember(state: LocalityState, address: number, dest: number, now: number, { hz }: SchedulingContext): void {
  if (state.byAddress.size > ADDRESSES_MAX && now >= state.checkedAt + CHECK_S * hz) {
    state.checkedAt = now
    for (const [a, r] of state.byAddress) if (now > r.usedAt + IDLE_S * hz) state.byAddress.delete(a)
  }
  state.byAddress.set(address, { servers: [dest], usedAt: now, changedAt: now })
}

export const lblc: Scheduler = {
  name: 'lblc',
  rule: 'the server that had this virtual address before, unless it is overloaded; else as wlc',
  init: start,
  schedule(service, context, { virtual, now }) {
    const { dests } = context
    const state = service.state as LocalityState
    const known = lookUp(state, virtual, now, context)
    if (known !== undefined) {
      const dest = known.servers[0]
      if (available(dest, dests) && dests.weight[dest] > 0 && !overloaded(dest, service, dests)) return dest
    }
    const dest = wlcChoice(service.servers, dests)
    if (dest !== NOBODY) remember(state, virtual, dest, now, context)
    return dest
  },
}

export const lblcr: Scheduler = {
  name: 'lblcr',
  rule: 'as lblc with a set of servers for each virtual address, which grows under load',
  init: start,
  schedule(service, context, { virtual, now }) {
    const { dests, hz } = context
    const state = service.state as LocalityState
    const known = lookUp(state, virtual, now, context)
    if (known !== undefined) {
      const least = wlcChoice(
        known.servers.filter(d => available(d, dests)),
        dests,
      )
      if (known.servers.length > 1 && now > known.changedAt + EXPIRATION_S * hz) {
        known.servers = without(known.servers, mostLoaded(known.servers, dests))
        known.changedAt = now
      }
      if (least !== NOBODY && !overloaded(least, service, dests)) return least
    }
    const dest = wlcChoice(service.servers, dests)
    if (dest === NOBODY) return NOBODY
    if (known === undefined) remember(state, virtual, dest, now, context)
    else if (!known.servers.includes(dest)) {
      known.servers.unshift(dest)
      known.changedAt = now
    }
    return dest
  },
}

const without = (servers: readonly number[], dest: number): number[] => servers.filter(d => d !== dest)

/** The server with the most load / weight among those with a weight; the first of the list among equals. */
function mostLoaded(servers: readonly number[], dests: Destinations): number {
  let most = NOBODY
  for (const dest of servers) {
    if (dests.weight[dest] <= 0) continue
    if (most === NOBODY || dests.overhead(most) * dests.weight[dest] < dests.overhead(dest) * dests.weight[most]) most = dest
  }
  return most
}
