/**
 * What was sent to each VIP and came through, by segment: VipMeasurement from rates.
 *
 * VIPs that get the same share of the same sources are sent the same, and those that lose nothing have the same
 * columns throughout, so they share them: a VIP gets a column of its own for what is delivered when it first loses
 * something, and for when, when it is first without service. A day of a thousand VIPs would not fit in memory otherwise.
 */
import type { Ownership, Segments, VipMeasurement } from '../metrics/index.ts'
import { rounded } from './columns.ts'

/** When something was delivered. */
class Service {
  readonly first: Float64Array
  readonly last: Float64Array
  readonly gap: Float64Array
  /** End of the last stretch of service; −1 before the first. */
  untilNs: number

  constructor(count: number, like?: Service) {
    this.first = like?.first.slice() ?? new Float64Array(count).fill(Number.POSITIVE_INFINITY)
    this.last = like?.last.slice() ?? new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
    this.gap = like?.gap.slice() ?? new Float64Array(count)
    this.untilNs = like?.untilNs ?? -1
  }

  add(s: number, fromNs: number, dt: number): void {
    if (this.first[s] === Number.POSITIVE_INFINITY) this.first[s] = fromNs
    else if (fromNs - this.untilNs > this.gap[s]) this.gap[s] = fromNs - this.untilNs
    this.last[s] = fromNs + dt
    this.untilNs = fromNs + dt
  }
}

/** VIPs that are sent the same. */
interface Group {
  pps: number
  readonly sent: Float64Array
  readonly service: Service
}

export class VipAccounts {
  private readonly count: number
  private readonly groups = new Map<string, Group>()
  private readonly groupOf: readonly Group[]
  /** Per VIP, once it needs them. */
  private readonly delivered: (Float64Array | undefined)[]
  private readonly service: (Service | undefined)[]
  private readonly deliveredPps: Float64Array
  private lossy: number[] = []
  private interrupted: number[] = []

  /** `groups`: a name for each VIP; VIPs with the same name are sent the same. */
  constructor(segments: Segments, groups: readonly string[]) {
    this.count = segments.count
    this.groupOf = groups.map(name => {
      const known = this.groups.get(name)
      if (known !== undefined) return known
      const group = { pps: 0, sent: new Float64Array(this.count), service: new Service(this.count) }
      this.groups.set(name, group)
      return group
    })
    this.delivered = new Array(groups.length).fill(undefined)
    this.service = new Array(groups.length).fill(undefined)
    this.deliveredPps = new Float64Array(groups.length)
  }

  /** From now on: packets a second sent to a VIP, and of those lost. */
  setRate(vip: number, sentPps: number, lostPps: number): void {
    const group = this.groupOf[vip]
    group.pps = sentPps
    this.deliveredPps[vip] = Math.max(0, sentPps - lostPps)
    if (lostPps > 0 && this.delivered[vip] === undefined) {
      this.delivered[vip] = group.sent.slice()
      this.lossy.push(vip)
    }
    if (sentPps > 0 && this.deliveredPps[vip] <= sentPps * UNSERVED && this.service[vip] === undefined) {
      this.service[vip] = new Service(this.count, group.service)
      this.interrupted.push(vip)
    }
  }

  add(s: number, fromNs: number, dt: number): void {
    for (const group of this.groups.values()) {
      if (group.pps === 0) continue
      group.sent[s] += (group.pps * dt) / 1e9
      group.service.add(s, fromNs, dt)
    }
    for (const vip of this.lossy) (this.delivered[vip] as Float64Array)[s] += (this.deliveredPps[vip] * dt) / 1e9
    for (const vip of this.interrupted) if (this.deliveredPps[vip] > this.groupOf[vip].pps * UNSERVED) this.service[vip]?.add(s, fromNs, dt)
  }

  measurements(addresses: readonly string[], owners: (vip: number) => readonly Ownership[]): VipMeasurement[] {
    const sent = new Map(Array.from(this.groups.values(), g => [g, rounded(g.sent)]))
    return addresses.map((address, vip) => {
      const group = this.groupOf[vip]
      const service = this.service[vip] ?? group.service
      const all = sent.get(group) as Float64Array
      return {
        address,
        owners: owners(vip),
        sent: all,
        firstSentNs: group.service.first,
        lastSentNs: group.service.last,
        delivered: this.delivered[vip] === undefined ? all : rounded(this.delivered[vip]),
        firstDeliveredNs: service.first,
        lastDeliveredNs: service.last,
        longestGapNs: service.gap,
      }
    })
  }
}

/** A share that is none. */
const UNSERVED = 1e-9
