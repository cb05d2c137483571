/**
 * The memory of one keepalived process's VRRP child: plain data that survives JSON, so that a snapshot is a copy.
 *
 * `sands` of keepalived is `expiresNs` here: the one deadline of an instance, which is its Master_Down timer while
 * BACKUP and its advert timer while MASTER. `downTimerNs` is the duration that was last loaded into it; keepalived
 * keeps the two apart, and two of its surprises (recordings v45 and v46) come from that.
 * A step never changes the state it is given: it works on a copy (`workingCopy`).
 */

export type InstanceState = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT'

/** What last loaded the down timer, for the sentence that explains its expiry. */
export interface Armed {
  readonly by: 'start' | 'advert' | 'goodbye' | 'leftFault' | 'leftMaster' | 'reload' | 'groupWaits' | 'owner'
  readonly atNs: number
  /** Who sent the packet; 0 when it was none. */
  readonly ip: number
  readonly priority: number
  /** Why the deadline is not simply `atNs` plus the down timer. */
  readonly moved: readonly string[]
  /** The last advert that was heard and did not restart it. */
  readonly ignored: IgnoredAdvert | null
}

export interface IgnoredAdvert {
  /** Why, for a person. */
  readonly text: string
  readonly ip: number
  readonly priority: number
  /** It failed a check; else its priority was lower. */
  readonly rejected: boolean
}

export interface InstanceMemory {
  readonly state: InstanceState
  /** What it would be without its sync group. */
  readonly want: InstanceState
  /** 254 once another owner was heard, in 2.2. */
  readonly basePriority: number
  /** Base plus weights, not clamped. */
  readonly totalPriority: number
  /** What it advertises and compares with: 1 … 255. */
  readonly priority: number
  /** v3: learnt from the master's adverts. */
  readonly masterAdvertIntNs: number
  readonly downTimerNs: number
  /** null: no deadline (INIT, FAULT). */
  readonly expiresNs: number | null
  readonly armed: Armed
  readonly vipsInstalled: boolean
  readonly preemptAtNs: number | null
  /** The last master accepted; 0: none yet. */
  readonly masterIp: number
  readonly garpRefreshAtNs: number
  /** Paced announcements waiting, by address in the order of `addressesOf` (2.2). */
  readonly garpPending: readonly boolean[]
  /** How many weight-0 trackers say FAULT. */
  readonly faults: number
  /** How many weight-0 scripts have not ended for the first time. */
  readonly scriptsUnknown: number
  /** Reloaded as MASTER: advertises at once. */
  readonly reloadedAsMaster: boolean
  /** When its last advert was read (−1: none yet), whose it was, and how many of others had been read at that instant. */
  readonly readAtNs: number
  readonly readFrom: number
  readonly readBefore: number
  /** When it last sent an advert; kept only for timer_expired_backup. */
  readonly lastAdvertNs: number
  /** Another owner was heard (2.3+): own adverts still to be sent, and then until when it must be silent; its interval. */
  readonly rogueAdverts: number
  readonly rogueUntilNs: number | null
  readonly rogueAdvertIntNs: number
}

export interface GroupMemory {
  readonly state: InstanceState
  readonly membersInFault: number
  readonly membersUnknown: number
}

export interface ScriptMemory {
  /** 0 … rise + fall − 1; good from `rise` on. */
  readonly result: number
  readonly phase: 'unknown' | 'assumedFailed' | 'known'
  readonly running: boolean
  readonly nextRunNs: number | null
  readonly timeoutNs: number | null
}

/** An address whose frames wait for the interface. */
export interface QueuedGarp {
  readonly instance: number
  /** Index in `addressesOf`. */
  readonly address: number
  readonly frames: number
}

export interface InterfaceMemory {
  readonly name: string
  readonly up: boolean
  /** Source of adverts; null: no address. */
  readonly ip: number | null
  /** vrrp_garp_interval: no frame before this. */
  readonly garpNextNs: number
  /** Announcements that wait for their turn, first come first served (2.3+). */
  readonly garpQueue: readonly QueuedGarp[]
}

export interface ProcessMemory {
  readonly up: boolean
  readonly seenUp: boolean
  /** When a change that was seen begins to count. */
  readonly changesAtNs: number | null
}

/** A block of gratuitous ARPs still to come. */
export interface GarpTimer {
  readonly id: number
  readonly atNs: number
  readonly instance: number
  readonly repeat: number
  readonly reason: 'entered' | 'lowerPriority' | 'refresh'
}

export interface VrrpState {
  readonly phase: 'off' | 'running' | 'stopping'
  /** When the child ends after SIGTERM. */
  readonly endsAtNs: number | null
  /** vrrp_startup_delay: no instance expires before this plus its down timer; null: over or none. */
  readonly delayedUntilNs: number | null
  readonly instances: readonly InstanceMemory[]
  readonly groups: readonly GroupMemory[]
  readonly scripts: readonly ScriptMemory[]
  /** Value of each tracked file. */
  readonly files: readonly number[]
  readonly processes: readonly ProcessMemory[]
  readonly interfaces: readonly InterfaceMemory[]
  readonly garpTimers: readonly GarpTimer[]
  /** Next service of the paced announcements. */
  readonly garpQueueAtNs: number | null
  readonly nextGarpTimer: number
}

/** A keepalived that does not run. */
export const VRRP_OFF: VrrpState = {
  phase: 'off',
  endsAtNs: null,
  delayedUntilNs: null,
  instances: [],
  groups: [],
  scripts: [],
  files: [],
  processes: [],
  interfaces: [],
  garpTimers: [],
  garpQueueAtNs: null,
  nextGarpTimer: 1,
}

/** The same shape without `readonly`, for the copy that a step works on. */
export type Working<T> = T extends readonly (infer U)[] ? Working<U>[] : T extends object ? { -readonly [K in keyof T]: Working<T[K]> } : T

/**
 * Every packet makes one, and a process may have hundreds of instances: those are shared with the state until
 * `memoryOf` (draft.ts) is asked for one to write on.
 */
export function workingCopy(state: VrrpState): Working<VrrpState> {
  return {
    ...state,
    instances: state.instances.slice() as Working<InstanceMemory>[],
    groups: state.groups.map(m => ({ ...m })),
    scripts: state.scripts.map(m => ({ ...m })),
    files: state.files.slice(),
    processes: state.processes.map(m => ({ ...m })),
    interfaces: state.interfaces.map(m => ({ ...m, garpQueue: m.garpQueue.slice() })),
    garpTimers: state.garpTimers.map(t => ({ ...t })),
  }
}

export const instanceCopy = (m: InstanceMemory): Working<InstanceMemory> => ({
  ...m,
  armed: { ...m.armed, moved: m.armed.moved.slice() },
  garpPending: m.garpPending.slice(),
})
