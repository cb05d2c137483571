/**
 * Goal: whatever is in the files, check answers: with what is wrong, or with a report that has no hole in it. Method:
 * configurations of the repository with lines that were lost, doubled, swapped or overwritten.
 */
import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { checkCluster, filesOfFolder } from '../../../sim-core/plan/index.ts'
import { checkJson, checkSarif, checkText, PLAIN } from '../../../sim-core/report/index.ts'
import { factsOf, filesIn } from './folders.ts'

const FOLDERS = readdirSync('scenarios/lint').map(name => join('scenarios/lint', name))
const WORDS = [
  '0',
  '-1',
  '256',
  '1.5',
  '10.0.0.1',
  'fd00::1/64',
  'MASTER',
  'nopreempt',
  '$A',
  '@b1',
  '"',
  '{',
  '}',
  'virtual_server',
  'weight',
]

interface Change {
  readonly kind: 'drop' | 'double' | 'swap' | 'word'
  readonly line: number
  readonly other: number
  readonly word: string
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('drop', 'double', 'swap', 'word'),
  line: fc.nat(200),
  other: fc.nat(200),
  word: fc.constantFrom(...WORDS),
})

function changed(text: string, changes: readonly Change[]): string {
  const lines = text.split('\n')
  for (const { kind, line, other, word } of changes) {
    // Without its braces a file is refused: most changes leave them alone.
    const plain = lines.flatMap((l, at) => (/[{}]/.test(l) ? [] : [at]))
    const [i, j] = [plain[line % plain.length], plain[other % plain.length]]
    if (kind === 'drop' && plain.length > 1) lines.splice(i, 1)
    else if (kind === 'double') lines.splice(i, 0, lines[j])
    else if (kind === 'swap') [lines[i], lines[j]] = [lines[j], lines[i]]
    else if (kind === 'word') lines[i] = lines[i].replace(/\S+$/, word)
  }
  return lines.join('\n')
}

it('changed files are judged or refused, and the report has no hole', () => {
  const cluster = fc.record({
    folder: fc.constantFrom(...FOLDERS),
    changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    facts: fc.boolean(),
  })
  let judged = 0
  fc.assert(
    fc.property(cluster, ({ folder, changes, facts }) => {
      const files = filesIn(folder)
      const [first] = Object.keys(files)
      files[first] = changed(files[first], changes)
      const { hosts } = filesOfFolder(Object.keys(files))
      const checked = checkCluster({ hosts, files: mapFiles(files), ...(facts ? { facts: factsOf('link: 1Gbit\ntraffic: 1.5Gbit') } : {}) })
      if (!checked.ok) {
        expect(checked.problems.some(p => p.severity === 'error')).toBe(true)
        return
      }
      judged++
      const text = checkText(checked.result, PLAIN)
      expect(text).not.toMatch(/undefined|NaN|\[object|Infinity/)
      expect(text).toMatch(/^(HOLDS|DOES NOT HOLD|MISCONFIGURED|ONE HOST|NO VIP): /m)
      const json = [checkJson(checked.result), checkSarif(checked.result, '0.1.0')]
      expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    }),
    { numRuns: 150 },
  )
  expect(judged).toBeGreaterThan(50)
})
