/** Scenario files and the configurations they name → a frozen Model, or every Problem at once. */
export * from './model.ts'
