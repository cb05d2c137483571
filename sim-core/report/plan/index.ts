/** Reports of the planner. */
export { planJson } from './json.ts'
export { planMarkdown } from './markdown.ts'
export { planText } from './text.ts'
export { verificationJson, verificationText } from './verification.ts'
