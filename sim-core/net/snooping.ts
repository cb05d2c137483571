/**
 * IGMP snooping: a switch sends a group's frames only to ports behind which a member reported itself (RFC 4541).
 *
 * A host reports when it joins, and afterwards only when it is asked. A querier asks every 125 s, so memberships stay.
 * Without one nobody asks: a port is forgotten 260 s after its host joined, and from then on adverts of VRRP do not reach
 * it. RFC 4541 §2.1.2 says that 224.0.0.x should be flooded all the same; switches that snoop it too are what this is
 * for. Frames to other switches are never held back.
 */
import type { Stateful } from '../base/tables.ts'
import { SECOND_NS } from '../base/units.ts'

/** Group membership interval: 2 × 125 s and 10 s to answer (RFC 3376 §8.4). */
export const MEMBERSHIP_NS = 260 * SECOND_NS
/** RFC 3376 §8.2. */
const QUERY_INTERVAL_NS = 125 * SECOND_NS

export interface SnoopingOptions {
  /** A port is forgotten so long after its last report. */
  readonly membershipNs: number
  /** Somebody asks for members every 125 s. */
  readonly querier: boolean
}

/** Members of VRRP's group by outgoing link. */
export class Snooping implements Stateful {
  readonly stateFields = ['joinedAt', 'lapsed']
  /** When the host behind a port joined; a port that is not in it has no member. */
  private joinedAt = new Map<number, number>()
  /** Ports whose membership ran out and was told of. */
  private lapsed = new Set<number>()
  private readonly optionsOf: ReadonlyMap<number, SnoopingOptions>
  private readonly lapse: (outLink: number) => void

  /** `optionsOf` each link towards a host behind a switch that snoops; `lapse` tells that one is no longer served. */
  constructor(optionsOf: ReadonlyMap<number, SnoopingOptions>, lapse: (outLink: number) => void) {
    this.optionsOf = optionsOf
    this.lapse = lapse
  }

  join(outLink: number, now: number): void {
    if (!this.optionsOf.has(outLink)) return
    this.joinedAt.set(outLink, now)
    this.lapsed.delete(outLink)
  }

  leave(outLink: number): void {
    this.joinedAt.delete(outLink)
  }

  /** The port lost its carrier. Its host is asked again by the next query, if there is a querier. */
  portDown(outLink: number, now: number): void {
    const options = this.optionsOf.get(outLink)
    if (options === undefined || !this.joinedAt.has(outLink)) return
    if (options.querier) this.joinedAt.set(outLink, (Math.floor(now / QUERY_INTERVAL_NS) + 1) * QUERY_INTERVAL_NS)
    else this.leave(outLink)
  }

  /** Whether a frame for the group goes out there now. */
  passes(outLink: number, now: number): boolean {
    const options = this.optionsOf.get(outLink)
    if (options === undefined) return true
    const joined = this.joinedAt.get(outLink)
    if (joined === undefined || now < joined) return false
    if (options.querier || now < joined + options.membershipNs) return true
    if (!this.lapsed.has(outLink)) {
      this.lapsed.add(outLink)
      this.lapse(outLink)
    }
    return false
  }
}
