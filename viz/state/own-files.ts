/**
 * The user's own files become a run: a scenario with what it names; a lesson (*.lesson.yaml) with its scenario; a changed
 * configuration of the scenario that is open, found by its file name; or the keepalived.conf files of a cluster, for which
 * a first scenario is written. Nothing leaves the browser.
 */
import { t } from '../i18n/index.ts'
import { addLesson, currentLesson, leaveLesson, startLesson } from '../lessons/lessons.ts'
import type { ReadFiles } from '../share/read-files.ts'
import { notice, openFiles, opening, preset, run } from './app.ts'
import { askDesk } from './desk.ts'
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
  } else if (names.length > 0) {
    // Whoever is still at the opening question has not chosen the scenario behind it.
    const replaced = !opening.peek() && replaceInScenario(files)
    if (!replaced) said.push(...(await openConfigurations(files)))
  }
  if (said.length > 0) notice.value = said.slice(0, 5).join(' ')
}

/** keepalived.conf of each host, without a scenario: what could not be read is said. */
async function openConfigurations(files: ReadFiles['files']): Promise<string[]> {
  const { opened, problems } = await askDesk({ kind: 'starter', files })
  const wrong = problems.filter(p => p.severity === 'error').map(p => `${p.at.file}:${p.at.line}:${p.at.column} ${p.message}.`)
  if (opened === undefined) return wrong.length > 0 ? wrong : [t('drop.none')]
  leaveLesson()
  currentLesson.value = undefined
  preset.value = ''
  opening.value = false
  openFiles(opened.files, opened.scenario)
  return [t('drop.starter')]
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
