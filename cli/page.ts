/**
 * The built page: where it is, and making it when this is a checkout. `page` is the folder that `lvsim view` serves,
 * `single` the one-file form that `lvsim run --html` fills.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FileSource, type Problem, resolvePath } from '../sim-core/index.ts'
import { type Edits, editedScenario } from './edited.ts'
import { filesBeside } from './files.ts'
import { writeWhole } from './write-file.ts'

const dist = dirname(fileURLToPath(import.meta.url))
const root = dirname(dist)
const SOURCES = ['viz', 'sim-core', 'scenarios', 'vite.config.ts', 'package.json']

/** The scenario and what it names, as the page takes them. */
export interface Opened {
  readonly scenario: string
  readonly files: Readonly<Record<string, string>>
}

/** Folder or file of the built page; in a checkout it is built first when a source is newer. */
export async function builtPage(kind: 'page' | 'single'): Promise<string> {
  const index = join(dist, kind, 'index.html')
  if (existsSync(join(root, 'viz/main.tsx')) && isStale(index)) {
    process.stderr.write('building the page …\n')
    await build(kind)
  }
  if (!existsSync(index)) throw new Error(`the page is missing from this installation (${index})`)
  return kind === 'single' ? index : dirname(index)
}

/** In a folder of its own, then renamed into place: two commands started at once never see half of a page. */
async function build(kind: 'page' | 'single'): Promise<void> {
  const vite = await import('vite')
  const [fresh, old] = [join(dist, `.${kind}-${process.pid}`), join(dist, `.${kind}-${process.pid}-old`)]
  try {
    await vite.build({
      configFile: join(root, 'vite.config.ts'),
      root: join(root, 'viz'),
      mode: kind === 'single' ? 'single' : 'production',
      logLevel: 'error',
      build: { outDir: fresh },
    })
    if (existsSync(join(dist, kind))) renameSync(join(dist, kind), old)
    renameSync(fresh, join(dist, kind))
  } catch (error) {
    // Another command was faster, and its page is as new as ours.
    if (isStale(join(dist, kind, 'index.html'))) throw error
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  }
}

function isStale(index: string): boolean {
  const built = statSync(index, { throwIfNoEntry: false })
  return built === undefined || SOURCES.some(s => newest(join(root, s)) > built.mtimeMs)
}

function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map(name => newest(join(path, name))))
}

/** A source that remembers what was read through it, and where from. */
export function rememberingFiles(scenario: string): { readonly source: FileSource; readonly opened: (edits?: Edits) => Opened } {
  const inner = filesBeside(scenario)
  const files: Record<string, string> = {}
  const name = (path: string): string =>
    resolvePath('x', path)
      .replace(/^(\.\.\/)+/, '')
      .replace(/^\//, '')
  return {
    source: {
      read: path => {
        const found = inner.read(path)
        if (found.ok) files[name(path)] = found.text
        return found
      },
      glob: pattern => inner.glob(pattern),
    },
    opened: (edits = {}) => {
      const main = name(scenario)
      return { scenario: main, files: { ...files, [main]: editedScenario(files[main] ?? '', edits) } }
    },
  }
}

/** The whole run in one file: the page with the scenario written into it. Markup in it stays text. */
export async function writeHtml(path: string, opened: Opened): Promise<Problem | undefined> {
  const page = readFileSync(await builtPage('single'), 'utf8')
  const data = JSON.stringify(opened).replace(/</g, '\\u003c')
  return writeWhole(
    path,
    page.replace(EMPTY, () => EMPTY.replace('></', () => `>${data}</`)),
  )
}

const EMPTY = '<script type="application/json" id="lvsim-opened"></script>'
