/**
 * What the trackers say when keepalived starts or reloads: which instances begin in FAULT, which wait for the first
 * end of a script, and which priority each begins with. Nothing is shifted or dragged along yet.
 */
import type { Cause } from '../../trace/contract.ts'
import { because, changeState, configOf, type Draft, groupWith, isUp, memoryOf, sourceIp } from './draft.ts'
import { PRIORITY_OWNER, type VrrpTracker } from './config.ts'
import { applyPriority, FILE_FAULT, fileStatus, weightOf } from './tracking.ts'

export function askTrackers(d: Draft): void {
  d.config.instances.forEach((c, i) => {
    if (c.trackPrimary && !isUp(d, c.interface))
      fault(d, i, because('vrrp-interface-down', `interface ${c.interface} has no carrier`, { interface: c.interface }))
    if (sourceIp(d, i) === null)
      fault(
        d,
        i,
        because('vrrp-no-source-address', `interface ${c.interface} has no address to send adverts from`, { interface: c.interface }),
      )
    for (const t of c.trackers) ask(d, i, t)
    applyPriority(d, i, startPriority(d, i))
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

function startPriority(d: Draft, i: number): Cause {
  const { basePriority, totalPriority } = memoryOf(d, i)
  const weight = totalPriority - basePriority
  const sum = `${basePriority} ${weight < 0 ? '−' : '+'} ${Math.abs(weight)} = ${totalPriority}`
  const priority = Math.min(PRIORITY_OWNER - 1, Math.max(1, totalPriority))
  return because(
    'vrrp-start-priority',
    `weights of its trackers at the start: ${sum}`,
    { base_priority: basePriority, weight, total_priority: totalPriority, priority },
    sum,
  )
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
    if (status === FILE_FAULT) fault(d, i, because('vrrp-track-file', `tracked file ${t.name} holds ${value}`, { file: t.name, value }))
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
  else if (good === t.reverse)
    fault(
      d,
      i,
      because('vrrp-tracker-failed', `${configOf(d, i).name} is held in FAULT: ${what}`, {
        instance: configOf(d, i).name,
        tracker: t.name,
      }),
    )
}
