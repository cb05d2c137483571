/**
 * Findings as SARIF 2.1.0 (OASIS), the form that code scanning of GitHub and others takes. Tested in
 * test/report/check.test.ts against what the format asks for.
 */
import type { CheckResult, Finding } from '../../plan/index.ts'
import { RULES, ruleNamed } from '../../plan/index.ts'

const LEVELS = { error: 'error', warning: 'warning', note: 'note' } as const

export function checkSarif({ findings }: CheckResult, version: string): object {
  const ids = [...new Set([...RULES.map(r => r.id), ...findings.map(f => f.rule)])]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'lvsim', version, rules: ids.map(ruleJson) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(f => resultJson(f, ids.indexOf(f.rule))),
      },
    ],
  }
}

function ruleJson(id: string): object {
  const rule = ruleNamed(id)
  if (rule === undefined) return { id, shortDescription: { text: `keepalived.conf: ${id}` } }
  const scenario = rule.scenario === undefined ? '' : ` \`lvsim run ${rule.scenario}\` shows it.`
  return {
    id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why} ${rule.fix}. Source: ${rule.source}.${scenario}` },
    defaultConfiguration: { level: LEVELS[rule.severity] },
  }
}

function resultJson(f: Finding, ruleIndex: number): object {
  const region = { startLine: f.at.line, startColumn: f.at.column }
  return {
    ruleId: f.rule,
    ruleIndex,
    level: LEVELS[f.severity],
    message: { text: `${f.message}. ${f.fix}.` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(f.at.file) }, region } }],
    partialFingerprints: { 'lvsim/v1': `${f.rule}:${f.message}` },
  }
}

/** A relative URI reference; characters that have a meaning in URIs are escaped. */
const uriOf = (file: string): string => encodeURI(file.replace(/^\.\//, '')).replaceAll('#', '%23').replaceAll('?', '%3F')
