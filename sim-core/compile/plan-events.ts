/** What a scenario says shall happen, put into the engine's queue: for packets and for rates alike. */
import type { Engine } from '../engine/index.ts'
import type { Model } from '../scenario/index.ts'

export interface Happens {
  /** keepalived of a host starts. */
  start(host: number): void
  /** Event `i` of the model. */
  event(i: number): void
  /** Traffic source `i` starts or stops. */
  traffic(i: number, on: boolean): void
}

/** Starts of keepalived, events, and traffic with a time of its own. Returns what starts the traffic that waits for all MASTERs. */
export function planEvents(engine: Engine, model: Model, happens: Happens): () => void {
  const start = engine.addKind(host => happens.start(host))
  const act = engine.addKind(i => happens.event(i))
  const traffic = engine.addKind(code => happens.traffic(code >> 1, (code & 1) === 0))
  model.hosts.forEach((h, host) => {
    if (h.keepalivedStartNs !== undefined) engine.schedule(h.keepalivedStartNs, start, host)
  })
  model.events.forEach((e, i) => {
    if (e.atNs < model.durationNs) engine.schedule(e.atNs, act, i)
  })
  model.traffic.forEach((t, i) => {
    if (t.startNs !== undefined) engine.schedule(t.startNs, traffic, i << 1)
    if (t.stopNs !== undefined) engine.schedule(t.stopNs, traffic, (i << 1) | 1)
  })
  return () => {
    model.traffic.forEach((t, i) => {
      if (t.startNs === undefined) engine.schedule(engine.now, traffic, i << 1)
    })
  }
}
