/**
 * The optimum by exhaustive enumeration, knowing nothing of bounds or constructions: from the loads that j VIPs can
 * make in every failure set, all loads that j + 1 can make, as long as no link exceeds w. The largest j that is left
 * is the most VIPs that w allows.
 */
import { failureFamily, ownerOf } from '../../sim-core/plan/index.ts'

/** The most equal VIPs that n equal balancers carry with at most `w` on a link after k losses, up to `enough`. */
export function mostVips(n: number, k: number, w: number, enough: number): number {
  const sets = failureFamily(n, k).worst
  // One VIP of each order adds 1 to one cell of every set; cells are digits of one number, exact below 2^53.
  const cells = sets.flatMap((set, f) => Array.from({ length: n }, (_, b) => b).flatMap(b => (set.down[b] === 1 ? [] : [`${f}/${b}`])))
  const base = w + 1
  if (base ** cells.length >= Number.MAX_SAFE_INTEGER) throw new Error('too large to enumerate')
  const orders = permutations(n)
  const steps = new Set(orders.map(order => sets.map((set, f) => cells.indexOf(`${f}/${ownerOf(order, set.down)}`)).join()))
  const additions = [...steps].map(step => step.split(',').map(Number))
  let reachable = new Set<number>([0])
  for (let vips = 0; ; vips++) {
    if (reachable.size === 0) return vips - 1
    if (vips === enough) return vips
    const next = new Set<number>()
    for (const loads of reachable) {
      for (const addition of additions) {
        if (addition.every(cell => Math.floor(loads / base ** cell) % base < w))
          next.add(addition.reduce((sum, cell) => sum + base ** cell, loads))
      }
    }
    reachable = next
  }
}

export function permutations(n: number): number[][] {
  if (n === 0) return [[]]
  return permutations(n - 1).flatMap(order => Array.from({ length: n }, (_, at) => [...order.slice(0, at), n - 1, ...order.slice(at)]))
}
