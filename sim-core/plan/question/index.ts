/** Planning questions as files and as options of a command line. */
export { type QuestionInput, type QuestionOption, type ReadFacts, type ReadQuestion, readFacts, readQuestion } from './read.ts'
export { questionJsonSchema } from './json-schema.ts'
export { type RawQuestion, questionSchema } from './schema.ts'
export { deploymentOf, questionOf } from './to-question.ts'
