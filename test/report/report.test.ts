/**
 * Goal: a report says what someone needs to know, in the form that was promised. The cluster is loaded from a scenario
 * that ships, the run is made up, so that each sentence can be asked for: overload, loss, outage, server links, takeover.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FileSource } from '../../sim-core/base/files.ts'
import { jsonReport, makeReport, PLAIN, type Report, runSchema, textReport } from '../../sim-core/report/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'
import { type Fake, fakeRun, S, serve } from '../metrics/fake-run.ts'

const disk: FileSource = { read: path => ({ ok: true, text: readFileSync(path, 'utf8') }), glob: () => [] }
const three = loadScenario('scenarios/capacity/three-vips.yaml', disk).model as Model
const VIPS = ['10.10.1.10', '10.10.1.20', '10.10.1.30']
const END = Number.POSITIVE_INFINITY

/** The three-VIP scenario with the loads that its header works out; `scale` makes them smaller. */
function threeVips(scale = 1): Fake {
  const fake = fakeRun({
    durationS: 60,
    windows: { before: [10, 20], failover: [20, 25], after: [25, 60], late: [55, 60] },
    eventsS: [20],
    links: ['switch→b1', 'switch→b2', 'switch→b3', 'switch→s1', 'switch→s2'],
    traffic: { ingress: 'packets' },
    vips: {
      '10.10.1.10': [
        ['b1', 3.6, 20],
        ['b2', 23.2, END],
      ],
      '10.10.1.20': [['b2', 3.6, END]],
      '10.10.1.30': [['b3', 3.6, END]],
    },
  })
  const offer = (name: string, from: number, to: number, ratio: number) =>
    fake.each(from, to, (i, seconds) => {
      fake.link(name).offeredWireBytes[i] = (scale * ratio * 1e9 * seconds) / 8
    })
  offer('switch→b1', 4, 20, 0.5127)
  offer('switch→b2', 4, 20, 0.5127)
  offer('switch→b2', 23.2, 60, 1.0253)
  offer('switch→b3', 4, 60, 0.5127)
  for (const s of ['switch→s1', 'switch→s2']) offer(s, 4, 60, 0.769)
  const t = fake.traffic('ingress')
  fake.each(4, 60, (i, seconds, from) => {
    t.sent[i] = Math.round(125_000 * seconds)
    t.sentBytes[i] = 1500 * scale * t.sent[i]
    const loss = from >= 19.95 * S && from < 23.2 * S ? 0.33 : from >= 24.2 * S && scale === 1 ? 0.0165 : 0
    t.delivered[i] = Math.round(t.sent[i] * (1 - loss))
  })
  for (const vip of VIPS) serve(fake, vip, 4, 60, 0.05, vip === '10.10.1.10' ? [20, 23.2] : [0, 0])
  return fake
}

const reportOf = (fake: Fake, model = three): Report => makeReport(model, fake.result)
const textOf = (report: Report) => textReport(report, { style: PLAIN, command: 'lvsim run s.yaml', tablesAtNs: [] })

describe('the answer', () => {
  it('to three VIPs says who carries what, what that is of the wire, what it costs, and the remedy', () => {
    const { answer } = reportOf(threeVips())
    expect(answer.verdict).toBe('DEGRADED')
    expect(answer.sentence.replace(/72,\d{3}/, '72,xxx')).toBe(
      'with b1 lost, b2 has 2 of 3 VIPs (10.10.1.10 and 10.10.1.20), 2 × 0.5 Gbit/s = 1 Gbit/s of IP, which is 102.5 % of the wire rate of its 1 Gbit/s link (switch→b2): 1.65 % of ingress is lost (72,xxx packets)',
    )
    expect(answer.remedy).toMatch(
      /^4 VIPs with the orders b1>b2>b3, .* put at most 76\.9 % on a survivor's link; 6 VIPs can be even before \(51\.3 %\) and after \(76\.9 %\)$/,
    )
  })
  it('judges the takeover apart and tells what it cost', () => {
    expect(reportOf(threeVips()).answer.notes[0]).toMatch(
      /^Takeover after crash b1 at 20 s, judged apart: 1 of 3 VIPs moved, up to 3\.2 s without a MASTER; lost until 24\.2 s: /,
    )
  })
  it('says when the real servers’ links are the limit', () => {
    expect(reportOf(threeVips()).answer.notes[1]).toBe(
      "The real servers' links, not the balancers', are the limit, in window before: switch→s1 and switch→s2 at 76.9 %, the balancers' at most 51.3 % then.",
    )
  })
  it('does not lay answers that fill a balancer’s link at the door of its VIPs', () => {
    const fake = threeVips()
    const windows = [
      { name: 'after', fromNs: 25 * S, toNs: 55 * S },
      { name: 'late', fromNs: 55 * S, toNs: 60 * S },
    ]
    // A hundredth of the requests, the link as full as before and later below its rate again, nothing lost.
    const t = fake.traffic('ingress')
    fake.each(4, 60, i => {
      t.sentBytes[i] /= 100
      t.delivered[i] = t.sent[i]
    })
    fake.each(55, 60, (i, seconds) => {
      fake.link('switch→b2').offeredWireBytes[i] = (0.5e9 * seconds) / 8
    })
    const { sentence, remedy } = reportOf(fake, { ...three, windows: windows }).answer
    expect(sentence).toMatch(
      /^with b1 lost, b2 is offered .* link \(switch→b2\), and what is sent to its VIPs is only 10 Mbit\/s of it, the rest is answers: nothing is lost, and in window late it is below its rate$/,
    )
    expect(remedy).toMatch(/^direct routing, which sends answers past the balancers/)
  })
  it('holds when nothing but the takeover lost anything', () => {
    const { answer } = reportOf(threeVips(0.5))
    expect(answer.verdict).toBe('HOLDS')
    expect(answer.sentence).toMatch(
      /^apart from the takeover after crash b1, which cost .* all that was sent was delivered; the busiest link, switch→b2, is offered 51\.3 % of its wire rate \(window after\)$/,
    )
    expect(answer.remedy).toBeUndefined()
  })
  it('is an outage when a VIP has no owner', () => {
    const fake = threeVips(0.5)
    fake.vip('10.10.1.30').delivered.fill(0)
    Object.assign(fake.vip('10.10.1.30'), { owners: [] })
    fake.traffic('ingress').delivered[fake.segments.count - 1] -= 5
    const { answer } = reportOf(fake)
    expect(answer.verdict).toBe('OUTAGE')
    expect(answer.sentence).toContain('no packet to 10.10.1.30 was delivered in window after: no balancer was MASTER for it')
  })
})

describe('the text', () => {
  const text = textOf(reportOf(threeVips()))
  it('ends with the answer and the remedy', () => {
    const paragraphs = text.trimEnd().split('\n\n')
    expect(paragraphs[paragraphs.length - 1]).toMatch(/^DEGRADED: with b1 lost,[\s\S]*\nRemedy: 4 VIPs/)
  })
  it('has each section once, in order', () => {
    const titles = text.split('\n').filter(line => /^(Story|Windows|Links|Tables of the balancers|Expectations)$/.test(line))
    expect(titles).toEqual(['Story', 'Windows', 'Links', 'Expectations'])
  })
  it('keeps columns aligned and lines within 120 columns, tables apart', () => {
    const table = text.slice(text.indexOf('\nWindows\n')).split('\n').slice(2, 7)
    const verdict = table[0].indexOf('verdict')
    for (const row of table.slice(1)) expect(row.slice(verdict)).toMatch(/^(HOLDS|DEGRADED|OUTAGE) /)
    const prose = text.split('\n').filter(line => !line.startsWith('  '))
    for (const line of prose) expect([line.length <= 120, line]).toEqual([true, line])
  })
  it('says of a failed expectation what was seen, where it is written and how to look', () => {
    const fake = threeVips(0.5)
    expect(textOf(reportOf(fake))).toContain(
      '  FAIL  link.offered of switch→b2, window after, mean: 102.5 % ± 0.3 %\n        observed  51.3 %: 102.5 % ± 0.30 % was expected; it is 51.2 % off\n',
    )
  })
  it('tells many like happenings as few and a count', () => {
    const fake = threeVips()
    const happenings = Array.from({ length: 50 }, (_, i) => ({
      t: (20 + i / 10) * S,
      host: 'client',
      kind: 'reset' as const,
      what: `request ${i} is reset`,
      fields: {},
    }))
    const report = reportOf({ ...fake, result: { ...fake.result, happenings: happenings as never } } as Fake)
    const story = textOf(report)
    expect(story.match(/is reset/g)).toHaveLength(3)
    expect(story).toContain('… 47 more like these until here (reset)')
  })
})

describe('the JSON', () => {
  it('is what the schema says, with times in seconds', () => {
    const document = jsonReport(reportOf(threeVips()), { version: '1.2.3', wallS: 0.5 })
    expect(runSchema.safeParse(JSON.parse(JSON.stringify(document))).error).toBeUndefined()
    expect(document.windows['after'].links['switch→b2'].offered).toBeCloseTo(1.0253, 6)
    expect(document.windows['failover'].vips['10.10.1.10']).toMatchObject({
      owners: [{ host: 'b2', from_s: 23.2, to_s: 25 }],
      outage_s: 3.2,
      dual_master_s: 0,
    })
    expect(document.windows['before'].verdict).toBe('HOLDS')
    expect(document.answer.verdict).toBe('DEGRADED')
  })
})
