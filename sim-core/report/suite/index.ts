/** A suite of scenarios (`lvsim test`), in every form in which it is read. */
export { broken, type Check, countEntries, entryOf, type EntryState, notRun, type SuiteEntry, wrongInput } from './entry.ts'
export { explainFailure, type Failure } from './failure.ts'
export { githubAnnotations } from './github.ts'
export { gitlabFindings } from './gitlab.ts'
export { checkGolden, goldenFileOf, goldenText } from './golden.ts'
export { suiteJson, type TestDocument, testJsonSchema, testSchema } from './json.ts'
export { suiteMarkdown } from './markdown.ts'
export { type Commands, entryText, failureText, suiteText } from './text.ts'
