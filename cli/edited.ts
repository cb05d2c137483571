/** A scenario's text with --set and --seed written into it, for the page, which runs what it is given. */
import { parseDocument } from 'yaml'
import { readOverride } from '../sim-core/index.ts'

export interface Edits {
  readonly set?: readonly string[]
  readonly seed?: number
}

/** The scenario was loaded with the same edits and without an error before. Comments stay. */
export function editedScenario(text: string, { set = [], seed }: Edits): string {
  if (set.length === 0 && seed === undefined) return text
  const document = parseDocument(text)
  for (const one of set) {
    const read = readOverride(one)
    if ('path' in read) document.setIn(read.path, document.createNode(read.value))
  }
  if (seed !== undefined) document.set('seed', seed)
  return document.toString({ lineWidth: 0 })
}
