/**
 * Goal: the tables of rules and inputs say what they must: every rule has a sentence, a source that can be looked up, and
 * inputs whose units stand in their names; every reason to drop, reset or refuse a packet has a rule; nothing is dead.
 * Method: the tables themselves, the recordings on disk, the sources that name the rules.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DROP_REASONS, DROP_RULES } from '../../sim-core/net/index.ts'
import { CAUSE_INPUTS, CAUSE_RULES, type CauseRuleMeaning } from '../../sim-core/trace/contract.ts'

const rules = Object.entries<CauseRuleMeaning>(CAUSE_RULES)
const FAMILIES = ['ipvs', 'vrrp']
const sources = readdirSync('sim-core', { recursive: true, encoding: 'utf8' })
  .filter(f => f.endsWith('.ts') && !f.startsWith('trace/causes'))
  .map(f => readFileSync(`sim-core/${f}`, 'utf8'))
  .join('\n')

describe('a rule', () => {
  it.each(rules)('%s says what always holds, from where, and what goes in', (name, { says, source, inputs }) => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(says.length).toBeGreaterThan(10)
    expect(says).not.toMatch(/\.$/)
    expect(source.length).toBeGreaterThan(3)
    expect(inputs.length).toBeGreaterThan(0)
    expect(inputs.filter(i => !(i in CAUSE_INPUTS))).toEqual([])
    expect(new Set(inputs).size).toBe(inputs.length)
  })

  it('is named somewhere in the simulator: none is left over', () => {
    expect(rules.map(([name]) => name).filter(name => !sources.includes(`'${name}'`))).toEqual([])
  })

  it('cites recordings and documents that are there', () => {
    const cited = rules.flatMap(([name, { source }]) =>
      Array.from(source.matchAll(/\b[a-z]\d\d[a-e]?\b/g), m => ({ name, recording: m[0] })),
    )
    expect(cited.length).toBeGreaterThan(30)
    expect(cited.filter(c => !FAMILIES.some(f => existsSync(`test/conformance/${f}/${c.recording}`)))).toEqual([])
    const documents = rules.flatMap(([, { source }]) => source.match(/docs\/\w+\.md/g) ?? [])
    expect(documents.filter(d => !existsSync(d))).toEqual([])
  })
})

describe('an input', () => {
  it.each(Object.entries(CAUSE_INPUTS))('%s has a meaning, and its unit last in its name', (name, { unit, means }) => {
    expect(means.length).toBeGreaterThan(3)
    const ending = /_(s|bytes|bps|packets)$/.exec(name)?.[1]
    if (['s', 'bytes', 'bps', 'packets'].includes(unit) && name !== 'hz') expect(ending).toBe(unit)
    else if (!name.endsWith('_per_s')) expect(ending).toBeUndefined()
  })

  it('is used somewhere: none is left over', () => {
    const named = new Set(rules.flatMap(([, { inputs }]) => inputs as readonly string[]))
    const given = Object.keys(CAUSE_INPUTS).filter(i => !named.has(i))
    expect(given.filter(i => !new RegExp(`\\b${i}\\b`).test(sources))).toEqual([])
  })
})

describe('a lost packet', () => {
  it('has a rule for each reason that there is', () => {
    for (const reason of DROP_REASONS) expect(CAUSE_RULES, reason).toHaveProperty([DROP_RULES[reason]])
    expect(Object.keys(DROP_RULES)).toEqual([...DROP_REASONS])
  })
})
