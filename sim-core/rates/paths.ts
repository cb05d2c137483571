/**
 * From a stream to the tree of links that it takes, by the decisions that packets meet: the host's route, ARP, what the
 * switches know, whether the address is local, IPVS, forwarding, the port. Conditions of links are not looked at here
 * (solve.ts): what a link refuses ends on it.
 */
import type { Instant } from '../base/units.ts'
import {
  DROP_ARP_FAILED,
  DROP_CUT,
  DROP_HOST_DOWN,
  DROP_NO_ROUTE,
  DROP_NO_SUCH_MAC,
  DROP_NOT_LOCAL,
  DROP_SILENT,
  DROP_TOO_LARGE,
  DROP_TTL,
  FIRST_INTERFACE_MAC,
  floodHappening,
  IPV4_HEADER_BYTES,
  type Network,
} from '../net/index.ts'
import { maskOf } from '../base/address.ts'
import type { Model } from '../scenario/index.ts'
import type { Happening } from '../trace/contract.ts'
import type { Choice } from './director-flows.ts'
import type { Fabric } from './fabric.ts'
import type { FlowNeighbours } from './neighbours.ts'
import { DELIVERED, makeTree, SOURCE, type Tree, type TreeEnd, type TreeNode, VANISHED } from './tree.ts'

/** More hops than this is a loop. */
const HOPS_MAX = 32
/** A link this much faster than the next does not space arrivals out. */
const SPACING = 2

/** What decides on the way, for one stream. */
export interface Traveller {
  readonly random: boolean
  /** Address row of the packet's source on its way out of a director (the VIP of an answer); absent: nobody asks by ARP in its name. */
  readonly source?: number
  /** IPVS of a director, which a packet sent now reaches `afterNs` later. */
  choose(host: number, afterNs: number): readonly Choice[]
  /** At its destination: DELIVERED or a drop reason. */
  fate(host: number): number
}

interface Step {
  readonly host: number
  /** Address row of the packet's destination. */
  readonly dst: number
  readonly node: number
  readonly share: number
  readonly ipBytes: number
  readonly director: number
  readonly hops: number
}

export class Paths {
  private readonly network: Network
  private readonly fabric: Fabric
  private readonly neighbours: FlowNeighbours
  private readonly model: Model
  private readonly isDirector: (host: number) => boolean
  private readonly report: (h: Happening) => void
  private readonly waitNs: (link: number) => number
  private readonly flooding = new Set<number>()
  private nodes: TreeNode[] = []
  private ends: TreeEnd[] = []
  private traveller!: Traveller

  constructor(wiring: {
    fabric: Fabric
    neighbours: FlowNeighbours
    model: Model
    isDirector: (host: number) => boolean
    report: (h: Happening) => void
    /** How long a packet waits on a link now. */
    waitNs: (link: number) => number
  }) {
    this.fabric = wiring.fabric
    this.network = wiring.fabric.network
    this.neighbours = wiring.neighbours
    this.model = wiring.model
    this.isDirector = wiring.isDirector
    this.report = wiring.report
    this.waitNs = wiring.waitNs
  }

  /** The ways of packets of `ipBytes` from a host to an address (row). */
  trace(from: number, dst: number, ipBytes: number, traveller: Traveller): Tree {
    this.nodes = []
    this.ends = []
    this.traveller = traveller
    this.send({ host: from, dst, node: SOURCE, share: 1, ipBytes, director: -1, hops: 0 }, dst)
    return makeTree(this.fabric, this.nodes, this.ends)
  }

  private end(s: Step, fate: number): void {
    this.ends.push({ node: s.node, share: s.share, fate, host: s.host, director: s.director })
  }

  private send(s: Step, nextHop: number): void {
    const { stack, links } = this.network
    if (stack.up[s.host] === 0) return this.end(s, DROP_HOST_DOWN)
    if (s.hops > HOPS_MAX) return this.end(s, DROP_TTL)
    if (stack.isLocal(s.host, nextHop)) return this.deliver(s)
    const nic = stack.routeOf(s.host, nextHop)
    if (nic < 0) return this.end(s, DROP_NO_ROUTE)
    const next = this.onLink(nic, nextHop) ? nextHop : this.network.addresses.intern(stack.hosts[s.host].gateway ?? 0)
    const target = this.neighbours.resolve(nic, next, this.traveller.source ?? -1)
    if (target < 0) return this.end(s, DROP_ARP_FAILED)
    if (s.ipBytes > links.mtuOf(2 * nic)) return this.end(s, DROP_TOO_LARGE)
    this.fabric.heardAlong(nic, this.fabric.way(nic, target) ?? [])
    const node = this.add(2 * nic, s.node, s.share, s.ipBytes, false)
    this.cross(this.network.lanOfNic[nic], 2 * nic, target, { ...s, node, share: 1, hops: s.hops + 1 })
  }

  /** A frame for the interface `target` came to a switch by the link `inLink`. */
  private cross(lan: number, inLink: number, target: number, s: Step): void {
    const { fabric, network } = this
    if (!fabric.knows(lan, target)) return this.flood(lan, inLink, target, s)
    this.flooding.delete(lan * network.nics.length + target)
    const out = fabric.outTo(lan, target)
    if (out < 0 || out === (inLink ^ 1)) return this.end(s, VANISHED)
    if (!network.switches.together(inLink ^ 1, out)) return this.end(s, DROP_CUT)
    this.leave(out, target, s, false)
  }

  private leave(out: number, target: number, s: Step, copy: boolean): void {
    const node = this.add(out, s.node, s.share, s.ipBytes, copy)
    const at = { ...s, node, share: 1, hops: s.hops + 1 }
    const lan = this.fabric.endOfTrunk(out)
    if (lan >= 0) {
      if (!copy) this.cross(lan, out, target, at)
      else this.spread(lan, out, at)
    } else if (!copy) this.arrive(target, at)
  }

  private flood(lan: number, inLink: number, target: number, s: Step): void {
    const { network } = this
    const key = lan * network.nics.length + target
    if (!this.flooding.has(key)) {
      this.flooding.add(key)
      this.report(floodHappening(network.engine.now as Instant, this.model.lans[lan].name, network.macName(FIRST_INTERFACE_MAC + target)))
    }
    const wanted = this.fabric.outTo(lan, target)
    let found = false
    for (const out of this.portsOf(lan, inLink)) {
      const right = out === wanted
      found ||= right
      this.leave(out, target, s, !right)
    }
    if (!found) this.end(s, network.links.hasCarrier(wanted) ? DROP_CUT : DROP_NO_SUCH_MAC)
  }

  /** A copy of a flooded frame goes on to everyone behind a trunk. */
  private spread(lan: number, inLink: number, s: Step): void {
    for (const out of this.portsOf(lan, inLink)) this.leave(out, -1, s, true)
  }

  private portsOf(lan: number, inLink: number): number[] {
    const { links, switches } = this.network
    const all = [...this.fabric.nicsOfLan[lan].map(nic => 2 * nic + 1), ...this.fabric.trunksOfLan[lan]]
    return all.filter(out => out !== (inLink ^ 1) && links.hasCarrier(out) && switches.together(inLink ^ 1, out))
  }

  private arrive(nic: number, s: Step): void {
    const { stack } = this.network
    const { host } = this.network.nics[nic]
    const at = { ...s, host }
    if (stack.up[host] === 0) return this.end(at, DROP_HOST_DOWN)
    if (stack.isLocal(host, s.dst)) {
      if (this.model.hosts[host].silent === true) return this.end(at, DROP_SILENT)
      return this.isDirector(host) ? this.direct(at) : this.deliver(at)
    }
    if (stack.forwards[host] === 0) return this.end(at, DROP_NOT_LOCAL)
    this.send(at, s.dst)
  }

  private direct(s: Step): void {
    for (const choice of this.traveller.choose(s.host, this.timeTo(s.node))) {
      const share = s.share * choice.share
      if (choice.kind === 'local') this.deliver({ ...s, share })
      else if (choice.kind === 'coming') this.end({ ...s, share }, DELIVERED)
      else if (choice.kind === 'dropped') this.end({ ...s, share }, choice.reason)
      else {
        const ipBytes = s.ipBytes + (choice.tunnelled ? IPV4_HEADER_BYTES : 0)
        this.send({ ...s, share, director: s.host, ipBytes, dst: choice.tunnelled ? s.dst : choice.dst }, choice.to)
      }
    }
  }

  private deliver(s: Step): void {
    this.end(s, this.traveller.fate(s.host))
  }

  /** What a packet takes to the end of a node, waiting included, ns. */
  private timeTo(node: number): number {
    let ns = 0
    for (let n = node; n !== SOURCE; n = this.nodes[n].parent) {
      const { link, ipBytes } = this.nodes[n]
      const { delayNs, rateBps } = this.network.links.optionsOf(link)
      ns +=
        delayNs + (rateBps === Number.POSITIVE_INFINITY ? 0 : (8e9 * this.fabric.wireBytes(link, ipBytes)) / rateBps) + this.waitNs(link)
    }
    return ns
  }

  private add(link: number, parent: number, share: number, ipBytes: number, copy: boolean): number {
    const { rateBps } = this.network.links.optionsOf(link)
    let random = this.traveller.random
    for (let n = parent; random && n !== SOURCE; n = this.nodes[n].parent)
      random = this.network.links.optionsOf(this.nodes[n].link).rateBps > SPACING * rateBps
    return this.nodes.push({ link, parent, share, ipBytes, random, copy }) - 1
  }

  private onLink(nic: number, address: number): boolean {
    const { address: own, prefixLength } = this.network.nics[nic]
    return own !== undefined && ((own ^ this.network.addresses.value[address]) & maskOf(prefixLength)) === 0
  }
}
