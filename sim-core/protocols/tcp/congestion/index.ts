/**
 * The congestion controls by name. A new one is a file that exports a CongestionControl and a line here; the scenario
 * keyword `congestion:` and the sysctl net.ipv4.tcp_congestion_control follow. They decide three things: the window after
 * loss, its growth, and when slow start should end. Everything else (what counts as loss, how the window
 * comes down) is recovery.ts.
 */
import { assert } from '../../../base/assert.ts'
import type { CongestionControl } from './contract.ts'
import { cubic, cubicPure } from './cubic.ts'
import { ns3Cubic, ns3NewReno } from './ns3.ts'
import { newReno, reno } from './reno.ts'

export type { CongestionControl } from './contract.ts'

/** `cubic` and `reno` are the kernel's; `newreno` and `cubic-pure` are their RFCs' letter; the other two are as ns-3 has them. */
export const CONGESTION_CONTROLS: readonly CongestionControl[] = [cubic, cubicPure, newReno, ns3Cubic, ns3NewReno, reno]

export const CONGESTION_NAMES: readonly string[] = CONGESTION_CONTROLS.map(c => c.name)

/** Row of the registry. Names were checked by the scenario's validation. */
export function congestionIndex(name: string): number {
  const index = CONGESTION_NAMES.indexOf(name)
  assert(index >= 0, `no congestion control ${name}; there are ${CONGESTION_NAMES.join(', ')}`)
  return index
}
