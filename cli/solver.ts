/**
 * HiGHS for the planner, in Node. Loaded on first use: its WebAssembly is 3.5 MB and most questions never need it.
 *
 * `solve` of the package blocks the thread until it is done, so the time limit is the only way to stop it. Options:
 * symmetry detection and restarts cost more than they bring on these programs (measured on 20 balancers × 60 VIPs).
 */
import { plan } from '../sim-core/index.ts'

type Highs = Awaited<ReturnType<typeof import('highs')['default']>>

export function highsSolver(): plan.Solver {
  let loading: Promise<Highs> | undefined
  return {
    name: 'HiGHS',
    solve: async (program, { timeLimitS }) => {
      loading ??= import('highs').then(module => module.default())
      const highs = await loading
      const started = performance.now()
      const answer = solveWith(highs, program, timeLimitS)
      return { ...answer, elapsedS: (performance.now() - started) / 1000 }
    },
  }
}

function solveWith(highs: Highs, program: plan.IntegerProgram, timeLimitS: number): Omit<plan.SolverAnswer, 'elapsedS'> {
  const solution = highs.solve(plan.linearProgramText(program), {
    output_flag: false,
    time_limit: Math.max(0.1, timeLimitS),
    mip_detect_symmetry: false,
    mip_allow_restart: false,
  })
  if (solution.Status === 'Infeasible') return { status: 'infeasible', values: [] }
  if (solution.Status !== 'Optimal') return { status: 'time-limit', values: [] }
  const columns = solution.Columns as Readonly<Record<string, { readonly Primal: number }>>
  return { status: 'feasible', values: program.upper.map((_, x) => Math.round(columns[`x${x}`].Primal)) }
}
