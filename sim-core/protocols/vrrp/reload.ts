/**
 * SIGHUP. As in keepalived the new configuration goes through the steps of a start (memories made anew, trackers
 * asked, groups formed), and only then the old states are carried over. A reload therefore restarts every BACKUP's
 * down timer and never interrupts a MASTER (recordings v19a–v19c); announcements still to come are forgotten.
 */
import { addressesOf, type ScriptConfig, type VrrpAddress, type VrrpConfig, type VrrpInstanceConfig } from './config.ts'
import { because, configOf, type Draft, memoryOf, noteArmed, removeVips, sendAdvert } from './draft.ts'
import { announce, announceLater, garpArithmetic, garpInputs, refreshLater } from './garp.ts'
import { enterFirstStates, formInstances, settleGroups } from './lifecycle.ts'
import { freshProcess, freshScript } from './memories.ts'
import { isLater, ofLater } from './releases.ts'
import { startScripts } from './scripts.ts'
import type { InstanceMemory, Working } from './state.ts'

/** SIGHUP: a last advert of each MASTER as it was, then the new configuration with the old states. */
export function reload(d: Draft, previous: VrrpConfig): void {
  const old = d.state.instances
  const oldDraft: Draft = { ...d, config: previous }
  const goingOn = because('vrrp-reload', 'SIGHUP: a MASTER advertises before it reads the new configuration', { signal: 'SIGHUP' })
  previous.instances.forEach((_, i) => {
    if (old[i].state === 'MASTER') sendAdvert(oldDraft, i, old[i].priority, goingOn)
  })
  if (isLater(d)) moveStartupDelay(d, previous)
  carryTrackers(d, previous)
  dropRemoved(d, oldDraft)
  formInstances(d)
  settleGroups(d)
  d.config.instances.forEach((c, i) => {
    const before = previous.instances.findIndex(p => isSameInstance(p, c))
    if (before >= 0) carryOver(d, i, previous.instances[before], old[before])
  })
  d.config.groups.forEach((g, index) => {
    const memory = d.state.groups[index]
    if (memory.membersInFault === 0 && memory.membersUnknown === 0 && g.members.every(i => memoryOf(d, i).state === 'MASTER'))
      memory.state = 'MASTER'
  })
  enterFirstStates(d)
  startScripts(d)
}

/** A vrrp_startup_delay that still runs gets the new length; 2.2 keeps the old one. */
function moveStartupDelay(d: Draft, previous: VrrpConfig): void {
  const { delayedUntilNs } = d.state
  if (delayedUntilNs === null || delayedUntilNs <= d.nowNs) return
  const untilNs = delayedUntilNs - previous.startupDelayNs + d.config.startupDelayNs
  d.state.delayedUntilNs = untilNs > d.nowNs ? untilNs : null
}

/** The same virtual router: its name may change, its VRID, interface (a virtual MAC's is another one) and way of sending may not. */
const isSameInstance = (a: VrrpInstanceConfig, b: VrrpInstanceConfig): boolean =>
  a.vrid === b.vrid &&
  a.interface === b.interface &&
  (a.vmac === undefined) === (b.vmac === undefined) &&
  a.unicastPeers.length > 0 === b.unicastPeers.length > 0 &&
  (a.unicastPeers.length === 0 || a.sourceIp === b.sourceIp)

function carryOver(d: Draft, i: number, before: VrrpInstanceConfig, old: Working<InstanceMemory>): void {
  const m = memoryOf(d, i)
  if (old.state !== 'FAULT' && m.state !== 'FAULT' && m.scriptsUnknown === 0) {
    m.state = old.state
    m.want = old.state
  }
  m.reloadedAsMaster = m.state === 'MASTER'
  noteArmed(d, i, 'reload')
  if (!old.vipsInstalled) return
  const now = addressesOf(configOf(d, i))
  const then = addressesOf(before)
  const why = because('vrrp-reload', 'the new configuration has another list of VIPs', {
    signal: 'SIGHUP',
    vips: now.length,
    expected_vips: then.length,
  })
  const same = (a: VrrpAddress, b: VrrpAddress): boolean => a.ip === b.ip && a.interface === b.interface && a.vmac === b.vmac
  const missing = then.filter(v => !now.some(n => same(n, v)))
  const added = now.filter(n => !then.some(v => same(n, v)))
  for (const v of missing) d.effects.push({ kind: 'removeVip', instance: configOf(d, i).name, ...v, cause: why })
  m.vipsInstalled = true
  for (const v of added) d.effects.push({ kind: 'addVip', instance: configOf(d, i).name, ...v, cause: why })
  announceAfterReload(d, i, added.length > 0)
}

/** 2.2 sends one block for new VIPs; later a second one follows, and there is a block, too, for garp_master_refresh, which starts anew. */
function announceAfterReload(d: Draft, i: number, newVips: boolean): void {
  const { garp } = configOf(d, i)
  const m = memoryOf(d, i)
  const why = (text: string) => because('vrrp-garp-reload', text, garpInputs(d, i, garp.repeat), garpArithmetic(d, i, garp.repeat))
  if (newVips) {
    announce(d, i, garp.repeat, why('a reload added VIPs: all of them are announced'))
    m.garpRefreshAtNs = d.nowNs + garp.refreshNs
  }
  if (!isLater(d) || m.state !== 'MASTER') return
  if (newVips) announceLater(d, i, garp.delayNs, garp.repeat, 'entered')
  else if (garp.refreshNs > 0) announce(d, i, garp.repeat, ofLater(why('a reload with garp_master_refresh announces the VIPs')))
  refreshLater(d, i, newVips ? garp.delayNs : 0)
}

/** Instances that are gone from the configuration: a MASTER says goodbye. */
function dropRemoved(d: Draft, oldDraft: Draft): void {
  oldDraft.config.instances.forEach((p, i) => {
    if (d.config.instances.some(c => isSameInstance(p, c))) return
    const why = because('vrrp-reload-removed', 'the new configuration does not have this instance', { instance: p.name })
    const m = memoryOf(oldDraft, i)
    if (m.state === 'MASTER') removeVips(oldDraft, i, true, why)
    d.effects.push({
      kind: 'stateChange',
      instance: p.name,
      vrid: p.vrid,
      from: m.state,
      to: 'STOP',
      init: false,
      logged: false,
      cause: why,
    })
  })
}

/** Verdicts of scripts, values of files and processes that both configurations have. */
function carryTrackers(d: Draft, previous: VrrpConfig): void {
  const old = d.state
  const scripts = d.config.scripts.map(c => {
    const before = previous.scripts.findIndex(p => p.name === c.name)
    // Only later releases look at what the script is.
    if (before < 0 || (isLater(d) && previous.scripts[before].command !== c.command)) return freshScript(c)
    return { ...freshScript(c), result: carriedResult(c, previous.scripts[before], old.scripts[before].result), phase: 'known' as const }
  })
  const files = d.config.files.map(f => old.files[previous.files.findIndex(p => p.name === f.name)] ?? f.initialValue)
  const processes = d.config.processes.map(c => old.processes[previous.processes.findIndex(p => p.name === c.name)] ?? freshProcess(c))
  d.state.scripts = scripts
  d.state.files = files
  d.state.processes = processes
}

/** A script's counter under new values of rise and fall: as far from its next verdict as it was. */
function carriedResult(c: ScriptConfig, was: ScriptConfig, result: number): number {
  const best = c.rise + c.fall - 1
  if (result === 0) return 0
  if (result < was.rise) return Math.max(0, c.rise - (was.rise - result))
  return result === was.rise + was.fall - 1 ? best : Math.min(best, c.rise + result - was.rise)
}
