/** All rules over a checked cluster → findings, in the order of files and lines. Tested in test/plan/check/rules.test.ts. */
import type { Problem } from '../../base/problem.ts'
import type { Checked, Finding, Rule } from './rule.ts'
import { RULES } from './rules/index.ts'

const SEVERITIES = ['error', 'warning', 'note'] as const
/** A cluster of a hundred hosts with one mistake everywhere is told about it this often. */
const FINDINGS_PER_RULE_MAX = 25

export function lint(checked: Checked, problems: readonly Problem[], rules: readonly Rule[] = RULES): Finding[] {
  const findings = [...problems.map(p => fromReader(p, rules)), ...rules.flatMap(rule => ofRule(rule, checked))]
  const files = checked.cluster.hosts.map(h => h.files.conf)
  const rank = (file: string): number => (files.indexOf(file) + 1 || files.length + 1) - 1
  return findings.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      rank(a.at.file) - rank(b.at.file) ||
      compare(a.at.file, b.at.file) ||
      a.at.line - b.at.line ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function ofRule(rule: Rule, checked: Checked): Finding[] {
  const found: Finding[] = []
  rule.check?.(checked, (at, message, fix) => {
    if (found.length >= FINDINGS_PER_RULE_MAX) return
    const seen = found.some(f => f.at.file === at.file && f.at.line === at.line && f.message === message)
    if (!seen) found.push({ rule: rule.id, severity: rule.severity, at, message, fix: fix ?? rule.fix })
  })
  return found
}

/** A warning of the reader is a finding: of the rule that names its code, else of a rule of that code. */
function fromReader(problem: Problem, rules: readonly Rule[]): Finding {
  const rule = rules.find(r => r.codes?.includes(problem.code))
  return {
    rule: rule?.id ?? problem.code,
    severity: rule?.severity ?? problem.severity,
    at: problem.at,
    message: problem.message,
    fix: problem.remedy ?? rule?.fix ?? 'see keepalived.conf(5)',
  }
}
