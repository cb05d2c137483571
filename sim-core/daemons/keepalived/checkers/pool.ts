/**
 * The servers of one virtual server, as its checkers leave them: in the kernel's table, out of it, or in it with
 * weight 0 (inhibit_on_failure); and the quorum, without which a sorry_server takes their place.
 *
 * Gained when the weights of the servers alive reach quorum + hysteresis, lost below quorum − hysteresis or at 0
 * (keepalived 2.2.7, ipwrapper.c; recordings h03, h04).
 */
import type { RealServer, SorryServer, VirtualServer } from '../../../config/keepalived/index.ts'
import { because, type Cause } from '../../../trace/contract.ts'
import type { IpvsServiceKey, KeepalivedEffect } from '../messages.ts'
import { addressOf } from './retry-cycle.ts'

export interface ServerState {
  /** No checker of it has failed. */
  readonly alive: boolean
  /** In the kernel's table. */
  readonly set: boolean
  /** Its weight while it is alive (misc_dynamic changes it). */
  readonly weight: number
}

export interface PoolState {
  readonly quorumUp: boolean
  readonly sorryAlive: boolean
  readonly sorrySet: boolean
  readonly servers: readonly ServerState[]
}

export const poolOff = (vs: VirtualServer): PoolState => ({
  quorumUp: false,
  sorryAlive: false,
  sorrySet: false,
  servers: vs.realServers.map(rs => ({ alive: false, set: false, weight: rs.weight })),
})

const SORRY_WEIGHT = 1

/** "[10.0.0.100]:tcp:80", as journals write it. */
export function logName(vs: VirtualServer, of: { address: string; port: number } | null = null): string {
  const { service } = vs
  if (of !== null) return `[${of.address}]:${vs.protocol.toLowerCase()}:${of.port}`
  if (service.kind === 'fwmark') return `FWM ${service.mark}`
  if (service.kind === 'group') return service.name
  return logName(vs, service)
}

/** "10.0.0.100:80", as the recordings write it. */
export const shortName = (vs: VirtualServer): string => {
  const { service } = vs
  return service.kind === 'address' ? `${service.address}:${service.port}` : logName(vs)
}

/** Changes one virtual server's pool; `effects` is the caller's. */
export class Pool {
  private readonly vs: VirtualServer
  private readonly keys: readonly IpvsServiceKey[]
  private readonly effects: KeepalivedEffect[]
  private state: PoolState

  constructor(vs: VirtualServer, keys: readonly IpvsServiceKey[], state: PoolState, effects: KeepalivedEffect[]) {
    this.vs = vs
    this.keys = keys
    this.state = state
    this.effects = effects
  }

  get current(): PoolState {
    return this.state
  }

  /** keepalived starts (or adds servers on a reload): `failed[i]` of servers that an alpha checker holds back. */
  begin(failed: readonly boolean[], why: Cause): void {
    this.vs.realServers.forEach((rs, i) => {
      const s = this.state.servers[i]
      if (!failed[i] && !s.alive) {
        this.add(i, why)
        this.update(i, { alive: true })
      } else if (rs.inhibitOnFailure && !s.set) this.put(i, 'ipvsAddDest', 0, why)
    })
    this.judgeQuorum(true)
    const { sorryServer } = this.vs
    if (sorryServer?.inhibit === true && !this.state.sorrySet) this.putSorry(sorryServer, 'ipvsAddDest', 0, why)
  }

  /** A checker's verdict took the server out or brought it back. */
  setAlive(i: number, alive: boolean, why: Cause): void {
    if (this.state.servers[i].alive === alive) return
    const rs = this.vs.realServers[i]
    const inhibits = rs.inhibitOnFailure
    const verb = alive ? (inhibits ? 'Enabling' : 'Adding') : inhibits ? 'Disabling' : 'Removing'
    const log = `${verb} service ${logName(this.vs, rs)} ${inhibits ? 'of' : alive ? 'to' : 'from'} VS ${logName(this.vs)}`
    this.tell(rs, alive, log, why)
    if (this.state.quorumUp || !this.state.sorryAlive) {
      if (alive) this.add(i, why)
      else this.remove(i, why)
    }
    this.update(i, { alive })
    this.judgeQuorum(false)
  }

  setWeight(i: number, weight: number, why: Cause): void {
    const s = this.state.servers[i]
    if (weight === s.weight) return
    this.log(
      `Changing weight from ${s.weight} to ${weight} for ${s.alive ? '' : 'in'}active service ${logName(this.vs, this.vs.realServers[i])} of VS ${logName(this.vs)}`,
    )
    this.update(i, { weight })
    if (s.set && s.alive && (this.state.quorumUp || !this.state.sorryAlive)) this.put(i, 'ipvsEditDest', weight, why)
    this.judgeQuorum(false)
  }

  /** keepalived stops: everything it put into the table is taken out. */
  end(why: Cause): void {
    const { sorryServer } = this.vs
    if (sorryServer !== undefined && this.state.sorrySet) this.putSorry(sorryServer, 'ipvsDelDest', SORRY_WEIGHT, why)
    this.vs.realServers.forEach((_, i) => {
      if (this.state.servers[i].set) this.put(i, 'ipvsDelDest', this.state.servers[i].weight, why)
    })
    this.state = poolOff(this.vs)
  }

  /** Takes a server out for good (a reload without it). */
  drop(i: number, why: Cause): void {
    if (this.state.servers[i].set) this.put(i, 'ipvsDelDest', this.state.servers[i].weight, why)
    this.update(i, { alive: false })
  }

  /** The options of a server that stays changed on a reload. */
  edit(i: number, why: Cause): void {
    const s = this.state.servers[i]
    if (s.set) this.put(i, 'ipvsEditDest', s.alive ? s.weight : 0, why)
  }

  private judgeQuorum(atStart: boolean): void {
    const { vs } = this
    const live = this.state.servers.reduce((sum, s) => sum + (s.alive ? s.weight : 0), 0)
    const { quorumUp, sorryAlive } = this.state
    const { quorum, hysteresis, sorryServer } = vs
    if (!quorumUp && live >= quorum + hysteresis) {
      const sum = `${quorum}+${hysteresis}=${quorum + hysteresis} <= ${live}`
      this.state = { ...this.state, quorumUp: true }
      const why = because(
        'keepalived-quorum-gained',
        `the quorum is gained: the living servers weigh ${live} ≥ ${quorum} + ${hysteresis} = ${quorum + hysteresis} (quorum + hysteresis)`,
        { quorum, hysteresis, live_weight: live },
        `${live} ≥ ${quorum} + ${hysteresis}`,
      )
      this.log(`Gained quorum ${sum} for VS ${logName(vs)}`, atStart ? undefined : why)
      if (sorryServer !== undefined && sorryAlive) this.endSorry(sorryServer, why)
    } else if (
      (quorumUp && (live === 0 || live < quorum - hysteresis)) ||
      (atStart && !quorumUp && sorryServer !== undefined && !sorryAlive)
    ) {
      const sign = quorumUp ? '−' : '+'
      const limit = quorum - (quorumUp ? hysteresis : -hysteresis)
      const sum = `${quorum}-${hysteresis}=${limit} > ${live}`
      const why = because(
        'keepalived-quorum-lost',
        live === 0 && limit <= 0
          ? 'the quorum is lost: no server is alive'
          : `the quorum is lost: the living servers weigh ${live} < ${quorum} ${sign} ${hysteresis} = ${limit} (quorum ${sign} hysteresis)`,
        { quorum, hysteresis, live_weight: live },
        live === 0 && limit <= 0 ? `${live} = 0` : `${live} < ${quorum} ${sign} ${hysteresis}`,
      )
      this.state = { ...this.state, quorumUp: false }
      this.log(`${atStart ? 'Starting with quorum down' : 'Lost quorum'} ${sum} for VS ${logName(vs)}`, why)
      if (sorryServer !== undefined && !sorryAlive) this.beginSorry(sorryServer, why)
    }
  }

  private beginSorry(sorry: SorryServer, lost: Cause): void {
    const why = { ...lost, text: `${lost.text}; the sorry server stands in for the servers left` }
    this.tell(
      sorry,
      true,
      `${sorry.inhibit ? 'Enabling' : 'Adding'} sorry server ${logName(this.vs, sorry)} to VS ${logName(this.vs)}`,
      why,
    )
    this.log(`Removing alive servers from the pool for VS ${logName(this.vs)}`)
    this.state.servers.forEach((s, i) => {
      if (s.alive) this.remove(i, why)
    })
    this.putSorry(sorry, this.state.sorrySet ? 'ipvsEditDest' : 'ipvsAddDest', SORRY_WEIGHT, why)
    this.state = { ...this.state, sorryAlive: true }
  }

  private endSorry(sorry: SorryServer, gained: Cause): void {
    const why = { ...gained, text: `${gained.text}; the sorry server is no longer needed` }
    const verb = sorry.inhibit ? 'Disabling' : 'Removing'
    this.tell(sorry, false, `${verb} sorry server ${logName(this.vs, sorry)} from VS ${logName(this.vs)}`, why)
    this.log(`Adding alive servers to the pool for VS ${logName(this.vs)}`)
    this.putSorry(sorry, sorry.inhibit ? 'ipvsEditDest' : 'ipvsDelDest', sorry.inhibit ? 0 : SORRY_WEIGHT, why)
    this.state = { ...this.state, sorryAlive: false }
    this.state.servers.forEach((s, i) => {
      if (s.alive) this.add(i, why)
    })
  }

  /** With inhibit_on_failure a server stays in the table with weight 0. */
  private add(i: number, why: Cause): void {
    const s = this.state.servers[i]
    this.put(i, s.set ? 'ipvsEditDest' : 'ipvsAddDest', s.weight, why)
  }

  private remove(i: number, why: Cause): void {
    const s = this.state.servers[i]
    if (!s.set) return
    if (this.vs.realServers[i].inhibitOnFailure) this.put(i, 'ipvsEditDest', 0, why)
    else this.put(i, 'ipvsDelDest', s.weight, why)
  }

  private put(i: number, kind: 'ipvsAddDest' | 'ipvsEditDest' | 'ipvsDelDest', weight: number, cause: Cause): void {
    const { address, port, forward, uthreshold, lthreshold } = this.vs.realServers[i]
    const dest = { ip: addressOf(address), port, forward, weight, uthreshold, lthreshold }
    for (const service of this.keys) this.effects.push({ kind, service, dest, cause })
    this.update(i, { set: kind !== 'ipvsDelDest' })
  }

  private putSorry(sorry: SorryServer, kind: 'ipvsAddDest' | 'ipvsEditDest' | 'ipvsDelDest', weight: number, cause: Cause): void {
    const dest = { ip: addressOf(sorry.address), port: sorry.port, forward: sorry.forward, weight, uthreshold: 0, lthreshold: 0 }
    for (const service of this.keys) this.effects.push({ kind, service, dest, cause })
    this.state = { ...this.state, sorrySet: kind !== 'ipvsDelDest' }
  }

  private update(i: number, change: Partial<ServerState>): void {
    this.state = { ...this.state, servers: this.state.servers.map((s, k) => (k === i ? { ...s, ...change } : s)) }
  }

  /** With a cause the story tells it, too. */
  private log(text: string, cause?: Cause): void {
    this.effects.push(cause === undefined ? { kind: 'log', instance: null, text } : { kind: 'log', instance: null, text, cause })
  }

  private tell(of: RealServer | SorryServer, up: boolean, log: string, cause: Cause): void {
    const realServer = `${of.address}:${of.port}`
    this.effects.push({ kind: 'check', realServer, virtualServer: shortName(this.vs), up, log, cause })
  }
}
