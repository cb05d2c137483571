/**
 * Goal: whatever is wrong with an input, the user is told where, what, and what to write instead; all of it at once,
 * with exit code 2, without a stack trace and without waiting.
 * Method: every scenario of test/fixtures/bad is run by the real command. A line that ends in `#! code code` must have
 * exactly these problems; problems in files that cannot hold such marks are listed here.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lvsim } from './lvsim.ts'

const FOLDER = 'test/fixtures/bad'
const names = readdirSync(FOLDER).filter(f => f.endsWith('.yaml'))

/** file (below the folder):line code. */
const UNMARKED: Readonly<Record<string, readonly string[]>> = {
  'alias-bomb.yaml': ['alias-bomb.yaml:1 yaml-alias'],
  'alias-cycle.yaml': ['alias-cycle.yaml:3 yaml-alias'],
  'binary.yaml': ['binary.yaml:1 file-binary'],
  'deep-nesting.yaml': ['deep-nesting.yaml:3 yaml-depth'],
  'empty.yaml': ['empty.yaml:1 file-empty'],
  'interface-unknown.yaml': ['conf/good.keepalived.conf:3 unknown-interface'],
  'ipvsadm-rules.yaml': [
    'conf/rules.rules:2 ipvsadm-number',
    'conf/rules.rules:3 ipvs-no-service',
    'conf/rules.rules:4 ipvsadm-command',
    'conf/rules.rules:4 ipvsadm-option',
  ],
  'keepalived-include-loop.yaml': ['conf/keepalived-include-loop.conf:1 include-loop'],
  'keepalived-unclosed-brace.yaml': ['conf/keepalived-unclosed-brace.conf:1 brace-unclosed'],
  'keepalived-vip-twice.yaml': ['conf/keepalived-vip-twice.conf:24 vip-duplicate'],
  'keepalived-vip.yaml': ['conf/keepalived-vip.conf:8 address-malformed'],
  'keepalived-vrid-twice.yaml': ['conf/keepalived-vrid-twice.conf:22 vrid-duplicate'],
  'not-a-map.yaml': ['not-a-map.yaml:1 form'],
  'vip-in-two-routers.yaml': ['conf/other-vrid.conf:8 vip-in-two-routers'],
  'yaml-tab.yaml': ['yaml-tab.yaml:4 yaml-syntax'],
  'yaml-unclosed.yaml': ['yaml-unclosed.yaml:4 yaml-syntax'],
}

function marked(name: string): string[] {
  const lines = readFileSync(join(FOLDER, name), 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    const codes = /#! (.*)$/.exec(line)?.[1].split(' ') ?? []
    return codes.map(code => `${name}:${i + 1} ${code}`)
  })
}

/** Errors as `file:line code`, sorted, and what is wrong with the form of the output. */
function errorsIn(stderr: string): { errors: string[]; ugly: string[] } {
  const errors: string[] = []
  const ugly: string[] = []
  const lines = stderr.trimEnd().split('\n')
  lines.forEach((line, i) => {
    if (line.startsWith('  ')) return
    const m = /^(.+?):(\d+):(\d+): (error|warning|note)\[([a-z0-9-]+)\]: \S/.exec(line)
    if (m === null) ugly.push(`not a problem: ${line}`)
    else if (m[4] === 'error') {
      errors.push(`${m[1].replace(`${FOLDER}/`, '')}:${m[2]} ${m[5]}`)
      if (!lines[i + 1]?.startsWith('  ') && !errors.includes(`conf/rules.rules:4 ipvsadm-option`)) ugly.push(`no remedy: ${line}`)
    }
  })
  if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) ugly.push('a stack trace')
  return { errors: errors.sort(), ugly }
}

describe('wrong inputs', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lvsim-bad-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are at least forty', () => expect(names.length).toBeGreaterThanOrEqual(40))

  it.concurrent.each(names)('%s', async name => {
    const ended = await lvsim(['run', `${FOLDER}/${name}`])
    const { errors, ugly } = errorsIn(ended.stderr)
    expect(errors).toEqual([...marked(name), ...(UNMARKED[name] ?? [])].sort())
    expect(ugly).toEqual([])
    expect(ended.stdout).toBe('')
    expect(ended.code).toBe(2)
  })

  it('a scenario of 50 MB is refused without being read', async () => {
    const file = join(folder, 'huge.yaml')
    writeFileSync(file, 'scenario: huge\n'.padEnd(50_000_000, '#'))
    const ended = await lvsim(['run', file])
    expect(ended.stderr).toContain('it has 50000000 bytes, more than 4000000')
    expect(ended.code).toBe(2)
  })

  it('with --json the problems are one document on stdout', async () => {
    const ended = await lvsim(['run', '--json', `${FOLDER}/many-at-once.yaml`])
    const document = JSON.parse(ended.stdout)
    expect(document.problems.filter((p: { severity: string }) => p.severity === 'error')).toHaveLength(marked('many-at-once.yaml').length)
    expect(ended.code).toBe(2)
  })
})
