/**
 * IGMP snooping: a switch sends a group's frames only to ports behind which a member reported itself (RFC 4541).
 *
 * A host reports when it joins, and afterwards only when it is asked. A querier asks every 125 s, so memberships stay.
 * Without one nobody asks: a port is forgotten 260 s after its host joined, and from then on the group's frames do not reach
 * it: adverts of VRRP, or what a master sync daemon tells. RFC 4541 §2.1.2 says that 224.0.0.x should be flooded all the same; switches that snoop it too are what this is
 * for. Frames to other switches are never held back.
 */
import type { Stateful } from '../base/tables.ts'
import { SECOND_NS } from '../base/units.ts'
import { MAC_SYNC, MAC_VRRP } from './macs.ts'

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

/** Groups that have members, by their MACs; others (ARP's broadcast) go everywhere. */
export type SnoopedGroup = typeof MAC_VRRP | typeof MAC_SYNC
const GROUPS: readonly SnoopedGroup[] = [MAC_VRRP, MAC_SYNC]
export const isSnooped = (mac: number): mac is SnoopedGroup => mac === MAC_VRRP || mac === MAC_SYNC

/** A port and a group. */
const place = (outLink: number, group: SnoopedGroup): number => outLink * 4 + group

/** Members of groups by outgoing link. */
export class Snooping implements Stateful {
  readonly stateFields = ['joinedAt', 'lapsed']
  /** When the host behind a port joined a group, by place; what is not in it has no member. */
  private joinedAt = new Map<number, number>()
  /** Places whose membership ran out and was told of. */
  private lapsed = new Set<number>()
  private readonly optionsOf: ReadonlyMap<number, SnoopingOptions>
  private readonly lapse: (outLink: number, group: SnoopedGroup) => void

  /** `optionsOf` each link towards a host behind a switch that snoops; `lapse` tells that one is no longer served. */
  constructor(optionsOf: ReadonlyMap<number, SnoopingOptions>, lapse: (outLink: number, group: SnoopedGroup) => void) {
    this.optionsOf = optionsOf
    this.lapse = lapse
  }

  join(outLink: number, group: SnoopedGroup, now: number): void {
    if (!this.optionsOf.has(outLink)) return
    this.joinedAt.set(place(outLink, group), now)
    this.lapsed.delete(place(outLink, group))
  }

  leave(outLink: number, group: SnoopedGroup): void {
    this.joinedAt.delete(place(outLink, group))
  }

  /** The port lost its carrier. Its host is asked again by the next query, if there is a querier. */
  portDown(outLink: number, now: number): void {
    const options = this.optionsOf.get(outLink)
    if (options === undefined) return
    for (const group of GROUPS) {
      if (!this.joinedAt.has(place(outLink, group))) continue
      if (!options.querier) this.leave(outLink, group)
      else this.joinedAt.set(place(outLink, group), (Math.floor(now / QUERY_INTERVAL_NS) + 1) * QUERY_INTERVAL_NS)
    }
  }

  /** When that answer changes by time alone, ns; Infinity: never. */
  changesAt(outLink: number, group: SnoopedGroup, now: number): number {
    const options = this.optionsOf.get(outLink)
    const joined = this.joinedAt.get(place(outLink, group))
    if (options === undefined || joined === undefined) return Number.POSITIVE_INFINITY
    if (now < joined) return joined
    return options.querier || now >= joined + options.membershipNs ? Number.POSITIVE_INFINITY : joined + options.membershipNs
  }

  /** Whether a frame for the group goes out there now. */
  passes(outLink: number, group: SnoopedGroup, now: number): boolean {
    const options = this.optionsOf.get(outLink)
    if (options === undefined) return true
    const joined = this.joinedAt.get(place(outLink, group))
    if (joined === undefined || now < joined) return false
    if (options.querier || now < joined + options.membershipNs) return true
    if (!this.lapsed.has(place(outLink, group))) {
      this.lapsed.add(place(outLink, group))
      this.lapse(outLink, group)
    }
    return false
  }
}
