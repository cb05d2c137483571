/**
 * The user's own files become a run: a scenario with what it names; a lesson (*.lesson.yaml) with its scenario; or a
 * changed configuration of the scenario that is open, found by its file name. Nothing leaves the browser.
 */
import { t } from '../i18n/index.ts'
import { addLesson, currentLesson, leaveLesson, startLesson } from '../lessons/lessons.ts'
import type { ReadFiles } from '../share/read-files.ts'
import { notice, openFiles, opening, preset, run } from './app.ts'
import { editFile } from './edits.ts'

const LESSON = /\.lesson\.ya?ml$/

export async function openOwnFiles({ files, refused }: ReadFiles): Promise<void> {
  const said = [...refused]
  const names = Object.keys(files)
  const lesson = names.find(n => LESSON.test(n))
  const depth = (n: string): number => n.split('/').length
  const scenario = names.filter(n => /\.ya?ml$/.test(n) && !LESSON.test(n)).sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))[0]
  if (lesson !== undefined) {
    const wrong = await openLesson(lesson, files)
    if (wrong !== undefined) said.push(`${lesson}: ${wrong}`)
  } else if (scenario !== undefined) {
    leaveLesson()
    currentLesson.value = undefined
    preset.value = ''
    opening.value = false
    openFiles(files, scenario)
  } else if (names.length > 0 && !replaceInScenario(files)) said.push(t('drop.none'))
  if (said.length > 0) notice.value = said.slice(0, 5).join(' ')
}

async function openLesson(name: string, files: ReadFiles['files']): Promise<string | undefined> {
  const { parse } = await import('yaml')
  let raw: unknown
  try {
    raw = parse(files[name])
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error)
  }
  const wrong = addLesson(raw, files)
  if (wrong === undefined) await startLesson((raw as { id: string }).id)
  return wrong
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
