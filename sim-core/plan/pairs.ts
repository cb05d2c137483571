/**
 * Two losses, equal shares, no groups: MASTERs and first backups written down directly.
 *
 * Balancer x must hold m + u + v ≤ Lₓ: the VIPs it is MASTER of and the most and second most that any two others
 * leave to it. So x inherits in layers: with ℓ layers it is first backup of up to ℓ VIPs of every other balancer and
 * gives up 2ℓ places of its own; one more VIP (an extra) from a single balancer costs one place. The layers go where
 * they cost fewest MASTERs, which is optimal because each further layer of a balancer costs at least as much as the
 * one before. For equal links this reaches ⌈V/(n−2)⌉ for every V that bound.ts does not refuse: with w = ⌈V/(n−2)⌉ ≥ 2
 * layers spread evenly, (n−1)·w pairs, less one pair per layer of the MASTER, leave w(n−2) ≥ V VIPs.
 * Tested in test/plan/construct.test.ts and test/plan/table.test.ts.
 */
import { sum } from './instance.ts'

export interface PairLimits {
  readonly vips: number
  /** VIPs each balancer may hold after any two losses. */
  readonly after: readonly number[]
  /** VIPs each balancer may be MASTER of. */
  readonly masters: readonly number[]
}

/** (MASTER, first backup) of each VIP, or undefined when the layers do not leave room. Three balancers or more. */
export function writePairs(limits: PairLimits): [number, number][] | undefined {
  const n = limits.after.length
  const fewest = Math.floor(limits.vips / (n - 1))
  for (let layers = Math.max(0, fewest - 1); layers <= fewest + 2; layers++) {
    const pairs = pairsWithLayers(limits, layers)
    if (pairs !== undefined) return pairs
  }
  return undefined
}

function pairsWithLayers(limits: PairLimits, layers: number): [number, number][] | undefined {
  const n = limits.after.length
  const layersOf = new Array<number>(n).fill(0)
  const held = (x: number, inherits: number): number => Math.min(limits.masters[x], limits.after[x] - inherits)
  for (let i = 0; i < layers; i++) {
    let best = -1
    let bestCost = Number.POSITIVE_INFINITY
    for (let x = 0; x < n; x++) {
      if (2 * layersOf[x] + 2 > limits.after[x]) continue
      const cost = held(x, 2 * layersOf[x]) - held(x, 2 * layersOf[x] + 2)
      if (cost > bestCost || (cost === bestCost && layersOf[x] >= layersOf[best])) continue
      best = x
      bestCost = cost
    }
    if (best < 0) return undefined
    layersOf[best]++
  }
  for (let paidExtras = 0; paidExtras <= n; paidExtras++) {
    const pairs = pairsWithExtras(limits, layersOf, extrasFor(limits, layersOf, held, paidExtras))
    if (pairs !== undefined) return pairs
  }
  return undefined
}

/** Which balancers take one extra VIP: all to whom it costs no MASTER, and `paid` of those to whom it costs one. */
function extrasFor(limits: PairLimits, layersOf: readonly number[], held: (x: number, inherits: number) => number, paid: number): number[] {
  let left = paid
  return layersOf.map((layers, x) => {
    if (2 * layers + 1 > limits.after[x]) return 0
    if (held(x, 2 * layers) === held(x, 2 * layers + 1)) return 1
    return left-- > 0 ? 1 : 0
  })
}

function pairsWithExtras(limits: PairLimits, layersOf: readonly number[], extras: readonly number[]): [number, number][] | undefined {
  const n = layersOf.length
  const all = sum(layersOf)
  const extrasLeft = Array.from(extras)
  const heirsOf = (a: number): number => all - layersOf[a]
  const cap = layersOf.map((layers, a) => Math.min(limits.masters[a], limits.after[a] - 2 * layers - extras[a]))
  const masters = evenCounts(cap, heirsOf, sum(extras), limits.vips)
  if (masters === undefined) return undefined
  const pairs: [number, number][] = []
  for (let a = 0; a < n; a++) {
    const given = new Array<number>(n).fill(0)
    for (let c = 0; c < masters[a]; c++) {
      const x = nextHeir(a, given, layersOf) ?? extraHeir(a, extrasLeft)
      if (x === undefined) return undefined
      given[x]++
      pairs.push([a, x])
    }
  }
  return pairs
}

/** VIPs per MASTER, V in all, as even as `cap` allows; beyond its heirs in layers a MASTER draws on the extras. */
function evenCounts(cap: readonly number[], heirsOf: (a: number) => number, extras: number, vips: number): number[] | undefined {
  const counts = cap.map(() => 0)
  let extrasLeft = extras
  for (let v = 0; v < vips; v++) {
    let best = -1
    const needsExtra = (a: number): boolean => counts[a] >= heirsOf(a)
    for (let a = 0; a < cap.length; a++) {
      if (counts[a] >= cap[a] || (needsExtra(a) && extrasLeft === 0)) continue
      if (best < 0 || counts[a] < counts[best] || (counts[a] === counts[best] && needsExtra(best) && !needsExtra(a))) best = a
    }
    if (best < 0) return undefined
    if (needsExtra(best)) extrasLeft--
    counts[best]++
  }
  return counts
}

/** The heir with the fewest of `a`'s VIPs so far whose layers are not used up, the nearest after `a` when equal. */
function nextHeir(a: number, given: readonly number[], layersOf: readonly number[]): number | undefined {
  let best: number | undefined
  for (let i = 1; i < given.length; i++) {
    const x = (a + i) % given.length
    if (given[x] < layersOf[x] && (best === undefined || given[x] < given[best])) best = x
  }
  return best
}

function extraHeir(a: number, extrasLeft: number[]): number | undefined {
  const x = extrasLeft.findIndex((left, b) => b !== a && left > 0)
  if (x < 0) return undefined
  extrasLeft[x]--
  return x
}
