/**
 * The folder of a sweep (`--out DIR`): what it is (sweep.json) and each finished run (runs.ndjson). Runs are appended
 * and flushed to the disk; whatever kills the process, a line is there or it is not, and the sweep goes on from what is
 * there. A run is known by the hash of its point and its number, so a folder may serve sweeps that overlap: what another
 * one has done is used, what belongs to another configuration or version is left alone.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem, Replicate, SweepDesign } from '../../sim-core/index.ts'
import { reasonOf } from '../files.ts'
import type { Shard } from '../shard.ts'
import { writeWhole } from '../write-file.ts'

export interface Manifest {
  readonly format: typeof FORMAT
  readonly engine: string
  readonly config: string
  readonly shard: Shard | null
  readonly design: SweepDesign
}

export interface StoredRun {
  readonly hash: string
  readonly replication: number
  readonly replicate: Replicate
}

const FORMAT = 1
const MANIFEST = 'sweep.json'
const RUNS = 'runs.ndjson'
/** Runs that end within so long are written together. */
const FLUSH_AFTER_MS = 50

export const manifestOf = (content: Omit<Manifest, 'format'>): Manifest => ({ format: FORMAT, ...content })

/** What a folder holds, or why that cannot be said. */
export function readManifest(folder: string): Manifest | Problem {
  const wrong = (message: string): Problem => ({
    at: { file: join(folder, MANIFEST), line: 1, column: 1 },
    severity: 'error',
    code: 'no-sweep',
    message,
    remedy: 'name folders that lvsim sweep --out DIR wrote',
  })
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest
    return manifest.format === FORMAT && Array.isArray(manifest.design?.points)
      ? manifest
      : wrong(`it is of format ${String(manifest.format)}, this version reads ${FORMAT}`)
  } catch (error) {
    return wrong(error instanceof SyntaxError ? 'it is not JSON' : `it cannot be read: ${reasonOf(error)}`)
  }
}

/** Every run in a folder; a line that was cut off by a crash is no run. */
export function readRuns(folder: string): StoredRun[] {
  let text = ''
  try {
    text = readFileSync(join(folder, RUNS), 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap(line => readLine(line) ?? [])
}

function readLine(line: string): StoredRun | undefined {
  try {
    const { h, r, v, ok, stopped } = JSON.parse(line) as Line
    if (typeof h !== 'string' || !Number.isSafeInteger(r) || !Array.isArray(v) || typeof ok !== 'string' || ok.length !== v.length)
      return undefined
    const replicate = { values: v, held: Array.from(ok, c => c === '1'), ...(stopped === undefined ? {} : { stopped }) }
    return { hash: h, replication: r, replicate }
  } catch {
    return undefined
  }
}

interface Line {
  readonly h: string
  readonly r: number
  readonly v: readonly (number | string | null)[]
  readonly ok: string
  readonly stopped?: string
}

const lineOf = ({ hash, replication, replicate: { values, held, stopped } }: StoredRun): string => {
  const line: Line = { h: hash, r: replication, v: values, ok: held.map(Number).join(''), ...(stopped === undefined ? {} : { stopped }) }
  return `${JSON.stringify(line)}\n`
}

/** Writes runs as they end. */
export class RunLog {
  private readonly file: number
  private readonly path: string
  private waiting: { readonly line: string; readonly written: () => void }[] = []
  private timer: NodeJS.Timeout | undefined
  /** What went wrong first; nothing is written after it. */
  problem: Problem | undefined

  private constructor(path: string, file: number) {
    this.path = path
    this.file = file
  }

  /** Opens the folder for a sweep, or says what is in the way. */
  static open(folder: string, manifest: Manifest): RunLog | Problem {
    const problem = writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`)
    if (problem !== undefined) return problem
    const path = join(folder, RUNS)
    try {
      mkdirSync(folder, { recursive: true })
      const log = new RunLog(path, openSync(path, 'a'))
      // What a crash left of a line must not run into the next one.
      if (endsWithin(path)) writeSync(log.file, '\n')
      return log
    } catch (error) {
      return cannotWrite(path, error)
    }
  }

  /** Resolves when the run is on the disk. */
  append(run: StoredRun): Promise<void> {
    return new Promise(written => {
      this.waiting.push({ line: lineOf(run), written })
      this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS)
    })
  }

  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const batch = this.waiting
    this.waiting = []
    try {
      if (this.problem === undefined && batch.length > 0) {
        const bytes = Buffer.from(batch.map(b => b.line).join(''))
        for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done)
        fsyncSync(this.file)
      }
    } catch (error) {
      this.problem = cannotWrite(this.path, error)
    }
    for (const { written } of batch) written()
  }

  close(): void {
    this.flush()
    closeSync(this.file)
  }
}

function endsWithin(path: string): boolean {
  const bytes = readFileSync(path)
  return bytes.length > 0 && bytes[bytes.length - 1] !== 0x0a
}

const cannotWrite = (path: string, error: unknown): Problem => ({
  at: { file: path, line: 1, column: 1 },
  severity: 'error',
  code: 'cannot-write',
  message: `it cannot be written: ${reasonOf(error)}`,
  remedy: 'name a folder with --out that you may write to, on a disk with room; what is there already is kept',
})
