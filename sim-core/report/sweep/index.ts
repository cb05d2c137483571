/** A sweep (`lvsim sweep`, `lvsim merge`), in every form in which it is read. */
export { sweepCsv } from './csv.ts'
export { type SweepDocument, sweepJson, sweepJsonSchema, sweepSchema } from './json.ts'
export { sweepMarkdown } from './markdown.ts'
export { sweepSvg } from './svg.ts'
export { sweepText } from './text.ts'
