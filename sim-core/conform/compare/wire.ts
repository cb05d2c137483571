/** Frames other than VRRP's, checkers and sync datagrams. */
import type { ObservedOf } from '../observed.ts'
import type { TimedKind } from './timed.ts'

export const PACKETS: TimedKind<ObservedOf<'packet'>> = {
  kind: 'packet',
  keyOf: p => [p.from, p.proto, p.src, p.dst, [...(p.flags ?? '')].sort().join(''), p.len ?? '', p.type ?? '', p.code ?? ''].join(' '),
  orderOf: p => `${p.from} ${p.src} ${p.dst}`,
  hostOf: p => p.from,
  describe: p =>
    p.proto === 'ICMP'
      ? `ICMP type ${p.type} code ${p.code} of ${p.from}, ${p.src} → ${p.dst}`
      : `${p.proto} [${p.flags ?? ''}] of ${p.from}, ${p.src} → ${p.dst}, ${p.len ?? 0} bytes`,
  rule: 'frames enter the switch when they were recorded',
}

/** The checker's own port is drawn at random: it is not compared. */
export const PROBES: TimedKind<ObservedOf<'probe'>> = {
  kind: 'probe',
  keyOf: p => `${p.host} ${p.rs}`,
  orderOf: p => `${p.host} ${p.rs}`,
  hostOf: p => p.host,
  describe: p => `probe of ${p.rs} by ${p.host}`,
  rule: 'delay_loop, retry, delay_before_retry',
}

export const CHECKS: TimedKind<ObservedOf<'check'>> = {
  kind: 'check',
  keyOf: c => `${c.host} ${c.vs} ${c.rs} ${c.up}`,
  orderOf: c => `${c.host} ${c.vs}`,
  hostOf: c => c.host,
  describe: c => `${c.rs} ${c.up ? 'joins' : 'leaves'} ${c.vs} on ${c.host}`,
  rule: 'a checker’s verdict after its retries',
}

export const SYNC: TimedKind<ObservedOf<'sync'>> = {
  kind: 'sync',
  keyOf: s =>
    [s.host, s.syncid, s.bytes, s.n, ...s.conns.map(c => `${c.proto} ${c.client} ${c.vip} ${c.rs} ${c.state} ${c.timeout_s}`)].join('\n'),
  orderOf: s => s.host,
  hostOf: s => s.host,
  describe: s => `sync datagram of ${s.host}: ${s.n} records, ${s.bytes} bytes`,
  rule: 'sync_threshold, flush of the buffer, wake-ups of the sync thread',
}
