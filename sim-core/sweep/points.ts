/** The grid of a sweep: every combination of the axes' values, the last axis moving fastest. */
import type { Axis } from './axis.ts'

export interface Point {
  /** Of each axis, in their order. */
  readonly values: readonly string[]
  /** `links.default.rate=1Gbit vips=3`: names the point in logs and results; empty when nothing is varied. */
  readonly key: string
}

export function pointsOf(axes: readonly Axis[]): Point[] {
  const combinations = axes.reduce<readonly (readonly string[])[]>(
    (all, axis) => all.flatMap(before => axis.values.map(value => [...before, value])),
    [[]],
  )
  return combinations.map(values => ({ values, key: values.map((value, i) => `${axes[i].path}=${value}`).join(' ') }))
}

/** How many there are, without making them. */
export const countPoints = (axes: readonly Axis[]): number => axes.reduce((product, axis) => product * axis.values.length, 1)
