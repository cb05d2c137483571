/**
 * Goal: the recordings hold the rules: whoever changes one is told. Each mutant is caught by the recording named beside it.
 * Method: lvsim is built with one place of its source changed, and replays the catcher; unchanged, it matches.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { build, type Plugin } from 'vite'
import { conform } from '../../sim-core/index.ts'
import { casesOf, recordings } from './files.ts'

// Inside the checkout, so that the built modules find their dependencies.
const out = mkdtempSync(resolve('node_modules/.mutants-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))

const changed = (mutant: conform.Mutant): Plugin => ({
  name: 'mutant',
  enforce: 'pre',
  transform: (code, id) => (id.endsWith(`/sim-core/${mutant.file}`) ? code.replace(mutant.from, () => mutant.to) : undefined),
})

async function lvsimWith(mutant: conform.Mutant, n: number): Promise<typeof conform> {
  const folder = join(out, String(n))
  await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [changed(mutant)],
    build: {
      ssr: resolve('sim-core/conform/index.ts'),
      outDir: folder,
      minify: false,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'lvsim.mjs' } },
    },
  })
  return (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'lvsim.mjs')).href)) as typeof conform
}

describe('one rule changed', () => {
  it('each change stands in one place of the source, and its catcher exists', () => {
    const all = ['vrrp', 'ipvs'].flatMap(casesOf)
    for (const { file, from, to, caughtBy } of conform.MUTANTS) {
      const source = readFileSync(`sim-core/${file}`, 'utf8')
      expect(source.split(from).length - 1, `${file}: ${from}`).toBe(1)
      expect(from).not.toBe(to)
      expect(all).toContain(caughtBy)
    }
    expect(conform.MUTANTS.length).toBeGreaterThanOrEqual(30)
  })

  it.each(conform.MUTANTS.map((m, n) => ({ ...m, n })))('$change: $caughtBy notices', async ({ n, ...mutant }) => {
    const mutated = await lvsimWith(mutant, n)
    const { score, problems } = mutated.replayDirectory(recordings, mutant.caughtBy)
    expect(problems).toEqual([])
    expect(score?.ok).toBe(false)
  })
})
