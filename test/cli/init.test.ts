/** Goal: `lvsim init` gives a newcomer a scenario that passes, for files of their own or an example, and takes nothing away. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lvsim } from './lvsim.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-init-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const inside = (...args: string[]) => lvsim(args, {}, { cwd: folder })

describe('lvsim init', () => {
  it('from nothing writes an example that passes, and whose test notices a change', async () => {
    const ended = await inside('init', 'lab')
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toMatch(
      /^Written: lab\/b1\.keepalived\.conf, lab\/b2\.keepalived\.conf, lab\/scenario\.yaml \(8 expectations, all hold\)\nNext:\n {2}lvsim run lab\/scenario\.yaml {2}/,
    )
    expect((await inside('test', 'lab')).code).toBe(0)
    const conf = join(folder, 'lab/b2.keepalived.conf')
    writeFileSync(conf, readFileSync(conf, 'utf8').replace('priority 100', 'priority 200'))
    const failed = await inside('test', 'lab')
    expect(failed.code).toBe(1)
    expect(failed.stdout).toContain('vip.owner of 10.0.0.100, at 13 s: b1')
  })
  it('for a folder of keepalived.conf files writes one file beside them', async () => {
    cpSync('scenarios/coursework/conf/nat', join(folder, 'mine'), { recursive: true })
    expect((await inside('init', 'mine', '--name', 'first.yaml')).stdout).toMatch(
      /^Written: mine\/first\.yaml \(12 expectations, all hold\)\n/,
    )
    expect(readdirSync(join(folder, 'mine'))).toEqual(['b1.keepalived.conf', 'b2.keepalived.conf', 'first.yaml'])
    expect((await inside('test', 'mine')).code).toBe(0)
  })
  it('replaces nothing without --force', async () => {
    cpSync('scenarios/coursework/conf/nat', join(folder, 'kept'), { recursive: true })
    writeFileSync(join(folder, 'kept/scenario.yaml'), 'mine')
    const ended = await inside('init', 'kept')
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain('kept/scenario.yaml:1:1: error[file-exists]: it would be overwritten\n  give --name')
    expect(readFileSync(join(folder, 'kept/scenario.yaml'), 'utf8')).toBe('mine')
    expect((await inside('init', 'kept', '--force')).code).toBe(0)
    expect(readFileSync(join(folder, 'kept/scenario.yaml'), 'utf8')).toContain('scenario: ')
  })
  it('tells what is wrong with the files, and writes nothing then', async () => {
    cpSync('scenarios/coursework/conf/nat', join(folder, 'broken'), { recursive: true })
    const conf = join(folder, 'broken/b1.keepalived.conf')
    writeFileSync(conf, readFileSync(conf, 'utf8').replace('172.28.128.200\n', '172.28.128.300\n'))
    const ended = await inside('init', 'broken')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('broken/b1.keepalived.conf:25:9: error[address-malformed]')
    expect(readdirSync(join(folder, 'broken'))).toEqual(['b1.keepalived.conf', 'b2.keepalived.conf'])
    expect((await inside('init', 'broken/b1.keepalived.conf')).stderr).toContain('it is a file')
  })
})
