/** Findings as text: what is wrong and where, what to write instead, what shows the consequence. Tested in test/report/check.test.ts. */
import type { Finding } from '../../plan/index.ts'
import { ruleNamed } from '../../plan/index.ts'
import { wrap } from '../columns.ts'
import type { Style } from '../style.ts'

const COLUMNS = 118
/** Findings that share a rule and a fix beyond this many are left to --json. */
const ALIKE_MAX = 6

/** Findings with the same rule and the same fix together, the fix once. */
export function findingsText(findings: readonly Finding[], style: Style): string {
  const groups = new Map<string, Finding[]>()
  for (const f of findings) {
    const key = `${f.severity} ${f.rule} ${f.fix}`
    groups.set(key, [...(groups.get(key) ?? []), f])
  }
  return [...groups.values()].map(alike => alikeText(alike, style)).join('\n')
}

function alikeText(alike: readonly Finding[], style: Style): string {
  const [first] = alike
  const scenario = ruleNamed(first.rule)?.scenario
  const shown = alike.length <= ALIKE_MAX + 1 ? alike : alike.slice(0, ALIKE_MAX)
  const more = alike.length - shown.length
  return [
    ...shown.map(f => placeText(f, style)),
    ...(more === 0 ? [] : [`  … and ${more} more of them, in --json`]),
    `    ${wrap(first.fix, COLUMNS - 4, '    ')}`,
    ...(scenario === undefined || first.severity === 'note' ? [] : [style.dim(`    lvsim run ${scenario} shows what follows`)]),
  ].join('\n')
}

function placeText(f: Finding, style: Style): string {
  const paint = f.severity === 'error' ? style.bad : f.severity === 'warning' ? style.warn : style.dim
  return `  ${f.at.file}:${f.at.line}:${f.at.column}: ${style.bold(paint(`${f.severity}[${f.rule}]`))}: ${f.message}`
}
