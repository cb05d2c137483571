/**
 * Goal: scripts can rely on what the process ends with. Method: the built command, once for each code; our own bug is
 * provoked from outside, by a clock that throws, so that nothing in the program is there for the test.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environment, lvsim, program } from './lvsim.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-exit-'))
  for (const [name, is] of [
    ['holds', '0'],
    ['fails', '"> 5 %"'],
    ['wrong', 'much'],
  ])
    writeFileSync(join(folder, `${name}.yaml`), scenario(`[{ metric: traffic.loss, is: ${is} }]`))
  // Of the hundred packets of a second about two are lost: a bound of 2 % is met by some seeds and missed by others.
  writeFileSync(
    join(folder, 'close.yaml'),
    scenario('[{ metric: traffic.loss, is: "<= 2 %" }]', 2, '1.2Mbit', '\nlinks: { default: { loss: 1 % } }'),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const scenario = (expectations: string, durationS = 2, rate = '1Mbit', more = '') =>
  `scenario: two hosts\nduration: ${durationS}s${more}\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }\ntraffic: { t: { from: a, to: "10.0.0.2:5000", start: 0s, stop: ${durationS - 1}s, udp: { rate: ${rate} } } }\nexpect: ${expectations}\n`
const inside = (...args: string[]) => lvsim(args, {}, { cwd: folder })

describe('exit codes', () => {
  it.each(['run', 'test'])('0, 1 and 2 of %s', async command => {
    const codes = await Promise.all(['holds', 'fails', 'wrong'].map(async name => (await inside(command, `${name}.yaml`)).code))
    expect(codes).toEqual([0, 1, 2])
  })
  it('3 when a sweep cannot tell', async () => {
    const ended = await inside('sweep', 'close.yaml', '--seeds', '4')
    expect([ended.code, ended.stderr]).toEqual([3, ''])
  })
  it.each(['run', 'test'])('70 of %s for a bug of ours, with what repeats it and without a loss of words', async command => {
    const broken =
      'data:text/javascript,let calls=0;const now=performance.now.bind(performance);performance.now=()=>{if(++calls>2)throw new RangeError("provoked");return now()}'
    const args = ['--import', broken, await program(), command, 'holds.yaml']
    const ended = await new Promise<{ code: number | null; text: string }>(resolve => {
      const child = execFile(process.execPath, args, { cwd: folder, env: environment() }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, text: stdout + stderr }),
      )
    })
    expect(ended.text).toContain('RangeError: provoked')
    expect(ended.text).toMatch(/lvsim (?:run|test) holds\.yaml/)
    expect(ended.code).toBe(70)
  })
  // 130: adversity.test.ts and suite.test.ts, where it matters what is kept.
})
