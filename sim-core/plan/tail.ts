/**
 * Backups beyond what a construction has decided, one rank after the other, so that every order names every balancer.
 *
 * fillRank decides the rank that k losses can reach: within a failure set its VIPs go where limits leave room, to as
 * many different heirs as possible. fillTail does all later ranks, which only more than k losses can reach: for the
 * next loss it looks at the loads when exactly the balancers before it are lost, further down it only keeps the
 * ranks' counts even. Tested in test/plan/construct.test.ts.
 */
import type { Instance, Orders } from './instance.ts'
import { hasGroups } from './instance.ts'
import { ownerOf } from './loads.ts'

/** Exact loads are looked up while a rank costs at most this many steps. */
const EXACT_COST_MAX = 4_000_000

/** Equal shares, no groups: the (k+1)-th place of VIPs whose first k balancers are one failure set. */
export function fillRank(instance: Instance, orders: Orders, k: number, limits: readonly number[]): number[][] {
  const n = instance.capacities.length
  const out = orders.map(order => order.slice(0, k))
  const pairs = new Int32Array(n * n)
  const received = new Int32Array(n)
  for (const set of instance.family.worst) {
    const room = Array.from(limits)
    const waiting: number[] = []
    for (let v = 0; v < out.length; v++) {
      const owner = ownerOf(orders[v].slice(0, k), set.down)
      if (owner >= 0) room[owner] -= instance.shares[v]
      else waiting.push(v)
    }
    for (const v of waiting) {
      const last = out[v][k - 1]
      let best = -1
      for (let i = 1; i < n; i++) {
        const b = (last + i) % n
        if (set.down[b] === 1) continue
        if (
          best < 0 ||
          comesFirst(
            [room[b] < instance.shares[v] ? 1 : 0, pairs[last * n + b], received[b]],
            [room[best] < instance.shares[v] ? 1 : 0, pairs[last * n + best], received[best]],
          )
        )
          best = b
      }
      out[v].push(best)
      room[best] -= instance.shares[v]
      pairs[last * n + best]++
      received[best]++
    }
  }
  return out
}

/** Full permutations from orders of any length ≥ 1. */
export function fillTail(instance: Instance, orders: Orders): number[][] {
  const n = instance.capacities.length
  const out = orders.map(order => [...order])
  const pairs = new Int32Array(n * n)
  for (const order of out) for (let i = 1; i < order.length; i++) pairs[order[i - 1] * n + order[i]]++
  for (let rank = 1; rank < n; rank++) {
    const exact = rank <= instance.family.survive + 1 && out.length * out.length * rank <= EXACT_COST_MAX
    const counts = new Int32Array(n)
    for (const order of out) if (order.length > rank) counts[order[rank]]++
    const loads = new Map<string, number[]>()
    for (let v = 0; v < out.length; v++) {
      if (out[v].length > rank) continue
      const order = out[v]
      const last = order[rank - 1]
      const load = exact ? loadsWithout(instance, out, order, loads) : undefined
      const score = (b: number): number[] => [
        hasGroups(instance) && diesWith(instance, order, b) ? 1 : 0,
        load === undefined ? 0 : (load[b] + instance.shares[v]) / instance.capacities[b],
        pairs[last * n + b],
        counts[b],
      ]
      const best = firstBy(n, last, b => !order.includes(b), score)
      order.push(best)
      pairs[last * n + best]++
      counts[best]++
      if (load !== undefined) load[best] += instance.shares[v]
    }
  }
  return out
}

/** Loads when exactly the balancers of `order` are lost; VIPs whose decided places are all lost weigh nothing yet. */
function loadsWithout(instance: Instance, orders: Orders, order: readonly number[], cache: Map<string, number[]>): number[] {
  const down = new Uint8Array(instance.capacities.length)
  for (const b of order) down[b] = 1
  const key = down.join('')
  const known = cache.get(key)
  if (known !== undefined) return known
  const loads = new Array<number>(instance.capacities.length).fill(0)
  for (let v = 0; v < orders.length; v++) {
    const owner = ownerOf(orders[v], down)
    if (owner >= 0) loads[owner] += instance.shares[v]
  }
  cache.set(key, loads)
  return loads
}

/** Whether some group holds `b` and a balancer of `order`, and lasts until a balancer outside has been named. */
function diesWith(instance: Instance, order: readonly number[], b: number): boolean {
  const groups = instance.family.groups.filter(group => group.includes(b))
  return order.length <= instance.family.survive && groups.some(group => order.some(other => group.includes(other)))
}

/** The balancer of smallest score among those allowed, the nearest after `from` cyclically when equal. */
function firstBy(n: number, from: number, allowed: (b: number) => boolean, score: (b: number) => readonly number[]): number {
  let best = -1
  let bestScore: readonly number[] = []
  for (let i = 1; i <= n; i++) {
    const b = (from + i) % n
    if (!allowed(b)) continue
    const s = score(b)
    if (best >= 0 && !comesFirst(s, bestScore)) continue
    best = b
    bestScore = s
  }
  return best
}

function comesFirst(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i]
  return false
}
