export type * from './measurements.ts'
export { BIN_NS, planSegments, segmentAt, segmentRange, type SegmentNeeds, type Segments } from './segments.ts'
