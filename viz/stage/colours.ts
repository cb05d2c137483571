/** A colour a director, the same everywhere on the page; by its place among the directors, not by its name. */
import { run } from '../state/app.ts'

const COLOURS = 6

export function hostColour(name: string): string {
  const hosts = run.peek()?.cluster.peek()?.hosts ?? []
  const directors = hosts.filter(h => h.role === 'director')
  const i = directors.findIndex(h => h.name === name)
  return i < 0 ? 'var(--ink-3)' : `var(--host-${(i % COLOURS) + 1})`
}
