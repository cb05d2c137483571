/**
 * What a run leaves behind, as raw as it was counted: the simulation fills it, metrics, expectations and reports
 * read it. Columns are indexed by segment: the pieces of the run between all the instants at which somebody may
 * want to cut it (segments.ts), so any window or bin is a sum of whole segments. Histograms cannot be cut, so they
 * are kept by zone: a maximal run of segments that belong to the same windows.
 *
 * Times are ns of simulated time; counts are exact integers in doubles.
 */
import type { Histogram } from '../base/histogram.ts'
import type { ListedConnection, ListedService } from '../config/ipvsadm/index.ts'
import type { EntryFacts } from '../protocols/ipvs/index.ts'
import type { Cause, Happening } from '../trace/contract.ts'
import type { Segments } from './segments.ts'

export interface RunResult {
  /** 16 hexadecimal digits. */
  readonly digest: string
  /** `rates`: it was calculated on the flow level; absent: every packet was simulated. */
  readonly answeredBy?: 'rates'
  readonly events: number
  readonly packetHops: number
  /** How far the run came: the scenario's duration unless it was interrupted or a limit was hit. */
  readonly simulatedNs: number
  /** Set when the run ended early: what stopped it, as a sentence. */
  readonly stopped?: string
  readonly measurements: Measurements
  readonly happenings: readonly Happening[]
  readonly requests: readonly RequestRecord[]
  /** The directors' tables at the instants asked for and at the end, in the order of time, then of names. */
  readonly tables: readonly DirectorTables[]
}

export interface Measurements {
  readonly segments: Segments
  /** Both directions of every cable, in the order of names. */
  readonly links: readonly LinkMeasurement[]
  /** In the order of names. */
  readonly traffic: readonly TrafficMeasurement[]
  /** In the order of addresses. */
  readonly vips: readonly VipMeasurement[]
  /** Counts of the drops of a traffic source, by reason (index into net/drops.ts DROP_REASONS). */
  readonly dropReasons: readonly string[]
  readonly directors: readonly DirectorMeasurement[]
}

export interface LinkMeasurement {
  /** Direction of travel, `switch→b2`. */
  readonly name: string
  readonly from: string
  readonly to: string
  /** Line rate in each segment, bit/s (a `set` event may change it; the slower of line and token bucket; may be Infinity). */
  readonly rateBps: Float64Array
  /** Bytes on the wire (with the link's overhead) presented to the queue, before drops. */
  readonly offeredWireBytes: Float64Array
  /** Time spent sending, ns. */
  readonly busyNs: Float64Array
  /** Packets accepted, and tail drops. */
  readonly accepted: Float64Array
  readonly drops: Float64Array
  /** Longest queue seen, in packets, the one being sent not counted. */
  readonly queueMaxPackets: Float64Array
  /** Waiting times above zero, from queue to first bit, by zone (null: nobody waited); the rest of `accepted` did not wait. */
  readonly waits: readonly (Histogram | null)[]
  /** The queue's limit, for the report. */
  readonly queueLimit: { readonly packets: number } | { readonly bytes: number }
}

export interface TrafficMeasurement {
  readonly name: string
  /** What `sent` counts: datagrams of UDP, requests of curl and the like. */
  readonly counts: 'packets' | 'requests'
  /** By the segment in which it was sent. */
  readonly sent: Float64Array
  /** Of those sent in this segment: delivered to a real server (packets) or answered (requests). */
  readonly delivered: Float64Array
  /** Of those sent in this segment: on the way when the run ended; neither delivered nor lost. */
  readonly unresolved: Float64Array
  /** IP bytes sent in this segment by the client. */
  readonly sentBytes: Float64Array
  /** IP bytes delivered (packets and uploads: to real servers; requests: from the servers to the client), by the segment of sending. */
  readonly deliveredBytes: Float64Array
  /** Packets: sending to delivery; requests: sending to the last byte of the answer. By zone of sending. */
  readonly delays: readonly Histogram[]
  /** dropped[reason][segment of sending]; a reason that never occurred may be absent. */
  readonly dropped: readonly (Float64Array | undefined)[]
}

/** [fromNs, toNs): `host` was a live, reachable MASTER that held the VIP. */
export interface Ownership {
  readonly host: string
  readonly fromNs: number
  /** Infinity: still so at the end. */
  readonly toNs: number
}

export interface VipMeasurement {
  readonly address: string
  /** In the order of their beginning; two overlap when two hosts are MASTER. */
  readonly owners: readonly Ownership[]
  /** Packets of traffic sources to this VIP, by the segment in which they were sent. */
  readonly sent: Float64Array
  /** First and last of these; Infinity and −Infinity when there is none. */
  readonly firstSentNs: Float64Array
  readonly lastSentNs: Float64Array
  /** Packets to this VIP that reached a real server, by the segment in which they reached it. */
  readonly delivered: Float64Array
  readonly firstDeliveredNs: Float64Array
  readonly lastDeliveredNs: Float64Array
  /** Longest time between two successive deliveries of the same segment. */
  readonly longestGapNs: Float64Array
}

export type RequestFate = 'ok' | 'reset' | 'refused' | 'timed_out' | 'open'

export interface RequestRecord {
  /** `curl#17`: traffic source and number, from 1. */
  readonly id: string
  readonly traffic: string
  readonly sentNs: number
  readonly vip: string
  /** Host that owned the connection's table entry last; '' when none saw it. */
  readonly director: string
  /** Host that answered (or was to); '' when none did. */
  readonly server: string
  /** `open`: under way when the run ended. */
  readonly fate: RequestFate
  readonly elapsedNs: number
  readonly synRetransmits: number
  /** Why it was delayed or failed; '' when nothing happened to it. */
  readonly cause: string
  /** The same as data; absent when nothing happened to it. */
  readonly why?: Cause
}

/** Entries of a director's tables, sampled at the end of each segment. */
export interface DirectorMeasurement {
  readonly host: string
  readonly active: Float64Array
  readonly inactive: Float64Array
}

export interface DirectorTables {
  readonly tNs: number
  readonly host: string
  readonly services: readonly ListedService[]
  readonly connections: readonly (ListedConnection & { readonly facts?: EntryFacts })[]
}
