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
  /** False: entries are not single connections, so none is followed in the story. */
  readonly followsEntries?: boolean
  random(name: string): RandomStream
  report(h: Happening): void
}

/**
 * Whose IPVS. 6.x is 6.1, which was recorded; 5.x is 5.10 (5.10.214 was read) and 4.4 its last stable releases (one of a
 * phone's kernel was read). What differs, each a row of test/protocols/ipvs/kernels.test.ts:
 *
 * | What | 4.4 | 5.x | 6.x | Since, commit |
 * |---|---|---|---|---|
 * | a half-open connection (tcp-states.ts) | InActConn | ActiveConn | ActiveConn | 4.8, be2cef490360 |
 * | lateness of timers (expiry-wheel.ts) | up to 1/256, rounded | by the wheel's levels | the same | 4.8, 500462a9de65 |
 * | scheduler mh | – | yes | yes | 4.18 |
 * | scheduler twos | – | – | yes | 5.12 |
 * | a SYN after RST, conn_reuse_mode 1 (director.ts) | same server | scheduled anew | scheduled anew | after 4.12 |
 * | weight 0, expire_nodest_conn, conn_reuse_mode 0 | same server | scheduled anew | scheduled anew | 5.16 and stable releases |
 * | a packet for a removed server, expire_nodest_conn | dropped, entry ended | scheduled anew | scheduled anew | 5.9, 35dfb013149f |
 * | its idle connections (control.ts) | stay until they are used | ended at once | ended at once | 5.9, 35dfb013149f |
 * | conntrack 1: the SYN that begins anew | always dropped | dropped when the old conntrack stays | the same | 5.9, f0a5e4d7a594 |
 * | drop_entry and templates (defences.ts) | go with any of their connections | only while not assured | the same | 4.19 |
 * | a template in /proc/net/ip_vs_conn | NONE | NONE or ASSURED | the same | 4.19 |
 *
 * The estimator's threads and their sysctls (6.2) are later than what was recorded.
 */
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
