/** Scenario files and the configurations they name → a frozen Model, or every Problem at once. */
export { isDirector } from './draft.ts'
export { VERBS, type Verb } from './event-schema.ts'
export { scenarioJsonSchema } from './json-schema.ts'
export { DEFAULT_LINK } from './link-schema.ts'
export { type Loaded, type LoadOptions, loadScenario } from './load.ts'
export * from './model.ts'
