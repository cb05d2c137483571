/**
 * What hosts did with the last packet like this one, so that the next need not be asked about.
 *
 * Outputs: how a host sends to a next hop (link and MACs). Flows: what a host does with a packet of a labelled flow that
 * arrives at an interface (deliver it, or forward it by an IPVS entry), with the flow's part of the digest. Both hang on
 * one generation a host: every write to a table that forwarding reads calls `changed`, and what was remembered before
 * is void. Both are direct-mapped: a row that is needed twice is overwritten, which costs speed, nothing else.
 *
 * The twin is the same code with `enabled` off: test/compile/caches.test.ts runs every scenario both ways to the same
 * digest. Why and what it gains: docs/decisions/0021-forwarding-caches.md. Not part of the state: `forgetAll` on restore.
 */
const SLOT_BITS = 12
const SLOT_SHIFT = 32 - SLOT_BITS
const ROW_BITS = 3

const slotOf = (a: number, b: number): number => (Math.imul(a, 0x9e3779b1 | 0) + Math.imul(b, 0x85ebca6b | 0)) >>> SLOT_SHIFT

/** Columns of an output's row, after its key: next hop, generation. */
export const OUT_SOURCE_MAC = 2
export const OUT_MAC = 3
export const OUT_LINK = 4
/** Columns of a flow's row, after its key: label, generation, MAC of the interface. */
export const FLOW_DIGEST_A = 3
export const FLOW_DIGEST_B = 4
export const FLOW_ACTION = 5
export const FLOW_ARGUMENT = 6

/** The packet is for a program on this host. */
export const DELIVER = 0
/** The packet goes on by an entry of the host's connection table: the argument. */
export const FORWARD = 1

export class ForwardingCache {
  /** Off: nothing is remembered. */
  enabled = true
  readonly outputs = new Int32Array(1 << (SLOT_BITS + ROW_BITS))
  readonly flows = new Int32Array(1 << (SLOT_BITS + ROW_BITS))
  /** Until when (ns) an output may be used without asking the neighbour table. */
  private readonly outputUntil = new Float64Array(1 << SLOT_BITS)
  /** By host. No two are equal, so that one stands for its host as well. */
  private readonly generations: Int32Array
  private lastGeneration = 0

  constructor(hosts: number) {
    this.generations = new Int32Array(hosts)
    this.forgetAll()
  }

  /** Something that forwarding on `host` reads was written. */
  changed(host: number): void {
    this.generations[host] = ++this.lastGeneration
  }

  forgetAll(): void {
    for (let host = 0; host < this.generations.length; host++) this.changed(host)
  }

  /** Where the row of an output begins, or −1 when it is not known (any more). */
  findOutput(host: number, nextHop: number, now: number): number {
    const slot = slotOf(host, nextHop)
    const at = slot << ROW_BITS
    const known = this.outputs[at] === nextHop && this.outputs[at + 1] === this.generations[host]
    return known && now <= this.outputUntil[slot] ? at : -1
  }

  /** Until `until`, frames of `host` to `nextHop` leave by `link` with these MACs. */
  rememberOutput(host: number, nextHop: number, until: number, link: number, sourceMac: number, mac: number): void {
    if (!this.enabled) return
    const slot = slotOf(host, nextHop)
    const rows = this.outputs
    const at = slot << ROW_BITS
    rows[at] = nextHop
    rows[at + 1] = this.generations[host]
    rows[at + OUT_SOURCE_MAC] = sourceMac
    rows[at + OUT_MAC] = mac
    rows[at + OUT_LINK] = link
    this.outputUntil[slot] = until
  }

  /** Where the row of a flow at the interface of `host` with this MAC begins, or −1. */
  findFlow(flow: number, host: number, mac: number): number {
    const at = slotOf(flow, mac) << ROW_BITS
    const rows = this.flows
    return rows[at] === flow && rows[at + 1] === this.generations[host] && rows[at + 2] === mac ? at : -1
  }

  rememberFlow(
    key: { readonly flow: number; readonly host: number; readonly mac: number },
    digest: { readonly a: number; readonly b: number },
    action: number,
    argument: number,
  ): void {
    if (!this.enabled) return
    const { flow, host, mac } = key
    this.flows.set([flow, this.generations[host], mac, digest.a, digest.b, action, argument], slotOf(flow, mac) << ROW_BITS)
  }
}
