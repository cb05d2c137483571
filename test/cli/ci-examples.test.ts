/**
 * Goal: the workflow and the jobs in docs/ci work as they are. Method: their lvsim commands are taken out of the YAML and
 * run in a repository like the one that they are for, with what the CI system would set.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { parse } from 'yaml'
import { lvsim } from './lvsim.ts'

const SCHEMA = readFileSync('test/fixtures/junit.xsd', 'utf8')
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-ci-'))
  cpSync('scenarios/coursework/conf', join(folder, 'scenarios/conf'), { recursive: true })
  for (const name of ['inactconn', 'failover-crash']) cpSync(`scenarios/coursework/${name}.yaml`, join(folder, `scenarios/${name}.yaml`))
  mkdirSync(join(folder, 'conf'))
  for (const b of ['b1', 'b2']) cpSync(`scenarios/coursework/conf/${b}.keepalived.conf`, join(folder, `conf/${b}.keepalived.conf`))
  // One promise of one of them is not kept.
  const crash = join(folder, 'scenarios/failover-crash.yaml')
  writeFileSync(crash, readFileSync(crash, 'utf8').replace('is: 23..24', 'is: 3'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `npx lvsim …` lines of any depth. */
function commandsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split('\n').filter(line => line.startsWith('npx lvsim '))
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(commandsIn) : []
}
const run = (command: string, env: Record<string, string>) =>
  lvsim(
    command
      .replace(/ > \S+$/, '')
      .split(' ')
      .slice(2),
    { CI: 'true', ...env },
    { cwd: folder },
  )
async function expectJunit(): Promise<void> {
  const contents = readFileSync(join(folder, 'lvsim.xml'), 'utf8')
  expect((await validateXML({ xml: [{ fileName: 'lvsim.xml', contents }], schema: [SCHEMA] })).errors).toEqual([])
}

describe('docs/ci', () => {
  it('github.yml: both shards, annotations, summary, findings', async () => {
    const workflow = parse(readFileSync('docs/ci/github.yml', 'utf8'))
    const [test, check] = commandsIn(workflow.jobs)
    const { shard } = workflow.jobs.scenarios.strategy.matrix
    const summary = join(folder, 'summary.md')
    writeFileSync(summary, '')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
    const shares = []
    for (const i of shard) shares.push(await run(test.replace(/\$\{\{ matrix\.shard \}\}/, i), env))
    expect(shares.map(s => s.code).sort()).toEqual([0, 1])
    expect(shares.map(s => s.stdout).join()).toContain('::error file=scenarios/failover-crash.yaml,line=33,')
    expect(readFileSync(summary, 'utf8')).toMatch(/## lvsim: 1 of 1 scenarios do not hold/)
    await expectJunit()
    const findings = await run(check, env)
    expect([findings.code, JSON.parse(findings.stdout).version]).toEqual([0, '2.1.0'])
  })
  it('gitlab.yml: shares by the job’s environment, JUnit and code quality', async () => {
    const jobs = parse(readFileSync('docs/ci/gitlab.yml', 'utf8'))
    const [test, check] = commandsIn(jobs)
    const codes = []
    const findings = []
    for (let i = 1; i <= jobs['lvsim-scenarios'].parallel; i++) {
      codes.push((await run(test, { CI_NODE_INDEX: String(i), CI_NODE_TOTAL: String(jobs['lvsim-scenarios'].parallel) })).code)
      findings.push(...JSON.parse(readFileSync(join(folder, 'gl-code-quality-report.json'), 'utf8')))
      await expectJunit()
    }
    expect(codes.sort()).toEqual([0, 1])
    expect(findings.map(f => f.location.path)).toEqual(['scenarios/failover-crash.yaml'])
    expect((await run(check, {})).code).toBe(0)
  })
})
