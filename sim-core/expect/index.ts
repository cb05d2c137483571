/** Expectations → verdicts. */
export { canonicalLink, checkExpectation, type KnownNames } from './check.ts'
export { evaluateExpectations } from './evaluate.ts'
export { readComparison } from './grammar.ts'
export { expectationSchema, type RawExpectation } from './schema.ts'
export type * from './types.ts'
