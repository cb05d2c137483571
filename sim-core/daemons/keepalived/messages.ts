/** What goes into a step of the keepalived process, and what comes out: VRRP's effects and changes of the IPVS table. */
import type { ForwardingMethod, Protocol } from '../../config/keepalived/index.ts'
import type { VrrpAdvert, VrrpEffect } from '../../protocols/vrrp/index.ts'
import type { Cause } from '../../trace/contract.ts'
import type { ProbeOrder, ProbeOutcome } from './checkers/types.ts'
import type { KeepalivedProcessConfig } from './process-config.ts'

export type KeepalivedInput =
  | { readonly kind: 'start'; readonly nowNs: number }
  /** The host is back after a crash and starts keepalived. */
  | { readonly kind: 'boot'; readonly nowNs: number }
  | { readonly kind: 'stop'; readonly nowNs: number }
  /** SIGKILL of all its processes: VIPs and IPVS table stay. */
  | { readonly kind: 'kill'; readonly nowNs: number }
  /** The host loses its power: VIPs and IPVS table are gone too. */
  | { readonly kind: 'crash'; readonly nowNs: number }
  | { readonly kind: 'freeze'; readonly nowNs: number }
  | { readonly kind: 'thaw'; readonly nowNs: number }
  /** SIGHUP: the step is given the new configuration. */
  | { readonly kind: 'reload'; readonly nowNs: number; readonly previous: KeepalivedProcessConfig }
  | { readonly kind: 'timer'; readonly nowNs: number }
  | { readonly kind: 'advert'; readonly nowNs: number; readonly interface: string; readonly advert: VrrpAdvert }
  | { readonly kind: 'carrier'; readonly nowNs: number; readonly interface: string; readonly up: boolean }
  | { readonly kind: 'address'; readonly nowNs: number; readonly interface: string; readonly ip: number | null }
  /** From now on this script (null: every script) ends with success or failure, at once. */
  | { readonly kind: 'script'; readonly nowNs: number; readonly script: string | null; readonly ok: boolean }
  | { readonly kind: 'file'; readonly nowNs: number; readonly file: string; readonly value: number }
  | { readonly kind: 'process'; readonly nowNs: number; readonly process: string; readonly up: boolean }
  /** The answer to drawWarmups: a number from 0 to 1 for each checker. */
  | { readonly kind: 'warmups'; readonly nowNs: number; readonly fractions: readonly number[] }
  /** The answer to startProbe. */
  | { readonly kind: 'probed'; readonly nowNs: number; readonly checker: number; readonly outcome: ProbeOutcome }

/** A virtual service of the kernel: by address and port, or by firewall mark (`mark` ≠ 0). */
export interface IpvsServiceKey {
  readonly protocol: Protocol
  readonly ip: number
  readonly port: number
  readonly mark: number
}

export interface IpvsServiceOptions {
  readonly scheduler: string
  readonly schedulerFlags: readonly string[]
  readonly onePacket: boolean
  readonly persistence: { readonly timeoutS: number; readonly granularity: string } | null
}

export interface IpvsDestination {
  readonly ip: number
  readonly port: number
  readonly forward: ForwardingMethod
  readonly weight: number
  readonly uthreshold: number
  readonly lthreshold: number
}

/** Seconds; 0 keeps the kernel's. */
export interface LvsTimeouts {
  readonly tcpS: number
  readonly tcpFinS: number
  readonly udpS: number
}

/** In keepalived's order; the kernel puts each new destination at the head of its list. */
export type IpvsEffect =
  | { readonly kind: 'ipvsFlush'; readonly cause: Cause }
  | {
      readonly kind: 'ipvsAddService' | 'ipvsEditService'
      readonly service: IpvsServiceKey
      readonly options: IpvsServiceOptions
      readonly cause: Cause
    }
  /**
   * lvs_timeouts; null: none any more. `restore`: the kernel gets back what it had before keepalived set its own (a reload, the
   * end), otherwise what it has now is what will come back.
   */
  | { readonly kind: 'ipvsTimeouts'; readonly timeouts: LvsTimeouts | null; readonly restore: boolean; readonly cause: Cause }
  | { readonly kind: 'ipvsDelService'; readonly service: IpvsServiceKey; readonly cause: Cause }
  | {
      readonly kind: 'ipvsAddDest' | 'ipvsEditDest' | 'ipvsDelDest'
      readonly service: IpvsServiceKey
      readonly dest: IpvsDestination
      readonly cause: Cause
    }

export type KeepalivedEffect =
  | VrrpEffect
  | IpvsEffect
  /** Random numbers are wanted for the warm-up of so many checkers. */
  | { readonly kind: 'drawWarmups'; readonly count: number }
  | { readonly kind: 'startProbe'; readonly checker: number; readonly order: ProbeOrder }
  /** The process is gone or begins anew: no check under way will be answered. */
  | { readonly kind: 'cancelProbes' }
  /** A server is taken out or brought back; names as the recordings write them. */
  | {
      readonly kind: 'check'
      readonly realServer: string
      readonly virtualServer: string
      readonly up: boolean
      /** What the journal says. */
      readonly log: string
      readonly cause: Cause
    }
  | {
      readonly kind: 'process'
      readonly what: 'started' | 'stopping' | 'stopped' | 'killed' | 'crashed' | 'frozen' | 'thawed' | 'reloaded'
      readonly cause: Cause
    }
