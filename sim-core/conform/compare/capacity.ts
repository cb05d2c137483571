/**
 * Capacity: packets by VIP in bins of sending time and over the phases of a case. Loads with random arrivals share a
 * full link at random; there only what all flows through it delivered together is compared.
 */
import type { ObservedOf } from '../observed.ts'
import type { Comparison, Difference } from '../score.ts'
import { BIN_EDGE_PACKETS, DELIVERED_SHARE, LOSS_DIFFERENCE } from '../tolerances.ts'
import { showTime } from './words.ts'

type Counted = ObservedOf<'rate'> | ObservedOf<'summary'>

const keyOf = (c: Counted) => (c.kind === 'rate' ? `${c.t} ${c.vip}` : `${c.phase} ${c.vip}`)

const percent = (ratio: number | null) => (ratio === null ? 'none sent' : `${Math.round(ratio * 10_000) / 100} % lost`)
const say = (c: Counted) => `${c.vip}: ${c.sent_pkts} sent, ${c.delivered_pkts} delivered, ${percent(c.loss)}`

/** Whether so many packets of `got` may be called the `expected` ones. */
const near = (expected: number, got: number) => Math.abs(expected - got) <= Math.max(BIN_EDGE_PACKETS, DELIVERED_SHARE * expected)

function same(e: Counted, g: Counted): boolean {
  if (!near(e.sent_pkts, g.sent_pkts) || !near(e.delivered_pkts, g.delivered_pkts)) return false
  const edge = e.sent_pkts === 0 ? 0 : BIN_EDGE_PACKETS / e.sent_pkts
  return Math.abs((e.loss ?? 0) - (g.loss ?? 0)) <= Math.max(LOSS_DIFFERENCE, e.kind === 'rate' ? edge : 0)
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
      expected: `${e.kind === 'summary' ? e.phase : `bin to ${showTime(e.t)}`}: ${say(e)}`,
      got: g === undefined ? 'nothing' : say(g),
      rule: 'token bucket with tail drop; IPVS chooses the server by connection',
    })
  }
  return { kind, matched: expected.length - differences.length, total: expected.length, differences, errorsS: [] }
}
