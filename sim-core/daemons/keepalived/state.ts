/** The memory of one host's keepalived, running or not: plain data. What outlives the process (VIPs on the NIC) is here too. */
import { VRRP_OFF, type VrrpInterface, type VrrpState } from '../../protocols/vrrp/index.ts'
import { HEALTH_OFF, type HealthState } from './checkers/health.ts'
import type { KeepalivedInput } from './messages.ts'

export interface HeldVip {
  readonly interface: string
  readonly ip: number
  readonly prefixLength: number
  readonly vmac?: number
  readonly instance: string
}

export interface KeepalivedState {
  readonly phase: 'off' | 'running' | 'stopping'
  /** SIGSTOP: nothing is served; packets and signals wait. */
  readonly frozen: boolean
  /** What arrived while frozen, oldest first. */
  readonly waiting: readonly KeepalivedInput[]
  /** A start that came before the last run had ended. */
  readonly startAgain: boolean
  readonly vrrp: VrrpState
  /** Of the process that runs the checkers. */
  readonly health: HealthState
  /** VIPs on the host's interfaces that keepalived put there, in the order of adding. */
  readonly held: readonly HeldVip[]
  /** The host's interfaces, kept up to date while keepalived is off too. */
  readonly interfaces: readonly VrrpInterface[]
  readonly scripts: { readonly allFail: boolean; readonly exceptions: readonly string[] }
}

/** A host with these interfaces, on which keepalived does not run. Scripts succeed until told otherwise. */
export const keepalivedOff = (interfaces: readonly VrrpInterface[]): KeepalivedState => ({
  phase: 'off',
  frozen: false,
  waiting: [],
  startAgain: false,
  vrrp: VRRP_OFF,
  health: HEALTH_OFF,
  held: [],
  interfaces,
  scripts: { allFail: false, exceptions: [] },
})

/** Adverts that fit into a socket's receive buffer while nobody reads: 212,992 bytes of skbs of 768 (Linux defaults). */
export const WAITING_ADVERTS_MAX = 277

export const scriptSucceeds = (s: KeepalivedState['scripts'], name: string): boolean => s.allFail === s.exceptions.includes(name)
