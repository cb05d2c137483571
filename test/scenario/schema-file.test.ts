/** Goal: the JSON Schema that editors use is the one the code has, and every scenario names it in its first line. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scenarioJsonSchema } from '../../sim-core/scenario/index.ts'

const FILE = 'scenarios/scenario.schema.json'
const scenarios = readdirSync('scenarios', { recursive: true, encoding: 'utf8' })
  .filter(f => f.endsWith('.yaml'))
  .map(f => join('scenarios', f))

describe(FILE, () => {
  it('is up to date: `node bin/lvsim.mjs schema > scenarios/scenario.schema.json` makes it', () => {
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())))
  })

  it.each(scenarios)('%s names it in its first line', file => {
    const schema = relative(dirname(file), FILE)
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}`)
  })
})
