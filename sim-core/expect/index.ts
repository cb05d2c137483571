/** Expectations → verdicts. */
export { canonicalLink, checkExpectation, type KnownNames } from './check.ts'
export { evaluateExpectations } from './evaluate.ts'
export { failure } from './failure.ts'
export { readComparison } from './grammar.ts'
export { checkMeasure, type Measure, readMeasure } from './measure.ts'
export { expectationSchema, type RawExpectation } from './schema.ts'
export type * from './types.ts'
