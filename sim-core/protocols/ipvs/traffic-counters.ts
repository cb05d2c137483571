/**
 * What `ipvsadm --stats` and `--rate` show, a row a service or destination: totals, and the kernel's estimator.
 *
 * Every two seconds (by its timer, so 2.08 s at HZ 100) the estimator adds a quarter of the difference between the last interval's
 * rate and its own, in fixed point, so that rates follow with a lag (net/netfilter/ipvs/ip_vs_est.c). Tested with
 * hand-worked rows in test/protocols/ipvs/traffic-counters.test.ts.
 */
import { type Stateful, widen } from '../../base/tables.ts'

export interface TrafficTotals {
  readonly connections: number
  readonly inPackets: number
  readonly outPackets: number
  readonly inBytes: number
  readonly outBytes: number
}

const TOTALS = ['connections', 'inPackets', 'outPackets', 'inBytes', 'outBytes'] as const
const MEASURES = TOTALS.length
/** Fixed point: counts per two seconds are shifted by 9, bytes by 4; read back by 10 and 5. */
const SHIFT = [9, 9, 9, 4, 4]

export class TrafficCounters implements Stateful {
  readonly stateFields = [...TOTALS, 'last', 'average']
  connections = new Float64Array(8)
  inPackets = new Float64Array(8)
  outPackets = new Float64Array(8)
  inBytes = new Float64Array(8)
  outBytes = new Float64Array(8)
  private last = new Float64Array(8 * MEASURES)
  private average = new Float64Array(8 * MEASURES)

  /** Makes room for `row` and clears it. */
  open(row: number): void {
    if (row >= this.connections.length) {
      const n = Math.max(row + 1, this.connections.length * 2)
      for (const t of TOTALS) this[t] = widen(this[t], n)
      this.last = widen(this.last, n * MEASURES)
      this.average = widen(this.average, n * MEASURES)
    }
    this.clear(row)
    this.average.fill(0, row * MEASURES, (row + 1) * MEASURES)
  }

  /** `ipvsadm -Z`: totals and rates begin anew. */
  clear(row: number): void {
    for (const t of TOTALS) this[t][row] = 0
    this.last.fill(0, row * MEASURES, (row + 1) * MEASURES)
    this.average.fill(0, row * MEASURES, (row + 1) * MEASURES)
  }

  /** Adds the totals of `from`'s row to those of `row`. */
  add(row: number, from: TrafficCounters, fromRow: number): void {
    for (const t of TOTALS) this[t][row] += from[t][fromRow]
  }

  /** Totals to zero; the estimator goes on. */
  resetTotals(row: number): void {
    for (const t of TOTALS) this[t][row] = 0
  }

  /** One step of the estimator for `row`. */
  estimate(row: number): void {
    for (let m = 0; m < MEASURES; m++) {
      const i = row * MEASURES + m
      const total = this[TOTALS[m]][row]
      const rate = (total - this.last[i]) * 2 ** SHIFT[m]
      this.last[i] = total
      this.average[i] += Math.floor((rate - this.average[i]) / 4)
    }
  }

  totals(row: number): TrafficTotals {
    const { connections, inPackets, outPackets, inBytes, outBytes } = this
    return {
      connections: connections[row],
      inPackets: inPackets[row],
      outPackets: outPackets[row],
      inBytes: inBytes[row],
      outBytes: outBytes[row],
    }
  }

  /** Per second, rounded up as the kernel does. */
  rates(row: number): TrafficTotals {
    const [connections, inPackets, outPackets, inBytes, outBytes] = SHIFT.map((shift, m) => {
      const scale = 2 ** (shift + 1)
      return Math.floor((this.average[row * MEASURES + m] + scale / 2 - 1) / scale)
    })
    return { connections, inPackets, outPackets, inBytes, outBytes }
  }
}
