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

export interface Circumstances {
  readonly cwd?: string
  readonly timeoutMs?: number
}

/** The command of a checkout, which builds dist/cli.mjs when a source is newer. */
export const checkout = (args: readonly string[], env: Env = {}): Promise<Ended> => start('bin/lvsim.mjs', args, env, {})

let built: Promise<Ended> | undefined

/** What was built when the first test began, so that all tests of a file see the same program. */
export async function lvsim(args: readonly string[], env: Env = {}, circumstances: Circumstances = {}): Promise<Ended> {
  const first = await builtOnce()
  return first.code === 0 ? start('dist/cli.mjs', args, env, circumstances) : first
}

/** The built program, for tests that start it themselves. */
export async function program(): Promise<string> {
  await builtOnce()
  return `${ROOT}dist/cli.mjs`
}

function builtOnce(): Promise<Ended> {
  built ??= checkout(['--version'])
  return built
}

/** What decides on colours and reports is said by the test, not by where it runs. */
const OURS = ['NO_COLOR', 'FORCE_COLOR', 'CI', 'GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'CI_NODE_INDEX', 'CI_NODE_TOTAL']

export function environment(env: Env = {}): NodeJS.ProcessEnv {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([key]) => !OURS.includes(key)))
  return { ...rest, ...env }
}

function start(file: string, args: readonly string[], env: Env, { cwd = ROOT, timeoutMs = HANGS_AFTER_MS }: Circumstances): Promise<Ended> {
  return new Promise(resolve => {
    const options = { cwd, timeout: timeoutMs, maxBuffer: 64e6, env: environment(env) }
    const child = execFile(process.execPath, [`${ROOT}${file}`, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}
