/**
 * The user's own files become a run: a scenario with what it names; or a changed configuration of the scenario that is
 * open, found by its file name. Nothing leaves the browser.
 */
import { t } from '../i18n/index.ts'
import { currentLesson, leaveLesson } from '../lessons/lessons.ts'
import { notice, openFiles, opening, preset, run } from './app.ts'
import { editFile } from './edits.ts'
import type { ReadFiles } from '../share/read-files.ts'

export function openOwnFiles({ files, refused }: ReadFiles): void {
  const said = [...refused]
  const names = Object.keys(files)
  const scenario = names.filter(n => /\.ya?ml$/.test(n)).sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0]
  if (scenario !== undefined) {
    leaveLesson()
    currentLesson.value = undefined
    preset.value = ''
    opening.value = false
    openFiles(files, scenario)
  } else if (names.length > 0 && !replaceInScenario(files)) said.push(t('drop.none'))
  if (said.length > 0) notice.value = said.slice(0, 5).join(' ')
}

/** `b1.keepalived.conf` dropped on a scenario that has `conf/b1.keepalived.conf`. */
function replaceInScenario(files: Readonly<Record<string, string>>): boolean {
  const there = Object.keys(run.peek()?.files ?? {})
  let replaced = false
  for (const [name, text] of Object.entries(files)) {
    const base = name.split('/').pop()
    const path = there.find(p => p.split('/').pop() === base)
    if (path === undefined) continue
    editFile(path, text)
    replaced = true
  }
  return replaced
}
