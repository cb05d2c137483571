/**
 * Goal: every scenario that ships does what its header works out by hand. Method: one `lvsim test` of them all, as a
 * user would; all that they expect must hold; the answers that the capacity questions come to are compared too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TestDocument } from '../../sim-core/report/index.ts'
import { lvsim } from '../cli/lvsim.ts'

const files = readdirSync('scenarios', { recursive: true, encoding: 'utf8' })
  .filter(f => f.endsWith('.yaml'))
  .map(f => join('scenarios', f))
  .filter(f => /^expect:/m.test(readFileSync(f, 'utf8')))
  .sort()
/** The capacity scenarios are a minute of 1.5 Gbit/s each. */
const LONG_MS = 600_000

let suite: TestDocument
beforeAll(async () => {
  const ended = await lvsim(['test', '--json'], {}, { timeoutMs: LONG_MS })
  expect(ended.stderr).toBe('')
  suite = JSON.parse(ended.stdout)
}, LONG_MS)

type Entry = TestDocument['scenarios'][number]
const entryOf = (file: string): Entry => suite.scenarios.find(s => s.file === file) as Entry
const answerOf = (file: string) => entryOf(file).answer as NonNullable<Entry['answer']>

describe('scenarios', () => {
  it('are all tested', () => {
    expect(suite.scenarios.map(s => s.file)).toEqual(files)
  })

  it.each(files)('%s: everything that it expects holds', file => {
    const { problems, verdicts } = entryOf(file)
    // What scenarios/lint shows are configurations that keepalived itself warns of.
    const shown = file.startsWith(join('scenarios', 'lint')) ? problems.filter(p => p.severity === 'error') : problems
    expect(shown).toEqual([])
    expect(verdicts.filter(v => !v.ok)).toEqual([])
    expect(verdicts.length).toBeGreaterThan(0)
  })

  it('three VIPs do not suffice, and the answer says what would', () => {
    const answer = answerOf('scenarios/capacity/three-vips.yaml')
    expect(answer.verdict).toBe('DEGRADED')
    expect(answer.sentence).toMatch(
      /^with b1 lost, b2 has 2 of 3 VIPs .* 2 × 0\.5 Gbit\/s = 1 Gbit\/s of IP, which is 102\.\d % of the wire rate/,
    )
    expect(answer.remedy).toMatch(/^4 VIPs with the orders /)
  })

  it.each(['four-vips', 'six-vips'])('%s suffice, and with two real servers their links are named as a limit', name => {
    const answer = answerOf(`scenarios/capacity/${name}.yaml`)
    expect(answer.verdict).toBe('HOLDS')
    expect(answer.notes.join('\n')).toMatch(/The real servers' links.*switch→s[12] and switch→s[12] at 7[67]\.\d % throughout/)
  })

  it('with six real servers the balancers are the limit again', () => {
    expect(answerOf('scenarios/capacity/four-vips-six-servers.yaml').notes.join('\n')).not.toContain("servers' links")
  })
})
