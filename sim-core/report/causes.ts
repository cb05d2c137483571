/**
 * Every cause that a run can give, for people (docs/CAUSES.md) and for tools (`lvsim schema causes`), made from the tables that
 * the simulator itself uses, so that it cannot be out of date (test/report/reference.test.ts compares the file).
 */
import { CAUSE_INPUTS, CAUSE_RULES, type CauseRuleMeaning, type InputMeaning } from '../trace/contract.ts'

const RULES: Readonly<Record<string, CauseRuleMeaning>> = CAUSE_RULES
const INPUTS: Readonly<Record<string, InputMeaning>> = CAUSE_INPUTS

/** Rules by the beginning of their names. */
const SECTIONS: readonly (readonly [title: string, begins: RegExp])[] = [
  ['VRRP', /^vrrp-/],
  ['keepalived and its checkers', /^(keepalived|checker|host)-/],
  ['IPVS', /^(ipvs|entry|template)-/],
  ['Lost packets', /^loss-/],
  ['RST and ICMP', /^(rst|icmp)-/],
  ['Requests', /^request-/],
  ['Network and scenario', /./],
]

const UNITS: Readonly<Record<string, string>> = { bps: 'bit/s', hz: 'Hz', name: 'text', '': '–' }

const INTRODUCTION = `# Causes

Whatever happens in a run says why: in the story as a sentence, in \`lvsim run --json\` (\`story[].cause\`,
\`tables[].conns[].cause\`, \`requests[].why\`) and in the trace (\`--trace\`) as data:

\`\`\`json
{ "rule": "vrrp-master-down",
  "text": "no advert from 10.10.1.1 since 19.601817 s; 3 × 1 s + skew (256 − 101)/256 s = 3.605468 s",
  "source": "RFC 5798 §6.4.2; keepalived 2.2.7",
  "inputs": { "since_s": 19.601817, "adverts": 3, "advert_int_s": 1, "priority": 101, "skew_s": 0.605468, "master_down_s": 3.605468 },
  "arithmetic": "3 × 1 s + (256 − 101)/256 × 1 s = 3.605468 s" }
\`\`\`

\`rule\` is a stable name, \`inputs\` are numbers and names with the unit last in their key, \`arithmetic\` holds equations and
comparisons that can be worked out as they stand (\`null\` where nothing is calculated). Of lost packets, RSTs and ICMP errors the
first of each run is told, by place and reason; of IPVS's entries the first few of each service are followed step by step,
and every entry of a table that is listed has its cause. A cause may give more inputs than its rule asks for.

This page is made from the program's own tables: \`lvsim schema causes-markdown\` prints it, \`lvsim schema causes\` the same as JSON.
`

export const causesJson = () => ({ schema_version: 1, rules: RULES, inputs: INPUTS })

export function causesReference(): string {
  const taken = new Set<string>()
  const sections = SECTIONS.map(([title, begins]) => {
    const names = Object.keys(RULES).filter(name => begins.test(name) && !taken.has(name))
    for (const name of names) taken.add(name)
    return `## ${title}\n\n| Rule | What always holds | Source | Inputs |\n|---|---|---|---|\n${names.map(ruleRow).join('\n')}\n`
  })
  const inputs = Object.entries(INPUTS).map(([name, { unit, means }]) => `| \`${name}\` | ${UNITS[unit] ?? unit} | ${means} |`)
  return `${[INTRODUCTION, ...sections].join('\n')}\n## Inputs\n\n| Name | Unit | Meaning |\n|---|---|---|\n${inputs.join('\n')}\n`
}

function ruleRow(name: string): string {
  const { says, source, inputs, arithmetic } = RULES[name]
  return `| \`${name}\` | ${says} | ${source} | ${inputs.map(i => `\`${i}\``).join(', ')}${arithmetic === true ? '; arithmetic' : ''} |`
}
