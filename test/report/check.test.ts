/** Goal: the checker's reports say what must be said (issue 6, must show 5), JSON and SARIF have the form that tools rely on. */
import { describe, expect, it } from 'vitest'
import { compareChecks, RULES, ruleNamed } from '../../sim-core/plan/index.ts'
import type { Rule } from '../../sim-core/plan/index.ts'
import { checkJson, checkSarif, checkText, comparisonText, explainText, PLAIN, rulesJson, rulesText } from '../../sim-core/report/index.ts'
import { showDuration, showRatio } from '../../sim-core/metrics/index.ts'
import { checkFiles, edited, filesIn } from '../plan/check/folders.ts'

const FACTS = 'link: 1Gbit\ntraffic: 1.5Gbit'
const three = filesIn('scenarios/capacity/conf/three-vips')
const result = checkFiles(three, FACTS)
const WORDS = { ratio: showRatio, time: showDuration }

describe('text', () => {
  const text = checkText(result, PLAIN)

  it('owners, takeovers, loads, findings, proposal, answer', () => {
    expect(text).toMatch(/55 +10\.10\.1\.10 +b1 +b1 > b2 > b3 +b2: 2\.605 s to 3\.605 s +605\.5 ms +b3: 2\.609 s to 3\.609 s/)
    expect(text).toMatch(/^ +b1 +– +2: 102\.5 % +1: 51\.3 % +too much$/m)
    expect(text).toContain('error[link-overloaded]: when b1 is lost, b2 carries 10.10.1.10, 10.10.1.20: 102.5 % of its link')
    expect(text).toMatch(/4 VIPs: at most 76\.9 %[\s\S]*6 VIPs: at most 51\.3 %/)
    expect(text.trimEnd().split('\n').pop()).toMatch(/^DOES NOT HOLD: 3 of 4 failure sets do not hold \(lost: b1, b2, b3\)/)
  })

  it('without facts there are no loads, and it says what to give', () => {
    const bare = checkText(checkFiles(three), PLAIN)
    expect(bare).toContain('no loads: give --traffic and --link')
    expect(bare).toMatch(/^HOLDS: every VIP has one owner, while all live and after any 1 loss/m)
  })

  it('who has a VIP twice, and who has none', () => {
    const twice = checkText(checkFiles(filesIn('scenarios/lint/auth-mismatch')), PLAIN)
    expect(twice).toContain('two have 10.10.1.10 (b1, b2)')
    const none = checkText(checkFiles(filesIn('scenarios/lint/sync-group-spread')), PLAIN)
    expect(none).toContain('nobody has 10.10.1.10, 10.10.1.20')
  })
})

describe('JSON', () => {
  it('hosts, vips, matrix, findings', () => {
    const d = JSON.parse(JSON.stringify(checkJson(result)))
    expect(d).toMatchObject({
      schema_version: 1,
      hosts: ['b1', 'b2', 'b3'],
      vips: ['10.10.1.10', '10.10.1.20', '10.10.1.30'],
      holds: false,
    })
    expect(d.matrix).toHaveLength(1 + 3 + 3)
    const row = d.matrix.find((r: { failed: string[] }) => r.failed.join() === 'b1')
    expect(row.owners).toEqual({ '10.10.1.10': 'b2', '10.10.1.20': 'b2', '10.10.1.30': 'b3' })
    expect(row.links['switch→b2'].offered).toBeCloseTo(((1.5 * 1538) / 1500) * (2 / 3), 12)
    expect(row.takeovers['10.10.1.10']).toEqual({ from: 'b1', to: 'b2', crash_s: { least: 2.605468, most: 3.605468 }, stop_s: 0.605468 })
    expect(row.holds).toBe(false)
    expect(Object.keys(d.findings[0]).sort()).toEqual(['column', 'file', 'fix', 'line', 'message', 'rule', 'severity'])
  })
})

describe('SARIF', () => {
  interface Run {
    tool: { driver: { rules: { id: string; shortDescription: { text: string } }[] } }
    results: {
      ruleId: string
      ruleIndex: number
      level: string
      message: { text: string }
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; startColumn: number } } }[]
    }[]
  }

  it('2.1.0: every result has a rule of the driver, a level, a place from 1', () => {
    const sarif = JSON.parse(JSON.stringify(checkSarif(result, '0.1.0'))) as { version: string; runs: Run[] }
    expect(sarif.version).toBe('2.1.0')
    const [run] = sarif.runs
    expect(run.results).toHaveLength(result.findings.length)
    for (const r of run.results) {
      expect(run.tool.driver.rules[r.ruleIndex].id).toBe(r.ruleId)
      expect(['error', 'warning', 'note']).toContain(r.level)
      const { artifactLocation, region } = r.locations[0].physicalLocation
      expect(artifactLocation.uri).toMatch(/^[^/].*\.conf$/)
      expect(Math.min(region.startLine, region.startColumn)).toBeGreaterThanOrEqual(1)
    }
    expect(new Set(run.tool.driver.rules.map(r => r.id)).size).toBe(run.tool.driver.rules.length)
  })

  it('names with characters that mean something in a URI', () => {
    const [name] = Object.keys(three)
    const odd = checkFiles({ 'b #1?.keepalived.conf': three[name], 'b2.keepalived.conf': three['b2.keepalived.conf'] }, FACTS)
    const { runs } = JSON.parse(JSON.stringify(checkSarif(odd, '0.1.0'))) as { runs: Run[] }
    const uris = runs[0].results.map(r => r.locations[0].physicalLocation.artifactLocation.uri)
    expect(uris).toContain('b%20%231%3F.keepalived.conf')
  })
})

describe('what changed', () => {
  const changed = edited(three, [{ host: 'b3', from: 'priority 100', to: 'priority 103' }])

  it('ownership, takeovers, loads and findings in each failure set', () => {
    const comparison = compareChecks(result, checkFiles(changed, FACTS), WORDS)
    expect(comparison.changes).toContainEqual({ failed: [], kind: 'owner', of: '10.10.1.10', before: 'b1', after: 'b3' })
    expect(comparison.changes).toContainEqual({ failed: [], kind: 'load', of: 'switch→b3', before: '51.3 %', after: '153.8 %' })
    expect(comparison.introduced.map(f => f.rule)).toContain('idle-balancer')
    const text = comparisonText(comparison, 'old', PLAIN)
    expect(text).toMatch(/nobody +owner +10\.10\.1\.10 +b1 +b3/)
  })

  it('nothing, and says so', () => {
    const comparison = compareChecks(result, checkFiles(three, FACTS), WORDS)
    expect(comparison).toEqual({ changes: [], fixed: [], introduced: [] })
    expect(comparisonText(comparison, 'old', PLAIN)).toContain('nothing changes')
  })

  it('a host and a VIP that come and go', () => {
    const { 'b3.keepalived.conf': _, ...two } = three
    const { changes } = compareChecks(result, checkFiles(two, FACTS), WORDS)
    expect(changes).toContainEqual({ failed: [], kind: 'host', of: 'b3', before: 'there', after: 'gone' })
  })
})

describe('rules', () => {
  it('are listed and explained', () => {
    expect(rulesText(PLAIN).trimEnd().split('\n')).toHaveLength(RULES.length + 1)
    expect(rulesJson()).toHaveLength(RULES.length)
    const text = explainText(ruleNamed('vip-lists-differ') as Rule, PLAIN)
    expect(text).toMatch(/^vip-lists-differ \(error\): /)
    for (const word of ['why', 'fix', 'source', 'lvsim run scenarios/lint/vip-lists-differ/scenario.yaml']) expect(text).toContain(word)
  })
})
