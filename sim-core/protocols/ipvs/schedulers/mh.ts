/**
 * Maglev hashing (Eisenbud and others, NSDI 2016, section 3.4), as ip_vs_mh.c does it: a table of 4093 entries in which each
 * server takes turns, by weight, at the next free place of its own permutation. Servers that go disturb few others.
 */
import type { Service } from '../services.ts'
import { NOBODY, type Scheduler, type SchedulingContext } from './contract.ts'
import { sipHash13 } from './siphash.ts'
import { greatestCommonDivisor } from './wrr.ts'

/** Prime below 2¹² (CONFIG_IP_VS_MH_TAB_INDEX 12). */
const PLACES = 4093
const PLACE_BITS = 12
const KEY_OFFSET = 2654435761
const KEY_SKIP = 2654446892

const hash = (address: number, port: number, offset: number, key: number): number => sipHash13((offset + port + address) | 0, key)

export const mh: Scheduler = {
  name: 'mh',
  rule: 'Maglev: a hash of the client address selects a place of a table that changes little when servers come and go',
  flags: ['mh-fallback', 'mh-port'],
  init: (service, context) => fill(service, context),
  changed(service, context) {
    service.state = fill(service, context)
  },
  schedule(service, { dests }, { client, clientPort }) {
    const places = service.state as Int32Array
    const port = service.schedulerFlags.includes('mh-port') ? clientPort : 0
    const home = hash(client, port, 0, KEY_OFFSET) % PLACES
    const first = places[home]
    if (first === NOBODY || dests.usable(first)) return first
    if (!service.schedulerFlags.includes('mh-fallback')) return NOBODY
    for (let k = 0; k < PLACES; k++) {
      const dest = places[hash(client, port, (k + home) % PLACES, KEY_OFFSET) % PLACES]
      if (dests.usable(dest)) return dest
    }
    return NOBODY
  },
}

interface Turn {
  readonly dest: number
  readonly skip: number
  readonly turns: number
  place: number
}

function fill(service: Service, context: SchedulingContext): Int32Array {
  const places = new Int32Array(PLACES)
  const takers = turnsOf(service, context).filter(t => t.turns > 0)
  if (takers.length === 0) return places
  for (let filled = 0; ; ) {
    for (const taker of takers) {
      for (let turn = 0; turn < taker.turns; turn++) {
        while (places[taker.place] !== 0) taker.place = (taker.place + taker.skip) % PLACES
        places[taker.place] = taker.dest
        if (++filled === PLACES) return places
      }
    }
  }
}

/** A quiesced server keeps the turns of its last weight above 0, so that quiescing moves nobody else. */
function turnsOf(service: Service, { dests }: SchedulingContext): Turn[] {
  const { address, port, lastWeight } = dests
  let divisor = 0
  let largest = 0
  for (const dest of service.servers) {
    if (lastWeight[dest] > 0) divisor = greatestCommonDivisor(lastWeight[dest], divisor)
    largest = Math.max(largest, lastWeight[dest])
  }
  if (divisor === 0) return []
  const shift = Math.max(0, 32 - Math.clz32(Math.floor(largest / divisor)) - PLACE_BITS / 2)
  return service.servers.map(dest => {
    const ip = dests.addressValue(address[dest])
    return {
      dest,
      place: hash(ip, port[dest], 0, KEY_OFFSET) % PLACES,
      skip: (hash(ip, port[dest], 0, KEY_SKIP) % (PLACES - 1)) + 1,
      turns: Math.floor(lastWeight[dest] / divisor) >> shift || (lastWeight[dest] !== 0 ? 1 : 0),
    }
  })
}
