import { defineConfig } from 'vitest/config'

/**
 * One configuration for everything that is built or tested.
 *
 * `vite build --mode cli` makes dist/cli.mjs (and the library, dist/index.mjs) for Node; plain `vite build` makes
 * the page. Dependencies stay imports in the CLI build, so that a package is patched where it is installed.
 */
export default defineConfig(({ mode }) => ({
  base: './',
  build:
    mode === 'cli'
      ? {
          ssr: true,
          target: 'node20',
          outDir: 'dist',
          emptyOutDir: false,
          minify: false,
          rolldownOptions: {
            input: { cli: 'cli/main.ts', index: 'sim-core/index.ts' },
            output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name].mjs' },
          },
        }
      : { target: 'es2022', outDir: '../dist/page', emptyOutDir: true },
  ...(mode === 'cli' ? {} : { root: mode === 'test' ? '.' : 'viz' }),
  test: {
    projects: [{ extends: true as const, test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], testTimeout: 60_000 } }],
  },
}))
