/**
 * What tcpdump would see on every interface of every host, as pcapng. Frames that a host sends are stamped when their
 * transmission begins, frames that it receives when they have arrived; what was lost on the way is not in the
 * receiver's file. Comments say what tcpdump cannot: why an advert was sent, how long a frame waited, why it was dropped.
 *
 * Writes as it goes, in the order of time: a frame whose time has not come yet is kept until the clock has passed it.
 */
import { DROP_REASONS, type LinkTap, MAC_BROADCAST, MAC_SYNC, MAC_VRRP, type Network, PACKET_ARP, PACKET_VRRP } from '../../net/index.ts'
import { PacketTap, type Simulation } from '../../compile/index.ts'
import { showDuration } from '../../metrics/index.ts'
import type { Happening } from '../../trace/contract.ts'
import { enhancedPacket, INBOUND, interfaceDescription, interfaceStatistics, OUTBOUND, sectionHeader } from './blocks.ts'
import { factsOf } from './facts.ts'
import { type Frame, FrameWriter } from './frame.ts'

export interface CaptureOptions {
  /** `lvsim 0.1.0` */
  readonly application: string
  /** Frames an interface; beyond, they are counted only. */
  readonly framesMax: number
  /** Bytes of the file of one interface, to be appended. */
  readonly write: (nic: number, bytes: Uint8Array) => void
}

/** Shorter waits are behind the frame before, and no news. */
const WAIT_TOLD_NS = 100_000

interface Pending {
  readonly atNs: number
  readonly packet: number
  readonly link: number
  readonly frame: Frame
  comment: string
}

/** File names of all interfaces, by number: `b1-eth0`. */
export const captureNames = (network: Network): string[] => network.nics.map(n => `${network.stack.hostNames[n.host]}-${n.name}`)

/** Captures from now on; call it before the first `run`, after `traceSimulation` if both are wanted. */
export function captureSimulation(simulation: Simulation, options: CaptureOptions): Capture {
  const { network } = simulation
  const before = network.links.tap
  const capture = new Capture(simulation, options, before)
  network.links.tap = capture
  network.stack.setDropListener((host, p, reason) => {
    simulation.packetLost(host, p, reason)
    if (before instanceof PacketTap) before.lostInHost(host, p, reason)
    capture.lostInHost(host, p, reason)
  })
  return capture
}

export class Capture implements LinkTap {
  private readonly simulation: Simulation
  private readonly network: Network
  private readonly options: CaptureOptions
  private readonly next: LinkTap | null
  private readonly frames: FrameWriter
  private readonly pending: Pending[][]
  private readonly written: number[]
  private readonly left: number[]

  constructor(simulation: Simulation, options: CaptureOptions, next: LinkTap | null) {
    this.simulation = simulation
    this.network = simulation.network
    this.options = options
    this.next = next
    const { network } = this
    this.frames = new FrameWriter(
      mac => macBytes(network, mac),
      row => network.addresses.value[row],
    )
    this.pending = network.nics.map(() => [])
    this.written = network.nics.map(() => 0)
    this.left = network.nics.map(() => 0)
    const { model } = simulation
    captureNames(network).forEach((name, nic) => {
      const { rateBps } = network.links.optionsOf(nic * 2)
      options.write(
        nic,
        sectionHeader(options.application, `${model.title} (${model.file}, seed ${model.seed}); time 0 is the start of the run`),
      )
      options.write(nic, interfaceDescription(name, `simulated interface of ${network.stack.hostNames[network.nics[nic].host]}`, rateBps))
    })
  }

  sent(link: number, p: number, startNs: number, arrivalNs: number): void {
    this.next?.sent(link, p, startNs, arrivalNs)
    if (link >= this.network.trunkLinks) return
    const outbound = (link & 1) === 0
    const nic = link >> 1
    const { packets, engine } = this.network
    this.flush(nic, engine.now)
    if (this.written[nic] + this.pending[nic].length >= this.options.framesMax) {
      this.left[nic]++
      return
    }
    const frame = this.frames.frame(factsOf(this.network, p), packets.srcMac[p], packets.dstMac[p])
    const atNs = outbound ? startNs : arrivalNs
    const queue = this.pending[nic]
    const entry = { atNs, packet: p, link, frame, comment: outbound ? this.commentOf(nic, p, startNs - engine.now) : '' }
    let i = queue.length
    while (i > 0 && queue[i - 1].atNs > atNs) i--
    queue.splice(i, 0, entry)
  }

  lost(link: number, p: number, reason: number): void {
    this.next?.lost(link, p, reason)
    if (link >= this.network.trunkLinks) return
    const queue = this.pending[link >> 1]
    const i = queue.findIndex(e => e.packet === p && e.link === link)
    if (i < 0) return
    // Lost beyond this interface: it did send the frame.
    if ((link & 1) === 0 && queue[i].atNs < this.network.engine.now) return
    queue.splice(i, 1)
  }

  lostInHost(host: number, p: number, reason: number): void {
    const { engine, stack } = this.network
    for (const nic of stack.hosts[host].nics) {
      const entry = this.pending[nic].find(e => e.packet === p && e.link === nic * 2 + 1 && e.atNs === engine.now)
      if (entry !== undefined) entry.comment = joined(entry.comment, `dropped by ${stack.hostNames[host]}: ${DROP_REASONS[reason]}`)
    }
  }

  /** The end of every file; `stopped`: why the run did not come to its end. */
  finish(stopped: string | undefined): void {
    const { now } = this.network.engine
    this.pending.forEach((_, nic) => {
      this.flush(nic, now + 1)
      const ends = stopped === undefined ? 'the run ended here' : `the run stopped early: ${stopped}`
      const limit = this.left[nic] === 0 ? '' : `; ${this.left[nic]} frames beyond the limit of ${this.options.framesMax} were left out`
      this.options.write(nic, interfaceStatistics(now, this.written[nic], this.left[nic], ends + limit))
    })
  }

  /** Frames left out, by interface. */
  get leftOut(): readonly number[] {
    return this.left
  }

  /** Writes what lies before `beforeNs`: until then nothing more can happen to it. */
  private flush(nic: number, beforeNs: number): void {
    const queue = this.pending[nic]
    let n = 0
    for (; n < queue.length && queue[n].atNs < beforeNs; n++) {
      const { atNs, link, frame, comment } = queue[n]
      this.options.write(nic, enhancedPacket(atNs, frame, (link & 1) === 0 ? OUTBOUND : INBOUND, comment))
      this.written[nic]++
    }
    if (n > 0) queue.splice(0, n)
  }

  private commentOf(nic: number, p: number, waitNs: number): string {
    const wait = waitNs >= WAIT_TOLD_NS ? `waited ${showDuration(waitNs)} in the queue of ${captureNames(this.network)[nic]}` : ''
    const { kind } = this.network.packets
    if (kind[p] !== PACKET_VRRP && kind[p] !== PACKET_ARP) return wait
    const host = this.network.stack.hostNames[this.network.nics[nic].host]
    return joined(this.causesOf(host, kind[p] === PACKET_VRRP ? 'advert' : 'garp'), wait)
  }

  /** What the story says about the host at this instant: the change of state, then the message itself. */
  private causesOf(host: string, kind: Happening['kind']): string {
    const { happenings } = this.simulation
    const now = this.network.engine.now
    let message: Happening | undefined
    let state: Happening | undefined
    for (let i = happenings.length - 1; i >= 0 && happenings[i].t === now; i--) {
      const h = happenings[i]
      if (h.host !== host) continue
      if (h.kind === kind) message ??= h
      else if (h.kind === 'state') state ??= h
    }
    if (message === undefined) return ''
    const told = (h: Happening): string => (h.cause === undefined ? h.what : `${h.what}: ${h.cause.text}`)
    return joined(state === undefined ? '' : told(state), told(message))
  }
}

const joined = (a: string, b: string): string => (a === '' ? b : b === '' ? a : `${a}; ${b}`)

const GROUP_MACS: Readonly<Record<number, readonly number[]>> = {
  [MAC_BROADCAST]: [255, 255, 255, 255, 255, 255],
  [MAC_VRRP]: [1, 0, 0x5e, 0, 0, 0x12],
  [MAC_SYNC]: [1, 0, 0x5e, 0, 0, 0x51],
}

const macBytes = (network: Network, mac: number): readonly number[] =>
  GROUP_MACS[mac] ??
  network
    .macText(mac)
    .split(':')
    .map(part => Number.parseInt(part, 16))
