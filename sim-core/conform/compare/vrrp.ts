/** VRRP as it is seen from outside: adverts, gratuitous ARPs, states, addresses. Format: conformance/vrrp/README.md. */
import type { ObservedOf } from '../observed.ts'
import type { TimedKind } from './timed.ts'

/** Recordings name the interface only where hosts have several. */
const FIRST_INTERFACE = 'eth0'

export const ADVERTS: TimedKind<ObservedOf<'advert'>> = {
  kind: 'advert',
  keyOf: a => [a.host, a.if ?? FIRST_INTERFACE, a.vrid, a.version, a.prio, a.advIntS, a.dst ?? '', a.vips.join(',')].join(' '),
  orderOf: x => x.host,
  hostOf: a => a.host,
  describe: a =>
    `advert of ${a.host}, VRID ${a.vrid}, priority ${a.prio}${a.dst === undefined ? '' : ` to ${a.dst}`}${a.if === undefined ? '' : ` on ${a.if}`}`,
  rule: 'adverts enter the switch when they were recorded',
}

export const GARPS: TimedKind<ObservedOf<'garp'>> = {
  kind: 'garp',
  keyOf: g => `${g.host} ${g.ip} ${g.if ?? FIRST_INTERFACE}`,
  orderOf: x => x.host,
  hostOf: g => g.host,
  describe: g => `gratuitous ARP of ${g.host} for ${g.ip}`,
  rule: 'gratuitous ARPs are as many and when they were recorded',
}

export const STATES: TimedKind<ObservedOf<'state'>> = {
  kind: 'state',
  keyOf: s => `${s.host} ${s.instance} ${s.state} ${s.init === true}`,
  orderOf: x => x.host,
  hostOf: s => s.host,
  describe: s => `${s.instance} of ${s.host} ${s.state}${s.init === true ? ' (init)' : ''}`,
  rule: 'states follow each other as recorded',
}

export const ADDRESSES: TimedKind<ObservedOf<'vip'>> = {
  kind: 'vip',
  keyOf: v => `${v.host} ${v.ip} ${v.present}`,
  orderOf: x => x.host,
  hostOf: v => v.host,
  describe: v => `${v.host} ${v.present ? 'has' : 'gives up'} ${v.ip}`,
  rule: 'an address is on the host exactly as long as recorded',
}
