/** Every metric by name: the one list that `lvsim metrics`, expectations and their documentation use. */
import { nearest } from '../base/problem.ts'
import { IPVS_METRICS } from './ipvs-metrics.ts'
import { LINK_METRICS } from './link-metrics.ts'
import type { Metric } from './metric.ts'
import { TRAFFIC_METRICS } from './traffic-metrics.ts'
import { VIP_METRICS } from './vip-metrics.ts'
import { VRRP_METRICS } from './vrrp-metrics.ts'
import { WINDOW_METRICS } from './window-metrics.ts'

export const METRICS: readonly Metric[] = [
  ...VIP_METRICS,
  ...VRRP_METRICS,
  ...TRAFFIC_METRICS,
  ...LINK_METRICS,
  ...IPVS_METRICS,
  ...WINDOW_METRICS,
]

const byName: ReadonlyMap<string, Metric> = new Map(METRICS.map(m => [m.name, m]))

export const metricNamed = (name: string): Metric | undefined => byName.get(name)

/** The metric that was probably meant: a near name, or one that ends in the same word. */
export function metricLike(name: string): string | undefined {
  const near = nearest(name, byName.keys())
  if (near !== undefined) return near
  const last = name.split('.').pop() ?? ''
  const words = new Map<string, string>()
  for (const m of METRICS) if (!words.has(m.name.split('.')[1])) words.set(m.name.split('.')[1], m.name)
  const word = nearest(last, words.keys())
  return word === undefined ? undefined : words.get(word)
}
