/**
 * Goal: the definitions of design.md §4, each as one number worked out by hand: offered, utilisation, loss, waits with
 * the packets that did not wait, outage, unserved, dual MASTER, takeovers apart, and the verdict of a window.
 */
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../sim-core/base/histogram.ts'
import {
  distribution,
  dualMasterNs,
  judge,
  linkLoad,
  linkWaits,
  METRICS,
  metricNamed,
  outageNs,
  spanOf,
  trafficLoad,
  unservedNs,
  viewRun,
} from '../../sim-core/metrics/index.ts'
import { fakeRun, S, serve } from './fake-run.ts'

/** Offers `ratio` of 1 Gbit/s to the link in [fromS, toS). */
function offer(fake: ReturnType<typeof fakeRun>, name: string, fromS: number, toS: number, ratio: number): void {
  const link = fake.link(name)
  fake.each(fromS, toS, (i, seconds) => {
    link.offeredWireBytes[i] = (ratio * 1e9 * seconds) / 8
    link.busyNs[i] = Math.min(1, ratio) * seconds * S
    link.accepted[i] = 1000 * seconds
  })
}

function send(fake: ReturnType<typeof fakeRun>, name: string, fromS: number, toS: number, perS: number, loss = 0): void {
  const t = fake.traffic(name)
  fake.each(fromS, toS, (i, seconds) => {
    t.sent[i] = perS * seconds
    t.delivered[i] = perS * seconds * (1 - loss)
    t.sentBytes[i] = 1500 * t.sent[i]
    t.deliveredBytes[i] = 1500 * t.delivered[i]
  })
}

describe('links', () => {
  it('offered counts what was presented, drops included, and may exceed 1; utilisation may not', () => {
    const fake = fakeRun({ durationS: 10, links: ['switch→b2'] })
    offer(fake, 'switch→b2', 0, 5, 0.5)
    offer(fake, 'switch→b2', 5, 10, 1.5)
    const whole = linkLoad(fake.segments, fake.link('switch→b2'), spanOf(fake.segments, 0, 10 * S))
    expect(whole.offered).toBeCloseTo(1, 12)
    expect(whole.offeredBps).toBeCloseTo(1e9, 3)
    expect(whole.utilisation).toBeCloseTo(0.75, 12)
    expect(linkLoad(fake.segments, fake.link('switch→b2'), spanOf(fake.segments, 5 * S, 10 * S)).offered).toBeCloseTo(1.5, 12)
  })

  it('offered follows a rate that changed in between', () => {
    const fake = fakeRun({ durationS: 2, links: ['a→b'] })
    offer(fake, 'a→b', 0, 2, 0.5)
    fake.link('a→b').rateBps[1] = 0.5e9
    // Half of 1 Gbit/s for a second, then all of 0.5 Gbit/s for a second.
    expect(linkLoad(fake.segments, fake.link('a→b'), [0, 1]).offered).toBeCloseTo(0.75, 12)
  })

  it('waits count the packets that did not wait', () => {
    const fake = fakeRun({ durationS: 1, links: ['a→b'] })
    fake.link('a→b').accepted[0] = 100
    for (let k = 1; k <= 10; k++) fake.link('a→b').waits[0]?.record(100)
    const waits = linkWaits(fake.segments, fake.link('a→b'), [0])
    expect(waits.mean).toBe(10)
    expect(waits.quantile(0.9)).toBe(0)
    expect(waits.quantile(0.91)).toBe(100)
    expect(waits.min).toBe(0)
    expect(waits.max).toBe(100)
  })

  it('a distribution of nothing is all zeros', () => {
    const none = distribution([null, new Histogram()])
    expect([none.count, none.mean, none.min, none.max, none.quantile(0.99)]).toEqual([0, 0, 0, 0, 0])
  })
})

describe('traffic', () => {
  it('loss is 1 − delivered / sent, without what was on the way at the end', () => {
    const fake = fakeRun({ durationS: 1, traffic: { ingress: 'packets' } })
    const t = fake.traffic('ingress')
    t.sent[0] = 1010
    t.delivered[0] = 900
    t.unresolved[0] = 10
    const load = trafficLoad(fake.segments, t, [0])
    expect(load.lost).toBe(100)
    expect(load.loss).toBe(0.1)
  })
})

describe('VIPs', () => {
  const owned = (...owners: [string, number, number][]) => fakeRun({ durationS: 60, vips: { '10.0.0.100': owners } }).vip('10.0.0.100')

  it('outage is the longest time without an owner inside the window', () => {
    const vip = owned(['b1', 3, 20], ['b2', 23.25, Number.POSITIVE_INFINITY])
    expect(outageNs(vip, { fromNs: 20 * S, toNs: 25 * S })).toBe(3.25 * S)
    expect(outageNs(vip, { fromNs: 0, toNs: 60 * S })).toBe(3.25 * S)
    expect(outageNs(vip, { fromNs: 22 * S, toNs: 30 * S })).toBe(1.25 * S)
    expect(outageNs(vip, { fromNs: 30 * S, toNs: 60 * S })).toBe(0)
    expect(outageNs(owned(), { fromNs: 0, toNs: 60 * S })).toBe(60 * S)
  })

  it('dual_master is the total time with two owners', () => {
    const vip = owned(['b1', 0, 30], ['b2', 10, 12], ['b2', 29, Number.POSITIVE_INFINITY])
    expect(dualMasterNs(vip, { fromNs: 0, toNs: 60 * S })).toBe(3 * S)
    expect(dualMasterNs(vip, { fromNs: 11 * S, toNs: 20 * S })).toBe(1 * S)
  })

  it('unserved is the longest silence while packets were sent to it', () => {
    const fake = fakeRun({ durationS: 60, eventsS: [20], vips: { '10.0.0.100': [] } })
    serve(fake, '10.0.0.100', 5, 50, 0.01, [20, 23.21])
    const vip = fake.vip('10.0.0.100')
    // The last delivery before the silence is at 19.99, the first after it at 23.21.
    expect(unservedNs(vip, spanOf(fake.segments, 0, 60 * S))).toBeCloseTo(3.22 * S, -2)
    // The window begins in the silence: from the first packet sent in it.
    expect(unservedNs(vip, spanOf(fake.segments, 20 * S, 60 * S))).toBeCloseTo(3.21 * S, -2)
    expect(unservedNs(vip, spanOf(fake.segments, 30 * S, 40 * S))).toBeCloseTo(0.01 * S, -2)
  })

  it('unserved says nothing about a VIP to which nothing was sent', () => {
    expect(unservedNs(owned(['b1', 0, 60]), spanOf(fakeRun({ durationS: 60 }).segments, 0, 60 * S))).toBeUndefined()
  })
})

describe('verdicts', () => {
  const spec = { durationS: 30, eventsS: [20], links: ['switch→b2'], traffic: { ingress: 'packets' as const } }

  it('a window holds when all was delivered and no link is offered more than it carries', () => {
    const fake = fakeRun(spec)
    send(fake, 'ingress', 0, 30, 100)
    offer(fake, 'switch→b2', 0, 30, 1)
    expect(judge(fake.result.measurements, spanOf(fake.segments, 0, 30 * S))).toEqual({ verdict: 'HOLDS', reasons: [] })
  })

  it('one lost packet degrades it, and so does a link that is offered more', () => {
    const lossy = fakeRun(spec)
    send(lossy, 'ingress', 0, 30, 100)
    lossy.traffic('ingress').delivered[7]--
    expect(judge(lossy.result.measurements, spanOf(lossy.segments, 0, 30 * S)).verdict).toBe('DEGRADED')
    const full = fakeRun(spec)
    offer(full, 'switch→b2', 0, 30, 1.02)
    const { verdict, reasons } = judge(full.result.measurements, spanOf(full.segments, 0, 30 * S))
    expect(verdict).toBe('DEGRADED')
    expect(reasons.map(r => r.kind)).toEqual(['overload'])
  })

  it('a VIP that was unserved throughout makes it an outage', () => {
    const fake = fakeRun({ ...spec, vips: { '10.0.0.100': [] } })
    send(fake, 'ingress', 0, 30, 100, 1)
    serve(fake, '10.0.0.100', 0, 30, 0.1, [0, 30])
    expect(judge(fake.result.measurements, spanOf(fake.segments, 0, 30 * S)).verdict).toBe('OUTAGE')
  })

  it('a takeover is judged apart, with what was on the way when the event came', () => {
    const fake = fakeRun({
      ...spec,
      windows: { before: [10, 20], after: [20, 30] },
      vips: {
        '10.0.0.100': [
          ['b1', 0, 20],
          ['b2', 23.2, 30],
        ],
      },
    })
    send(fake, 'ingress', 0, 30, 100)
    send(fake, 'ingress', 19.95, 23.3, 100, 1)
    const view = viewRun(fake.result, fake.windows, [{ atNs: 20 * S, what: 'crash b1' }])
    expect(view.takeovers.map(t => [t.what, t.fromNs / S, t.toNs / S, t.judgement.verdict])).toEqual([['crash b1', 20, 24.2, 'DEGRADED']])
    expect(view.windows.map(w => [w.name, w.judgement.verdict, w.apart.length])).toEqual([
      ['run', 'HOLDS', 1],
      ['before', 'HOLDS', 0],
      ['after', 'HOLDS', 1],
    ])
    expect(view.phases.map(p => [p.name, p.fromNs / S, p.toNs / S])).toEqual([
      ['before crash b1', 0, 20],
      ['after crash b1', 24.2, 30],
    ])
  })

  it('a window that is nothing but a takeover is judged by it', () => {
    const fake = fakeRun({
      ...spec,
      windows: { failover: [20, 22] },
      vips: {
        '10.0.0.100': [
          ['b1', 0, 20],
          ['b2', 23.2, 30],
        ],
      },
    })
    send(fake, 'ingress', 20, 22, 100, 1)
    const view = viewRun(fake.result, fake.windows, [{ atNs: 20 * S, what: 'crash b1' }])
    expect(view.windows[1].judgement.verdict).toBe('DEGRADED')
  })
})

describe('the registry', () => {
  it('has each name once, a meaning for each, and a default statistic where there are several', () => {
    expect(new Set(METRICS.map(m => m.name)).size).toBe(METRICS.length)
    for (const m of METRICS) expect([m.name, m.meaning.length > 10, /^[a-z]+\.[a-z_]+$/.test(m.name)]).toEqual([m.name, true, true])
  })

  it('statistics over bins differ as they should', () => {
    const fake = fakeRun({ durationS: 4, links: ['switch→b2'] })
    for (const [i, ratio] of [0.1, 0.2, 0.3, 1].entries()) offer(fake, 'switch→b2', i, i + 1, ratio)
    const view = viewRun(fake.result, fake.windows, [])
    const ask = (stat: 'mean' | 'min' | 'max' | 'p50', atNs?: number) =>
      metricNamed('link.offered')?.value({
        view,
        of: 'switch→b2',
        window: 'run',
        fromNs: 0,
        toNs: 4 * S,
        stat,
        binNs: S,
        ...(atNs === undefined ? {} : { atNs }),
      }).value
    expect(ask('mean')).toBeCloseTo(0.4, 12)
    expect(ask('min')).toBeCloseTo(0.1, 12)
    expect(ask('max')).toBeCloseTo(1, 12)
    expect(ask('p50')).toBeCloseTo(0.2, 12)
    expect(ask('mean', 2.5 * S)).toBeCloseTo(0.3, 12)
  })
})
