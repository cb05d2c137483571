/** `npm run fuzz [-- BYTES]`: the full fuzz, in a heap of 512 MiB, so that a reader that takes more fails. */
import { spawnSync } from 'node:child_process'

const [bytes = '10000000'] = process.argv.slice(2)
const env = { ...process.env, FUZZ_BYTES: bytes, NODE_OPTIONS: '--max-old-space-size=512' }
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', 'test/fuzz'], {
  stdio: 'inherit',
  env,
})
process.exit(status ?? 1)
