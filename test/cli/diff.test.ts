/**
 * Goal: `lvsim diff` says what a change alters in the words of the report, and nothing when nothing changed. Method: the
 * coursework's crash, with the crash moved and with a balancer's priority changed, as scenarios and as documents.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lvsim } from './lvsim.ts'

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-diff-'))
  cpSync('scenarios/coursework', join(folder, 'a'), { recursive: true })
  cpSync('scenarios/coursework', join(folder, 'b'), { recursive: true })
  const conf = join(folder, 'b/conf/b2.keepalived.conf')
  writeFileSync(conf, readFileSync(conf, 'utf8').replace('priority 50', 'priority 150'))
  writeFileSync(join(folder, 'a.json'), (await inside('run', 'a/failover-crash.yaml', '--json')).stdout)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const inside = (...args: string[]) => lvsim(args, {}, { cwd: folder })

/** Cells of the table's rows. */
const rows = (stdout: string) =>
  stdout
    .split('\n')
    .filter(line => line.startsWith('  '))
    .slice(1)
    .map(line => line.trim().split(/ {2,}/))

describe('lvsim diff', () => {
  it('a run and its document are the same', async () => {
    const ended = await inside('diff', 'a.json', 'a/failover-crash.yaml')
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toContain('Nothing changed: both runs are the same to the last packet.')
  })
  it('a changed priority: who owns the VIP, how long it is without an owner, and which expectations fail', async () => {
    const ended = await inside('diff', 'a.json', 'b/failover-crash.yaml')
    expect(ended.code).toBe(1)
    const found = rows(ended.stdout)
    expect(found.filter(r => r[1] === 'expectation').map(r => r[2])).toEqual([
      'requests.failed of curl, window change: 23..24',
      'requests.retried of curl, window change: 33..34',
      'vip.owner of 172.28.128.200, window first: b1',
      'vip.owner of 172.28.128.200, at 28.7 s: b1',
      'vip.outage of 172.28.128.200, window change: 3.364s ± 1ms',
      'vip.unserved of 172.28.128.200, window change: 3.45s ± 60ms',
    ])
    expect(found).toContainEqual(['first', 'owner', '172.28.128.200', 'b1', 'b2'])
    expect(found).toContainEqual(['change', 'longest outage', '172.28.128.200', '3.364 s', '0 s', 'better'])
    expect(ended.stdout).toMatch(/\n\d+ changes: 6 worse, \d+ better, \d+ neither\.\n$/)
  })
  it('one scenario with and without --set, as JSON', async () => {
    const ended = await inside('diff', 'a/failover-crash.yaml', '--set', 'events[0].at=15.2s', '--json')
    const document = JSON.parse(ended.stdout)
    expect([ended.code, document.same, document.b.name]).toEqual([1, false, 'a/failover-crash.yaml --set events[0].at=15.2s'])
    // The same advert was the last, so b2 takes over at the same time and the outage is 0.15 s shorter.
    expect(document.changes).toContainEqual({
      ...{ kind: 'outage', where: 'change', of: '172.28.128.200' },
      ...{ before: '3.364 s', after: '3.214 s', worse: false },
    })
  })
  it('--worse fails only when something got worse', async () => {
    const shorter = ['diff', 'a/failover-crash.yaml', '--set', 'duration=40s', '--worse']
    expect((await inside(...shorter)).code).toBe(0)
    expect((await inside('diff', 'a.json', 'b/failover-crash.yaml', '--worse')).code).toBe(1)
  })
  it.each([
    [['a.json'], 'give two runs to compare'],
    [['a.json', 'a.json', '--set', 'seed=2'], '--set needs a scenario'],
    [['a.json', 'nowhere.json'], 'nowhere.json:1:1: error[file-missing]'],
    [['a.json', 'nowhere.yaml'], 'nowhere.yaml:1:1: error[file-missing]'],
    [['other.json', 'a.json'], 'other.json:1:1: error[no-run]: it is no run of lvsim'],
    [['half.json', 'a.json'], 'half.json:1:1: error[json]: it is no JSON'],
  ])('%j is wrong input', async (args, message) => {
    writeFileSync(join(folder, 'other.json'), '{"schema_version":1,"matched":3}')
    writeFileSync(join(folder, 'half.json'), '{"schema_version":1,')
    const ended = await inside('diff', ...args)
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain(message)
  })
})
