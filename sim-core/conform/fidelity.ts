/** docs/FIDELITY.md: what was compared, how near it came, and what holds each rule. Made of scores, never written by hand. */
import { FIDELITY_RULES, NOT_MODELLED } from './fidelity-rules.ts'
import { knownDifference } from './known-differences.ts'
import { MUTANTS } from './mutants.ts'
import { type CaseScore, totalsOf } from './score.ts'
import { TOLERANCE_LINES } from './tolerances.ts'
import { differenceText } from './text.ts'
import { errorsOf, timeErrors } from './time-errors.ts'

const FAMILIES: Readonly<Record<string, string>> = {
  vrrp: 'VRRP, recorded in virtual time',
  'vrrp-realtime': 'VRRP, recorded in real time and replayed in lockstep',
  'vrrp-drawn': 'VRRP with drawn parameters, recorded in real time and replayed in lockstep',
  'vrrp-drawn-virtual': 'VRRP with drawn parameters, recorded in virtual time',
  'vrrp-drawn-all': 'VRRP with drawn parameters, recorded in virtual time, all that were drawn',
  'vrrp-vmac-drawn': 'VRRP with virtual MACs and drawn parameters, recorded in virtual time, all that were drawn',
  'ipvs-drawn': 'IPVS and checkers with drawn parameters, recorded in virtual time',
  'checkers-drawn': 'Checkers with drawn parameters, recorded in virtual time, all that were drawn',
  'failovers-drawn': 'Whole failovers with drawn parameters, recorded in virtual time',
  ipvs: 'IPVS, checkers, TCP, whole labs, capacity',
}

/** Drawn recordings that were kept because they match: they guard against a step back, and measure nothing. */
const GUARDS = ['vrrp-drawn', 'vrrp-drawn-virtual', 'ipvs-drawn']
/** Drawn when what such recordings had taught was in, and kept whether they match or not. */
const MEASURES = ['vrrp-drawn-all', 'vrrp-vmac-drawn', 'checkers-drawn', 'failovers-drawn']

/** What was given, what guards and what measures, told apart. */
function toldApart(scores: readonly CaseScore[]): string {
  const guards = scores.filter(s => GUARDS.includes(familyOf(s)))
  const measures = scores.filter(s => MEASURES.includes(familyOf(s)))
  const given = scores.filter(s => !guards.includes(s) && !measures.includes(s))
  const ok = (of: readonly CaseScore[]): string => `${of.filter(s => s.ok).length} of ${of.length}`
  return `${ok(given)} without those with drawn parameters. Of these ${guards.length} were kept among those that match: they guard, and measure nothing. The others were drawn when what these had taught was in, and kept as they came: ${ok(measures)} match. The folders' READMEs say how many were drawn and what did not match.`
}

/** `directory` of the scores is relative to the folder of all recordings. */
export function fidelityMarkdown(scores: readonly CaseScore[]): string {
  const sorted = [...scores].sort((a, b) => (a.directory < b.directory ? -1 : 1))
  const { matched, total, kinds } = totalsOf(sorted)
  const lines = [
    '# Fidelity',
    '',
    'Recordings of real keepalived 2.2.7 and of the IPVS of Linux 6.1 are replayed with lvsim and compared line by line. This file is',
    'written by `lvsim conform --markdown`; a test fails when it is out of date.',
    '',
    strong(`${sorted.filter(s => s.ok).length} of ${sorted.length} recordings match entirely, ${matched} of ${total} events.`),
    '',
    toldApart(sorted),
    '',
    '## What counts as equal',
    '',
    ...TOLERANCE_LINES.map(l => `- ${l}`),
    '',
    '## By kind of event',
    '',
    '| kind | matched | of |',
    '|---|---|---|',
    ...Object.entries(kinds).map(([kind, k]) => `| ${kind} | ${k.matched} | ${k.total} |`),
    '',
    ...timeErrors(sorted).map(([what, e]) => `${what}: ${e.count} events, time error median ${us(e.medianS)}, worst ${us(e.worstS)}.\n`),
    '## Every recording',
    ...Object.entries(FAMILIES).flatMap(([family, title]) => familyTable(family, title, sorted)),
    ...differenceLines(sorted),
    ...ruleLines(),
    ...mutantLines(),
    '## Not modelled',
    '',
    ...NOT_MODELLED.map(l => `- ${l}`),
  ]
  return `${lines.join('\n')}\n`
}

const STRONG = '*'.repeat(2)
const strong = (text: string): string => `${STRONG}${text}${STRONG}`
const us = (s: number): string => `${Math.round(s * 1e6)} µs`
/** `…/ipvs/i01` → `ipvs`. */
const familyOf = (score: CaseScore): string => score.directory.split('/').at(-2) ?? ''
const nameOf = (score: CaseScore): string => score.directory.split('/').at(-1) ?? score.id

function familyTable(family: string, title: string, scores: readonly CaseScore[]): string[] {
  const own = scores.filter(s => familyOf(s) === family)
  if (own.length === 0) return []
  return [
    '',
    `### ${title}`,
    '',
    '| recording | shows | matched | worst time error |',
    '|---|---|---|---|',
    ...own.map(
      s =>
        `| ${nameOf(s)} | ${s.title.replace(/\|/g, '\\|')} | ${s.matched}/${s.total} | ${s.errorsS.length === 0 ? '' : us(errorsOf(s.errorsS).worstS)} |`,
    ),
  ]
}

function differenceLines(scores: readonly CaseScore[]): string[] {
  const differing = scores.filter(s => !s.ok)
  if (differing.length === 0) return ['']
  return [
    '',
    '## What differs',
    '',
    ...differing.flatMap(s => [
      `- ${s.directory.split('/').slice(-2).join('/')}: ${s.total - s.matched} of ${s.total}. ${knownDifference(s)?.reason ?? 'Not explained'}.`,
      ...(s.firstDifference === null ? [] : [`  First at ${differenceText(s.firstDifference)}.`]),
    ]),
    '',
  ]
}

function ruleLines(): string[] {
  return [
    '## Rules and what holds them',
    ...FIDELITY_RULES.flatMap(section => [
      '',
      `### ${section.title}`,
      '',
      ...section.rules.map(r => `- ${r.rule}: ${r.heldBy.join(', ')}`),
    ]),
    '',
  ]
}

function mutantLines(): string[] {
  return [
    '## Mutants',
    '',
    'Rules changed one at a time, and what notices (test/conform/mutants.test.ts changes each and replays its catcher).',
    '',
    '| changed | caught by |',
    '|---|---|',
    ...MUTANTS.map(m => `| ${m.change} | ${m.caughtBy} |`),
    '',
  ]
}
