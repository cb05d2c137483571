/**
 * Writes files into a folder, all or none: first under a temporary name beside it, then by renaming. What exists is
 * never replaced unless that was asked for, and comes back when a later step fails.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Problem } from '../sim-core/index.ts'
import { reasonOf } from './files.ts'

export interface WriteOptions {
  /** Replace files that exist. */
  readonly force: boolean
}

const FOLDER_MODE = 0o755

/** What is in the way, or nothing when the files are written. */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>, { force }: WriteOptions): Problem[] {
  const target = resolve(folder)
  const problem = (code: string, message: string, remedy: string): Problem[] => [
    { at: { file: folder, line: 1, column: 1 }, severity: 'error', code, message, remedy },
  ]
  const stat = statSync(target, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isDirectory()) return problem('not-a-folder', 'it is a file', 'name a folder')
  const there = [...files.keys()].filter(name => existsSync(join(target, name)))
  if (there.length > 0 && !force) {
    const some = there.length > 3 ? `${there.slice(0, 3).join(', ')} and ${there.length - 3} more` : there.join(', ')
    return problem('file-exists', `${some} would be overwritten`, 'name another folder, or add --force to replace them')
  }
  let temporary: string | undefined
  try {
    mkdirSync(dirname(target), { recursive: true })
    temporary = mkdtempSync(`${target}.new-`)
    fill(temporary, files)
    chmodSync(temporary, FOLDER_MODE)
    if (stat === undefined) renameSync(temporary, target)
    else moveInto(target, temporary, [...files.keys()])
    return []
  } catch (error) {
    return problem('cannot-write', `it cannot be written: ${reasonOf(error)}`, 'name a folder that you may write to')
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
  }
}

function fill(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 })
}

/** Each file by a rename; the old ones wait in the temporary folder until all new ones are there. */
function moveInto(target: string, temporary: string, names: readonly string[]): void {
  const old = join(temporary, '.old')
  mkdirSync(old)
  const undo: (() => void)[] = []
  try {
    for (const name of names) {
      const [from, to, kept] = [join(temporary, name), join(target, name), join(old, name)]
      if (existsSync(to)) {
        renameSync(to, kept)
        undo.push(() => renameSync(kept, to))
      }
      renameSync(from, to)
      undo.push(() => rmSync(to))
    }
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw error
  }
}
