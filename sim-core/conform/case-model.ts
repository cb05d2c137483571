/**
 * A recorded case → the Model of what was recorded: the same hosts with the same files on the same cables, and what was
 * done to them when it was done. Nothing of what was observed goes in, but for inputs that only the recording knows:
 * when a process was ready, how long a tool waited, the random first phase of a health checker, the time that a kernel drew for
 * its neighbours.
 */
import type { FileSource } from '../base/files.ts'
import { hasErrors, type Position, type Problem } from '../base/problem.ts'
import { MILLISECOND_NS, SECOND_NS } from '../base/units.ts'
import { MASTER_ENTRY_WORK_NS } from '../protocols/vrrp/index.ts'
import type { EventModel, HostModel, Model, TrafficModel } from '../scenario/index.ts'
import { eventsOf } from './case-events.ts'
import { ticksOf } from './case-clock.ts'
import type { CaseFile } from './case-file.ts'
import { hostsOf, lanOf } from './case-hosts.ts'
import { type CaseConfigs, readConfigs } from './case-configs.ts'
import { trafficOf } from './case-traffic.ts'

export interface CaseModel {
  readonly model?: Model
  readonly configs: CaseConfigs
  readonly problems: readonly Problem[]
}

const SEED = 1
/** Of a bridge: net.bridge ageing time. */
const MAC_AGEING_NS = 300 * SECOND_NS
/** What was asked at the very end is still answered. */
const LAST_ANSWER_NS = 10 * MILLISECOND_NS
const LIMITS = { events: 2_000_000_000, happenings: 1_000_000, packetRows: 0 }

export function modelOf(recorded: CaseFile, files: FileSource): CaseModel {
  const problems: Problem[] = []
  const configs = readConfigs(recorded, files, problems)
  const at: Position = { file: recorded.file, line: 1, column: 1 }
  const hosts = hostsOf(recorded, configs, at)
  const events = eventsOf(recorded, configs, at, problems)
  if (hasErrors(problems)) return { configs, problems }
  return { configs, model: assemble(recorded, hosts, events, trafficOf(recorded, at), problems), problems }
}

function assemble(
  recorded: CaseFile,
  hosts: readonly HostModel[],
  events: readonly EventModel[],
  traffic: readonly TrafficModel[],
  problems: readonly Problem[],
): Model {
  const durationNs = Math.round(recorded.duration_s * SECOND_NS) + LAST_ANSWER_NS
  const lans = [...new Set(hosts.flatMap(h => h.interfaces.map(i => i.lan)))]
  return {
    title: recorded.title,
    file: recorded.file,
    about: recorded.notes ?? '',
    seed: SEED,
    durationNs,
    ...ticksOf(recorded),
    processesLast: recorded.virtualTime,
    ...(recorded.virtualTime ? { keepalivedWork: { masterEntryWorkNs: MASTER_ENTRY_WORK_NS, readingOrder: readingOrder(recorded) } } : {}),
    serverIdleS: Number.POSITIVE_INFINITY,
    lans: (lans.length === 0 ? [lanOf('eth0')] : lans.sort()).map(name => ({ name, macAgeingNs: MAC_AGEING_NS })),
    trunks: [],
    hosts,
    traffic,
    events,
    windows: [{ name: 'run', fromNs: 0, toNs: durationNs }],
    expectations: [],
    limits: LIMITS,
    problems,
    ignored: [],
  }
}

/** Processes that one frame wakes run in the order in which they were first started (v28a: b1 before b2; v28b: b3 before b1). */
function readingOrder(recorded: CaseFile): string[] {
  const startOf = (host: string) =>
    recorded.actions.find(a => (a.do === 'start' || a.do === 'keepalived_start') && a.host === host)?.t ?? Number.POSITIVE_INFINITY
  return Object.keys(recorded.hosts).sort((a, b) => startOf(a) - startOf(b) || (a < b ? -1 : 1))
}
