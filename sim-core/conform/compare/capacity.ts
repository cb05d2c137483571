/**
 * Capacity: packets by VIP in bins of sending time and over the phases of a case. Loads with random arrivals share a
 * full link at random; there only what all flows through it delivered together is compared.
 */
import type { ObservedOf } from '../observed.ts'
import type { Comparison, Difference } from '../score.ts'
import { BIN_EDGE_PACKETS, DELIVERED_SHARE, LOSS_DIFFERENCE, VIRTUAL_TIME } from '../tolerances.ts'
import { showTime } from './words.ts'

type Counted = ObservedOf<'rate'> | ObservedOf<'summary'>

const keyOf = (c: Counted) => (c.kind === 'rate' ? `${c.t} ${c.vip}` : `${c.phase} ${c.vip}`)

const percent = (ratio: number | null) => (ratio === null ? 'none sent' : `${Math.round(ratio * 10_000) / 100} % lost`)
const say = (c: Counted) => `${c.vip}: ${c.sent_pkts} sent, ${c.delivered_pkts} delivered, ${percent(c.loss)}`

/** Whether so many packets of `got` may be called the `expected` ones. */
const near = (expected: number, got: number) => Math.abs(expected - got) <= Math.max(BIN_EDGE_PACKETS, DELIVERED_SHARE * expected)

function same(e: Counted, g: Counted): boolean {
  if (!near(e.sent_pkts, g.sent_pkts) || !near(e.delivered_pkts, g.delivered_pkts)) return false
  if (e.kind === 'summary') return Math.abs((e.loss ?? 0) - (g.loss ?? 0)) <= LOSS_DIFFERENCE
  const [delay, gotDelay] = [e.mean_delay_s, (g as ObservedOf<'rate'>).mean_delay_s]
  return (delay === null) === (gotDelay === null) && Math.abs((delay ?? 0) - (gotDelay ?? 0)) <= VIRTUAL_TIME.requestS
}

/** Bins as running totals: which packet falls into which bin is decided by µs, and does not matter in the sum. */
export function runningTotals(bins: readonly ObservedOf<'rate'>[]): ObservedOf<'rate'>[] {
  const sums = new Map<string, { sent: number; delivered: number }>()
  return bins.map(bin => {
    const sum = sums.get(bin.vip) ?? { sent: 0, delivered: 0 }
    sum.sent += bin.sent_pkts
    sum.delivered += bin.delivered_pkts
    sums.set(bin.vip, sum)
    return { ...bin, sent_pkts: sum.sent, delivered_pkts: sum.delivered, loss: sum.sent === 0 ? null : 1 - sum.delivered / sum.sent }
  })
}

export function compareCapacity<C extends Counted>(kind: C['kind'], expected: readonly C[], got: readonly C[]): Comparison {
  const byKey = new Map(got.map(g => [keyOf(g), g]))
  const differences: Difference[] = []
  for (const e of expected) {
    const g = byKey.get(keyOf(e))
    if (g !== undefined && same(e, g)) continue
    differences.push({
      kind,
      tS: e.t,
      host: e.vip,
      expected: `${e.kind === 'summary' ? e.phase : `up to ${showTime(e.t)}`}: ${say(e)}`,
      got: g === undefined ? 'nothing' : say(g),
      rule: 'token bucket with tail drop; IPVS chooses the server by connection',
    })
  }
  return { kind, matched: expected.length - differences.length, total: expected.length, differences, errorsS: [] }
}

/**
 * Phases of a load with random arrivals. Where nothing is lost that holds for each VIP; a full link delivers what it can,
 * whoever's packets they are, so there the VIPs of one owner are counted together.
 */
export function comparePhases(expected: readonly ObservedOf<'summary'>[], got: readonly ObservedOf<'summary'>[]): Comparison {
  const byKey = new Map(got.map(g => [keyOf(g), g]))
  const differences: Difference[] = []
  for (const e of expected) {
    const g = byKey.get(keyOf(e))
    const isFull = (s: ObservedOf<'summary'>) => (s.loss ?? 0) > LOSS_DIFFERENCE && (s.loss ?? 0) < 1 - LOSS_DIFFERENCE
    const together = (list: readonly ObservedOf<'summary'>[]) =>
      list.filter(s => s.phase === e.phase && s.owner === e.owner).reduce((n, s) => n + s.delivered_pkts, 0)
    const holds =
      g !== undefined &&
      isFull(e) === isFull(g) &&
      (isFull(e) ? near(together(expected), together(got)) : Math.abs((e.loss ?? 0) - (g.loss ?? 0)) <= LOSS_DIFFERENCE)
    if (holds) continue
    differences.push({
      kind: 'summary',
      tS: e.t,
      host: e.vip,
      expected: `${e.phase}: ${say(e)}`,
      got: g === undefined ? 'nothing' : say(g),
      rule: 'a full link delivers what it can, to whichever VIP',
    })
  }
  return { kind: 'summary', matched: expected.length - differences.length, total: expected.length, differences, errorsS: [] }
}
