/** HiGHS for the planner, fetched when first asked for: its WebAssembly is 3.5 MB. The one-file form goes without (highs-none.ts). */
import { plan } from '../../sim-core/index.ts'

export async function loadSolver(): Promise<plan.Solver | undefined> {
  const [{ default: loadHighs }, { default: url }] = await Promise.all([import('highs'), import('highs/runtime?url')])
  const highs = await loadHighs({ locateFile: () => url })
  return {
    name: 'HiGHS',
    solve: async (program, { timeLimitS }) => {
      const began = performance.now()
      // As bin/solver-worker.mjs: these two cost more than they bring on such programs.
      const solution = highs.solve(plan.linearProgramText(program), {
        output_flag: false,
        time_limit: Math.max(0.1, timeLimitS),
        mip_detect_symmetry: false,
        mip_allow_restart: false,
      })
      const columns = solution.Columns as Readonly<Record<string, { readonly Primal?: number }>>
      const status = solution.Status === 'Optimal' ? 'feasible' : solution.Status === 'Infeasible' ? 'infeasible' : 'time-limit'
      return {
        status,
        values: status === 'feasible' ? program.upper.map((_, x) => Math.round(columns[`x${x}`]?.Primal ?? 0)) : [],
        elapsedS: (performance.now() - began) / 1000,
      }
    },
  }
}
