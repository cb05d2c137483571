/**
 * The times in which the cluster was busy changing hands: from an event (or the start of the run) to one second
 * after the last change of owner that followed it, before the next event; and the moment before, for what was on the
 * way when the event caught it. They are judged apart from the windows
 * they lie in: that a crash costs three seconds says nothing about whether the survivors can carry the load.
 */
import { SECOND_NS } from '../base/units.ts'
import type { VipMeasurement } from './measurements.ts'
import type { Span } from './sums.ts'
import { spanOf } from './sums.ts'
import { CAUGHT_NS, type Segments } from './segments.ts'

/** An event of the scenario: `crash b1` at 20 s. */
export interface Fault {
  readonly atNs: number
  readonly what: string
}

export interface Takeover {
  /** The event, or `start-up`. */
  readonly what: string
  readonly fromNs: number
  /** Rounded up to the next cut of the accounting (a tenth of a second after events). */
  readonly toNs: number
  /** Its segments, with the moment before the event. */
  readonly span: Span
  /** Last change of owner, ns, and the VIPs that changed hands. */
  readonly lastChangeNs: number
  readonly vips: readonly string[]
}

export function takeoversOf(segments: Segments, vips: readonly VipMeasurement[], faults: readonly Fault[]): Takeover[] {
  const end = segments.boundariesNs[segments.count]
  const starts = [{ atNs: 0, what: 'start-up' }, ...merged(faults)]
  const out: Takeover[] = []
  starts.forEach((fault, i) => {
    const before = starts[i + 1]?.atNs ?? Number.POSITIVE_INFINITY
    const changed = vips
      .map(v => ({
        address: v.address,
        at: v.owners.filter(o => o.fromNs >= fault.atNs && o.fromNs < before && (i > 0 || o.fromNs > 0)).map(o => o.fromNs),
      }))
      .filter(v => v.at.length > 0)
    if (changed.length === 0) return
    const lastChangeNs = Math.max(...changed.flatMap(v => v.at))
    const toNs = nextCut(segments, Math.min(end, lastChangeNs + SECOND_NS))
    const vipNames = changed.map(v => v.address)
    out.push({
      what: fault.what,
      fromNs: fault.atNs,
      toNs,
      span: spanOf(segments, Math.max(0, fault.atNs - CAUGHT_NS), toNs),
      lastChangeNs,
      vips: vipNames,
    })
  })
  return out
}

/** The window's segments that lie in no takeover; all of them when nothing would remain. */
export function apartFrom(span: Span, takeovers: readonly Takeover[]): Span {
  const taken = new Set(takeovers.flatMap(t => t.span))
  const rest = span.filter(s => !taken.has(s))
  return rest.length === 0 ? span : rest
}

/** Events of the same instant are one. */
function merged(faults: readonly Fault[]): Fault[] {
  const out: Fault[] = []
  for (const f of faults) {
    const last = out[out.length - 1]
    if (last !== undefined && last.atNs === f.atNs) out[out.length - 1] = { atNs: f.atNs, what: `${last.what}, ${f.what}` }
    else out.push(f)
  }
  return out
}

function nextCut(segments: Segments, t: number): number {
  for (const boundary of segments.boundariesNs) if (boundary >= t) return boundary
  return segments.boundariesNs[segments.count]
}
