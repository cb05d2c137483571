/** Writes one file whole or not at all: a full disk or a killed process leaves what was there before. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Problem } from '../sim-core/index.ts'
import { reasonOf } from './files.ts'

/** What is in the way, or undefined when the file is written. */
export function writeWhole(path: string, data: string | Uint8Array): Problem | undefined {
  const temporary = `${path}.${process.pid}.new`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(temporary, 'w')
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    return undefined
  } catch (error) {
    discard(temporary)
    return {
      at: { file: path, line: 1, column: 1 },
      severity: 'error',
      code: 'cannot-write',
      message: `it cannot be written: ${reasonOf(error)}`,
      remedy: 'name a file in a folder that you may write to, on a disk with room',
    }
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its folder is none, or may not be written to: there is nothing to discard.
  }
}
