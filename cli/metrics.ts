/** `lvsim metrics`: the registry of metrics. */
import type { Command } from 'commander'
import { metricsJson, metricsText } from '../sim-core/index.ts'
import { styleFor, write, writeJson } from './output.ts'

export function addMetrics(program: Command): void {
  program
    .command('metrics')
    .summary('list every metric that a scenario can expect')
    .description('Lists every metric by name, with unit, meaning and what it takes.')
    .option('--json', 'print it as JSON')
    .action((options: { json?: boolean }) =>
      options.json ? writeJson(metricsJson()) : write(process.stdout, metricsText(styleFor(process.stdout))),
    )
}
