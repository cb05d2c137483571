/**
 * The solver as the planner sees it. sim-core stays free of packages that load WebAssembly or read files: the command
 * line passes one adapter (cli/solver.ts), the page another.
 */
import type { IntegerProgram } from './integer-program.ts'

export interface SolverAnswer {
  readonly status: 'feasible' | 'infeasible' | 'time-limit'
  /** A whole number a column when feasible; recounted before it is believed. */
  readonly values: readonly number[]
  /** Wall time that the call took. */
  readonly elapsedS: number
}

export interface Solver {
  /** For proofs: "HiGHS 1.15.3". */
  readonly name: string
  solve(program: IntegerProgram, options: { readonly timeLimitS: number }): Promise<SolverAnswer>
}

/** The program in CPLEX LP text, which every solver reads. Columns are x0, x1, …; lines stay short. */
export function linearProgramText(program: IntegerProgram): string {
  const lines = ['Minimize', ' cost: 0 x0', 'Subject To']
  program.rows.forEach((row, r) => {
    lines.push(` r${r}:`)
    for (let i = 0; i < row.columns.length; i += 12) {
      const terms = row.columns.slice(i, i + 12).map((column, j) => `${signed(row.coefficients[i + j])} x${column}`)
      lines.push(`  ${terms.join(' ')}`)
    }
    lines.push(`  ${row.sense} ${row.right}`)
  })
  lines.push('Bounds')
  program.upper.forEach((upper, x) => {
    lines.push(` 0 <= x${x} <= ${upper}`)
  })
  lines.push('General')
  for (let x = 0; x < program.upper.length; x += 12)
    lines.push(
      ` ${program.upper
        .slice(x, x + 12)
        .map((_, i) => `x${x + i}`)
        .join(' ')}`,
    )
  return [...lines, 'End', ''].join('\n')
}

const signed = (coefficient: number): string => `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)}`

/** Whether whole numbers satisfy every row and bound: checked for every answer, whatever the solver says. */
export const satisfies = (program: IntegerProgram, values: readonly number[]): boolean =>
  values.length === program.upper.length &&
  values.every((x, i) => Number.isInteger(x) && x >= 0 && x <= program.upper[i]) &&
  program.rows.every(row => {
    let left = 0
    for (let i = 0; i < row.columns.length; i++) left += row.coefficients[i] * values[row.columns[i]]
    return row.sense === '=' ? left === row.right : left <= row.right
  })
