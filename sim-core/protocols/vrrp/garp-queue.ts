/**
 * vrrp_garp_interval in 2.3+ (vrrp_arp.c and vrrp_scheduler.c of 2.3.4): a queue for each interface. An address that waits
 * keeps how many frames it still has to send, up to the block that asked; after each it goes to the end of the queue, so
 * that addresses take turns and no frame is lost. (2.2 marks and forgets: garp.ts.)
 */
import { SECOND_NS } from '../../base/units.ts'
import type { Cause } from '../../trace/contract.ts'
import { addressesOf } from './config.ts'
import { because, configOf, type Draft } from './draft.ts'
import { secondsText } from './intervals.ts'
import { ofLater } from './releases.ts'
import type { InterfaceMemory, Working } from './state.ts'

/** One announcement of a block of `repeat`: at once when the interface is free and the address does not wait, else in turn. */
export function announceInTurn(d: Draft, i: number, a: number, repeat: number, why: Cause): void {
  const f = d.state.interfaces.find(known => known.name === addressesOf(configOf(d, i))[a].interface)
  const waiting = f?.garpQueue.find(q => q.instance === i && q.address === a)
  if (f === undefined || (waiting === undefined && d.nowNs >= f.garpNextNs)) sendOne(d, f, i, a, why)
  else if (waiting === undefined) f.garpQueue = [...f.garpQueue, { instance: i, address: a, frames: 1 }]
  else if (waiting.frames < repeat) f.garpQueue = f.garpQueue.map(q => (q === waiting ? { ...q, frames: q.frames + 1 } : q))
}

/** The interface, an index of `state.interfaces`, may send again. */
export function serveInterfaceQueue(d: Draft, index: number): void {
  const f = d.state.interfaces[index]
  const [next, ...others] = f.garpQueue
  if (next === undefined) return
  f.garpQueue = next.frames > 1 ? [...others, { ...next, frames: next.frames - 1 }] : others
  const text = `its turn: vrrp_garp_interval ${secondsText(d.config.garpIntervalNs)} between two frames of an interface`
  sendOne(
    d,
    f,
    next.instance,
    next.address,
    ofLater(because('vrrp-garp-paced', text, { garp_interval_s: d.config.garpIntervalNs / SECOND_NS })),
  )
}

function sendOne(d: Draft, f: Working<InterfaceMemory> | undefined, i: number, a: number, why: Cause): void {
  const address = addressesOf(configOf(d, i))[a]
  if (f !== undefined) f.garpNextNs = d.nowNs + d.config.garpIntervalNs
  d.effects.push({ kind: 'sendGarp', instance: configOf(d, i).name, interface: address.interface, ip: address.ip, cause: why })
}
