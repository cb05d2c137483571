/** `lvsim init`: a first scenario with expectations, for a folder of real keepalived.conf files or for an example. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { hasErrors, mapFiles, plan, type Problem } from '../sim-core/index.ts'
import { clusterFiles } from './cluster-files.ts'
import { EXIT, write, writeProblems } from './output.ts'
import { writeFolder } from './write-folder.ts'

interface InitOptions {
  readonly force?: boolean
  readonly name: string
}

const HELP = `
In a folder that holds NAME.keepalived.conf (or NAME/keepalived.conf) for each balancer, and perhaps NAME.rules or
ipvsadm.rules, it writes scenario.yaml: these files unchanged, a client that asks every virtual service, the loss of the
balancer with the most VIPs, and as expectations what then happens (owners, length of the outage, failed requests).
In any other folder it writes a small example first: two balancers with one VIP and two real servers.

The scenario is simulated before it is written, so its expectations hold; nothing is replaced without --force.

Exit codes: 0 written; 2 a file is wrong, is in the way, or cannot be written.

Examples:
  lvsim init lab && lvsim run lab/scenario.yaml      an example of one's own
  lvsim init /etc/cluster && lvsim test /etc/cluster    a scenario for real files`

export function addInit(program: Command): void {
  program
    .command('init')
    .summary('write a first scenario, for your keepalived.conf files or an example')
    .description('Writes a scenario with expectations that hold: for the keepalived.conf files of a folder, or for an example.')
    .argument('[folder]', 'folder of the hosts’ keepalived.conf files, or one for an example', '.')
    .option('--name <file>', 'name of the scenario in the folder', 'scenario.yaml')
    .option('--force', 'replace files that exist')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: InitOptions) => {
      process.exitCode = await init(folder, options)
    })
}

const wrong = (file: string, code: string, message: string, remedy: string): Problem => ({
  at: { file, line: 1, column: 1 },
  severity: 'error',
  code,
  message,
  remedy,
})

async function init(folder: string, { force = false, name }: InitOptions): Promise<number> {
  const refuse = async (problems: readonly Problem[]): Promise<number> => {
    await writeProblems(problems)
    return EXIT.input
  }
  if (!/^[^/\\]+\.ya?ml$/.test(name))
    return refuse([wrong(`--name ${name}`, 'name', 'it is no name of a YAML file', 'write a name such as scenario.yaml')])
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isDirectory())
    return refuse([wrong(folder, 'not-a-folder', 'it is a file', 'give the folder that holds it')])
  const found = stat === undefined ? undefined : clusterFiles([folder])
  const none = found === undefined || found.hosts.length === 0
  if (found !== undefined && !none && hasErrors(found.problems)) return refuse(found.problems)
  const path = join(folder, name)
  // What is in the way is told before the simulation, not after.
  if (!force && existsSync(path))
    return refuse([wrong(path, 'file-exists', 'it would be overwritten', 'give --name and another name, or --force to replace it')])
  const starter = none ? exampleStarter(name) : plan.starterScenario({ file: path, hosts: found.hosts, files: found.files })
  if (!starter.ok) return refuse(starter.problems)
  const files = new Map([...(none ? plan.EXAMPLE_FILES : []), [name, starter.text]])
  const inTheWay = writeFolder(folder, files, { force })
  if (inTheWay.length > 0) return refuse(inTheWay)
  await writeProblems(starter.problems.filter(p => p.severity === 'warning'))
  await write(process.stdout, writtenText(folder, name, [...files.keys()], starter))
  return EXIT.ok
}

function exampleStarter(name: string): plan.Starter {
  const names = [...plan.EXAMPLE_FILES.keys()]
  const { hosts } = plan.filesOfFolder(names)
  return plan.starterScenario({ file: name, hosts, files: mapFiles(Object.fromEntries(plan.EXAMPLE_FILES)) })
}

function writtenText(
  folder: string,
  name: string,
  files: readonly string[],
  { expectations, notes }: Extract<plan.Starter, { ok: true }>,
): string {
  const next = [
    [`lvsim run ${join(folder, name)}`, 'what happens, and why'],
    [`lvsim test ${folder}`, 'whether it still does, after a change'],
    [`lvsim check ${folder}`, 'what every failure does, and what is misconfigured'],
  ]
  const width = Math.max(...next.map(([command]) => command.length))
  return [
    `Written: ${files.map(f => join(folder, f)).join(', ')} (${expectations} expectation${expectations === 1 ? '' : 's'}, all hold)`,
    ...(notes.length === 0 ? [] : ['Not in it:', ...notes.map(n => `  ${n}`)]),
    'Next:',
    ...next.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`),
    '',
  ].join('\n')
}
