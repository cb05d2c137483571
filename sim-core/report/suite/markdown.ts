/** A suite as Markdown: GitHub's step summary, or a comment. */
import { trimmed } from '../../metrics/index.ts'
import { countEntries, type SuiteEntry } from './entry.ts'
import type { Commands } from './text.ts'

/** GitHub refuses summaries above 1 MiB; the failures come first, and beyond this the rest is counted. */
const FAILURES_MAX = 100

const WORDS: Readonly<Record<SuiteEntry['state'], string>> = {
  passed: '✅ passed',
  failed: '❌ failed',
  'wrong-input': '⚠️ wrong input',
  interrupted: '⏹ not finished',
  broken: '💥 lvsim broke',
}

export function suiteMarkdown(entries: readonly SuiteEntry[], commands: Commands): string {
  const c = countEntries(entries)
  const head = `## lvsim: ${c.failed + c.unjudged === 0 ? `all ${c.passed} scenarios hold` : `${c.failed + c.unjudged} of ${entries.length} scenarios do not hold`}\n`
  const rows = entries.map(e => {
    const held = e.checks.filter(x => x.state === 'held').length
    const answer = e.answer === undefined ? (e.problems[0]?.message ?? e.stopped ?? '') : `${e.answer.verdict}: ${e.answer.sentence}`
    return `| ${WORDS[e.state]} | ${cell(e.file)} | ${held}/${e.checks.length} | ${cell(answer)} | ${trimmed(e.wallS, 1)} s |`
  })
  const table = `| | scenario | held | answer | time |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
  const failures = entries.flatMap(entry => entry.checks.filter(x => x.failure !== undefined).map(check => ({ entry, check })))
  const told = failures.slice(0, FAILURES_MAX).map(({ entry, check }) => {
    const f = check.failure as NonNullable<typeof check.failure>
    const cause = f.cause === undefined ? '' : `- cause: ${cell(f.cause)}\n`
    return `### ${cell(`${check.at.file}:${check.at.line}`)} ${cell(check.text)}\n\n- happened: ${cell(f.happened)}\n- at: ${cell(f.when)}\n${cause}\n\`\`\`\n${commands.repeat(entry)}\n${commands.look(entry, f.lookNs)}\n\`\`\`\n`
  })
  const rest = failures.length > told.length ? [`… and ${failures.length - told.length} more.\n`] : []
  return [head, table, ...told, ...rest].join('\n')
}

const cell = (text: string): string =>
  text
    .replace(/[\\`*_<>[\]|]/g, c => `\\${c}`)
    .split('\n')
    .join('<br>')
