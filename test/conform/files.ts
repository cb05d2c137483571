/** The recordings as a file source, and their folders. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileSource } from '../../sim-core/base/files.ts'

const ROOT = 'test/conformance'

export const recordings: FileSource = {
  read: path => {
    try {
      return { ok: true, text: readFileSync(join(ROOT, path), 'utf8') }
    } catch {
      return { ok: false, reason: 'there is no such file' }
    }
  },
  glob: () => [],
}

export const casesOf = (family: string): string[] =>
  readdirSync(join(ROOT, family))
    .filter(name => existsSync(join(ROOT, family, name, 'case.json')))
    .sort()
    .map(name => `${family}/${name}`)

export const FAMILIES = [
  ...['ipvs', 'ipvs-drawn', 'checkers-drawn', 'failovers-drawn'],
  ...['vrrp', 'vrrp-realtime', 'vrrp-drawn', 'vrrp-drawn-virtual', 'vrrp-drawn-all', 'vrrp-vmac-drawn'],
] as const
