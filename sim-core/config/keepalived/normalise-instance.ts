/**
 * A vrrp_instance as keepalived 2.2.7 works with it: defaults, inheritance from global_defs, and the corrections that it
 * makes at start, in its order. Every correction of something that was written is a warning, because the program says
 * so only in its log. Source: semantics.md §2.3 and the program's own dump (`keepalived -d`); tested in
 * test/config/keepalived-vrrp.test.ts.
 */
import type { Position } from '../../base/problem.ts'
import { asSeconds, type Duration, SECOND_NS, seconds } from '../../base/units.ts'
import type { InstanceDraft } from './read-instance.ts'
import type { Report } from './report.ts'
import type { GlobalDefs, Tracked, VirtualAddress, VrrpInstance, VrrpSyncGroup } from './types.ts'

const OWNER_PRIORITY = 255
const DEFAULT_PRIORITY = 100
const CENTISECOND_NS = 10_000_000
const V3_ADVERT_MAX_NS = 40_950_000_000
/** What an advert on a 1500-byte link can carry, and the protocol's own limit. */
const ADVERT_VIPS_MAX = 255
const NONE = 0 as Duration

/** The instance, or undefined when it lacks what keepalived needs to run it (reported as errors). */
export function normaliseInstance(
  d: InstanceDraft,
  globals: GlobalDefs,
  groups: readonly VrrpSyncGroup[],
  report: Report,
): VrrpInstance | undefined {
  const n = new Normaliser(d, globals, report)
  return n.run(groups.find(g => g.members.some(m => m.name === d.name)))
}

class Normaliser {
  private readonly d: InstanceDraft
  private readonly globals: GlobalDefs
  private readonly report: Report
  private readonly strict: boolean

  constructor(d: InstanceDraft, globals: GlobalDefs, report: Report) {
    this.d = d
    this.globals = globals
    this.report = report
    this.strict = d.strictMode ?? globals.vrrpStrict
  }

  private warn(keyword: string, code: string, message: string, remedy: string): void {
    const at: Position = this.d.where[keyword] ?? this.d.at
    this.report.warn(at, code, `vrrp_instance ${this.d.name}: ${message}`, remedy)
  }

  run(group: VrrpSyncGroup | undefined): VrrpInstance | undefined {
    const { d, globals, strict } = this
    this.mandatory()
    if (d.vips.length === 0 && d.where.virtual_ipaddress === undefined)
      this.warn('', 'no-vip', 'it has no virtual_ipaddress', 'add the addresses that it shall move')
    const version = d.version ?? globals.vrrpVersion
    const { priority, state: wanted } = this.ownership()
    const auth = this.authentication(version)
    const state = auth?.type === 'AH' && wanted === 'MASTER' && priority !== OWNER_PRIORITY ? this.ahBackup() : wanted
    this.unicast()
    const { vips, excludedVips } = this.addresses()
    const preemption = this.preemption(priority, state)
    const trackers = this.trackers(priority, group)
    if (d.vrid === undefined || d.interface === undefined) return undefined
    const optional = { auth, sourceIp: d.sourceIp, vmacInterface: d.vmacInterface }
    return {
      at: d.at,
      name: d.name,
      where: d.where,
      state,
      interface: d.interface,
      vrid: d.vrid,
      priority,
      advertIntNs: this.advertInterval(version),
      version,
      vips,
      excludedVips,
      ...preemption,
      ...this.garps(),
      lowerPrioNoAdvert: this.lowerPrioNoAdvert(),
      higherPrioSendAdvert: this.higherPrioSendAdvert(),
      downTimerAdverts: this.downTimerAdverts(),
      unicastPeers: d.unicastPeers,
      checkUnicastSrc: d.checkUnicastSrc ?? globals.checkUnicastSrc,
      skipCheckAdvAddr: d.skipCheckAdvAddr ?? globals.skipCheckAdvAddr,
      ...(this.report.later ? this.later(priority, preemption.nopreempt) : {}),
      strictMode: strict,
      dontTrackPrimary: d.dontTrackPrimary,
      ...trackers,
      useVmac: d.useVmac,
      vmacXmitBase: this.vmacXmitBase(),
      useVmacAddr: d.useVmacAddr,
      accept: this.accept(priority, version),
      virtualRoutes: d.virtualRoutes,
      virtualRules: d.virtualRules,
      notify: d.notify,
      ...Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined)),
    }
  }

  private mandatory(): void {
    const missing = (keyword: string, remedy: string) =>
      this.report.error(
        this.d.at,
        'field-missing',
        `vrrp_instance ${this.d.name}: ${keyword} is missing; keepalived does not run the instance`,
        remedy,
      )
    if (this.d.vrid === undefined && this.d.where.virtual_router_id === undefined)
      missing('virtual_router_id', 'add virtual_router_id, from 1 to 255, equal on all hosts of the instance')
    if (this.d.interface === undefined && this.d.where.interface === undefined) missing('interface', 'add interface, such as eth0')
  }

  /** Priority and first state: without a priority `state MASTER` means address owner. */
  private ownership(): { priority: number; state: 'MASTER' | 'BACKUP' } {
    const { d } = this
    let priority = d.priority
    if (priority === undefined) {
      priority = d.state === 'MASTER' ? OWNER_PRIORITY : DEFAULT_PRIORITY
      if (d.state === 'MASTER')
        this.warn(
          'state',
          'priority-owner',
          'no priority with state MASTER makes it the address owner, priority 255',
          'add priority, such as 100',
        )
    }
    const state = d.state ?? (priority === OWNER_PRIORITY ? 'MASTER' : 'BACKUP')
    if (!this.strict || (state === 'MASTER') === (priority === OWNER_PRIORITY)) return { priority, state }
    const corrected = priority === OWNER_PRIORITY ? 'MASTER' : 'BACKUP'
    this.warn(
      'state',
      'strict-state',
      `strict mode begins in ${corrected}, because its priority is ${priority}`,
      `write state ${corrected}`,
    )
    return { priority, state: corrected }
  }

  private authentication(version: 2 | 3): VrrpInstance['auth'] {
    const { d } = this
    if (d.authType === undefined) return undefined
    if (this.strict || version === 3) {
      const why = this.strict ? 'strict mode' : 'VRRP version 3'
      this.warn('authentication', 'auth-ignored', `${why} has no authentication; it is ignored`, 'remove the block')
      return undefined
    }
    if (d.authPass === undefined) {
      this.warn('authentication', 'auth-ignored', 'authentication without auth_pass is ignored', 'add auth_pass')
      return undefined
    }
    return { type: d.authType, password: d.authPass }
  }

  private ahBackup(): 'BACKUP' {
    this.warn('state', 'state-corrected', 'state MASTER does not go with AH authentication and becomes BACKUP', 'write state BACKUP')
    return 'BACKUP'
  }

  private unicast(): void {
    const { d } = this
    if (d.unicast && d.unicastPeers.length === 0)
      this.warn(
        d.where.unicast_src_ip === undefined ? 'unicast_peer' : 'unicast_src_ip',
        'unicast-without-peers',
        'unicast without peers falls back to multicast',
        'add unicast_peer with the other hosts, or write mcast_src_ip',
      )
    if (this.strict && d.unicastPeers.length > 0)
      this.warn(
        'unicast_peer',
        'strict-unicast',
        'strict mode does not allow unicast peers; keepalived uses them all the same',
        'remove strict mode',
      )
  }

  /** Unicast goes out by the interface itself, whatever is written. */
  private vmacXmitBase(): boolean {
    const { d } = this
    if (d.useVmac && !d.vmacXmitBase && d.unicastPeers.length > 0)
      this.warn(
        'unicast_peer',
        'vmac-unicast',
        "unicast with use_vmac needs vmac_xmit_base, and keepalived sets it: adverts come from the interface's own MAC",
        'write vmac_xmit_base',
      )
    if (d.vmacXmitBase && !d.useVmac)
      this.warn('vmac_xmit_base', 'vmac-missing', 'vmac_xmit_base does nothing without use_vmac', 'remove it, or write use_vmac')
    return d.useVmac && (d.vmacXmitBase || d.unicastPeers.length > 0)
  }

  private addresses(): { vips: VrrpInstance['vips']; excludedVips: VrrpInstance['excludedVips'] } {
    const vips = this.d.vips.map(v => this.withoutOwnVmac(v))
    const excludedVips = this.d.excludedVips.map(v => this.withoutOwnVmac(v))
    if (vips.length <= ADVERT_VIPS_MAX) return { vips, excludedVips }
    this.warn(
      'virtual_ipaddress',
      'too-many-vips',
      `an advert carries ${ADVERT_VIPS_MAX} addresses; the other ${vips.length - ADVERT_VIPS_MAX} become excluded ones`,
      'move them to virtual_ipaddress_excluded',
    )
    return { vips: vips.slice(0, ADVERT_VIPS_MAX), excludedVips: [...vips.slice(ADVERT_VIPS_MAX), ...excludedVips] }
  }

  /** `dev vrrp.51` of the instance's own virtual MAC interface is where the address goes anyway. */
  private withoutOwnVmac(v: VirtualAddress): VirtualAddress {
    if (v.device === undefined || v.device !== this.vmacName()) return v
    const { device: _, ...rest } = v
    return rest
  }

  private vmacName(): string | undefined {
    const { d } = this
    return d.useVmac ? (d.vmacInterface ?? `vrrp.${d.vrid}`) : undefined
  }

  private preemption(priority: number, state: 'MASTER' | 'BACKUP'): { nopreempt: boolean; preemptDelayNs: Duration } {
    let { nopreempt } = this.d
    let preemptDelayNs = this.d.preemptDelayNs ?? NONE
    if (nopreempt && priority === OWNER_PRIORITY) {
      this.warn(
        'nopreempt',
        'nopreempt-cleared',
        'nopreempt is cleared: the address owner always takes over',
        'remove nopreempt, or write a priority below 255',
      )
      nopreempt = false
    }
    if (state === 'MASTER') {
      if (nopreempt) this.warn('nopreempt', 'nopreempt-cleared', 'nopreempt is cleared by state MASTER', 'write state BACKUP on every host')
      if (preemptDelayNs > 0)
        this.warn('preempt_delay', 'preempt-delay-cleared', 'preempt_delay is cleared by state MASTER', 'write state BACKUP on every host')
      return { nopreempt: false, preemptDelayNs: NONE }
    }
    if (preemptDelayNs > 0 && (this.strict || nopreempt)) {
      this.warn(
        'preempt_delay',
        'preempt-delay-cleared',
        `preempt_delay is cleared by ${this.strict ? 'strict mode' : 'nopreempt'}`,
        'remove one of the two',
      )
      preemptDelayNs = NONE
    }
    return { nopreempt, preemptDelayNs }
  }

  private garps(): Pick<
    VrrpInstance,
    | 'garpMasterDelayNs'
    | 'garpMasterRepeat'
    | 'garpMasterRefreshNs'
    | 'garpMasterRefreshRepeat'
    | 'garpLowerPrioDelayNs'
    | 'garpLowerPrioRepeat'
  > {
    const { d, globals: g } = this
    const reset = (keyword: string, set: number | undefined) => {
      if (set !== undefined && set > 0) this.warn(keyword, 'strict-garp', `${keyword} is set to 0 by strict mode`, 'remove it')
    }
    if (this.strict) {
      reset('garp_lower_prio_delay', d.garpLowerPrioDelayNs)
      reset('garp_lower_prio_repeat', d.garpLowerPrioRepeat)
    }
    return {
      garpMasterDelayNs: d.garpMasterDelayNs ?? g.garpMasterDelayNs,
      garpMasterRepeat: d.garpMasterRepeat ?? g.garpMasterRepeat,
      garpMasterRefreshNs: d.garpMasterRefreshNs ?? g.garpMasterRefreshNs,
      garpMasterRefreshRepeat: d.garpMasterRefreshRepeat ?? g.garpMasterRefreshRepeat,
      garpLowerPrioDelayNs: this.strict ? NONE : (d.garpLowerPrioDelayNs ?? g.garpLowerPrioDelayNs),
      garpLowerPrioRepeat: this.strict ? 0 : (d.garpLowerPrioRepeat ?? g.garpLowerPrioRepeat),
    }
  }

  private lowerPrioNoAdvert(): boolean {
    if (this.strict && this.d.lowerPrioNoAdvert === false)
      this.warn('lower_prio_no_advert', 'strict-advert', 'lower_prio_no_advert is set by strict mode', 'remove it')
    return this.strict || (this.d.lowerPrioNoAdvert ?? this.globals.lowerPrioNoAdvert)
  }

  private higherPrioSendAdvert(): boolean {
    if (this.strict && this.d.higherPrioSendAdvert)
      this.warn('higher_prio_send_advert', 'strict-advert', 'higher_prio_send_advert is cleared by strict mode', 'remove it')
    return !this.strict && (this.d.higherPrioSendAdvert ?? this.globals.higherPrioSendAdvert)
  }

  private downTimerAdverts(): number {
    const value = this.d.downTimerAdverts ?? this.globals.downTimerAdverts
    if (!this.strict || value === 3) return value
    this.warn('down_timer_adverts', 'strict-down-timer', 'down_timer_adverts is 3 in strict mode', 'remove it')
    return 3
  }

  /** timer_expired_backup needs nopreempt; an owner that says anything of owner_ignore_adverts ignores them, even after off (2.3.4). */
  private later(priority: number, nopreempt: boolean): Pick<VrrpInstance, 'timerExpiredBackup' | 'ownerIgnoresAdverts'> {
    const { timerExpiredBackup, ownerIgnoresAdverts: written } = this.d
    const keyword = this.d.where.timer_expired_backup === undefined ? 'thread_timer_expired' : 'timer_expired_backup'
    if (timerExpiredBackup !== undefined && !nopreempt)
      this.warn(
        keyword,
        'timer-expired-cleared',
        `${keyword} is cleared: it needs nopreempt`,
        'add nopreempt, with state BACKUP on every host',
      )
    const owner = priority === OWNER_PRIORITY
    if (written !== undefined && !owner)
      this.warn('owner_ignore_adverts', 'owner-ignored', 'owner_ignore_adverts is for priority 255 only; it is ignored', 'remove it')
    else if (written === false)
      this.warn('owner_ignore_adverts', 'owner-ignored', 'owner_ignore_adverts off is taken for on with priority 255', 'leave it out')
    const ignores = owner && (written !== undefined || this.strict || this.globals.ownerIgnoresAdverts === true)
    return {
      ...(timerExpiredBackup === undefined || !nopreempt ? {} : { timerExpiredBackup }),
      ...(ignores ? { ownerIgnoresAdverts: true } : {}),
    }
  }

  private accept(priority: number, version: 2 | 3): boolean {
    const { d } = this
    if (priority === OWNER_PRIORITY) return true
    if (!this.strict) return d.accept ?? true
    if (d.accept && version === 2)
      this.warn('accept', 'strict-accept', 'accept is cleared by strict mode: version 2 has none', 'remove it, or write version 3')
    return version === 3 && d.accept === true
  }

  /** v2: whole seconds; v3: units of 10 ms up to 40.95 s. */
  private advertInterval(version: 2 | 3): Duration {
    const written = this.d.advertIntNs
    if (written === undefined) return seconds(1)
    let used = written
    if (version === 2) used = Math.max(SECOND_NS, Math.floor(written / SECOND_NS + 0.5) * SECOND_NS) as Duration
    else used = Math.min(V3_ADVERT_MAX_NS, Math.round(written / CENTISECOND_NS) * CENTISECOND_NS) as Duration
    if (used !== written) {
      const unit = version === 2 ? 'whole seconds' : 'units of 10 ms up to 40.95 s'
      const remedy =
        version === 2 ? `write advert_int ${asSeconds(used)}, or version 3 for parts of a second` : `write advert_int ${asSeconds(used)}`
      this.warn(
        'advert_int',
        'advert-int-rounded',
        `advert_int ${asSeconds(written)} becomes ${asSeconds(used)} s: VRRP version ${version} counts in ${unit}`,
        remedy,
      )
    }
    return used
  }

  /** An owner's priority never changes, and in a sync group weights count only with sync_group_tracking_weight. */
  private trackers(priority: number, group: VrrpSyncGroup | undefined) {
    const { d } = this
    const inGroup = group !== undefined && !group.trackingWeight
    const why =
      priority === OWNER_PRIORITY
        ? 'an address owner has a fixed priority'
        : inGroup
          ? `members of the sync group ${group?.name} have no weights`
          : undefined
    const unweighted = (list: readonly Tracked[]): Tracked[] =>
      list.filter(t => why === undefined || t.weight === 0 || this.dropped(t, why))
    const cleared = (t: Tracked): Tracked => {
      if (why === undefined || t.weight === 0) return t
      this.report.warn(t.at, 'weight-ignored', `vrrp_instance ${d.name}: the weight of ${t.name} becomes 0: ${why}`, 'write weight 0')
      return { ...t, weight: 0 }
    }
    // The instance's virtual MAC interface is up when its own is.
    const vmac = d.trackInterfaces.find(t => t.name === this.vmacName())
    const own = d.trackInterfaces.find(t => t.name === d.interface && !d.dontTrackPrimary)
    if (own !== undefined)
      this.report.warn(
        own.at,
        'tracked-twice',
        `vrrp_instance ${d.name}: track_interface ${own.name} is its own interface, which is tracked anyway`,
        'remove it',
      )
    return {
      // In a group an interface stays tracked without its weight, so that its loss means FAULT; an owner stops tracking it.
      trackInterfaces:
        priority === OWNER_PRIORITY
          ? unweighted(d.trackInterfaces.filter(t => t !== own && t !== vmac))
          : d.trackInterfaces.filter(t => t !== own && t !== vmac).map(cleared),
      trackScripts: unweighted(d.trackScripts),
      trackProcesses: unweighted(d.trackProcesses),
      trackFiles: d.trackFiles.map(cleared),
    }
  }

  private dropped(t: Tracked, why: string): false {
    this.report.warn(
      t.at,
      'weight-ignored',
      `vrrp_instance ${this.d.name}: ${t.name} with weight ${t.weight} is not tracked: ${why}`,
      'remove its weight, or track it without one',
    )
    return false
  }
}
