/** Goal: the planner's reports say what must be said (issue 6, must show 1), the JSON has the keys that tools rely on. */
import { describe, expect, it } from 'vitest'
import { makePlan, type PlanResult } from '../../sim-core/plan/index.ts'
import { PLAIN, planJson, planMarkdown, planText, verificationJson, verificationText } from '../../sim-core/report/index.ts'
import { modelOf } from '../plan/questions.ts'

const result = await makePlan(modelOf())
const text = planText(result, PLAIN)
interface Document {
  readonly schema_version: number
  readonly input: Readonly<Record<string, unknown>>
  readonly recommended: {
    vips: number
    worst_after: number
    worst_before: number
    orders: Record<string, string[]>
    proof: { worst_after: { optimal: boolean } }
  } | null
  readonly curve: readonly { vips: number; worst_before: number; worst_after: number; idle: string[]; even: boolean; fits: boolean }[]
  readonly changes?: readonly { kind: string }[]
  readonly best?: { vips: number }
}
const json = (r: PlanResult): Document => planJson(r) as Document

describe('the question of the coursework', () => {
  it('4 VIPs fit, 6 are even before and after, 3 do not, 2 leave one idle', () => {
    expect(text).toMatch(/^ +4 +76\.9 % +76\.9 % +– +– +fits/m)
    expect(text).toMatch(/^ +6 +51\.3 % +76\.9 % +– +before and after +fits/m)
    expect(text).toMatch(/^ +3 +51\.3 % +102\.5 % +– +before +no/m)
    expect(text).toMatch(/^ +2 +76\.9 % +76\.9 % +b3 +– +fits/m)
  })

  it('the method, the orders, the proof and the answer', () => {
    expect(text).toContain('worst link after k losses ≥ ⌈V/(n−k)⌉/V of the traffic')
    expect(text).toContain('More VIPs are not always better')
    expect(text).toMatch(/10\.10\.2\.1 {2}b1 > b2 > b3/)
    expect(text.replace(/\s+/g, ' ')).toContain('The worst link after, 76.9 %, is proven the least that 4 VIPs can reach')
    expect(text.trimEnd().split('\n').pop()).toBe('4 VIPs: any 1 loss puts at most 76.9 % on a link, 76.9 % while all live.')
  })

  it('no line is longer than a terminal’s 120 columns', () => {
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(120)
  })

  it('many balancers and VIPs: what matters, in few lines that fit', async () => {
    const balancers = Array.from({ length: 40 }, (_, b) => ({ name: `b${b + 1}`, linkBps: 1e10 }))
    const vips = Array.from({ length: 200 }, (_, v) => ({ share: 1 + (v % 7) }))
    const many = planText(await makePlan(modelOf({ balancers, vips, trafficBps: 3e11 })), PLAIN)
    const lines = many.split('\n')
    expect(Math.max(...lines.map(line => [...line].length))).toBeLessThanOrEqual(120)
    expect(lines.length).toBeLessThan(200)
    // 40 VIPs on 39 survivors put two on one link: 2/40 of 307.6 Gbit/s.
    expect(many).toMatch(/^ +39 +78\.9 % +78\.9 %.*fits/m)
    expect(many).toMatch(/^ +40 +76\.9 % +153\.8 %.*no/m)
    expect(many).toMatch(/^ +1 +3076\.0 %.*│█+▶$/m)
    expect(many).toMatch(/^ +…$/m)
    expect(many).toContain('… and 140 more VIPs, in --json')
    expect(many).toMatch(/^ {2}lost +worst link +of +middle +least$/m)
    expect(many).toMatch(/^ {2}b\d+, b\d+, b\d+ and \d+ more/m)
  })

  it('bars: full before, light after, a mark at the limit', () => {
    const bars = text.split('\n').filter(line => /^ +\d+ .*[█░]/.test(line))
    expect(bars).toHaveLength(6)
    const [one, , three] = bars
    expect(one.indexOf('│')).toBe(three.indexOf('│'))
    expect(three).toMatch(/█+░+│$/)
    expect(one).toMatch(/█+│█+$/)
  })

  it('JSON', () => {
    const d = json(result)
    expect(d.schema_version).toBe(1)
    expect(d.input).toMatchObject({
      balancers: 3,
      survive: 1,
      link_bps: 1e9,
      traffic_bps: 1.5e9,
      layer: 'ip',
      packet_bytes: 1500,
      headroom: 0,
    })
    expect(d.recommended?.vips).toBe(4)
    expect(d.recommended?.worst_after).toBeCloseTo((1.5 * 1538) / 1500 / 2, 12)
    expect(Object.values(d.recommended?.orders ?? {})[0]).toEqual(['b1', 'b2', 'b3'])
    expect(d.recommended?.proof.worst_after.optimal).toBe(true)
    expect(d.curve.map(p => p.fits)).toEqual([false, true, false, true, true, true])
    expect(d.curve[1].idle).toEqual(['b3'])
    expect(d.curve[5].even).toBe(true)
    expect(JSON.parse(JSON.stringify(d))).toEqual(d)
  })

  it('Markdown has the same tables', () => {
    const markdown = planMarkdown(result)
    expect(markdown).toContain('| 4 | 76.9 % | 76.9 % | – | – | yes |')
    expect(markdown).toContain('__4 VIPs: any 1 loss')
    expect(markdown.match(/^## /gm)?.length).toBeGreaterThanOrEqual(6)
  })
})

describe('what does not fit', () => {
  it('says so, with the smallest change first', async () => {
    const bad = await makePlan(modelOf({ trafficBps: 2.5e9 }))
    const said = planText(bad, PLAIN)
    expect(said).toContain('What would fit')
    expect(said.trimEnd().replace(/\s+/g, ' ')).toMatch(
      /no number of VIPs fits: at best 4 VIPs put 128\.2 % on a link after any 1 loss, the limit is 100\.0 %\. Smallest change: 1 more balancer/,
    )
    const d = json(bad)
    expect(d.recommended).toBeNull()
    expect(d.changes?.map(c => c.kind)).toContain('balancers')
    expect(d.best?.vips).toBe(4)
  })

  it('given VIPs: their shares, and other numbers as a remedy', async () => {
    const bad = await makePlan(
      modelOf({
        vips: [
          { name: 'web', share: 8 },
          { name: 'api', share: 1 },
        ],
      }),
    )
    const said = planText(bad, PLAIN)
    expect(said).toContain('The same traffic over equal VIPs')
    expect(said).toMatch(/web +10\.10\.2\.1 +88\.9 %/)
    expect(said).toContain('these 2 VIPs do not fit')
  })
})

describe('verification', () => {
  it('text and JSON', () => {
    const agrees = { sets: 4, by: 'packets' as const, differences: [], events: 9, complete: true, problems: [] }
    expect(verificationText(agrees, PLAIN)).toMatch(/all as planned: 4 failure sets simulated/)
    expect(verificationJson(agrees)).toMatchObject({ agrees: true, sets: 4 })
    const differs = { ...agrees, differences: [{ lost: ['b1'], of: '10.10.2.1', planned: 'b2', simulated: 'nobody' }] }
    expect(verificationText(differs, PLAIN)).toMatch(/b1 +10\.10\.2\.1 +b2 +nobody[\s\S]*1 difference/)
    expect(verificationJson(differs)).toMatchObject({ agrees: false })
    expect(verificationText({ ...agrees, complete: false }, PLAIN)).toContain('not finished')
  })
})
