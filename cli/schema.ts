/** `lvsim schema`: the JSON Schemas of what lvsim reads and prints. */
import { Argument, type Command } from 'commander'
import {
  causesJson,
  causesReference,
  plan,
  runJsonSchema,
  scenarioJsonSchema,
  scenarioReference,
  sweepJsonSchema,
  testJsonSchema,
} from '../sim-core/index.ts'
import { write, writeJson } from './output.ts'

const SCHEMAS = {
  scenario: scenarioJsonSchema,
  plan: plan.questionJsonSchema,
  run: runJsonSchema,
  test: testJsonSchema,
  sweep: sweepJsonSchema,
  causes: causesJson,
} as const

const DOCUMENTS = { markdown: scenarioReference, 'causes-markdown': causesReference } as const

const HELP = `
Editors check and complete scenarios with it when their first line is
  # yaml-language-server: $schema=PATH/scenario.schema.json`

export function addSchema(program: Command): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios, or of what run --json prints')
    .description(
      'Prints a JSON Schema: of scenario files, of questions for `lvsim plan`, or of the document that `lvsim run --json` prints; `causes` lists every cause that a run can give, with its source and inputs; `markdown` is docs/SCENARIOS.md, `causes-markdown` docs/CAUSES.md.',
    )
    .addArgument(new Argument('[which]', 'which schema').choices([...Object.keys(SCHEMAS), ...Object.keys(DOCUMENTS)]).default('scenario'))
    .addHelpText('after', HELP)
    .action((which: keyof typeof SCHEMAS | keyof typeof DOCUMENTS) =>
      which in DOCUMENTS
        ? write(process.stdout, DOCUMENTS[which as keyof typeof DOCUMENTS]())
        : writeJson(SCHEMAS[which as keyof typeof SCHEMAS]()),
    )
}
