/** Two runs compared. */
export { type ChangeKind, compareRuns, type RunChange } from './compare.ts'
export { type ComparedRun, diffJson, diffText } from './text.ts'
