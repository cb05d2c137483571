/**
 * How the core reads files: through what it is given. The command line reads inside the scenario's folder, the
 * page what was dropped on it, tests a map. Paths are relative to the source's root and use `/`.
 */
export interface FileSource {
  /** The file's text, or why it could not be read (missing, outside, too large, binary), in words for the user. */
  read(path: string): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }
  /** The files that match a shell pattern (`*`, `?`, `[…]`), sorted by code units; empty when none does. */
  glob(pattern: string): readonly string[]
}

/** A file is refused beyond this size: no configuration is that long, and a reader must answer within a second. */
export const FILE_SIZE_MAX_BYTES = 4_000_000

export const dirname = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.')

/** `to` as seen from the folder of `fromFile`; absolute paths stay, `.` and `..` are resolved as text. */
export function resolvePath(fromFile: string, to: string): string {
  const absolute = to.startsWith('/')
  const base = absolute ? [] : dirname(fromFile).split('/')
  const rooted = absolute || fromFile.startsWith('/')
  const out: string[] = []
  for (const part of [...base, ...to.split('/')]) {
    if (part === '' || part === '.') continue
    if (part === '..' && out.length > 0 && out[out.length - 1] !== '..') out.pop()
    else out.push(part)
  }
  return (rooted ? '/' : '') + out.join('/')
}

/** A file source over a map of path → text, for tests and for the page. */
export function mapFiles(files: Readonly<Record<string, string>>): FileSource {
  return {
    read: path => (Object.hasOwn(files, path) ? { ok: true, text: files[path] } : { ok: false, reason: 'there is no such file' }),
    glob: pattern => {
      const re = globToRegExp(pattern)
      return Object.keys(files)
        .filter(f => re.test(f))
        .sort()
    },
  }
}

/** Shell pattern → regular expression; `*` and `?` do not cross `/`. */
export function globToRegExp(pattern: string): RegExp {
  let out = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    if (c === '*') out += '[^/]*'
    else if (c === '?') out += '[^/]'
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 2)
      if (end < 0) out += '\\['
      else {
        const inside = pattern
          .slice(i + 1, end)
          .replace(/^[!^]/, '^')
          .replace(/\\/g, '\\\\')
        out += `[${inside}]`
        i = end
      }
    } else out += c.replace(/[.+^${}()|\\\]]/g, '\\$&')
  }
  return new RegExp(`^${out}$`)
}
