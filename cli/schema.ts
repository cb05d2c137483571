/** `lvsim schema`: the JSON Schemas of what lvsim reads and prints. */
import { Argument, type Command } from 'commander'
import { plan, runJsonSchema, scenarioJsonSchema, scenarioReference, sweepJsonSchema, testJsonSchema } from '../sim-core/index.ts'
import { write, writeJson } from './output.ts'

const SCHEMAS = {
  scenario: scenarioJsonSchema,
  plan: plan.questionJsonSchema,
  run: runJsonSchema,
  test: testJsonSchema,
  sweep: sweepJsonSchema,
} as const

const HELP = `
Editors check and complete scenarios with it when their first line is
  # yaml-language-server: $schema=PATH/scenario.schema.json`

export function addSchema(program: Command): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios, or of what run --json prints')
    .description(
      'Prints a JSON Schema: of scenario files, of questions for `lvsim plan`, or of the document that `lvsim run --json` prints; `markdown` is docs/SCENARIOS.md.',
    )
    .addArgument(new Argument('[which]', 'which schema').choices([...Object.keys(SCHEMAS), 'markdown']).default('scenario'))
    .addHelpText('after', HELP)
    .action((which: keyof typeof SCHEMAS | 'markdown') =>
      which === 'markdown' ? write(process.stdout, scenarioReference()) : writeJson(SCHEMAS[which]()),
    )
}
