/**
 * What the page and the worker that simulates say to each other. Plain data; chunks of the trace are transferred.
 * `run` is the page's number for a run: an answer to a run that was given up is recognised by it and dropped.
 */
import type { DirectorTables, Happening, Problem, RequestRecord, TraceHeader, TracePart } from '../../sim-core/index.ts'
import type { DeskAnswer, DeskQuestion } from './desk.ts'

export type Files = Readonly<Record<string, string>>

export type ToWorker =
  | { readonly kind: 'run'; readonly run: number; readonly files: Files; readonly scenario: string; readonly seed?: number }
  | { readonly kind: 'cancel'; readonly run: number }
  /** The directors' tables (and other things inside) at an instant. */
  | { readonly kind: 'inside'; readonly run: number; readonly ask: number; readonly t: number }
  /** Every packet of [fromNs, toNs), of a run whose trace holds only a part of them. */
  | { readonly kind: 'detail'; readonly run: number; readonly fromNs: number; readonly toNs: number }
  /** Anything but a run; asked of a worker of its own. */
  | { readonly kind: 'desk'; readonly ask: number; readonly question: DeskQuestion }

export type FromWorker =
  | {
      readonly kind: 'desk'
      readonly run: -1
      readonly ask: number
      readonly answer: DeskAnswer | { readonly kind: 'broken'; readonly message: string }
    }
  | {
      readonly kind: 'begun'
      readonly run: number
      readonly header: TraceHeader
      readonly cluster: Cluster
      readonly problems: readonly Problem[]
    }
  | { readonly kind: 'refused'; readonly run: number; readonly problems: readonly Problem[] }
  | { readonly kind: 'part'; readonly run: number; readonly part: TracePart }
  | { readonly kind: 'done'; readonly run: number; readonly result: RunSummary }
  | { readonly kind: 'inside'; readonly run: number; readonly ask: number; readonly t: number; readonly inside: Inside }
  | {
      readonly kind: 'detail'
      readonly run: number
      readonly fromNs: number
      readonly toNs: number
      readonly header: TraceHeader
      readonly part: TracePart
    }
  | { readonly kind: 'failed'; readonly run: number; readonly message: string }

/** The scenario, as far as the page shows it. */
export interface Cluster {
  readonly title: string
  readonly about: string
  readonly seed: number
  readonly durationNs: number
  readonly lans: readonly string[]
  readonly hosts: readonly ClusterHost[]
  readonly vips: readonly string[]
  readonly events: readonly { readonly atNs: number; readonly verb: string; readonly target: string; readonly line: number }[]
  readonly windows: readonly { readonly name: string; readonly fromNs: number; readonly toNs: number }[]
  readonly traffic: readonly { readonly name: string; readonly from: string }[]
}

export type Role = 'client' | 'director' | 'server' | 'host'

export interface ClusterHost {
  readonly name: string
  readonly role: Role
  readonly interfaces: readonly { readonly name: string; readonly lan: string; readonly address: string }[]
  readonly instances: readonly ClusterInstance[]
  readonly keepalived: boolean
}

export interface ClusterInstance {
  readonly name: string
  readonly vrid: number
  readonly priority: number
  readonly advertIntervalNs: number
  /** Silence after which a BACKUP takes over: 3 intervals and the skew. */
  readonly masterDownNs: number
  readonly vips: readonly string[]
}

/** What a finished run says about itself; everything that can be counted per bin is here already counted. */
export interface RunSummary {
  readonly digest: string
  readonly simulatedNs: number
  readonly stopped?: string
  readonly events: number
  readonly packetHops: number
  readonly wallS: number
  readonly verdicts: readonly PageVerdict[]
  readonly windows: readonly PageWindow[]
  /** Changes of hands, judged apart from the windows. */
  readonly takeovers: readonly PageTakeover[]
  /** The run in a sentence or two, as the command line says it. */
  readonly answer: { readonly verdict: string; readonly text: readonly string[] }
  readonly requests: readonly RequestRecord[]
  readonly vips: readonly PageVip[]
  readonly series: readonly PageSeries[]
}

export interface PageVerdict {
  readonly text: string
  readonly ok: boolean
  readonly observed: string
  readonly line: number
}

export interface PageWindow {
  readonly name: string
  readonly fromNs: number
  readonly toNs: number
  readonly verdict: string
  readonly reasons: readonly string[]
  /** 0–1 a traffic source. */
  readonly loss: readonly { readonly traffic: string; readonly loss: number }[]
  /** Offered over capacity a link, the busiest first. */
  readonly links: readonly { readonly link: string; readonly offered: number }[]
}

export interface PageTakeover {
  readonly what: string
  readonly fromNs: number
  readonly toNs: number
  readonly verdict: string
  /** Traffic sources that lost something, 0–1 and how many. */
  readonly lost: readonly { readonly traffic: string; readonly lost: number; readonly loss: number }[]
}

export interface PageVip {
  readonly address: string
  readonly owners: readonly { readonly host: string; readonly fromNs: number; readonly toNs: number }[]
}

/** One line of a chart: value in bins of one second from the start. */
export interface PageSeries {
  readonly chart: 'link' | 'loss' | 'delay' | 'active' | 'inactive' | 'requests'
  readonly name: string
  readonly binNs: number
  readonly values: readonly (number | null)[]
}

/** What is inside the hosts at an instant, as the tools would print it. */
export interface Inside {
  readonly tables: readonly DirectorTables[]
  /** host → tool → what it prints. */
  readonly printed: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The TCP connections as each side sees them. */
  readonly connections: readonly ConnectionViews[]
}

export interface ConnectionViews {
  /** `10.10.1.200:40000 → 10.10.1.10:80` */
  readonly id: string
  readonly client?: { readonly host: string; readonly state: string }
  readonly directors: readonly {
    readonly host: string
    readonly state: string
    readonly expires: string
    readonly counted: 'ActiveConn' | 'InActConn'
  }[]
  readonly server?: { readonly host: string; readonly state: string }
}

export type { DirectorTables, Happening, Problem, RequestRecord, TraceHeader, TracePart }
