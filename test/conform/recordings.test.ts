/**
 * Goal: lvsim does what real keepalived and the real kernel did. A recording that matched must go on matching, and
 * docs/FIDELITY.md must say what is true now.
 * Method: every recording is replayed and compared line by line; what is not reproduced is listed with its reason.
 */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { conform } from '../../sim-core/index.ts'
import { casesOf, FAMILIES, recordings } from './files.ts'

const scores: conform.CaseScore[] = []

describe.each(FAMILIES)('recordings of %s', family => {
  it.each(casesOf(family))('%s matches, or differs as listed', directory => {
    const { score, problems } = conform.replayDirectory(recordings, directory)
    expect(problems).toEqual([])
    if (score === undefined) throw new Error(`${directory} cannot be read`)
    scores.push(score)
    const known = conform.knownDifference(score)
    expect(score.ok || known !== undefined, score.differences.slice(0, 3).map(conform.differenceText).join('\n')).toBe(true)
    expect(score.total).toBeGreaterThan(0)
  })
})

describe('all recordings together', () => {
  it('match to at least 95 % of cases and 98 % of each kind of event', () => {
    expect(scores.filter(s => s.ok).length).toBeGreaterThanOrEqual(0.95 * scores.length)
    for (const [kind, { matched, total }] of Object.entries(conform.totalsOf(scores).kinds))
      expect(matched / total, kind).toBeGreaterThanOrEqual(0.98)
  })

  it('are exact in time: VRRP median under 0.05 ms and worst under 1 ms; in lockstep median under 5 ms', () => {
    const [[, virtual], [, lockstep]] = conform.timeErrors(scores)
    expect(virtual.count).toBeGreaterThan(10_000)
    expect(virtual.medianS).toBeLessThan(0.00005)
    expect(virtual.worstS).toBeLessThan(0.001)
    expect(lockstep.medianS).toBeLessThan(0.005)
  })

  it('lists no difference that is gone', () => {
    for (const known of conform.KNOWN_DIFFERENCES)
      expect(scores.find(s => s.directory === known.directory)?.ok, known.directory).toBe(false)
  })

  it('stand in docs/FIDELITY.md as they are now (lvsim conform --markdown writes it)', () => {
    expect(readFileSync('docs/FIDELITY.md', 'utf8')).toBe(conform.fidelityMarkdown(scores))
  })
})

afterAll(() => {
  scores.length = 0
})
