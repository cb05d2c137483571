/**
 * A host's TCP settings as numbers that the hot path reads: jiffies instead of seconds, a row a host. What is set
 * during a run (a sysctl event) applies to connections opened afterwards, and to running timers when they are next armed.
 */
import type { Stateful } from '../../base/tables.ts'
import { congestionIndex } from './congestion/index.ts'
import { ATO_PER_S, DELACK_MAX_PER_S, RTO_MAX_S, TIMEOUT_INITIAL_S } from './constants.ts'
import { LINUX_TCP, type TcpSettings } from './types.ts'

export class HostSettings implements Stateful {
  readonly stateFields = ['of', 'congestion', 'rtoMinUs', 'ns3', 'retryLimitNs', 'orphanLimitNs']
  /** Settings as given, by host. */
  of: TcpSettings[]
  congestion: Uint8Array
  rtoMinUs: Float64Array
  /** 1: TcpSettings.style is `ns3`. */
  likeNs3: Uint8Array
  /** A connection that got no answer to retransmissions for this long is given up, ns. */
  retryLimitNs: Float64Array
  orphanLimitNs: Float64Array
  readonly initialJiffies: number
  readonly rtoMaxJiffies: number
  readonly atoMinJiffies: number
  readonly delackMaxJiffies: number

  constructor(hosts: number, hz: number) {
    this.of = new Array(hosts).fill(LINUX_TCP)
    this.congestion = new Uint8Array(hosts)
    this.rtoMinUs = new Float64Array(hosts)
    this.likeNs3 = new Uint8Array(hosts)
    this.retryLimitNs = new Float64Array(hosts)
    this.orphanLimitNs = new Float64Array(hosts)
    this.initialJiffies = TIMEOUT_INITIAL_S * hz
    this.rtoMaxJiffies = RTO_MAX_S * hz
    this.atoMinJiffies = Math.floor(hz / ATO_PER_S)
    this.delackMaxJiffies = Math.floor(hz / DELACK_MAX_PER_S)
    for (let h = 0; h < hosts; h++) this.set(h, {})
  }

  set(host: number, changes: Partial<TcpSettings>): void {
    const s = { ...this.of[host], ...changes }
    this.of[host] = s
    this.congestion[host] = congestionIndex(s.congestion)
    this.rtoMinUs[host] = s.rtoMinMs * 1000
    this.likeNs3[host] = s.style === 'ns3' ? 1 : 0
    this.retryLimitNs[host] = backoffSum(s.retries, s.rtoMinMs) * 1e6
    this.orphanLimitNs[host] = backoffSum(ORPHAN_RETRIES, s.rtoMinMs) * 1e6
  }
}

const ORPHAN_RETRIES = 8

/**
 * How long `retries` doublings of the smallest timeout last, ms, capped at 120 s each: what Linux makes of
 * tcp_retries2 (15 → 924.6 s with 200 ms; ip-sysctl.txt).
 */
export function backoffSum(retries: number, rtoMinMs: number): number {
  let sum = 0
  for (let k = 0, rto = rtoMinMs; k <= retries; k++, rto = Math.min(rto * 2, RTO_MAX_S * 1000)) sum += rto
  return sum
}
