/**
 * Goal: every scenario that ships does what its header works out by hand. Method: each is run by the command as a user
 * would, and all that it expects must hold; the answers that the capacity questions come to are compared too.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunDocument } from '../../sim-core/report/index.ts'
import { lvsim } from '../cli/lvsim.ts'

const FOLDERS = ['scenarios/coursework', 'scenarios/capacity']
const files = FOLDERS.flatMap(folder =>
  readdirSync(folder)
    .filter(f => f.endsWith('.yaml'))
    .map(f => join(folder, f)),
)
/** The capacity scenarios are a minute of 1.5 Gbit/s each. */
const LONG_MS = 600_000

const runs = new Map<string, Promise<RunDocument>>()

/** Each scenario is run once, whichever tests look at it. */
function documentOf(file: string): Promise<RunDocument> {
  const known = runs.get(file)
  if (known !== undefined) return known
  const run = lvsim(['run', file, '--json']).then(ended => JSON.parse(ended.stdout) as RunDocument)
  runs.set(file, run)
  return run
}

describe('scenarios', () => {
  it.each(files)(
    '%s: everything that it expects holds',
    async file => {
      const { problems, verdicts } = await documentOf(file)
      expect(problems).toEqual([])
      expect(verdicts.filter(v => !v.ok)).toEqual([])
      expect(verdicts.length).toBeGreaterThan(0)
    },
    LONG_MS,
  )

  it(
    'three VIPs do not suffice, and the answer says what would',
    async () => {
      const { answer } = await documentOf('scenarios/capacity/three-vips.yaml')
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
    async name => {
      const { answer } = await documentOf(`scenarios/capacity/${name}.yaml`)
      expect(answer.verdict).toBe('HOLDS')
      expect(answer.notes.join('\n')).toMatch(/The real servers' links.*switch→s[12] and switch→s[12] at 7[67]\.\d % throughout/)
    },
    LONG_MS,
  )

  it(
    'with six real servers the balancers are the limit again',
    async () => {
      const { answer } = await documentOf('scenarios/capacity/four-vips-six-servers.yaml')
      expect(answer.notes.join('\n')).not.toContain("servers' links")
    },
    LONG_MS,
  )
})
