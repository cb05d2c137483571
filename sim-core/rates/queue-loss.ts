/**
 * The share of packets that find a full queue when arrivals are random: M/D/1 with a finite waiting room.
 *
 * Poisson arrivals, all of one size, `waiting` places besides the one being sent. With N = waiting + 1 and
 * S = the sum of the first N unnormalised queue lengths at departures, the loss is 1 − S / (1 + ρ S) (Cohen, The Single
 * Server Queue, §III.6). S has the generating function V(z) / (V(z) − z), V(z) = exp(ρ (z − 1)); its two real poles,
 * 1 and r, give S to double precision from a few dozen places on, on both sides of ρ = 1; below that the recursion is
 * run. Twin: the recursion at every size, test/rates/queue-loss.test.ts.
 */
import { exp, ln, pow } from '../base/math.ts'

/** Up to this many places the recursion is exact and quick. */
const RECURSION_MAX = 30
/** Nearer to ρ = 1 the two poles cancel: the loss is taken between this far below and this far above. */
const NEAR_ONE = 1e-4
/** Below this a loss is none: less than one packet in a day of a full 100 Gbit/s link. */
const NEGLIGIBLE = 1e-13

/** Loss of M/D/1/N: `load` is arrivals × service time (≥ 0), `waiting` places without the one in service. */
export function queueLoss(load: number, waiting: number): number {
  if (load <= 0 || waiting === Number.POSITIVE_INFINITY) return load > 1 ? 1 - 1 / load : 0
  const places = Math.floor(waiting) + 1
  if (places <= RECURSION_MAX) return lossOf(load, recursion(load, places))
  if (Math.abs(load - 1) >= NEAR_ONE) return byPoles(load, places)
  const [below, above] = [byPoles(1 - NEAR_ONE, places), byPoles(1 + NEAR_ONE, places)]
  return below + ((above - below) * (load - 1 + NEAR_ONE)) / (2 * NEAR_ONE)
}

const lossOf = (load: number, sum: number): number => clean(1 - sum / (1 + load * sum))
const clean = (loss: number): number => (loss < NEGLIGIBLE ? 0 : loss)

function byPoles(load: number, places: number): number {
  const r = otherRoot(load)
  const term = pow(r, 1 - places) / (load * r - 1)
  if (!Number.isFinite(term)) return 1 - 1 / load
  const sum = 1 / (1 - load) - term
  return clean(((1 - load) * term) / (1 + load * sum))
}

/** The root of exp(ρ (z − 1)) = z that is not 1: above 1 for ρ < 1, below 1 for ρ > 1. */
function otherRoot(load: number): number {
  // ρ (z − 1) − ln z is convex with its minimum at 1/ρ; Newton from the far side of the root runs straight to it.
  let z = 1 / load
  const step = load < 1 ? 2 : 0.5
  while (load * (z - 1) - ln(z) <= 0) z *= step
  for (let i = 0; i < 60; i++) {
    const next = z - (load * (z - 1) - ln(z)) / (load - 1 / z)
    if (next === z) break
    z = next
  }
  return z
}

/** Σ of the unnormalised probabilities of 0 … places − 1 left behind, by the balance of departures. */
function recursion(load: number, places: number): number {
  const arrivals: number[] = []
  for (let k = 0, p = exp(-load); k <= places; k++) {
    arrivals.push(p)
    p = (p * load) / (k + 1)
  }
  const left = [1]
  let sum = 1
  for (let n = 0; n + 1 < places; n++) {
    let x = left[n] - arrivals[n]
    for (let k = 1; k <= n; k++) x -= left[k] * arrivals[n + 1 - k]
    left.push(x / arrivals[0])
    sum += left[n + 1]
  }
  return sum
}
