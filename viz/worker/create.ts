/** The simulation's thread from a file of its own; the one-file form of the page has another (create-inline.ts). */
export function createWorker(): Worker {
  return new Worker(new URL('./simulate.worker.ts', import.meta.url), { type: 'module' })
}
