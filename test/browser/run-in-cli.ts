/** For browser tests: the same files, run by the built command line in a folder of their own; its JSON. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export async function runInCli(
  _context: unknown,
  files: Readonly<Record<string, string>>,
  scenario: string,
  args: readonly string[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lvsim-browser-test-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const cli = join(process.cwd(), 'bin/lvsim.mjs')
    const child = spawn(process.execPath, [cli, 'run', '--json', ...args, scenario], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', d => (out += d))
    child.stderr.on('data', d => (err += d))
    const code = await new Promise<number | null>(resolve => child.on('close', resolve))
    // 1: an expectation of the scenario failed, which is an answer like any other.
    if (code !== 0 && code !== 1) throw new Error(`lvsim run ended with ${code}: ${err}`)
    return out
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
