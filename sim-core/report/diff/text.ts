/** The comparison of two runs for people and for tools. */
import { counted } from '../../metrics/index.ts'
import { type Cell, renderTable } from '../columns.ts'
import { type RunDocument, SCHEMA_VERSION } from '../json-schema.ts'
import type { Style } from '../style.ts'
import type { RunChange } from './compare.ts'

export interface ComparedRun {
  /** As the user named it. */
  readonly name: string
  readonly document: RunDocument
}

const WHAT: Readonly<Record<RunChange['kind'], string>> = {
  verdict: 'verdict',
  owner: 'owner',
  outage: 'longest outage',
  loss: 'loss',
  requests: 'requests',
  link: 'offered to link',
  expectation: 'expectation',
}

export function diffText(a: ComparedRun, b: ComparedRun, changes: readonly RunChange[], style: Style): string {
  const line = (letter: string, { name, document: d }: ComparedRun) =>
    `${letter}  ${name}: ${style.bold(d.scenario)}, seed ${d.seed}, digest ${d.digest}${d.stopped === null ? '' : ` (stopped early: ${d.stopped})`}\n`
  const head = line('A', a) + line('B', b)
  const digests = new Set([a, b].map(({ document: d }) => d.digest))
  if (changes.length === 0) {
    return `${head}\nNothing changed${digests.size === 1 ? ': both runs are the same to the last packet' : ' that a report would show; the digests differ'}.\n`
  }
  const rows = changes.map((c): (string | Cell)[] => {
    const paint = c.worse === undefined ? style.bold : c.worse ? style.bad : style.good
    return [c.where === '' ? 'run' : c.where, WHAT[c.kind], c.of, c.before, { text: c.after, paint }, mark(c)]
  })
  return `${head}\n${renderTable({ head: ['where', 'what', 'of', 'A', 'B', ''], align: 'llllll', rows }, style.dim)}\n\n${summary(changes)}\n`
}

const mark = ({ worse }: RunChange): string => (worse === undefined ? '' : worse ? 'worse' : 'better')

function summary(changes: readonly RunChange[]): string {
  const worse = changes.filter(c => c.worse === true).length
  const better = changes.filter(c => c.worse === false).length
  return `${counted(changes.length, 'change')}: ${worse} worse, ${better} better, ${changes.length - worse - better} neither.`
}

export const diffJson = (a: ComparedRun, b: ComparedRun, changes: readonly RunChange[]) => {
  const run = ({ name, document: d }: ComparedRun) => ({ name, scenario: d.scenario, seed: d.seed, digest: d.digest })
  return {
    schema_version: SCHEMA_VERSION,
    a: run(a),
    b: run(b),
    same: changes.length === 0,
    changes: changes.map(c => ({ ...c, worse: c.worse ?? null })),
  }
}
