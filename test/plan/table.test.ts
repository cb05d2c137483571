/**
 * Goal: all n ≤ 8 balancers, k ≤ 2 losses, V ≤ n(n−1) VIPs: the plan's worst link is the optimum.
 *
 * optima.txt was written once by this test with WRITE_OPTIMA=1: a line a case with the worst link after and before, VIPs
 * moved, what proves the first, and the orders (a digit a balancer). Here every line is recounted, its proof checked
 * again, and up to 5 balancers a solver that knows nothing of the bounds is asked whether one VIP less would do.
 * Exhaustive enumeration for n ≤ 4 is in bound.test.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { highsSolver } from '../../cli/solver.ts'
import { boundAfter, boundBefore, constructPlan, equalInstance, planProgram, recount } from '../../sim-core/plan/index.ts'

const FILE = new URL('./optima.txt', import.meta.url)
const HEADER = '# balancers losses vips | worst-after worst-before moved (VIPs) | proof | order of each VIP'

interface Row {
  readonly n: number
  readonly k: number
  readonly vips: number
  readonly after: number
  readonly before: number
  readonly moved: number
  readonly proof: string
  readonly orders: number[][]
}

function write(): void {
  const lines = [HEADER]
  for (let k = 1; k <= 2; k++) {
    for (let n = k + 1; n <= 8; n++) {
      for (let vips = 1; vips <= n * (n - 1); vips++) {
        const plan = constructPlan(equalInstance(n, vips, k))
        if (!plan.after.optimal) throw new Error(`${n} ${k} ${vips}: not proven`)
        lines.push(
          `${n} ${k} ${vips} | ${plan.after.ratio} ${plan.before.ratio} ${plan.moved.vips} | ${plan.after.by} | ${plan.orders.map(order => order.join('')).join(' ')}`,
        )
      }
    }
  }
  writeFileSync(FILE, `${lines.join('\n')}\n`)
}

if (process.env['WRITE_OPTIMA'] === '1') write()

const rows: Row[] = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map(line => {
    const [question, worst, proof, orders] = line.split(' | ')
    const [n, k, vips] = question.split(' ').map(Number)
    const [after, before, moved] = worst.split(' ').map(Number)
    return { n, k, vips, after, before, moved, proof, orders: orders.split(' ').map(order => [...order].map(Number)) }
  })

describe('the table of optima', () => {
  it('has every case once', () => {
    const cases = new Set(rows.map(({ n, k, vips }) => `${n} ${k} ${vips}`))
    // Σ n(n−1) for n = 2 … 8 is 168, and for n = 3 … 8 it is 166.
    expect([rows.length, cases.size]).toEqual([168 + 166, 168 + 166])
  })

  it('recounts, line by line', () => {
    for (const row of rows) {
      const count = recount(equalInstance(row.n, row.vips, row.k), row.orders)
      expect([row.n, row.k, row.vips, count.worstAfter.load, count.worstBefore.load, count.moved]).toEqual([
        row.n,
        row.k,
        row.vips,
        row.after,
        row.before,
        row.moved,
      ])
    }
  })

  it('meets the bounds before and after in every line', () => {
    for (const row of rows) {
      const instance = equalInstance(row.n, row.vips, row.k)
      const after = boundAfter(instance)
      expect([row.after, row.proof]).toEqual([after.ratio, after.by])
      expect(row.before).toBe(boundBefore(instance, row.after).ratio)
    }
  })

  it('is above ⌈V/(n−k)⌉ only where n/2 < V ≤ n−2 and two are lost', () => {
    const exceptions = rows.filter(row => row.after !== Math.ceil(row.vips / (row.n - row.k)))
    const expected = rows.filter(row => row.k === 2 && row.vips > row.n / 2 && row.vips <= row.n - 2)
    expect(exceptions).toEqual(expected)
    expect(expected.map(row => `${row.n}/${row.vips}`)).toEqual(['5/3', '6/4', '7/4', '7/5', '8/5', '8/6'])
  })

  it('what the code constructs now is as good', () => {
    for (const row of rows) {
      const plan = constructPlan(equalInstance(row.n, row.vips, row.k))
      expect([row.n, row.k, row.vips, plan.after.ratio, plan.before.ratio, plan.moved.vips]).toEqual([
        row.n,
        row.k,
        row.vips,
        row.after,
        row.before,
        row.moved,
      ])
    }
  })

  it('HiGHS finds no plan with one VIP less on the worst link, up to 5 balancers', { timeout: 240_000 }, async () => {
    const solver = highsSolver()
    for (const row of rows.filter(r => r.n <= 5 && r.after > 1)) {
      const instance = equalInstance(row.n, row.vips, row.k)
      const less = new Array<number>(row.n).fill(row.after - 1)
      const same = new Array<number>(row.n).fill(row.after)
      const answers = []
      for (const limits of [less, same])
        answers.push((await solver.solve(planProgram(instance, limits, limits, false)!, { timeLimitS: 60 })).status)
      expect([row.n, row.k, row.vips, ...answers]).toEqual([row.n, row.k, row.vips, 'infeasible', 'feasible'])
    }
  })
})
