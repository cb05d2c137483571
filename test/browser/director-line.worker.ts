/** Benchmark W1 in a worker of the browser: the run's digest, packet-hops, and how long it took, ms. */
import { directorLine, type DirectorLine } from '../../bench/workloads/director-line.ts'
import { Simulation } from '../../sim-core/compile/index.ts'

self.onmessage = (event: MessageEvent<DirectorLine>): void => {
  const simulation = new Simulation(directorLine(event.data))
  const start = performance.now()
  simulation.run()
  const elapsedMs = performance.now() - start
  self.postMessage({ digest: simulation.digest(), hops: simulation.network.links.hops, elapsedMs })
}
