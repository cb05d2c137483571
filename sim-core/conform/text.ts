/** What `lvsim conform` prints: a line a case, the first difference of each that has one, totals by kind, the tolerances. */
import { showTime } from './compare/words.ts'
import { knownDifference } from './known-differences.ts'
import type { CaseScore, Difference } from './score.ts'
import { totalsOf } from './score.ts'
import { TOLERANCE_LINES } from './tolerances.ts'
import { timeErrors } from './time-errors.ts'

/** How text is made to stand out; report/style.ts has the same shape. */
export interface TextStyle {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
}

export function differenceText(d: Difference): string {
  return `${showTime(d.tS)}, ${d.kind}: expected ${d.expected}; got ${d.got} (${d.rule})`
}

export function conformText(scores: readonly CaseScore[], style: TextStyle): string {
  const lines = scores.flatMap(score => caseLines(score, style))
  const { matched, total, kinds } = totalsOf(scores)
  const whole = scores.filter(s => s.ok).length
  lines.push('', style.bold('By kind of event'))
  for (const [kind, k] of Object.entries(kinds))
    lines.push(`  ${kind.padEnd(12)}${`${k.matched}/${k.total}`.padStart(12)}  ${share(k.matched, k.total)}`)
  lines.push('', style.bold('What counts as equal'), ...TOLERANCE_LINES.map(l => `  ${l}`), '')
  for (const [what, errors] of timeErrors(scores)) {
    if (errors.count > 0)
      lines.push(`Time errors, ${what}: median ${ms(errors.medianS)}, worst ${ms(errors.worstS)} over ${errors.count} events`)
  }
  const answer = `${whole} of ${scores.length} ${scores.length === 1 ? 'recording matches' : 'recordings match'}, ${matched} of ${total} events`
  lines.push(whole === scores.length ? style.good(style.bold(answer)) : style.bold(answer))
  return `${lines.join('\n')}\n`
}

function caseLines(score: CaseScore, style: TextStyle): string[] {
  const known = score.ok ? undefined : knownDifference(score)
  const mark = score.ok ? style.good('ok  ') : known === undefined ? style.bad('FAIL') : style.warn('diff')
  const counts = `${score.matched}/${score.total}`
  const lines = [`${mark} ${score.directory.padEnd(24)} ${counts.padStart(11)}  ${score.title}`]
  if (score.firstDifference !== null) lines.push(style.dim(`       first at ${differenceText(score.firstDifference)}`))
  if (known !== undefined) lines.push(style.dim(`       known: ${known.reason}`))
  return lines
}

const share = (matched: number, total: number): string =>
  total === 0 ? '' : `${(Math.floor((matched / total) * 10_000) / 100).toFixed(2)} %`
const ms = (s: number): string => `${(s * 1e3).toFixed(3)} ms`
