/** Which recordings a folder holds: itself, the folders in it, and the folders in those. */
import type { FileSource } from '../base/files.ts'

const PATTERNS = ['case.json', '*/case.json', '*/*/case.json']
/** Folders of a case, sorted by name; `under` is relative to the source's root. */
export function findCases(files: FileSource, under: string): string[] {
  const base = under === '' || under === '.' ? '' : `${under.replace(/\/+$/, '')}/`
  const found = PATTERNS.flatMap(pattern => files.glob(`${base}${pattern}`))
  return [...new Set(found.map(file => file.replace(/\/?case\.json$/, '') || '.'))].sort()
}
