/**
 * What goes into a step of the VRRP machine and what comes out of it, all plain data.
 *
 * Inputs carry the time; effects are in the order in which keepalived does them. Whoever runs the machine carries
 * the effects out (frames, addresses, journal) and brings the inputs. Timers: either follow `armTimer` and
 * `cancelTimer`, or ask `nextDeadline(state)` after each step; `timer` serves everything that is due.
 */
import type { Cause } from '../../trace/contract.ts'
import type { VrrpConfig } from './config.ts'
import type { InstanceState } from './state.ts'

/** A VRRP packet. Addresses are unsigned 32-bit. */
export interface VrrpAdvert {
  readonly version: 2 | 3
  readonly vrid: number
  /** 0: the sender resigns. */
  readonly priority: number
  /** Centiseconds; of version 2, which has whole seconds on the wire, 100 times those. */
  readonly advertIntCs: number
  readonly vips: readonly number[]
  readonly authType: 'none' | 'pass' | 'ah'
  readonly authData: string
  readonly srcIp: number
  /** The multicast group or one unicast peer. */
  readonly dst: number
  readonly ttl: number
}

export interface VrrpInterface {
  readonly name: string
  readonly up: boolean
  readonly ip: number | null
}

export type VrrpInput =
  /** `interfaces`: as the host has them now. `leftovers`: VIPs still installed from a run that was killed. */
  | { readonly kind: 'start'; readonly nowNs: number; readonly interfaces: readonly VrrpInterface[]; readonly leftovers: readonly number[] }
  /** SIGTERM. */
  | { readonly kind: 'stop'; readonly nowNs: number }
  /** SIGKILL, or the host is gone: nothing is sent, nothing is removed. */
  | { readonly kind: 'kill'; readonly nowNs: number }
  | { readonly kind: 'timer'; readonly nowNs: number }
  /** The process goes on after it stood still; what waited for it, and its late timers, follow. */
  | { readonly kind: 'wake'; readonly nowNs: number }
  | { readonly kind: 'advert'; readonly nowNs: number; readonly interface: string; readonly advert: VrrpAdvert }
  | { readonly kind: 'carrier'; readonly nowNs: number; readonly interface: string; readonly up: boolean }
  | { readonly kind: 'address'; readonly nowNs: number; readonly interface: string; readonly ip: number | null }
  | { readonly kind: 'scriptEnded'; readonly nowNs: number; readonly script: string; readonly ok: boolean }
  | { readonly kind: 'file'; readonly nowNs: number; readonly file: string; readonly value: number }
  | { readonly kind: 'process'; readonly nowNs: number; readonly process: string; readonly up: boolean }
  /** SIGHUP; the step is given the new configuration, and this the one before it. */
  | { readonly kind: 'reload'; readonly nowNs: number; readonly previous: VrrpConfig }

/** Which thread of the connection sync daemon. */
export type SyncRole = 'master' | 'backup'

export type VrrpEffect =
  | {
      readonly kind: 'sendAdvert'
      readonly instance: string
      readonly interface: string
      readonly advert: VrrpAdvert
      /** VRID whose virtual MAC the frame comes from; unless given, the interface's own. */
      readonly vmac?: number
      readonly cause: Cause
    }
  | {
      readonly kind: 'sendGarp'
      readonly instance: string
      readonly interface: string
      readonly ip: number
      readonly vmac?: number
      readonly cause: Cause
    }
  | {
      readonly kind: 'addVip' | 'removeVip'
      readonly instance: string
      readonly interface: string
      readonly ip: number
      readonly prefixLength: number
      readonly vmac?: number
      readonly cause: Cause
    }
  | {
      readonly kind: 'stateChange'
      readonly instance: string
      readonly vrid: number
      readonly from: InstanceState | 'STOP'
      readonly to: InstanceState | 'STOP'
      /** keepalived's "(init)" line at its start. */
      readonly init: boolean
      /** Whether keepalived prints its "Entering … STATE" line for it. */
      readonly logged: boolean
      readonly cause: Cause
    }
  | {
      readonly kind: 'groupChange'
      readonly group: string
      readonly from: InstanceState
      readonly to: InstanceState
      readonly cause: Cause
    }
  | { readonly kind: 'priorityChange'; readonly instance: string; readonly from: number; readonly to: number; readonly cause: Cause }
  | { readonly kind: 'advertRejected'; readonly instance: string; readonly from: number; readonly cause: Cause }
  | { readonly kind: 'runScript'; readonly script: string }
  | {
      readonly kind: 'syncDaemon'
      /** First these threads of the kernel are stopped, then those started; one that runs already goes on as it is. */
      readonly stop: readonly SyncRole[]
      readonly start: readonly SyncRole[]
      readonly interface: string
      readonly syncId: number
      readonly cause: Cause
    }
  /** With a cause the story tells it, too. */
  | { readonly kind: 'log'; readonly instance: string | null; readonly text: string; readonly cause?: Cause }
  | { readonly kind: 'armTimer'; readonly timer: string; readonly atNs: number }
  | { readonly kind: 'cancelTimer'; readonly timer: string }
  /** The child has ended. */
  | { readonly kind: 'stopped'; readonly cause: Cause }
