/** What IPVS needs of the host around it; net/Stack is an IpvsOutput. */
import type { RandomStream } from '../../base/random.ts'
import type { Engine } from '../../engine/index.ts'
import type { AddressBook, Packets } from '../../net/index.ts'
import type { Happening } from '../../trace/contract.ts'

export interface IpvsOutput {
  /** IP output by the packet's destination; owns the packet. */
  send(host: number, p: number): void
  /** IP output with the frame addressed to the host that has `nextHop`. */
  sendVia(host: number, p: number, nextHop: number): void
  drop(host: number, p: number, reason: number): void
  isLocal(host: number, address: number): boolean
  /** Source address of a packet to `destination`; −1 without a route. */
  sourceFor(host: number, destination: number): number
  /** MTU of the route to `destination`, bytes of IP; absent: no limit below 65,535. */
  mtuTo?(host: number, destination: number): number
}

export interface IpvsEnvironment {
  readonly engine: Engine
  readonly packets: Packets
  readonly addresses: AddressBook
  readonly output: IpvsOutput
  readonly hostNames: readonly string[]
  /** ICMP error about packet `p` (which stays IPVS's) from address row `source`: net's sendIcmpError. */
  icmpError(
    host: number,
    source: number,
    message: { readonly type: number; readonly code: number; readonly mtuBytes?: number },
    p: number,
  ): void
  /** A sync datagram of `payloadBytes` (after the UDP header) leaves the host: UDP port 8848 to 224.0.0.81 by the daemon's interface. */
  sendSync(host: number, interfaceName: string, datagram: object, payloadBytes: number): void
  /** The backup daemon joined 224.0.0.81 on the interface, or left it: what switches that snoop go by. Absent: nobody listens. */
  syncMember?(host: number, interfaceName: string, member: boolean): void
  /** Remembers what became of a packet of a flow, and forgets it all when something changed: net's Stack. Absent: nobody does. */
  readonly flows?: {
    remember(host: number, p: number, entry: number): void
    changed(host: number): void
  }
  /** False: nobody counts packets, so their rates are not estimated either. */
  readonly estimates?: boolean
  random(name: string): RandomStream
  report(h: Happening): void
}

/** Whose behaviour: 6.x was recorded; 5.x behaves alike in what is simulated. */
export type KernelRelease = '4.4' | '5.x' | '6.x'

/** One host that may become a director. */
export interface DirectorOptions {
  /** 6.x unless given. */
  readonly kernel?: KernelRelease
  readonly host: number
  readonly hz: number
  /** Jiffy number at t = 0; undefined: the host boots then. */
  readonly jiffiesAtT0?: number
  /** No route of the host has a smaller MTU; undefined: MTUs are not looked at. */
  readonly smallestMtuBytes?: number
}
