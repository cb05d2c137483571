/** What people and tools read of a run. */
export type { Answer } from './answer.ts'
export { tableInstants } from './instants.ts'
export { makeReport, type Report } from './input.ts'
export { jsonProblems, jsonReport } from './json.ts'
export { type RunDocument, runJsonSchema, runSchema, SCHEMA_VERSION } from './json-schema.ts'
export { metricsJson, metricsText } from './registries.ts'
export { PLAIN, type Style } from './style.ts'
export { type TextOptions, textReport } from './text.ts'
