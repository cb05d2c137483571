/** What simulating every failure set said about a plan. Tested in test/report/plan.test.ts. */
import { counted, showCount } from '../../metrics/index.ts'
import type { Verification } from '../../plan/index.ts'
import { renderTable } from '../columns.ts'
import type { Style } from '../style.ts'

export function verificationText(v: Verification, style: Style): string {
  const how = v.by === 'rates' ? 'as rates, ' : ''
  const simulated = `${counted(v.sets, 'failure set')} simulated, nobody lost included (${how}${showCount(v.events)} events)`
  const lines = v.problems.map(p => `  ${p.message}`)
  if (v.differences.length > 0) {
    const rows = v.differences.map(d => [d.lost.join(' + ') || 'nobody', d.of, d.planned, d.simulated])
    lines.push(renderTable({ head: ['lost', 'of', 'planned', 'simulated'], align: 'llll', rows }, style.dim))
  }
  if (!v.complete) lines.push(`  ${style.bad('not finished')}: ${simulated}`)
  else if (v.differences.length > 0) lines.push(`  ${style.bad(counted(v.differences.length, 'difference'))}: ${simulated}`)
  else lines.push(`  ${style.good('all as planned')}: ${simulated}; the owner of every VIP and the load of every balancer’s link`)
  return `${style.bold('Verified by simulation')}\n${lines.join('\n')}`
}

export const verificationJson = (v: Verification): object => ({
  sets: v.sets,
  by: v.by,
  complete: v.complete,
  agrees: v.complete && v.differences.length === 0,
  events: v.events,
  differences: v.differences.map(d => ({ failed: d.lost, of: d.of, planned: d.planned, simulated: d.simulated })),
})
