/** Counts the datagrams of capacity cases as the recorder did: by VIP and by the time of sending. */
import type { ObservedOf } from './observed.ts'
import type { CaseFile } from './case-file.ts'

interface Datagram {
  readonly sentS: number
  readonly arrivedS: number | null
}

/** Times of this size differ by less than a rounding of the recorder. */
const ROUNDING_S = 1e-9

export class LoadMeter {
  /** By VIP. */
  private readonly sent = new Map<string, number[]>()
  private readonly arrivals = new Map<string, Datagram[]>()

  sends(vip: string, sentS: number): void {
    const list = this.sent.get(vip)
    if (list === undefined) this.sent.set(vip, [sentS])
    else list.push(sentS)
  }

  arrives(vip: string, sentS: number, arrivedS: number): void {
    const list = this.arrivals.get(vip)
    if (list === undefined) this.arrivals.set(vip, [{ sentS, arrivedS }])
    else list.push({ sentS, arrivedS })
  }

  rates(recorded: CaseFile): ObservedOf<'rate'>[] {
    return recorded.observed.flatMap(o => {
      if (o.kind !== 'rate') return []
      const [from, to] = [o.t - o.bin_s, o.t]
      const arrived = (this.arrivals.get(o.vip) ?? []).filter(d => inside(d.arrivedS as number, from, to))
      return [{ ...o, ...this.counts(o.vip, from, to), arrived_pkts: arrived.length }]
    })
  }

  summaries(recorded: CaseFile): ObservedOf<'summary'>[] {
    return recorded.observed.flatMap(o => (o.kind === 'summary' ? [{ ...o, ...this.counts(o.vip, o.from_s, o.to_s) }] : []))
  }

  private counts(vip: string, from: number, to: number) {
    const sent_pkts = (this.sent.get(vip) ?? []).filter(t => inside(t, from, to)).length
    const delivered = (this.arrivals.get(vip) ?? []).filter(d => inside(d.sentS, from, to))
    const delays = delivered.reduce((sum, d) => sum + ((d.arrivedS as number) - d.sentS), 0)
    return {
      sent_pkts,
      delivered_pkts: delivered.length,
      loss: sent_pkts === 0 ? null : 1 - delivered.length / sent_pkts,
      mean_delay_s: delivered.length === 0 ? null : delays / delivered.length,
    }
  }
}

const inside = (t: number, from: number, to: number): boolean => t >= from - ROUNDING_S && t < to - ROUNDING_S
