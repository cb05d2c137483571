/** The VRRP half of keepalived.conf as text. Tested by reading it back in test/config/keepalived-print.test.ts. */
import { type Duration, seconds } from '../../base/units.ts'
import type {
  GlobalDefs,
  KeepalivedConfig,
  Tracked,
  VirtualAddress,
  VrrpInstance,
  VrrpScript,
  VrrpSyncGroup,
  VrrpTrackFile,
  VrrpTrackProcess,
} from './types.ts'
import { rawText, timer, type Writer, word } from './writer.ts'

const NONE = 0 as Duration

export function printGlobals(w: Writer, g: GlobalDefs): void {
  const min = g.minGarp
  w.block('global_defs', () => {
    w.value('router_id', g.routerId)
    w.value('vrrp_version', g.vrrpVersion, 2)
    w.flag('vrrp_strict', g.vrrpStrict)
    w.flag('vrrp_check_unicast_src', g.checkUnicastSrc)
    w.flag('vrrp_skip_check_adv_addr', g.skipCheckAdvAddr)
    w.flag('vrrp_owner_ignore_adverts', g.ownerIgnoresAdverts === true)
    w.timer('vrrp_startup_delay', g.startupDelayNs, NONE)
    w.flag('vrrp_min_garp', min)
    w.timer('vrrp_garp_master_delay', g.garpMasterDelayNs, min ? NONE : seconds(5))
    w.value('vrrp_garp_master_repeat', g.garpMasterRepeat, min ? 1 : 5)
    w.timer('vrrp_garp_master_refresh', g.garpMasterRefreshNs, NONE)
    w.value('vrrp_garp_master_refresh_repeat', g.garpMasterRefreshRepeat, min ? 0 : 1)
    w.timer('vrrp_garp_lower_prio_delay', g.garpLowerPrioDelayNs, g.vrrpStrict ? NONE : g.garpMasterDelayNs)
    w.value('vrrp_garp_lower_prio_repeat', g.garpLowerPrioRepeat, g.vrrpStrict ? 0 : g.garpMasterRepeat)
    w.timer('vrrp_garp_interval', g.garpIntervalNs, NONE)
    w.timer('vrrp_gna_interval', g.gnaIntervalNs, NONE)
    w.bool('vrrp_lower_prio_no_advert', g.lowerPrioNoAdvert, g.vrrpStrict)
    w.bool('vrrp_higher_prio_send_advert', g.higherPrioSendAdvert, false)
    w.value('vrrp_down_timer_adverts', g.downTimerAdverts, 3)
    w.value('vrrp_mcast_group4', g.multicastGroup, '224.0.0.18')
    w.value('default_interface', g.defaultInterface)
    w.flag('dynamic_interfaces', g.dynamicInterfaces)
    syncDaemon(w, g.lvsSyncDaemon)
    const t = g.lvsTimeouts
    if (t !== undefined) w.line(`lvs_timeouts tcp ${t.tcpS} tcpfin ${t.tcpFinS} udp ${t.udpS}`)
    w.flag('lvs_flush', g.lvsFlush)
    w.flag('lvs_flush_on_stop', g.lvsFlushOnStop)
    if (g.scriptUser !== undefined) w.line(`script_user ${g.scriptUser}`)
    w.flag('enable_script_security', g.enableScriptSecurity)
  })
}

function syncDaemon(w: Writer, d: GlobalDefs['lvsSyncDaemon']): void {
  if (d === undefined) return
  const options: [string, string | number | undefined, unknown?][] = [
    ['inst', d.instance],
    ['id', d.syncId],
    ['maxlen', d.maxlen],
    ['port', d.port, 8848],
    ['ttl', d.ttl, 1],
    ['group', d.group, '224.0.0.81'],
  ]
  const given = options.filter(([, value, standard]) => value !== undefined && value !== standard)
  w.line(['lvs_sync_daemon', word(d.interface), ...given.map(([name, value]) => `${name} ${word(String(value))}`)].join(' '))
}

export function printScript(w: Writer, s: VrrpScript): void {
  w.block(`vrrp_script ${word(s.name)}`, () => {
    w.line(`script ${rawText(s.command)}`)
    w.timer('interval', s.intervalNs, seconds(1))
    w.timer('timeout', s.timeoutNs, s.intervalNs)
    weight(w, s.weight, s.reverse, 0)
    w.value('rise', s.rise, 1)
    w.value('fall', s.fall, 1)
    if (s.user !== undefined) w.line(`user ${s.user}`)
    w.flag('init_fail', s.initFail)
  })
}

export function printTrackProcess(w: Writer, p: VrrpTrackProcess): void {
  w.block(`vrrp_track_process ${word(p.name)}`, () => {
    w.line(`process ${rawText(p.process)}`)
    weight(w, p.weight, p.reverse, 0)
    w.value('quorum', p.quorum, 1)
    w.value('quorum_max', p.quorumMax)
    w.timer('fork_delay', p.forkDelayNs, NONE)
    w.timer('terminate_delay', p.terminateDelayNs, NONE)
  })
}

export function printTrackFile(w: Writer, f: VrrpTrackFile): void {
  w.block(`track_file ${word(f.name)}`, () => {
    w.line(`file ${word(f.file)}`)
    weight(w, f.weight, f.reverse, 1)
    w.value('init_file', f.initValue)
  })
}

function weight(w: Writer, value: number, reverse: boolean, standard: number): void {
  if (value !== standard || reverse) w.line(`weight ${value}${reverse ? ' reverse' : ''}`)
}

export const printAddress = (a: VirtualAddress): string => {
  const options = [
    ['dev', a.device],
    ['scope', a.scope],
    ['label', a.label],
  ].filter(([, value]) => value !== undefined)
  const vmac = a.useVmac === true ? ['use_vmac'] : []
  return [`${a.address}/${a.prefixLength}`, ...options.map(([name, value]) => `${name} ${word(String(value))}`), ...vmac].join(' ')
}

type Own = ReadonlyMap<string, { readonly weight: number; readonly reverse: boolean }>

/** A line of a track_* block: the name, and what differs from the tracked thing's own weight. */
function tracked(list: readonly Tracked[], own: Own): string[] {
  return list.map(t => {
    const standard = own.get(t.name) ?? { weight: 0, reverse: false }
    if (t.weight === standard.weight && t.reverse === standard.reverse) return word(t.name)
    const reverse = t.reverse ? ' reverse' : standard.reverse ? ' noreverse' : ''
    return `${word(t.name)} weight ${t.weight}${reverse}`
  })
}

interface Tracks {
  readonly trackInterfaces: readonly Tracked[]
  readonly trackScripts: readonly Tracked[]
  readonly trackFiles: readonly Tracked[]
  readonly trackProcesses: readonly Tracked[]
}

function tracks(w: Writer, t: Tracks, config: KeepalivedConfig): void {
  const own = (list: readonly { name: string; weight: number; reverse: boolean }[]): Own => new Map(list.map(x => [x.name, x]))
  w.list('track_interface', tracked(t.trackInterfaces, new Map()))
  w.list('track_script', tracked(t.trackScripts, own(config.scripts)))
  w.list('track_file', tracked(t.trackFiles, own(config.trackFiles)))
  w.list('track_process', tracked(t.trackProcesses, own(config.trackProcesses)))
}

const notify = (w: Writer, commands: Readonly<Record<string, string>>): void => {
  for (const [keyword, command] of Object.entries(commands)) w.line(`${keyword} ${rawText(command)}`.trimEnd())
}

export function printSyncGroup(w: Writer, g: VrrpSyncGroup, config: KeepalivedConfig): void {
  w.block(`vrrp_sync_group ${word(g.name)}`, () => {
    w.list(
      'group',
      g.members.map(m => word(m.name)),
    )
    w.flag('sync_group_tracking_weight', g.trackingWeight)
    tracks(w, g, config)
    notify(w, g.notify)
  })
}

export function printInstance(w: Writer, i: VrrpInstance, config: KeepalivedConfig): void {
  const g = config.globals
  w.block(`vrrp_instance ${word(i.name)}`, () => {
    w.line(`state ${i.state}`)
    w.line(`interface ${word(i.interface)}`)
    w.line(`virtual_router_id ${i.vrid}`)
    w.line(`priority ${i.priority}`)
    w.line(`advert_int ${timer(i.advertIntNs)}`)
    w.value('version', i.version, g.vrrpVersion)
    w.bool('strict_mode', i.strictMode, g.vrrpStrict)
    const auth = i.auth
    if (auth !== undefined) w.list('authentication', [`auth_type ${auth.type}`, `auth_pass ${word(auth.password)}`])
    w.flag('nopreempt', i.nopreempt)
    w.timer('preempt_delay', i.preemptDelayNs, NONE)
    garps(w, i, g)
    w.bool('lower_prio_no_advert', i.lowerPrioNoAdvert, i.strictMode || g.lowerPrioNoAdvert)
    w.bool('higher_prio_send_advert', i.higherPrioSendAdvert, !i.strictMode && g.higherPrioSendAdvert)
    w.value('down_timer_adverts', i.downTimerAdverts, i.strictMode ? 3 : g.downTimerAdverts)
    w.value(i.unicastPeers.length > 0 ? 'unicast_src_ip' : 'mcast_src_ip', i.sourceIp)
    w.list(
      'unicast_peer',
      i.unicastPeers.map(p => p.address),
    )
    w.flag('check_unicast_src', i.checkUnicastSrc && !g.checkUnicastSrc)
    w.bool('skip_check_adv_addr', i.skipCheckAdvAddr, g.skipCheckAdvAddr)
    w.value('timer_expired_backup', i.timerExpiredBackup)
    w.flag('owner_ignore_adverts', i.ownerIgnoresAdverts === true && !i.strictMode && g.ownerIgnoresAdverts !== true)
    w.flag('dont_track_primary', i.dontTrackPrimary)
    tracks(w, i, config)
    if (i.useVmac) w.line(i.vmacInterface === undefined ? 'use_vmac' : `use_vmac ${word(i.vmacInterface)}`)
    w.flag('vmac_xmit_base', i.vmacXmitBase)
    w.flag('use_vmac_addr', i.useVmacAddr)
    if (i.accept !== (!i.strictMode || i.priority === 255)) w.line(i.accept ? 'accept' : 'no_accept')
    w.list('virtual_ipaddress', i.vips.map(printAddress))
    w.list('virtual_ipaddress_excluded', i.excludedVips.map(printAddress))
    w.list(
      'virtual_routes',
      i.virtualRoutes.map(r => rawText(r.text)),
    )
    w.list(
      'virtual_rules',
      i.virtualRules.map(r => rawText(r.text)),
    )
    notify(w, i.notify)
  })
}

function garps(w: Writer, i: VrrpInstance, g: GlobalDefs): void {
  w.timer('garp_master_delay', i.garpMasterDelayNs, g.garpMasterDelayNs)
  w.value('garp_master_repeat', i.garpMasterRepeat, g.garpMasterRepeat)
  w.timer('garp_master_refresh', i.garpMasterRefreshNs, g.garpMasterRefreshNs)
  w.value('garp_master_refresh_repeat', i.garpMasterRefreshRepeat, g.garpMasterRefreshRepeat)
  w.timer('garp_lower_prio_delay', i.garpLowerPrioDelayNs, i.strictMode ? NONE : g.garpLowerPrioDelayNs)
  w.value('garp_lower_prio_repeat', i.garpLowerPrioRepeat, i.strictMode ? 0 : g.garpLowerPrioRepeat)
}
