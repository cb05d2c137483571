/**
 * Goal: docs/SCENARIOS.md says what the program accepts, docs/CAUSES.md what it explains.
 * `lvsim schema markdown > docs/SCENARIOS.md` and `lvsim schema causes-markdown > docs/CAUSES.md` bring them up to date.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { causesReference, scenarioReference } from '../../sim-core/index.ts'

it('docs/SCENARIOS.md is what `lvsim schema markdown` prints', () => {
  expect(readFileSync('docs/SCENARIOS.md', 'utf8')).toBe(scenarioReference())
})

it('docs/CAUSES.md is what `lvsim schema causes-markdown` prints', () => {
  expect(readFileSync('docs/CAUSES.md', 'utf8')).toBe(causesReference())
})
