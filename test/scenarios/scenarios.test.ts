/**
 * Goal: every scenario that ships does what its header works out by hand. Method: each is run and all that it expects
 * must hold; the answers that the three capacity questions come to are compared too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileSource } from '../../sim-core/base/files.ts'
import { formatProblem } from '../../sim-core/base/problem.ts'
import { simulate } from '../../sim-core/compile/index.ts'
import { makeReport, type Report, tableInstants } from '../../sim-core/report/index.ts'
import { loadScenario } from '../../sim-core/scenario/index.ts'

const FOLDERS = ['scenarios/coursework', 'scenarios/capacity']
const files = FOLDERS.flatMap(folder =>
  readdirSync(folder)
    .filter(f => f.endsWith('.yaml'))
    .map(f => join(folder, f)),
)
const disk: FileSource = { read: path => ({ ok: true, text: readFileSync(path, 'utf8') }), glob: () => [] }
/** The capacity scenarios are minutes of 1.5 Gbit/s on a busy machine. */
const LONG_MS = 600_000

const reports = new Map<string, Report>()

function reportOf(file: string): Report {
  const known = reports.get(file)
  if (known !== undefined) return known
  const { model, problems } = loadScenario(file, disk)
  expect(problems.map(formatProblem)).toEqual([])
  if (model === undefined) throw new Error(`${file} has no model`)
  const report = makeReport(model, simulate(model, { tablesAtNs: tableInstants(model) }))
  reports.set(file, report)
  return report
}

describe('scenarios', () => {
  it.each(files)(
    '%s: everything that it expects holds',
    file => {
      const { model, verdicts } = reportOf(file)
      expect(verdicts.filter(v => !v.ok).map(v => `${v.expectation.text}: ${v.observed}, ${v.reason}`)).toEqual([])
      expect(verdicts.length).toBeGreaterThan(0)
      expect(model.about.length).toBeGreaterThan(100)
    },
    LONG_MS,
  )

  it(
    'three VIPs do not suffice, and the answer says what would',
    () => {
      const { answer } = reportOf('scenarios/capacity/three-vips.yaml')
      expect(answer.verdict).toBe('DEGRADED')
      expect(answer.sentence).toMatch(
        /^with b1 lost, b2 has 2 of 3 VIPs .* 2 × 0\.5 Gbit\/s = 1 Gbit\/s of IP, which is 102\.\d % of the wire rate/,
      )
      expect(answer.remedy).toMatch(/^4 VIPs with the orders /)
    },
    LONG_MS,
  )

  it.each(['four-vips', 'six-vips'])(
    '%s suffice, and with two real servers their links are named as a limit',
    name => {
      const { answer } = reportOf(`scenarios/capacity/${name}.yaml`)
      expect(answer.verdict).toBe('HOLDS')
      expect(answer.notes.join('\n')).toMatch(/The real servers' links.*switch→s[12] and switch→s[12] at 7[67]\.\d % throughout/)
    },
    LONG_MS,
  )

  it(
    'with six real servers the balancers are the limit again',
    () => {
      expect(reportOf('scenarios/capacity/four-vips-six-servers.yaml').answer.notes.join('\n')).not.toContain("servers' links")
    },
    LONG_MS,
  )
})
