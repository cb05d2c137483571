/**
 * What every link is offered, carries and drops while rates are constant: a fixed point over all streams.
 *
 * A link that is offered more than it carries passes to each packet the same chance (drop-tail, first in first out), so
 * streams lose in proportion to what arrives of them. Its queue is a fluid: it fills before anything is lost, stays full
 * while there is too much, and is sent off afterwards at line rate. Below its capacity a link that gets random arrivals
 * loses what M/D/1 with its waiting room loses (queue-loss.ts). What a stream loses upstream does not arrive downstream;
 * cycles of links converge geometrically.
 */
import { DROP_LINE_LOSS, DROP_QUEUE_FULL } from '../net/index.ts'
import type { Fabric } from './fabric.ts'
import { queueLoss } from './queue-loss.ts'
import type { UdpStream } from './streams.ts'
import { DELIVERED, SOURCE, type Tree } from './tree.ts'

const ROUNDS_MAX = 1000
const CONVERGED = 1e-12
/** A queue this near to its end is there: its room in bits moves a little with the mix of packet sizes. */
const BRIM = 1e-6
/** Below this load a queue of random arrivals loses nothing worth a number. */
const IDLE = 0.2

/** What a stream loses, by drop reason; VANISHED counts without one. */
export interface Loss {
  readonly reason: number
  pps: number
}

const NO_LOSSES: readonly Loss[] = []

export class Loads {
  /** Packets and wire bits a second presented to each link, control traffic included. */
  readonly pps: Float64Array
  readonly bps: Float64Array
  /** Wire bits a second that it sends. */
  readonly sentBps: Float64Array
  /** Of what is presented, the share that the full queue drops, and all that is dropped. */
  readonly queueLoss: Float64Array
  readonly lossShare: Float64Array
  /** Bit/s that each can carry now. */
  readonly capacityBps: Float64Array
  /** Bits waiting, and how many may. */
  readonly backlogBits: Float64Array
  readonly roomBits: Float64Array
  /** By stream. */
  readonly losses: (readonly Loss[])[] = []
  private readonly pass: Float64Array
  private readonly randomPps: Float64Array
  private readonly refusedSent: Int16Array
  private readonly refusedArrived: Int16Array
  /** Adverts. */
  private readonly controlPps: Float64Array
  private readonly controlBps: Float64Array
  private arriving = new Float64Array(64)
  private anyLoss = false
  /** Something waits somewhere. */
  anyBacklog = false
  private readonly fabric: Fabric

  constructor(fabric: Fabric) {
    this.fabric = fabric
    const column = (): Float64Array => new Float64Array(fabric.options.length)
    this.pps = column()
    this.bps = column()
    this.sentBps = column()
    this.queueLoss = column()
    this.lossShare = column()
    this.capacityBps = column()
    this.backlogBits = column()
    this.roomBits = column()
    this.pass = column().fill(1)
    this.randomPps = column()
    this.controlPps = column()
    this.controlBps = column()
    this.refusedSent = new Int16Array(fabric.options.length).fill(-1)
    this.refusedArrived = new Int16Array(fabric.options.length).fill(-1)
  }

  get count(): number {
    return this.pps.length
  }

  /** Cables, cuts or options may have changed. */
  readConditions(): void {
    const { links } = this.fabric.network
    for (let l = 0; l < this.count; l++) {
      const { sent, arrived } = links.refusal(l)
      this.refusedSent[l] = sent
      this.refusedArrived[l] = arrived
      if (sent >= 0) this.backlogBits[l] = 0
    }
  }

  setControl(pps: Float64Array, bps: Float64Array): void {
    this.controlPps.set(pps)
    this.controlBps.set(bps)
  }

  /** `streams` with their `pps`; `elasticBps`: what TCP sends over each link besides. Sets every column and `lostPps`. */
  solve(streams: readonly UdpStream[], elasticPps: Float64Array, elasticBps: Float64Array): void {
    this.pass.fill(1)
    for (let round = 0; round < ROUNDS_MAX; round++) {
      this.pps.set(this.controlPps)
      this.bps.set(this.controlBps)
      this.randomPps.fill(0)
      for (const s of streams) if (s.pps > 0) this.present(s)
      let change = 0
      for (let l = 0; l < this.count; l++) {
        this.pps[l] += elasticPps[l]
        this.bps[l] += elasticBps[l]
        change = Math.max(change, this.setPass(l))
      }
      if (change < CONVERGED) break
    }
    this.anyLoss = this.lossShare.some(x => x > 0)
    this.anyBacklog = this.backlogBits.some(x => x > 0)
    for (const s of streams) this.account(s)
  }

  /** When the queue of a link will be full or empty at these rates, ns from now; Infinity: it stays as it is. */
  turnIn(l: number): number {
    const surplus = this.bps[l] * (1 - this.linkLoss(l)) - this.capacityBps[l]
    if (surplus > 0 && this.backlogBits[l] < this.roomBits[l] * (1 - BRIM))
      return (1e9 * (this.roomBits[l] - this.backlogBits[l])) / surplus
    if (surplus < 0 && this.backlogBits[l] > 0) return (1e9 * this.backlogBits[l]) / -surplus
    return Number.POSITIVE_INFINITY
  }

  /** Queues `dt` ns later. */
  flow(dt: number): void {
    for (let l = 0; l < this.count; l++) {
      const surplus = this.bps[l] * (1 - this.linkLoss(l)) - this.capacityBps[l]
      if (surplus <= 0 && this.backlogBits[l] === 0) continue
      if (this.refusedSent[l] >= 0) continue
      const room = this.roomBits[l]
      const bits = Math.min(room, Math.max(0, this.backlogBits[l] + (surplus * dt) / 1e9))
      this.backlogBits[l] = bits < room * BRIM ? 0 : bits > room * (1 - BRIM) ? room : bits
    }
  }

  private linkLoss(l: number): number {
    return this.fabric.options[l].loss
  }

  private present({ tree, pps }: UdpStream): void {
    const { count, link, parent, share, wireBits, random } = tree
    if (count > this.arriving.length) this.arriving = new Float64Array(count * 2)
    const { arriving, pass } = this
    for (let n = 0; n < count; n++) {
      const l = link[n]
      const from = parent[n]
      const rate = (from === SOURCE ? pps : arriving[from] * pass[link[from]]) * share[n]
      arriving[n] = rate
      this.pps[l] += rate
      this.bps[l] += rate * wireBits[n]
      if (random[n] === 1) this.randomPps[l] += rate
    }
  }

  /** Returns by how much the share passed on changed. */
  private setPass(l: number): number {
    const before = this.pass[l]
    const { fabric } = this
    const wireBytes = this.pps[l] === 0 ? 0 : this.bps[l] / (8 * this.pps[l])
    const ipBytes = Math.max(1, wireBytes - fabric.options[l].overheadBytes)
    const capacity = fabric.capacityBps(l, ipBytes)
    const room = fabric.waitingRoom(l, ipBytes)
    this.capacityBps[l] = capacity
    this.roomBits[l] = Math.min(Number.MAX_SAFE_INTEGER, room * 8 * wireBytes)
    this.queueLoss[l] = 0
    if (this.refusedSent[l] >= 0) {
      this.sentBps[l] = 0
      this.lossShare[l] = 1
      this.pass[l] = 0
      return before
    }
    const survives = 1 - this.linkLoss(l)
    const offered = this.bps[l] * survives
    const full = offered > capacity && this.backlogBits[l] >= this.roomBits[l] * (1 - BRIM)
    if (offered > capacity || this.backlogBits[l] > 0) {
      const random = full && this.randomPps[l] > this.pps[l] / 2 ? queueLoss(offered / capacity, room) : 0
      this.queueLoss[l] = full ? Math.max(random, 1 - capacity / offered) : 0
      this.sentBps[l] = full ? offered * (1 - this.queueLoss[l]) : capacity
      this.pass[l] = offered === 0 ? 1 : (this.sentBps[l] / offered) * survives
    } else {
      const load = offered / capacity
      if (load > IDLE && this.randomPps[l] > this.pps[l] / 2) this.queueLoss[l] = queueLoss(load, room)
      this.sentBps[l] = offered * (1 - this.queueLoss[l])
      this.pass[l] = survives * (1 - this.queueLoss[l])
    }
    this.lossShare[l] = 1 - survives * (1 - this.queueLoss[l])
    if (this.refusedArrived[l] >= 0) {
      this.lossShare[l] = 1
      this.pass[l] = 0
    }
    return Math.abs(this.pass[l] - before)
  }

  /** What a stream loses where. A queue that is filling loses nothing: what it passes on late counts as delivered. */
  private account(s: UdpStream): void {
    s.lostPps = 0
    this.losses[s.index] = NO_LOSSES
    if (s.pps === 0 || (s.tree.whole && this.nothingLostOn(s.tree))) return
    const { count, link, parent, share, copy, ends } = s.tree
    const { arriving } = this
    const losses: Loss[] = (this.losses[s.index] = [])
    const lose = (reason: number, pps: number, counts: boolean): void => {
      if (pps <= 0) return
      if (counts) s.lostPps += pps
      const known = losses.find(l => l.reason === reason)
      if (known === undefined) losses.push({ reason, pps })
      else known.pps += pps
    }
    for (let n = 0; n < count; n++) {
      const l = link[n]
      const rate = (parent[n] === SOURCE ? s.pps : arriving[parent[n]] * (1 - this.lossShare[link[parent[n]]])) * share[n]
      arriving[n] = rate
      const refused = this.refusedSent[l] >= 0 ? this.refusedSent[l] : this.refusedArrived[l]
      if (refused >= 0) lose(refused, rate, copy[n] === 0)
      else {
        lose(DROP_LINE_LOSS, rate * this.linkLoss(l), copy[n] === 0)
        lose(DROP_QUEUE_FULL, rate * (1 - this.linkLoss(l)) * this.queueLoss[l], copy[n] === 0)
      }
    }
    for (const end of ends) {
      if (end.fate === DELIVERED) continue
      lose(end.fate, (end.node === SOURCE ? s.pps : arriving[end.node] * (1 - this.lossShare[link[end.node]])) * end.share, true)
    }
  }

  private nothingLostOn({ count, link }: Tree): boolean {
    if (!this.anyLoss) return true
    for (let n = 0; n < count; n++) if (this.lossShare[link[n]] > 0) return false
    return true
  }
}
