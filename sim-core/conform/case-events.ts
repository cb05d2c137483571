/** What was done to the hosts of a case, in the simulator's verbs. What clients did is in case-traffic.ts. */
import { parseIpv4 } from '../base/address.ts'
import type { Position, Problem } from '../base/problem.ts'
import { SECOND_NS } from '../base/units.ts'
import { parseIpvsadmCommand } from '../config/index.ts'
import type { EventModel, EventVerb } from '../scenario/index.ts'
import type { CaseConfigs } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'
import type { RecordedAction } from './case-schema.ts'

/** A process that was started is ready within this, or the recording says nothing of it. */
const READY_MAX_S = 5

type Options = EventModel['options']

export function eventsOf(recorded: CaseFile, configs: CaseConfigs, at: Position, problems: Problem[]): EventModel[] {
  const events: EventModel[] = scriptsAtStart(recorded, configs, at)
  for (const action of recorded.actions) {
    const event = eventOf(action, recorded, configs, at, problems)
    if (event !== undefined) events.push(event)
  }
  return events
    .map((event, i) => ({ event, i }))
    .sort((a, b) => a.event.atNs - b.event.atNs || a.i - b.i)
    .map(({ event }) => event)
}

/** The file that a tracked script looks for is not there until it is made. */
function scriptsAtStart(recorded: CaseFile, configs: CaseConfigs, at: Position): EventModel[] {
  return Object.entries(recorded.hosts).flatMap(([name, host]) => {
    const config = host.keepalived === undefined ? undefined : configs.keepalived(name, host.keepalived)
    return config === undefined || config.scripts.length === 0
      ? []
      : [{ at, atNs: 0, verb: 'script_fail' as const, target: name, options: {} }]
  })
}

/** When the process's timers start: `ready_t`, or its first "(init)" line. */
function readyNs(action: { t: number; host: string; ready_t?: number }, recorded: CaseFile): number {
  if (action.ready_t !== undefined) return Math.round(action.ready_t * SECOND_NS)
  const line = recorded.observed.find(
    o => o.kind === 'state' && o.host === action.host && o.init === true && o.t >= action.t && o.t <= action.t + READY_MAX_S,
  )
  return Math.round((line?.t ?? action.t) * SECOND_NS)
}

const SAME = [
  'stop',
  'kill',
  'crash',
  'freeze',
  'thaw',
  'mute',
  'unmute',
  'deaf',
  'undeaf',
  'join',
  'link_down',
  'link_up',
  'heal',
] as const
const isSame = (verb: string): verb is (typeof SAME)[number] => (SAME as readonly string[]).includes(verb)

function eventOf(
  action: RecordedAction,
  recorded: CaseFile,
  configs: CaseConfigs,
  at: Position,
  problems: Problem[],
): EventModel | undefined {
  const atNs = Math.round(action.t * SECOND_NS)
  const target = 'host' in action ? (action.host ?? '') : ''
  const make = (verb: EventVerb, options: Options = {}, more: Partial<EventModel> = {}): EventModel => ({
    at,
    atNs,
    verb,
    target,
    options,
    ...more,
  })
  const onInterface: Options = 'if' in action && action.if !== undefined ? { if: action.if } : {}
  if (isSame(action.do)) return make(action.do, onInterface)
  switch (action.do) {
    case 'start':
    case 'boot':
      return make(action.do, {}, { atNs: readyNs(action, recorded) })
    case 'keepalived_start':
      return make('start', {}, { atNs: readyNs(action, recorded) })
    case 'keepalived_stop':
      return make('stop')
    case 'keepalived_crash':
      return make('kill')
    case 'partition':
      return make(action.cut === false ? 'heal' : 'partition', onInterface)
    case 'split':
      return make('split', { groups: action.groups.slice(1).map(g => g.join(',')) })
    case 'reload':
      return make('reload', {}, { keepalived: configs.keepalived(action.host, action.keepalived) })
    case 'script_fail':
    case 'script_ok':
      return make(action.do, action.script === undefined ? {} : { script: action.script })
    case 'link':
      return make(action.up ? 'link_up' : 'link_down')
    case 'vip_add':
      return make('garp', { vip: parseIpv4(action.vip) as number })
    case 'host_dead':
      return make('crash', { silent: true })
    case 'real_server':
      if (action.what === 'isolate' || action.what === 'join') return make(action.what === 'isolate' ? 'partition' : 'heal')
      return make('real_server', { what: action.what })
    case 'sysctl':
      return make('sysctl', { key: action.key, value: action.value })
    case 'ipvsadm': {
      const parsed = parseIpvsadmCommand(action.args, at)
      problems.push(...parsed.problems.filter(p => p.severity === 'error'))
      return make('ipvsadm', {}, { ipvs: parsed.rule === undefined ? [] : [parsed.rule] })
    }
    default:
      return undefined
  }
}
