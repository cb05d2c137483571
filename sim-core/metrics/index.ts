/** Metrics by name, unit and meaning; what a run leaves behind, and how its windows are judged. */
export type * from './measurements.ts'
export { type Distribution, distribution } from './distribution.ts'
export { splitDirectorLabel } from './ipvs-metrics.ts'
export { type LinkLoad, linkLoad, linkWaits } from './links.ts'
export { courseOf, hasCourse } from './course.ts'
export { type Metric, type MetricLabel, type MetricUnit, type Observed, type Question, type Stat, STATS, type Stretch } from './metric.ts'
export { metricLike, metricNamed, METRICS } from './registry.ts'
export { BIN_NS, planSegments, segmentAt, segmentRange, type SegmentNeeds, type Segments } from './segments.ts'
export { lengthNs, type Span, spanOf, total, type Window } from './sums.ts'
export { type Fault, type Takeover, takeoversOf } from './takeovers.ts'
export {
  connectionCounts,
  type ConnectionCounts,
  connectionCountsInRates,
  dropsByReason,
  trafficDelays,
  trafficLoad,
  type TrafficLoad,
} from './traffic.ts'
export { type Judgement, judge, type Reason, type Verdict } from './verdict.ts'
export { type JudgedWindow, type RunView, viewRun } from './view.ts'
export { dualMasterNs, outageNs, ownersAt, ownersIn, unservedNs } from './vips.ts'
export { counted, showCount, showDuration, showRate, showRatio, showTime, showValue, trimmed } from './show.ts'
