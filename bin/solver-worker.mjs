/**
 * HiGHS in a thread of its own (cli/solver.ts starts it): a solve blocks its thread until it is done, and the command
 * must go on showing progress and hearing Ctrl-C. Plain JavaScript, because it is loaded as it is.
 */
import { parentPort } from 'node:worker_threads'
import loadHighs from 'highs'

const highs = await loadHighs()

// Symmetry detection and restarts cost more than they bring on these programs (measured on 20 balancers x 60 VIPs).
parentPort.on('message', ({ text, columns, timeLimitS }) => {
  const started = performance.now()
  const solution = highs.solve(text, {
    output_flag: false,
    time_limit: Math.max(0.1, timeLimitS),
    mip_detect_symmetry: false,
    mip_allow_restart: false,
  })
  const status = solution.Status === 'Optimal' ? 'feasible' : solution.Status === 'Infeasible' ? 'infeasible' : 'time-limit'
  const values = status === 'feasible' ? Array.from({ length: columns }, (_, x) => Math.round(solution.Columns[`x${x}`].Primal)) : []
  parentPort.postMessage({ status, values, elapsedS: (performance.now() - started) / 1000 })
})
