import { createHash } from 'node:crypto'
import { copyFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { parse } from 'yaml'

/**
 * One configuration for everything that is built or tested.
 *
 * `vite build --mode cli` makes dist/cli.mjs (and the library, dist/index.mjs) for Node; plain `vite build` makes
 * the page. Dependencies stay imports in the CLI build, so that a package is patched where it is installed.
 *
 * Tests are two projects: `node`, and `browser` in a real Chromium (test/browser-path.mjs says where one is found).
 */

/** Lessons are YAML for those who write them and plain data for the page, which needs no YAML reader to open. */
const lessonsAsData = {
  name: 'lessons-as-data',
  transform: (code: string, id: string) =>
    /viz\/lessons\/[\w-]+\.yaml$/.test(id) ? { code: `export default ${JSON.stringify(parse(code))}`, map: null } : undefined,
}

/** What the page loads from its own folder, and nothing else; workers may be blobs in the one-file form. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'"

/**
 * `--mode single`: the whole page in one HTML file that works from a disk, its script allowed by hash. What it opens is
 * written into the element #lvsim-opened by `lvsim run --html`.
 */
const oneFile = {
  name: 'one-file',
  apply: 'build' as const,
  enforce: 'pre' as const,
  resolveId: (source: string, importer?: string) => otherInOneFile(source, importer),
  generateBundle: {
    order: 'post' as const,
    handler: (_: unknown, bundle: Bundle) => intoOneFile(bundle),
  },
}

/** Its worker comes from the page itself, and it has no solver (3.5 MB of WebAssembly). */
function otherInOneFile(source: string, importer?: string): string | undefined {
  const other = /worker\/create\.ts$/.test(source) ? 'create-inline.ts' : source === './highs.ts' ? 'highs-none.ts' : undefined
  return other === undefined || importer === undefined ? undefined : join(dirname(importer.split('?')[0]), source.replace(/[^/]+$/, other))
}

const withoutSolver = { name: 'without-solver', enforce: 'pre' as const, resolveId: otherInOneFile }

type Bundle = Record<string, { type: string; code?: string; source?: string | Uint8Array }>

function intoOneFile(bundle: Bundle): void {
  const parts = Object.entries(bundle)
  const script = parts.find(([name]) => name.endsWith('.js'))?.[1].code?.trim() ?? ''
  const style = String(parts.find(([name]) => name.endsWith('.css'))?.[1].source ?? '')
  const page = parts.find(([name]) => name.endsWith('.html'))?.[1]
  for (const [name] of parts) if (!name.endsWith('.html')) delete bundle[name]
  if (page === undefined) return
  const code = `\n${script.replace(/<\/script/g, '<\\/script')}\n`
  const hash = createHash('sha256').update(code).digest('base64')
  const policy = `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`
  page.source = String(page.source)
    .replace(/<link rel="(?:stylesheet|modulepreload|icon)"[^>]*>\s*/g, '')
    .replace(/<script type="module"[^>]*><\/script>\s*/, '')
    .replace('<head>', () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />\n    <style>${style}</style>`)
    .replace(
      '</body>',
      () => `  <script type="application/json" id="lvsim-opened"></script>\n    <script type="module">${code}</script>\n  </body>`,
    )
}

const strictPolicy = {
  name: 'strict-policy',
  apply: 'build' as const,
  transformIndexHtml: (html: string) =>
    html.replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}" />`),
}

/** The page carries its one-file form with it, so that it can give a run away as one file. */
const besideIt = (): Plugin => {
  let configFile = ''
  let page = ''
  return {
    name: 'one-file-beside',
    apply: 'build',
    configResolved: c => {
      configFile = c.configFile ?? ''
      page = resolve(c.root, c.build.outDir)
    },
    closeBundle: {
      sequential: true,
      handler: async () => {
        const { build } = await import('vite')
        // Aside: whoever reads dist/single meanwhile sees a whole page.
        const single = `${page}-one-file`
        await build({ configFile, mode: 'single', logLevel: 'error', build: { outDir: single, emptyOutDir: true } })
        copyFileSync(join(single, 'index.html'), join(page, 'one-file.html'))
        rmSync(single, { recursive: true, force: true })
      },
    },
  }
}

const browserWanted = (): boolean => {
  const asked = process.argv.flatMap((a, i) =>
    a === '--project' ? [process.argv[i + 1]] : a.startsWith('--project=') ? [a.slice(10)] : [],
  )
  return process.env['VITEST'] !== undefined && (asked.length === 0 || asked.includes('browser'))
}

export default defineConfig(async ({ mode }) => ({
  base: './',
  plugins: [lessonsAsData, ...(mode === 'single' ? [oneFile] : mode === 'cli' ? [] : [strictPolicy, besideIt()])],
  worker: {
    format: mode === 'single' ? ('iife' as const) : ('es' as const),
    plugins: () => [lessonsAsData, ...(mode === 'single' ? [withoutSolver] : [])],
  },
  oxc: { jsx: { runtime: 'automatic' as const, importSource: 'preact' } },
  build:
    mode === 'cli'
      ? {
          ssr: true,
          target: 'node20',
          outDir: 'dist',
          emptyOutDir: false,
          minify: false,
          rolldownOptions: {
            input: { cli: 'cli/main.ts', worker: 'cli/worker.ts', index: 'sim-core/index.ts' },
            output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name].mjs' },
          },
        }
      : {
          target: 'es2022',
          outDir: mode === 'single' ? '../dist/single' : '../dist/page',
          emptyOutDir: true,
          ...(mode === 'single' ? { rolldownOptions: { output: { codeSplitting: false } }, copyPublicDir: false } : {}),
        },
  ...(mode === 'cli' ? {} : { root: mode === 'test' ? '.' : 'viz' }),
  test: {
    projects: [
      {
        extends: true as const,
        test: {
          name: 'node',
          environment: 'node' as const,
          setupFiles: ['test/setup.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**/*.browser.test.{ts,tsx}'],
          testTimeout: 60_000,
        },
      },
      ...(browserWanted() ? [await browserProject()] : []),
    ],
  },
}))

async function browserProject() {
  const { playwright } = await import('@vitest/browser-playwright')
  const { chromiumPath } = await import('./test/browser-path.mjs')
  const { runInCli } = await import('./test/browser/run-in-cli.ts')
  const executablePath = await chromiumPath()
  return {
    extends: true as const,
    // All that a test may come to: one that is found late makes Vite reload the page under the test.
    optimizeDeps: {
      include: [
        ...['d3', 'immer', 'axe-core', 'yaml', 'zod', 'seedrandom', 'codemirror', '@lezer/highlight', '@preact/signals', 'preact'],
        ...['preact/hooks', 'preact/jsx-runtime', 'preact/jsx-dev-runtime'],
        ...['@codemirror/autocomplete', '@codemirror/lang-yaml', '@codemirror/language', '@codemirror/lint'],
      ],
    },
    test: {
      name: 'browser',
      include: ['test/browser/**/*.browser.test.{ts,tsx}'],
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] } }),
        commands: { runInCli },
        instances: [{ browser: 'chromium' as const }],
      },
    },
  }
}
