/** Windows of the run; `run`, the whole, always exists and stands first. */
import type { Draft } from './draft.ts'
import { byText } from './draft.ts'
import type { WindowModel } from './model.ts'

export const WHOLE = 'run'

export function buildWindows(draft: Draft): WindowModel[] {
  const durationNs = draft.raw.duration
  const windows: WindowModel[] = []
  for (const [name, { fromNs, toNs }] of Object.entries(draft.raw.windows ?? {})) {
    const path = ['windows', name]
    if (name === WHOLE) draft.reporter.errorAtKey(path, 'name', '`run` is always the whole run', 'give the window another name')
    const end = toNs === Number.POSITIVE_INFINITY ? durationNs : toNs
    if (fromNs >= durationNs || end > durationNs)
      draft.reporter.error(
        path,
        'after-end',
        `it reaches beyond the end of the run at ${durationNs / 1e9} s`,
        'write an earlier end, `..end`, or a longer `duration`',
      )
    else windows.push({ name, fromNs, toNs: end })
  }
  windows.sort((a, b) => a.fromNs - b.fromNs || a.toNs - b.toNs || byText(a.name, b.name))
  return [{ name: WHOLE, fromNs: 0, toNs: durationNs }, ...windows]
}
