/**
 * Goal: what docs/FIDELITY.md says holds a rule exists, and a case whose difference is listed may not differ in more.
 * Method: names are looked up; scores by hand.
 */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { conform } from '../../sim-core/index.ts'
import { casesOf, FAMILIES } from './files.ts'

describe('docs/FIDELITY.md', () => {
  it('names recordings and tests that exist', () => {
    const names = new Set(FAMILIES.flatMap(casesOf).flatMap(d => [d, d.replace(/^(vrrp|ipvs)\//, '')]))
    const missing = conform.FIDELITY_RULES.flatMap(s => s.rules)
      .flatMap(r => r.heldBy)
      .filter(held => !(held.endsWith('.test.ts') ? existsSync(`test/${held}`) : names.has(held)))
    expect(missing).toEqual([])
  })

  it('holds every recording by at least one rule or by its family’s', () => {
    const held = new Set(conform.FIDELITY_RULES.flatMap(s => s.rules).flatMap(r => r.heldBy))
    const families = new Set([...held].map(h => h.replace(/^.*\//, '').replace(/\d.*$/, '')))
    for (const directory of casesOf('ipvs')) expect(families).toContain(directory.replace(/^.*\//, '').replace(/\d.*$/, ''))
  })
})

describe('a listed difference', () => {
  const [known] = conform.KNOWN_DIFFERENCES
  const score = (kinds: conform.CaseScore['kinds']): conform.CaseScore => ({
    id: 'x',
    directory: `recordings/${known.directory}`,
    title: '',
    group: 'e2e',
    lockstep: false,
    ok: false,
    matched: 0,
    total: 0,
    kinds,
    differences: [],
    firstDifference: null,
    errorsS: [],
    notCompared: {},
  })

  it('covers what it names and no more', () => {
    expect(conform.knownDifference(score({ conn: { matched: 97, total: 100 } }))).toBe(known)
    expect(conform.knownDifference(score({ conn: { matched: 90, total: 100 } }))).toBeUndefined()
    expect(conform.knownDifference(score({ conn: { matched: 99, total: 100 }, advert: { matched: 1, total: 2 } }))).toBeUndefined()
  })
})
