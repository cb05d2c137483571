#!/usr/bin/env node
/**
 * The `lvsim` command. An installed package holds dist/cli.mjs; a checkout makes it when it is missing or older than
 * a source, so that `npm ci && npx lvsim run …` works on a fresh clone and edits need no build step.
 *
 * The build goes to a folder of its own and is then renamed into place: two commands started at once never see half.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const cli = join(dist, 'cli.mjs')
const SOURCES = ['cli', 'bench', 'sim-core', 'package.json', 'vite.config.ts']

function newestSource(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return /\.(ts|json)$/.test(path) ? stat.mtimeMs : 0
  let newest = 0
  for (const name of readdirSync(path)) newest = Math.max(newest, newestSource(join(path, name)))
  return newest
}

function isStale() {
  const built = statSync(cli, { throwIfNoEntry: false })
  return built === undefined || SOURCES.some(source => newestSource(join(root, source)) > built.mtimeMs)
}

async function rebuild() {
  const { build } = await import('vite')
  const out = join(dist, `.build-${process.pid}`)
  try {
    await build({
      configFile: false,
      root,
      logLevel: 'silent',
      build: {
        ssr: true,
        target: 'node20',
        outDir: out,
        minify: false,
        rolldownOptions: {
          input: { cli: join(root, 'cli/main.ts'), worker: join(root, 'cli/worker.ts'), index: join(root, 'sim-core/index.ts') },
          output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name].mjs' },
        },
      },
    })
    mkdirSync(dist, { recursive: true })
    for (const name of readdirSync(out).sort((a, b) => Number(a === 'cli.mjs') - Number(b === 'cli.mjs')))
      renameSync(join(out, name), join(dist, name))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

if (existsSync(join(root, 'cli/main.ts')) && isStale()) {
  try {
    await rebuild()
  } catch (error) {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    process.stderr.write(`lvsim ${version} could not be built from its sources:\n${error?.message ?? error}\n`)
    process.exit(70)
  }
}
await import(pathToFileURL(cli).href)
