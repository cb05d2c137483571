/**
 * Goal: no text and no bytes make a reader crash, hang, or touch Object.prototype. Method: a little of it in every test
 * run, always the same; `npm run fuzz` reads ten million bytes with each reader (FUZZ_BYTES, FC_SEED), in a small heap,
 * counts CPU time for each input, and leaves the input under way in a file, in case a reader never comes back.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Reader, READERS } from './readers.ts'

const FULL_BYTES = Number(process.env['FUZZ_BYTES'] ?? 0)
const QUICK_RUNS = 50
const ROUND_RUNS = 500
/** Of readers whose inputs are long. */
const INPUTS_MIN = 4000
const CPU_MAX_S = 1
const SEED = fc.readConfigureGlobal().seed ?? 0

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
const untouched = (): string => prototypes.map(p => Object.getOwnPropertyNames(p).length).join()
const before = untouched()

async function one(reader: Reader, input: string | Uint8Array): Promise<void> {
  if (FULL_BYTES > 0) writeFileSync(join(tmpdir(), `lvsim-fuzz-${reader.name.replace(/\W+/g, '-')}`), input)
  const begun = process.cpuUsage()
  const complaint = await reader.read(input as never)
  const { user, system } = process.cpuUsage(begun)
  expect(complaint).toBeUndefined()
  expect(untouched()).toBe(before)
  if (FULL_BYTES > 0) expect((user + system) / 1e6, 'CPU seconds').toBeLessThan(CPU_MAX_S)
}

describe('readers', () => {
  it.each(READERS)('$name', { timeout: 7_200_000 }, async reader => {
    const inputs = await reader.inputs()
    let bytes = 0
    let count = 0
    const property = fc.asyncProperty(inputs, async input => {
      bytes += input.length
      count++
      await one(reader, input)
    })
    if (FULL_BYTES === 0) return fc.assert(property, { numRuns: QUICK_RUNS })
    for (let round = 0; bytes < FULL_BYTES || count < INPUTS_MIN; round++)
      await fc.assert(property, { numRuns: ROUND_RUNS, seed: SEED + round })
    process.stdout.write(`${reader.name}: ${bytes} bytes in ${count} inputs, seeds from ${SEED}\n`)
  })
})
