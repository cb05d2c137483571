/**
 * Files for the core: those in the folder of the scenario and below it, and nothing else, so that a scenario from
 * somewhere else cannot read what it should not. Paths stay as the user gave them, so that messages name them so.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { FILE_SIZE_MAX_BYTES, type FileSource, globToRegExp } from '../sim-core/index.ts'

/** A file source for one scenario. */
export function filesBeside(scenario: string): FileSource {
  const root = realFolder(dirname(resolve(scenario)))
  return {
    read: path => readWithin(root, path),
    glob: pattern => listWithin(root, pattern),
  }
}

const realFolder = (folder: string): string => {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

const inside = (root: string, real: string): boolean => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)

function readWithin(root: string, path: string): ReturnType<FileSource['read']> {
  try {
    const real = realpathSync(resolve(path))
    if (!inside(root, real))
      return { ok: false, reason: `it is outside of the scenario's folder (${relative(process.cwd(), root) || '.'})` }
    const stat = statSync(real)
    if (stat.isDirectory()) return { ok: false, reason: 'it is a folder' }
    if (!stat.isFile()) return { ok: false, reason: 'it is not a regular file' }
    if (stat.size > FILE_SIZE_MAX_BYTES) return { ok: false, reason: `it has ${stat.size} bytes, more than ${FILE_SIZE_MAX_BYTES}` }
    const bytes = readFileSync(real)
    return { ok: true, text: new TextDecoder('utf-8').decode(bytes) }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

const MATCHES_MAX = 1000

/** A shell pattern, one part of the path at a time; names that begin with a dot only match a pattern that does. */
function listWithin(root: string, pattern: string): string[] {
  let found = [pattern.startsWith('/') ? '/' : '']
  for (const part of pattern.split('/').filter(p => p !== '')) {
    const wild = /[*?[]/.test(part)
    const re = globToRegExp(part)
    found = found
      .flatMap(folder => {
        const names = wild
          ? namesIn(folder === '' ? '.' : folder).filter(n => re.test(n) && n.startsWith('.') === part.startsWith('.'))
          : [part]
        return names.map(n => (folder === '' || folder === '/' ? folder + n : `${folder}/${n}`))
      })
      .slice(0, MATCHES_MAX)
  }
  return found.filter(path => readWithin(root, path).ok).sort()
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Why the system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ELOOP') return 'its symbolic links form a loop'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'no space is left on the device'
  if (code === 'EFBIG') return 'it would be larger than this system allows'
  if (code === 'EROFS') return 'the file system is read-only'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'a part of its path is not a folder'
  return code === undefined ? String(error) : `the system says ${code}`
}
