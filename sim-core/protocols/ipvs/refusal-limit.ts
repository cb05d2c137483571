/**
 * How many ICMP errors a host sends to one address: one a second, and up to six saved (Linux's icmp_ratelimit of 1 s with
 * XRLIM_BURST_FACTOR 6). So a client is refused six times at once and then hears nothing: recording s12, p04.
 */
export const REFUSALS_AT_ONCE = 6
export const REFUSALS_PER_S = 1
/** An address that was not heard from for this long has its full burst. */
const FULL_AFTER_S = 60

export interface RefusalBucket {
  tokens: number
  /** Jiffy of the last error considered. */
  at: number
}

/** Takes a token from the bucket of `address` at jiffy `now`; false when it is empty. Costs and refills are in jiffies. */
export function mayRefuse(buckets: Map<number, RefusalBucket>, address: number, now: number, hz: number): boolean {
  const bucket = buckets.get(address) ?? { tokens: 0, at: now - FULL_AFTER_S * hz }
  const tokens = Math.min(REFUSALS_AT_ONCE * hz, bucket.tokens + now - bucket.at)
  const granted = tokens >= hz / REFUSALS_PER_S
  buckets.set(address, { tokens: granted ? tokens - hz / REFUSALS_PER_S : tokens, at: now })
  return granted
}
