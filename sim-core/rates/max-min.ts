/**
 * Weighted max-min fair shares of links (Bertsekas, Gallager: Data Networks, §6.5.2), by filling: all rates grow in
 * proportion to their weights until a demand is met or a link is full; who is held up there stays, the others grow on.
 * Twin: test/rates/max-min.test.ts checks the property itself, that nobody can grow but at the cost of someone with less.
 */
export interface Claim {
  /** Units a second at most; may be Infinity. */
  readonly demand: number
  /** Grows in proportion to it. */
  readonly weight: number
  /** What a unit costs on each link. */
  readonly links: Int32Array
  readonly costs: Float64Array
}

/** A link this full is full. */
const FULL = 1e-9

/** Units a second for each claim. `free`: what each link has left. */
export function maxMinShares(claims: readonly Claim[], free: Float64Array): Float64Array {
  const rates = new Float64Array(claims.length)
  const left = free.slice()
  const growing = new Set<number>()
  claims.forEach((c, i) => {
    if (c.demand > 0 && c.weight > 0 && c.links.every(l => left[l] > FULL * free[l])) growing.add(i)
  })
  const slope = new Float64Array(free.length)
  while (growing.size > 0) {
    slope.fill(0)
    let step = Number.POSITIVE_INFINITY
    for (const i of growing) {
      const { links, costs, weight, demand } = claims[i]
      for (let k = 0; k < links.length; k++) slope[links[k]] += costs[k] * weight
      step = Math.min(step, (demand - rates[i]) / weight)
    }
    for (let l = 0; l < slope.length; l++) if (slope[l] > 0) step = Math.min(step, left[l] / slope[l])
    if (step === Number.POSITIVE_INFINITY) {
      // Nothing holds them up: links without a rate.
      for (const i of growing) rates[i] = Number.MAX_SAFE_INTEGER
      return rates
    }
    for (let l = 0; l < slope.length; l++) left[l] = Math.max(0, left[l] - slope[l] * step)
    const before = growing.size
    for (const i of growing) {
      const { links, weight, demand } = claims[i]
      rates[i] += weight * step
      if (rates[i] >= demand * (1 - 1e-12) || links.some(l => left[l] <= FULL * free[l])) growing.delete(i)
    }
    if (growing.size === before) break
  }
  return rates
}
