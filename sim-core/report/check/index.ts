/** Reports of the checker. */
export { comparisonText } from './compare.ts'
export { explainText, rulesJson, rulesText } from './explain.ts'
export { checkJson } from './json.ts'
export { checkSarif } from './sarif.ts'
export { checkText } from './text.ts'
export { answerOf as checkAnswer } from './words.ts'
