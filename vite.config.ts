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

const strictPolicy = {
  name: 'strict-policy',
  apply: 'build' as const,
  transformIndexHtml: (html: string) =>
    html.replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}" />`),
}

const browserWanted = (): boolean => {
  const asked = process.argv.flatMap((a, i) =>
    a === '--project' ? [process.argv[i + 1]] : a.startsWith('--project=') ? [a.slice(10)] : [],
  )
  return process.env['VITEST'] !== undefined && (asked.length === 0 || asked.includes('browser'))
}

export default defineConfig(async ({ mode }) => ({
  base: './',
  plugins: [lessonsAsData, strictPolicy],
  worker: { format: 'es' as const, plugins: () => [lessonsAsData] },
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
      : { target: 'es2022', outDir: '../dist/page', emptyOutDir: true },
  ...(mode === 'cli' ? {} : { root: mode === 'test' ? '.' : 'viz' }),
  test: {
    projects: [
      {
        extends: true as const,
        test: {
          name: 'node',
          environment: 'node' as const,
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
