/**
 * The command line. Exit codes: 0 all held; 1 an expectation failed; 2 the input or the usage is wrong; 70 our own
 * bug, with what is needed to repeat it; 130 interrupted. A reader that goes away (`| head`) is no error.
 */
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { addBench } from './bench.ts'
import { addCheck } from './check.ts'
import { addCompletion } from './completion.ts'
import { addConform } from './conform.ts'
import { addDiff } from './diff.ts'
import { addInit } from './init.ts'
import { addMerge } from './merge.ts'
import { addMetrics } from './metrics.ts'
import { reasonOf } from './files.ts'
import { EXIT, isNeededWithoutReader } from './output.ts'
import { addPlan } from './plan.ts'
import { catchInterrupt } from './progress.ts'
import { addWorker } from './queue-worker.ts'
import { repeatLine } from './repeat.ts'
import { addRun } from './run.ts'
import { addSchema } from './schema.ts'
import { addSweep } from './sweep.ts'
import { addTest } from './test.ts'
import { VERSION } from './version.ts'
import { addView } from './view.ts'

const DESCRIPTION = `What a Linux load-balancer cluster (keepalived + IPVS) will do, before it happens.

A scenario is a YAML file: hosts with their real keepalived.conf and ipvsadm files, traffic, what breaks and when, and what must hold. lvsim runs it as a deterministic simulation, packet by packet, and says what happens and why.`

/** The scenarios that come with lvsim, as seen from here. */
const given = relative(process.cwd(), join(dirname(fileURLToPath(import.meta.url)), '../scenarios'))

const START = [
  [`lvsim run ${given}/capacity/three-vips.yaml`, 'three VIPs on three balancers, one dies: does anything degrade?'],
  [`lvsim run ${given}/coursework/inactconn.yaml`, 'why do entries linger under InActConn?'],
  ['lvsim init', 'a first scenario, for the keepalived.conf files here or an example'],
  ['lvsim help run', 'what the report shows'],
]
const width = Math.max(...START.map(([command]) => command.length))
const HELP = `\nStart with:\n${START.map(([command, what]) => `  ${command.padEnd(width)}    ${what}`).join('\n')}`

function program(): Command {
  const lvsim = new Command('lvsim')
    .description(DESCRIPTION)
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(lvsim --help, or lvsim help COMMAND, shows what can be written)')
    .addHelpText('after', HELP)
  for (const add of [
    addRun,
    addPlan,
    addCheck,
    addTest,
    addSweep,
    addMerge,
    addWorker,
    addDiff,
    addInit,
    addMetrics,
    addSchema,
    addBench,
    addConform,
    addView,
    addCompletion,
  ])
    add(lvsim)
  // Commands made before exitOverride would end the process themselves.
  for (const command of lvsim.commands)
    command.exitOverride().showHelpAfterError(`(lvsim help ${command.name()} shows what can be written)`)
  return lvsim
}

function reportBug(error: unknown): void {
  const e = error instanceof Error ? error : new Error(String(error))
  const where = (e.stack ?? '').split('\n').slice(1, 4).join('\n')
  process.stderr.write(
    `lvsim ${VERSION} has a bug: ${e.name}: ${e.message}\n${where}\n  repeat  ${repeatLine()}\n  node    ${process.version}, ${process.platform}\n`,
  )
  process.exitCode = EXIT.bug
}

/** A full disk behind `> file` is the user's to mend; what cannot be told any more is not told. */
function endWhenReaderGoes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (!isNeededWithoutReader()) process.exit(process.exitCode ?? EXIT.ok)
        return
      }
      if (stream === process.stdout) process.stderr.write(`error: the output cannot be written: ${reasonOf(error)}\n`)
      process.exit(EXIT.input)
    })
}

endWhenReaderGoes()
process.on('uncaughtException', error => {
  reportBug(error)
  process.exit()
})
catchInterrupt()
try {
  const lvsim = program()
  if (process.argv.length <= 2) lvsim.outputHelp()
  else await lvsim.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.input
  else reportBug(error)
}
