/**
 * Goal: every rule finds its mistake, is silent about the near miss, and names a scenario that exists. Method: the tests
 * are made from the registry; a rule without a folder and a near miss fails.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../../sim-core/plan/index.ts'
import { checkFiles, edited, filesIn, folderOf } from './folders.ts'
import { NEAR_MISSES } from './near-misses.ts'

const rulesOf = (files: Record<string, string>, facts?: string): Set<string> => new Set(checkFiles(files, facts).findings.map(f => f.rule))

describe('the registry', () => {
  it('has at least thirty rules, each with a name of its own', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(30)
    expect(new Set(RULES.map(r => r.id)).size).toBe(RULES.length)
    for (const { id } of RULES) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
  })

  it('every rule has an example, and every example a rule', () => {
    expect(Object.keys(NEAR_MISSES).sort()).toEqual(RULES.map(r => r.id).sort())
  })

  it('a code of the reader belongs to one rule', () => {
    const codes = RULES.flatMap(r => r.codes ?? [])
    expect(new Set(codes).size).toBe(codes.length)
  })
})

describe.each(RULES.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  const files = filesIn(folderOf(id))
  const { edits = [], facts, otherFacts = facts } = NEAR_MISSES[id]

  it('finds its mistake, says where, and what to do', () => {
    const found = checkFiles(files, facts).findings.filter(f => f.rule === id)
    expect(found.length).toBeGreaterThan(0)
    for (const f of found) {
      expect(f.severity).toBe(rule.severity)
      expect(Object.keys(files)).toContain(f.at.file)
      expect(f.at.line).toBeGreaterThan(0)
      expect(f.message).not.toMatch(/\.$|undefined|NaN/)
      expect(f.fix).not.toMatch(/\.$|undefined/)
    }
  })

  it('is silent about the near miss', () => {
    expect([...rulesOf(edited(files, edits), otherFacts)]).not.toContain(id)
    expect(edits.length > 0 || otherFacts !== facts).toBe(true)
  })

  it('explains itself', () => {
    for (const text of [rule.title, rule.why, rule.fix, rule.source]) expect(text.length).toBeGreaterThan(10)
    expect(rule.title).not.toMatch(/\.$/)
    expect(rule.why).toMatch(/\.\)?$/)
  })

  if (rule.scenario !== undefined)
    it('its scenario exists and expects something', () => {
      expect(existsSync(rule.scenario as string)).toBe(true)
      expect(readFileSync(rule.scenario as string, 'utf8')).toMatch(/^expect:\n {2}- /m)
    })
})

it('a cluster without a mistake has no finding', () => {
  expect(checkFiles(filesIn('test/fixtures/check/well')).findings).toEqual([])
})
