/**
 * The ways of a stream through the network: a tree of links with the share of the stream that goes each way, and the
 * ends with what becomes of it there. A switch that floods makes copies: nodes that nobody takes the frames of.
 *
 * Trees are read once for every change of rates, so they are columns; parents come before their children.
 */
import type { Fabric } from './fabric.ts'

export const SOURCE = -1
/** Ends: delivered; or vanished without a trace, as flooded frames to a dead host do. Others are drop reasons (net/drops.ts). */
export const DELIVERED = -1
export const VANISHED = -2

/** One link of the tree, as it is found. */
export interface TreeNode {
  readonly link: number
  /** Index of the node before; SOURCE: the stream itself. */
  readonly parent: number
  /** Of what came through the parent. */
  readonly share: number
  /** Of the IP packet on this link. */
  readonly ipBytes: number
  /** Arrivals are as random here as at their source: no link before was slow enough to space them out. */
  readonly random: boolean
  readonly copy: boolean
}

export interface TreeEnd {
  readonly node: number
  readonly share: number
  readonly fate: number
  /** Where it ended: the real server, or who dropped it. */
  readonly host: number
  /** The director that chose the server; −1: none. */
  readonly director: number
}

/** One way to a real server. */
export interface Way {
  readonly links: readonly number[]
  /** Propagation and sending, without waiting, ns. */
  readonly delayNs: number
  /** Of what is delivered when nothing is dropped on links. */
  readonly share: number
}

export interface Tree {
  readonly count: number
  readonly link: Int32Array
  readonly parent: Int32Array
  readonly share: Float64Array
  /** Bits of one packet on the link's wire. */
  readonly wireBits: Float64Array
  readonly random: Uint8Array
  readonly copy: Uint8Array
  readonly ends: readonly TreeEnd[]
  /** All of it is delivered, by some way, unless a link drops it; nothing is copied. */
  readonly whole: boolean
  readonly ways: readonly Way[]
  /** Time on the way without waiting → share of what is delivered. */
  readonly delays: readonly (readonly [number, number])[]
}

/** Times on the way are counted in steps of this. */
const DELAY_STEP_NS = 100
export const inDelaySteps = (ns: number): number => Math.round(ns / DELAY_STEP_NS) * DELAY_STEP_NS

export function makeTree(fabric: Fabric, nodes: readonly TreeNode[], ends: readonly TreeEnd[]): Tree {
  const ways = waysOf(fabric, nodes, ends)
  const delays = new Map<number, number>()
  for (const w of ways) delays.set(inDelaySteps(w.delayNs), (delays.get(inDelaySteps(w.delayNs)) ?? 0) + w.share)
  return {
    count: nodes.length,
    link: Int32Array.from(nodes, n => n.link),
    parent: Int32Array.from(nodes, n => n.parent),
    share: Float64Array.from(nodes, n => n.share),
    wireBits: Float64Array.from(nodes, n => 8 * fabric.wireBytes(n.link, n.ipBytes)),
    random: Uint8Array.from(nodes, n => (n.random ? 1 : 0)),
    copy: Uint8Array.from(nodes, n => (n.copy ? 1 : 0)),
    ends,
    whole: ends.every(e => e.fate === DELIVERED) && nodes.every(n => !n.copy),
    ways,
    delays: Array.from(delays),
  }
}

function waysOf(fabric: Fabric, nodes: readonly TreeNode[], ends: readonly TreeEnd[]): Way[] {
  const ways = ends
    .filter(e => e.fate === DELIVERED)
    .map(e => {
      const links: number[] = []
      let { share } = e
      let delayNs = 0
      for (let n = e.node; n !== SOURCE; n = nodes[n].parent) {
        const { link, ipBytes } = nodes[n]
        const { rateBps, delayNs: propagation } = fabric.network.links.optionsOf(link)
        delayNs += propagation + (rateBps === Number.POSITIVE_INFINITY ? 0 : (8e9 * fabric.wireBytes(link, ipBytes)) / rateBps)
        share *= nodes[n].share
        links.push(link)
      }
      return { links, delayNs, share }
    })
  const all = ways.reduce((sum, w) => sum + w.share, 0)
  return ways.map(w => ({ ...w, share: w.share / all }))
}

export const EMPTY_TREE: Tree = {
  ...{ count: 0, link: new Int32Array(0), parent: new Int32Array(0), share: new Float64Array(0), wireBits: new Float64Array(0) },
  ...{ random: new Uint8Array(0), copy: new Uint8Array(0), ends: [], whole: true, ways: [], delays: [] },
}
