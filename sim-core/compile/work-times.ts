/**
 * What keepalived's own code costs: little, but it decides ties. After it became MASTER a process advertises again only
 * one interval after its VIPs and gratuitous ARPs are done, so a newcomer that is rejected falls silent (FINDINGS rule
 * 26); and of two hosts that count down from one packet the one that read it first acts first (rule 55).
 */
import { RECEIVE_WORK_STEP_NS } from '../protocols/vrrp/index.ts'
import type { WorkTimes } from '../daemons/keepalived/index.ts'
import type { Model } from '../scenario/index.ts'

/** Installing a VIP and sending its gratuitous ARPs on a real machine (recordings in real time: up to 1 ms). */
const MASTER_ENTRY_WORK_NS = 200_000

/** By host name. Hosts read packets in the order of the names of those that run keepalived, unless the model ranks them. */
export function workTimesOf(model: Model): ReadonlyMap<string, WorkTimes> {
  const directors = model.hosts.filter(
    h => h.keepalived !== undefined || model.events.some(e => e.target === h.name && e.keepalived !== undefined),
  )
  return new Map(
    directors.map((h, i) => [
      h.name,
      {
        masterEntryWorkNs: model.keepalivedWork?.masterEntryWorkNs ?? MASTER_ENTRY_WORK_NS,
        ...(model.keepalivedRelease === undefined ? {} : { release: model.keepalivedRelease }),
        receiveWorkNs: ((model.keepalivedWork?.readingOrder.indexOf(h.name) ?? i) + 1) * RECEIVE_WORK_STEP_NS,
      },
    ]),
  )
}
