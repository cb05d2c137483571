/** Runs the command as a user does, in a process of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** A command that takes longer hangs, even on a busy machine. */
const HANGS_AFTER_MS = 300_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Env = Readonly<Record<string, string>>

/** The command of a checkout, which builds dist/cli.mjs when a source is newer. */
export const checkout = (args: readonly string[], env: Env = {}): Promise<Ended> => start('bin/lvsim.mjs', args, env)

let built: Promise<Ended> | undefined

/** What was built when the first test began, so that all tests of a file see the same program. */
export async function lvsim(args: readonly string[], env: Env = {}): Promise<Ended> {
  built ??= checkout(['--version'])
  const first = await built
  return first.code === 0 ? start('dist/cli.mjs', args, env) : first
}

function start(program: string, args: readonly string[], env: Env): Promise<Ended> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env
  return new Promise(resolve => {
    const options = { cwd: ROOT, timeout: HANGS_AFTER_MS, maxBuffer: 64e6, env: { ...rest, ...env } }
    const child = execFile(process.execPath, [`${ROOT}${program}`, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}
