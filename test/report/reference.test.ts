/** Goal: docs/SCENARIOS.md says what the program accepts. `lvsim schema markdown > docs/SCENARIOS.md` brings it up to date. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { scenarioReference } from '../../sim-core/index.ts'

it('docs/SCENARIOS.md is what `lvsim schema markdown` prints', () => {
  expect(readFileSync('docs/SCENARIOS.md', 'utf8')).toBe(scenarioReference())
})
