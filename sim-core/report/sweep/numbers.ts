/** Numbers of a sweep for tools: base units, and as many digits as are the same on every machine. */
import type { MetricUnit } from '../../metrics/index.ts'

/** Times are counted in ns and given in seconds. */
export const toBaseUnit = (value: number, unit: MetricUnit): number => (unit === 's' ? value / 1e9 : value)

/** Twelve digits: the last bits of a quantile of Student's t are the platform's. */
export const rounded = (value: number): number => Number(value.toPrecision(12))
