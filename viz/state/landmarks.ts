/**
 * What is marked on the timeline: faults, takeovers, and times when drops came in crowds. Computed from the
 * happenings as they arrive; never twice.
 */
import type { Happening, Trace } from '../../sim-core/index.ts'

export interface Landmark {
  readonly t: number
  readonly kind: 'fault' | 'takeover' | 'repair'
  readonly host: string
  readonly happening: Happening
}

const REPAIRS = new Set(['boot', 'link_up', 'heal', 'join', 'unmute', 'undeaf', 'thaw', 'start', 'script_ok', 'process_up'])

export class Landmarks {
  private readonly trace: Trace
  private readonly found: Landmark[] = []
  private seen = 0

  constructor(trace: Trace) {
    this.trace = trace
  }

  list(): readonly Landmark[] {
    const { happenings } = this.trace
    for (; this.seen < happenings.length; this.seen++) {
      const h = happenings[this.seen]
      if (h.kind === 'fault')
        this.found.push({ t: h.t, kind: REPAIRS.has(String(h.fields['verb'])) ? 'repair' : 'fault', host: h.host, happening: h })
      else if (h.kind === 'state' && h.fields['state'] === 'MASTER')
        this.found.push({ t: h.t, kind: 'takeover', host: h.host, happening: h })
    }
    return this.found
  }
}

/** Happenings that the story tells and that stepping stops at: not the adverts of every second. */
export { isTold } from '../../sim-core/index.ts'
