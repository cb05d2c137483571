/** Connection entries that appear, change and vanish between polls a few ms apart. Format: conformance/ipvs/README.md. */
import type { ObservedOf } from '../observed.ts'
import type { TimedKind } from './timed.ts'

type Entry = ObservedOf<'new'> | ObservedOf<'change'> | ObservedOf<'gone'>

const entryKind = <E extends Entry>(kind: E['kind'], stateOf: (e: E) => string, verb: string, rule: string): TimedKind<E> => ({
  kind,
  keyOf: e => `${e.host} ${e.client} ${e.vip} ${e.rs} ${stateOf(e)}`,
  orderOf: e => `${e.host} ${e.client} ${e.vip}`,
  hostOf: e => e.host,
  describe: e => `entry ${e.client} → ${e.vip} (${e.rs}) ${verb} ${stateOf(e)}`,
  rule,
})

export const APPEARED = entryKind<ObservedOf<'new'>>('new', e => e.state, 'appears as', 'a packet that may be scheduled makes an entry')
export const CHANGED = entryKind<ObservedOf<'change'>>('change', e => e.state, 'becomes', 'kernel table of TCP states')
export const GONE = entryKind<ObservedOf<'gone'>>(
  'gone',
  e => e.last_state,
  'vanishes from',
  'timeout of the state, rounded up by the timer wheel',
)
