/**
 * Which points of a long curve a table shows. A short one is shown whole; of a long one the numbers of VIPs worth naming
 * with their neighbours, and the teeth of the saw: multiples of the survivors, where the worst link is lowest, and the next
 * number, where it jumps. Tested in test/report/plan.test.ts.
 */
import type { CurvePoint, PlanResult } from '../../plan/index.ts'

/** Curves up to here are shown whole. */
const WHOLE_MAX = 24
/** Teeth shown besides the numbers worth naming. */
const TEETH_MAX = 4

/** The points to show, in order; undefined where some are left out. */
export function curveRows({ curve, model, plan }: PlanResult): (CurvePoint | undefined)[] {
  const { points } = curve
  if (points.length <= WHOLE_MAX) return [...points]
  const n = model.names.length
  const alive = n - model.family.survive
  const named = [n, curve.fewestThatFit, curve.recommended, curve.fewestEvenBefore, curve.fewestEven, plan.vipNames.length]
  const wanted = new Set([1, 2, points.length])
  for (const vips of named) if (vips !== undefined) for (const v of [vips - 1, vips, vips + 1]) wanted.add(v)
  for (let tooth = 1; tooth <= TEETH_MAX; tooth++) for (const v of [tooth * alive, tooth * alive + 1]) wanted.add(v)
  const shown = points.filter(p => wanted.has(p.vips))
  return shown.flatMap((p, i) => (i > 0 && p.vips > shown[i - 1].vips + 1 ? [undefined, p] : [p]))
}
