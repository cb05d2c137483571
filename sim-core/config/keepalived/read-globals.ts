/**
 * global_defs. What is not set gets keepalived 2.2.7's default; vrrp_min_garp and the inheritance of the
 * garp_lower_prio values are resolved here. Tested in test/config/keepalived-vrrp.test.ts.
 */
import type { Position } from '../../base/problem.ts'
import { type Duration, seconds } from '../../base/units.ts'
import { isMulticast, parseIpv4 } from '../ipv4.ts'
import { Fields, type Handlers, INT_MAX, TIMER_MAX_S, UINT_MAX } from './fields.ts'
import { GLOBAL_IGNORED, GLOBAL_IGNORED_LATER } from './keywords.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { GlobalDefs, LvsSyncDaemon } from './types.ts'

type Draft = { -readonly [K in keyof GlobalDefs]?: GlobalDefs[K] }

const NONE = 0 as Duration
const SYNC_PORT = 8848
const SYNC_GROUP = '224.0.0.81'
const STARTUP_DELAY_LONG_S = 60

/** Several global_defs blocks add up. */
export function readGlobals(blocks: readonly Statement[], report: Report): GlobalDefs {
  const d: Draft = {}
  const f = new Fields(report, 'global_defs')
  const where: Record<string, Position> = {}
  const ignored = report.later ? [...GLOBAL_IGNORED, ...GLOBAL_IGNORED_LATER] : GLOBAL_IGNORED
  for (const block of blocks) Object.assign(where, f.read(block, handlers(f, d), ignored))
  return complete(d, where, blocks[0]?.keyword.at)
}

function handlers(f: Fields, d: Draft): Handlers {
  const wholeSeconds = (s: Statement): Duration | undefined => {
    const n = f.unsigned(s, 0, UINT_MAX)
    return n === undefined ? undefined : seconds(n)
  }
  return {
    router_id: s => void (d.routerId = f.text(s)),
    vrrp_version: s => void (d.vrrpVersion = f.unsigned(s, 2, 3) as 2 | 3 | undefined),
    vrrp_strict: s => void (d.vrrpStrict = f.flag(s)),
    vrrp_check_unicast_src: s => void (d.checkUnicastSrc = f.flag(s)),
    vrrp_skip_check_adv_addr: s => void (d.skipCheckAdvAddr = f.flag(s)),
    vrrp_startup_delay: s => startupDelay(f, d, s),
    vrrp_garp_master_delay: s => void (d.garpMasterDelayNs = wholeSeconds(s)),
    vrrp_garp_master_repeat: s => void (d.garpMasterRepeat = f.atLeastOne(s)),
    vrrp_garp_master_refresh: s => void (d.garpMasterRefreshNs = wholeSeconds(s)),
    vrrp_garp_master_refresh_repeat: s => void (d.garpMasterRefreshRepeat = f.atLeastOne(s)),
    vrrp_garp_lower_prio_delay: s => void (d.garpLowerPrioDelayNs = wholeSeconds(s)),
    vrrp_garp_lower_prio_repeat: s => void (d.garpLowerPrioRepeat = f.unsigned(s, 0, INT_MAX)),
    vrrp_garp_interval: s => void (d.garpIntervalNs = f.timer(s, 0.000001, TIMER_MAX_S)),
    vrrp_gna_interval: s => void (d.gnaIntervalNs = f.timer(s, 0.000001, TIMER_MAX_S)),
    vrrp_min_garp: s => void (d.minGarp = f.bool(s)),
    vrrp_lower_prio_no_advert: s => void (d.lowerPrioNoAdvert = f.bool(s)),
    vrrp_higher_prio_send_advert: s => void (d.higherPrioSendAdvert = f.bool(s)),
    vrrp_down_timer_adverts: s => void (d.downTimerAdverts = f.unsigned(s, 1, 100)),
    vrrp_mcast_group4: s => {
      const word = f.words(s, 1, 1)?.[0]
      const address = word && f.address(word, f.name(s))
      if (word !== undefined && address !== undefined && isMulticast(parseIpv4(address) ?? 0)) d.multicastGroup = address
      else if (address !== undefined)
        f.report.warn(
          s.args[0].at,
          'value-out-of-range',
          `${f.name(s)} ${address} is no multicast address; keepalived ignores the line`,
          'write an address from 224.0.0.0 to 239.255.255.255',
        )
    },
    default_interface: s => void (d.defaultInterface = f.text(s)),
    dynamic_interfaces: s => void (d.dynamicInterfaces = f.words(s, 0, 1) !== undefined),
    lvs_sync_daemon: s => void (d.lvsSyncDaemon = syncDaemon(f, s)),
    lvs_timeouts: s => void (d.lvsTimeouts = timeouts(f, s)),
    lvs_flush: s => void (d.lvsFlush = f.flag(s)),
    lvs_flush_on_stop: s => void (d.lvsFlushOnStop = f.words(s, 0, 1) !== undefined),
    script_user: s =>
      void (d.scriptUser = f
        .words(s, 1, 2)
        ?.map(w => w.text)
        .join(' ')),
    enable_script_security: s => void (d.enableScriptSecurity = f.flag(s)),
    ...(f.report.later ? { vrrp_owner_ignore_adverts: (s: Statement) => void (d.ownerIgnoresAdverts = f.flag(s)) } : {}),
  }
}

function startupDelay(f: Fields, d: Draft, s: Statement): void {
  d.startupDelayNs = f.timer(s, 0.001, TIMER_MAX_S)
  if (d.startupDelayNs !== undefined && d.startupDelayNs >= seconds(STARTUP_DELAY_LONG_S))
    f.report.warn(
      s.keyword.at,
      'startup-delay-long',
      `${f.name(s)}: VRRP does nothing for the first ${s.args[0].text} s`,
      'a few seconds are usual',
    )
}

function syncDaemon(f: Fields, s: Statement): LvsSyncDaemon | undefined {
  const words = f.words(s, 1, Number.POSITIVE_INFINITY)
  if (words === undefined) return undefined
  const d: { instance?: string; syncId?: number; port?: number; ttl?: number; group?: string; maxlen?: number } = {}
  for (let i = 1; i < words.length; i++) {
    const word = words[i]
    const value = words[i + 1]
    if (!/^(inst|id|port|ttl|group|maxlen)$/.test(word.text)) {
      if (d.instance === undefined) d.instance = word.text
      else
        f.report.error(
          word.at,
          'value-malformed',
          `${f.name(s)}: there is no option "${word.text}"`,
          'write inst, id, maxlen, port, ttl or group',
        )
      continue
    }
    i++
    if (value === undefined) f.report.error(word.at, 'value-missing', `${f.name(s)}: ${word.text} has no value`, 'write it after it')
    else if (word.text === 'inst') d.instance = value.text
    else if (word.text === 'group') d.group = f.address(value, `${f.name(s)} group`)
    else if (word.text === 'id') d.syncId = f.number(value, `${f.name(s)} id`, 0, 255)
    else if (word.text === 'port') d.port = f.number(value, `${f.name(s)} port`, 1, 65_535)
    else if (word.text === 'ttl') d.ttl = f.number(value, `${f.name(s)} ttl`, 1, 255)
    else d.maxlen = f.number(value, `${f.name(s)} maxlen`, 1, 65_507)
  }
  return {
    at: s.keyword.at,
    interface: words[0].text,
    ...(d.instance === undefined ? {} : { instance: d.instance }),
    ...(d.syncId === undefined ? {} : { syncId: d.syncId }),
    port: d.port ?? SYNC_PORT,
    ttl: d.ttl ?? 1,
    group: d.group ?? SYNC_GROUP,
    ...(d.maxlen === undefined ? {} : { maxlen: d.maxlen }),
  }
}

function timeouts(f: Fields, s: Statement): { tcpS: number; tcpFinS: number; udpS: number } | undefined {
  const words = f.words(s, 2, 6)
  if (words === undefined) return undefined
  const out = { tcpS: 0, tcpFinS: 0, udpS: 0 }
  for (let i = 0; i + 1 < words.length; i += 2) {
    const which = f.oneOf(words[i], f.name(s), ['tcp', 'tcpfin', 'udp'])
    const value = f.number(words[i + 1], `${f.name(s)} ${words[i].text}`, 0, 86_400 * 31)
    if (which !== undefined && value !== undefined) out[which === 'tcp' ? 'tcpS' : which === 'tcpfin' ? 'tcpFinS' : 'udpS'] = value
  }
  return out
}

function complete(d: Draft, where: Record<string, Position>, at: Position | undefined): GlobalDefs {
  const min = d.minGarp === true
  const strict = d.vrrpStrict ?? false
  const garpMasterDelayNs = d.garpMasterDelayNs ?? (min ? NONE : seconds(5))
  const garpMasterRepeat = d.garpMasterRepeat ?? (min ? 1 : 5)
  const optional = {
    routerId: d.routerId,
    defaultInterface: d.defaultInterface,
    lvsSyncDaemon: d.lvsSyncDaemon,
    lvsTimeouts: d.lvsTimeouts,
    scriptUser: d.scriptUser,
    ownerIgnoresAdverts: d.ownerIgnoresAdverts,
  }
  return {
    ...(at === undefined ? {} : { at }),
    where,
    vrrpVersion: d.vrrpVersion ?? 2,
    vrrpStrict: strict,
    checkUnicastSrc: d.checkUnicastSrc ?? false,
    skipCheckAdvAddr: d.skipCheckAdvAddr ?? false,
    startupDelayNs: d.startupDelayNs ?? NONE,
    garpMasterDelayNs,
    garpMasterRepeat,
    garpMasterRefreshNs: d.garpMasterRefreshNs ?? NONE,
    garpMasterRefreshRepeat: d.garpMasterRefreshRepeat ?? (min ? 0 : 1),
    garpLowerPrioDelayNs: d.garpLowerPrioDelayNs ?? (strict ? NONE : garpMasterDelayNs),
    garpLowerPrioRepeat: d.garpLowerPrioRepeat ?? (strict ? 0 : garpMasterRepeat),
    garpIntervalNs: d.garpIntervalNs ?? NONE,
    gnaIntervalNs: d.gnaIntervalNs ?? NONE,
    minGarp: min,
    lowerPrioNoAdvert: d.lowerPrioNoAdvert ?? strict,
    higherPrioSendAdvert: d.higherPrioSendAdvert ?? false,
    downTimerAdverts: d.downTimerAdverts ?? 3,
    multicastGroup: d.multicastGroup ?? '224.0.0.18',
    dynamicInterfaces: d.dynamicInterfaces ?? false,
    lvsFlush: d.lvsFlush ?? false,
    lvsFlushOnStop: d.lvsFlushOnStop ?? false,
    enableScriptSecurity: d.enableScriptSecurity ?? false,
    ...Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined)),
  }
}
