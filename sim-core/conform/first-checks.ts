/**
 * When a health checker made its first check: keepalived draws it at random, so only the recording knows. Read from the
 * first probe on the wire after a start, or where probes were not recorded from the journal's first success.
 */
import { MICROSECOND_NS, SECOND_NS } from '../base/units.ts'
import type { FirstCheck } from '../compile/index.ts'
import { BOOTSTRAP_DELAY_NS } from '../daemons/keepalived/index.ts'
import type { CaseFile } from './case-file.ts'
import { ofKind } from './observed.ts'

/** A TCP_CHECK crosses host, switch, server, switch, host twice: the handshake and the FIN with its ACK. */
const CABLES_OF_CHECK = 8

/** The part of its warm-up that a checker waited; undefined: nothing was recorded of it. */
export function firstChecks(recorded: CaseFile): (of: FirstCheck) => number | undefined {
  const probes = ofKind(recorded.observed, 'probe')
  const lines = ofKind(recorded.observed, 'log')
  return of => {
    if (of.warmupNs === 0) return 0
    const startS = of.startNs / SECOND_NS
    const latestS = startS + (BOOTSTRAP_DELAY_NS + of.warmupNs) / SECOND_NS + 1
    const isFirst = (o: { t: number; host: string }) => o.host === of.host && o.t > startS && o.t < latestS
    const cableNs = (recorded.hosts[of.host]?.link?.delay_us ?? 0) * MICROSECOND_NS
    const [ip, port] = of.target.split(':')
    const probe = probes.find(p => isFirst(p) && p.rs === of.target)
    const line = lines.find(l => isFirst(l) && l.line.startsWith(`TCP connection to [${ip}]:tcp:${port} success`))
    const atNs =
      probe !== undefined ? probe.t * SECOND_NS - cableNs : line !== undefined ? line.t * SECOND_NS - CABLES_OF_CHECK * cableNs : undefined
    return atNs === undefined ? undefined : Math.max(0, (atNs - of.startNs - BOOTSTRAP_DELAY_NS) / of.warmupNs)
  }
}
