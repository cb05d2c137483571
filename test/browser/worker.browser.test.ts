/**
 * Goal: the core computes the same in a browser's worker as in Node: benchmark W1 with constant and with Poisson arrivals,
 * and the hand-over of W2, end with the digest that the command line prints. Speed is not asserted (docs/BENCHMARKS.md).
 */
import { expect, it } from 'vitest'
import { commands } from 'vitest/browser'
import { DIRECTOR_LINE, type DirectorLine, directorLineFiles } from '../../bench/workloads/director-line.ts'

interface Answer {
  readonly digest: string
  readonly hops: number
  readonly elapsedMs: number
}

function inWorker(line: DirectorLine): Promise<Answer> {
  const worker = new Worker(new URL('./director-line.worker.ts', import.meta.url), { type: 'module' })
  return new Promise<Answer>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Answer>) => resolve(event.data)
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(line)
  }).finally(() => worker.terminate())
}

it.each([
  { arrivals: 'constant', seed: 1, seconds: 1, gbitPerPath: 0.5, directorLost: false },
  { arrivals: 'poisson', seed: 2, seconds: 1, gbitPerPath: 0.5, directorLost: false },
  { arrivals: 'jittered', seed: 3, seconds: 6, gbitPerPath: 0.05, directorLost: true },
] as const)('$arrivals arrivals, director lost: $directorLost: the digest of Node', async line => {
  const node = JSON.parse(await commands.runInCli(directorLineFiles(line), DIRECTOR_LINE, [])) as { digest: string; packet_hops: number }
  const browser = await inWorker(line)
  expect(browser).toMatchObject({ digest: node.digest, hops: node.packet_hops })
  expect(browser.hops).toBeGreaterThan(100_000)
})
