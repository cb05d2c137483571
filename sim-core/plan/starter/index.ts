/** `lvsim init`: a first scenario with expectations, for a cluster's real files or for a small example. */
export { EXAMPLE_FILES } from './example.ts'
export { type Starter, type StarterInput, starterScenario } from './starter.ts'
