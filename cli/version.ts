import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pkg from '../package.json'

export const VERSION: string = pkg.version

let engine: string | undefined

/**
 * The version and a hash of the program itself: runs may only be put together when the same code made them, and during
 * development the version alone does not say so.
 */
export function engineId(): string {
  if (engine !== undefined) return engine
  const folder = dirname(fileURLToPath(import.meta.url))
  const hash = createHash('sha256')
  const names = readdirSync(folder).filter(name => name === 'worker.mjs' || /^chunk-.*\.mjs$/.test(name))
  for (const name of names.sort()) hash.update(readFileSync(join(folder, name)))
  engine = `${VERSION}+${hash.digest('hex').slice(0, 12)}`
  return engine
}
