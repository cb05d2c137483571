/**
 * What the trackers say when keepalived starts or reloads: which instances begin in FAULT, which wait for the first
 * end of a script, and which priority each begins with. Nothing is shifted or dragged along yet.
 */
import type { Cause } from '../../trace/contract.ts'
import { cause, changeState, configOf, type Draft, groupWith, isUp, memoryOf, sourceIp } from './draft.ts'
import type { VrrpTracker } from './config.ts'
import { applyPriority, FILE_FAULT, fileStatus, weightOf } from './tracking.ts'

export function askTrackers(d: Draft): void {
  d.config.instances.forEach((c, i) => {
    if (c.trackPrimary && !isUp(d, c.interface)) fault(d, i, cause('vrrp-interface-down', `interface ${c.interface} has no carrier`))
    if (sourceIp(d, i) === null)
      fault(d, i, cause('vrrp-no-source-address', `interface ${c.interface} has no address to send adverts from`))
    for (const t of c.trackers) ask(d, i, t)
    applyPriority(d, i, cause('vrrp-start-priority', 'weights of its trackers at the start'))
  })
  d.config.instances.forEach((_, i) => {
    const group = groupWith(d, i)
    if (group === null) return
    if (memoryOf(d, i).state === 'FAULT') {
      group.memory.state = 'FAULT'
      group.memory.membersInFault++
    }
    if (memoryOf(d, i).scriptsUnknown > 0) {
      group.memory.membersUnknown++
      if (group.memory.state !== 'FAULT') group.memory.state = 'INIT'
    }
  })
}

function fault(d: Draft, i: number, why: Cause): void {
  memoryOf(d, i).faults++
  changeState(d, i, 'FAULT', why, { logged: false })
}

function ask(d: Draft, i: number, t: VrrpTracker): void {
  const m = memoryOf(d, i)
  if (t.kind === 'file') {
    const value = d.state.files[d.config.files.findIndex(f => f.name === t.name)] ?? 0
    const status = fileStatus(t, value)
    if (status === FILE_FAULT) fault(d, i, cause('vrrp-track-file', `tracked file ${t.name} holds ${value}`))
    else m.totalPriority += status
    return
  }
  if (t.kind === 'script') {
    const s = d.config.scripts.findIndex(c => c.name === t.name)
    const memory = d.state.scripts[s]
    if (memory === undefined) return
    const good = memory.phase === 'known' && memory.result >= d.config.scripts[s].rise
    if (memory.phase === 'unknown') {
      if (t.weight === 0) m.scriptsUnknown++
    } else weigh(d, i, t, good, `script ${t.name} counts as ${good ? 'good' : 'failed'}`)
    return
  }
  const good =
    t.kind === 'interface' ? isUp(d, t.name) : (d.state.processes[d.config.processes.findIndex(p => p.name === t.name)]?.up ?? true)
  weigh(d, i, t, good, `${t.kind} ${t.name} is ${good ? 'there' : 'down'}`)
}

function weigh(d: Draft, i: number, t: VrrpTracker, good: boolean, what: string): void {
  if (t.weight !== 0) memoryOf(d, i).totalPriority += weightOf(t, good)
  else if (good === t.reverse) fault(d, i, cause('vrrp-tracker-failed', `${configOf(d, i).name} is held in FAULT: ${what}`))
}
