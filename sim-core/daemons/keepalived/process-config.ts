/**
 * What one keepalived process runs by: the VRRP child's configuration and the virtual servers, from a read
 * keepalived.conf. Trackers of a sync group become trackers of its members here, and the devices of VIPs on other
 * interfaces are tracked (vrrp.c, semantics §2.9, §2.10); the reader has already normalised what an instance says.
 */
import { assert } from '../../base/assert.ts'
import { parseIpv4 } from '../../base/address.ts'
import type {
  Checker,
  KeepalivedConfig,
  Tracked,
  VirtualAddress,
  VirtualServer,
  VirtualServerGroup,
  VrrpInstance,
  VrrpSyncGroup,
} from '../../config/keepalived/index.ts'
import { isSimulated } from './checkers/index.ts'
import type { LvsTimeouts } from './messages.ts'
import {
  MASTER_ENTRY_WORK_NS,
  PRIORITY_OWNER,
  type SyncGroupConfig,
  VRRP_MULTICAST_GROUP,
  type VrrpAddress,
  type VrrpConfig,
  type VrrpInstanceConfig,
  type VrrpTracker,
} from '../../protocols/vrrp/index.ts'

export interface KeepalivedProcessConfig {
  readonly vrrp: VrrpConfig
  readonly virtualServers: readonly VirtualServer[]
  readonly virtualServerGroups: readonly VirtualServerGroup[]
  /** In the order of the file. */
  readonly checkers: readonly CheckerPlace[]
  readonly lvsFlush: boolean
  readonly lvsFlushOnStop: boolean
  /** lvs_timeouts, where there are virtual servers; without any keepalived does not touch IPVS. */
  readonly lvsTimeouts: LvsTimeouts | null
}

/** A checker, with the server that it is for: indices into virtualServers and its realServers. */
export interface CheckerPlace {
  readonly virtualServer: number
  readonly realServer: number
  readonly checker: Checker
}

/** How long the host's own work takes, where that decides who is first, and which release it runs. */
export type WorkTimes = Pick<VrrpConfig, 'masterEntryWorkNs' | 'receiveWorkNs' | 'release'>

/** As on the host of the recordings, whose code costs (almost) nothing. */
export const WORK_AS_RECORDED: WorkTimes = { masterEntryWorkNs: MASTER_ENTRY_WORK_NS, receiveWorkNs: 0 }

export function processConfigOf(read: KeepalivedConfig, work: WorkTimes = WORK_AS_RECORDED): KeepalivedProcessConfig {
  const groups = groupsOf(read)
  return {
    vrrp: {
      instances: read.instances.map((instance, i) => instanceOf(read, instance, groupThatHas(read, groups, i))),
      groups,
      scripts: read.scripts.map(s => ({
        name: s.name,
        command: s.command,
        intervalNs: s.intervalNs,
        timeoutNs: s.timeoutNs || s.intervalNs,
        rise: s.rise,
        fall: s.fall,
        initFail: s.initFail,
      })),
      files: read.trackFiles.map(f => ({ name: f.name, initialValue: f.initValue ?? 0 })),
      processes: read.trackProcesses.map(p => ({ name: p.name, forkDelayNs: p.forkDelayNs, terminateDelayNs: p.terminateDelayNs })),
      syncDaemon: syncDaemonOf(read),
      startupDelayNs: read.globals.startupDelayNs,
      garpIntervalNs: read.globals.garpIntervalNs,
      multicastGroup: parseIpv4(read.globals.multicastGroup) ?? VRRP_MULTICAST_GROUP,
      ...work,
    },
    virtualServers: read.virtualServers,
    virtualServerGroups: read.virtualServerGroups,
    checkers: checkersOf(read.virtualServers),
    lvsFlush: read.globals.lvsFlush,
    lvsFlushOnStop: read.globals.lvsFlushOnStop,
    lvsTimeouts: read.virtualServers.length === 0 ? null : (read.globals.lvsTimeouts ?? null),
  }
}

const checkersOf = (virtualServers: readonly VirtualServer[]): CheckerPlace[] =>
  virtualServers.flatMap((vs, virtualServer) =>
    vs.realServers.flatMap((rs, realServer) => rs.checkers.filter(isSimulated).map(checker => ({ virtualServer, realServer, checker }))),
  )

/** Groups with the members that exist; an instance belongs to the first group that names it. */
function groupsOf(read: KeepalivedConfig): SyncGroupConfig[] {
  const taken = new Set<number>()
  const out: SyncGroupConfig[] = []
  for (const g of read.syncGroups) {
    const members = g.members.map(m => read.instances.findIndex(i => i.name === m.name)).filter(i => i >= 0 && !taken.has(i))
    for (const i of members) taken.add(i)
    if (members.length > 0) out.push({ name: g.name, members })
  }
  return out
}

function groupThatHas(read: KeepalivedConfig, groups: readonly SyncGroupConfig[], i: number): VrrpSyncGroup | null {
  const found = groups.find(g => g.members.includes(i))
  return read.syncGroups.find(g => g.name === found?.name) ?? null
}

function syncDaemonOf(read: KeepalivedConfig): VrrpConfig['syncDaemon'] {
  const s = read.globals.lvsSyncDaemon
  if (s === undefined) return null
  const instance = read.instances.findIndex(i => i.name === s.instance)
  return { interface: s.interface, syncId: s.syncId ?? read.instances[instance]?.vrid ?? 0, instance: instance < 0 ? null : instance }
}

function u32(text: string): number {
  const ip = parseIpv4(text)
  assert(ip !== undefined, `${text} was read as an IPv4 address`)
  return ip
}

function instanceOf(read: KeepalivedConfig, c: VrrpInstance, group: VrrpSyncGroup | null): VrrpInstanceConfig {
  const address = (v: VirtualAddress): VrrpAddress => ({
    ip: u32(v.address),
    prefixLength: v.prefixLength,
    ...deviceOf(c, v),
  })
  const vips = c.vips.map(address)
  const excludedVips = c.excludedVips.map(address)
  return {
    name: c.name,
    vrid: c.vrid,
    interface: c.interface,
    initialState: c.state,
    priority: c.priority,
    advertIntNs: c.advertIntNs,
    version: c.version,
    auth: c.auth === undefined ? { type: 'none', data: '' } : { type: c.auth.type === 'AH' ? 'ah' : 'pass', data: c.auth.password },
    vips,
    excludedVips,
    nopreempt: c.nopreempt,
    preemptDelayNs: c.preemptDelayNs,
    downTimerAdverts: c.downTimerAdverts,
    garp: {
      delayNs: c.garpMasterDelayNs,
      repeat: c.garpMasterRepeat,
      refreshNs: c.garpMasterRefreshNs,
      refreshRepeat: c.garpMasterRefreshRepeat,
      lowerPrioDelayNs: c.garpLowerPrioDelayNs,
      lowerPrioRepeat: c.garpLowerPrioRepeat,
    },
    lowerPrioNoAdvert: c.lowerPrioNoAdvert,
    higherPrioSendAdvert: c.higherPrioSendAdvert,
    sourceIp: c.sourceIp === undefined ? null : u32(c.sourceIp),
    unicastPeers: c.unicastPeers.map(p => u32(p.address)),
    ...(c.useVmac ? { vmac: { xmitBase: c.vmacXmitBase } } : {}),
    checkUnicastSrc: c.checkUnicastSrc,
    skipCheckAdvAddr: c.skipCheckAdvAddr,
    ...(c.timerExpiredBackup === undefined ? {} : { timerExpiredBackup: c.timerExpiredBackup }),
    ...(c.ownerIgnoresAdverts === undefined ? {} : { ownerIgnoresAdverts: c.ownerIgnoresAdverts }),
    trackPrimary: !c.dontTrackPrimary,
    trackers: trackersOf(c, group, hasOwner(read, group), [...vips, ...excludedVips]),
  }
}

/**
 * Where an address is installed. With use_vmac an address without `dev` goes to the instance's virtual MAC interface, and one
 * on another interface to a virtual MAC interface there if use_vmac_addr or its own use_vmac says so.
 */
function deviceOf(c: VrrpInstance, v: VirtualAddress): Pick<VrrpAddress, 'interface' | 'vmac'> {
  if (v.device === undefined || v.device === c.interface)
    return { interface: c.interface, ...(c.useVmac && v.device === undefined ? { vmac: c.vrid } : {}) }
  return { interface: v.device, ...(c.useVmacAddr || v.useVmac === true ? { vmac: c.vrid } : {}) }
}

/** A group with an address owner in it tracks nothing with a weight. */
const hasOwner = (read: KeepalivedConfig, group: VrrpSyncGroup | null): boolean =>
  group?.members.some(m => read.instances.some(i => i.name === m.name && i.priority === PRIORITY_OWNER)) ?? false

/** A thing tracked by the instance and by its group counts once, as the instance has it. */
function trackersOf(
  c: VrrpInstance,
  group: VrrpSyncGroup | null,
  ownersInGroup: boolean,
  addresses: readonly VrrpAddress[],
): VrrpTracker[] {
  const own = trackersIn(c)
  const shared = (group === null ? [] : trackersIn(group))
    .filter(t => !own.some(o => o.kind === t.kind && o.name === t.name))
    .map(t => (ownersInGroup ? { ...t, weight: 0 } : t))
  const devices = [...new Set(addresses.map(a => a.interface))].filter(name => name !== c.interface)
  const ofAddresses = devices
    .filter(name => ![...own, ...shared].some(t => t.kind === 'interface' && t.name === name))
    .map(name => ({ kind: 'interface' as const, name, weight: 0, reverse: false }))
  return [...own, ...shared, ...ofAddresses]
}

function trackersIn(block: Pick<VrrpInstance, 'trackInterfaces' | 'trackScripts' | 'trackFiles' | 'trackProcesses'>): VrrpTracker[] {
  const read = (kind: VrrpTracker['kind'], list: readonly Tracked[]) =>
    list.map(t => ({ kind, name: t.name, weight: t.weight, reverse: t.reverse }))
  return [
    ...read('interface', block.trackInterfaces),
    ...read('script', block.trackScripts),
    ...read('file', block.trackFiles),
    ...read('process', block.trackProcesses),
  ]
}
