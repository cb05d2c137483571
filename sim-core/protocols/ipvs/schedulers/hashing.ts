/**
 * sh and dh: a table of 256 buckets that lists the servers over and over; the client's (or the virtual) address selects one.
 *
 * Nothing is remembered about connections, so two directors with the same servers in the same order choose alike. A bucket
 * whose server is quiesced or overloaded refuses, unless `sh-fallback` lets the search go on.
 */
import type { Destinations } from '../destinations.ts'
import type { Service } from '../services.ts'
import { NOBODY, type Scheduler } from './contract.ts'

const BITS = 8
const BUCKETS = 1 << BITS
/** The kernel's 32-bit golden ratio (include/linux/hash.h). */
const GOLDEN_RATIO = 0x61c88647

const hash32 = (value: number): number => Math.imul(value | 0, GOLDEN_RATIO) >>> (32 - BITS)

const sourceBucket = (address: number, port: number, offset: number): number => (offset + hash32(port + address)) & (BUCKETS - 1)

/** Buckets in turn to the servers of the list, `share` buckets each, around and around. */
function fillBuckets(service: Service, share: (dest: number) => number): Int32Array {
  const buckets = new Int32Array(BUCKETS)
  const { servers } = service
  for (let b = 0, position = 0, given = 0; b < BUCKETS && servers.length > 0; b++) {
    const dest = servers[position]
    buckets[b] = dest
    if (++given >= share(dest)) {
      given = 0
      position = (position + 1) % servers.length
    }
  }
  return buckets
}

const byWeight = (service: Service, dests: Destinations): Int32Array => fillBuckets(service, dest => dests.weight[dest])

export const sh: Scheduler = {
  name: 'sh',
  rule: 'a hash of the client address selects a server, by weight',
  flags: ['sh-fallback', 'sh-port'],
  init: (service, { dests }) => byWeight(service, dests),
  changed(service, { dests }) {
    service.state = byWeight(service, dests)
  },
  schedule(service, { dests }, { client, clientPort }) {
    const buckets = service.state as Int32Array
    const port = service.schedulerFlags.includes('sh-port') ? clientPort : 0
    const home = sourceBucket(client, port, 0)
    const first = buckets[home]
    if (first === NOBODY || dests.usable(first)) return first
    if (!service.schedulerFlags.includes('sh-fallback')) return NOBODY
    for (let k = 0; k < BUCKETS; k++) {
      const dest = buckets[sourceBucket(client, port, (k + home) % BUCKETS)]
      if (dests.usable(dest)) return dest
    }
    return NOBODY
  },
}

export const dh: Scheduler = {
  name: 'dh',
  rule: 'a hash of the virtual address selects a server; for caches behind a firewall mark',
  init: service => fillBuckets(service, () => 1),
  changed(service) {
    service.state = fillBuckets(service, () => 1)
  },
  schedule(service, { dests }, { virtual }) {
    const dest = (service.state as Int32Array)[hash32(virtual)]
    return dest !== NOBODY && dests.usable(dest) ? dest : NOBODY
  },
}
