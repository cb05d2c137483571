/** Memories as they are before anything has happened. */
import {
  addressesOf,
  PRIORITY_OWNER,
  type ScriptConfig,
  type SyncGroupConfig,
  type TrackProcessConfig,
  type VrrpConfig,
  type VrrpInstanceConfig,
} from './config.ts'
import { masterDownNs } from './intervals.ts'
import type { GroupMemory, InstanceMemory, ProcessMemory, ScriptMemory, Working } from './state.ts'

export const freshInstance = (c: VrrpInstanceConfig): Working<InstanceMemory> => ({
  state: 'INIT',
  want: c.initialState,
  basePriority: c.priority,
  totalPriority: c.priority,
  priority: c.priority,
  masterAdvertIntNs: c.advertIntNs,
  downTimerNs: masterDownNs(c.version, c.priority, c.advertIntNs, c.downTimerAdverts),
  expiresNs: null,
  armed: { by: 'start', atNs: 0, ip: 0, priority: 0, moved: [], ignored: null },
  vipsInstalled: false,
  preemptAtNs: null,
  masterIp: 0,
  garpRefreshAtNs: 0,
  garpPending: addressesOf(c).map(() => false),
  faults: 0,
  scriptsUnknown: 0,
  reloadedAsMaster: false,
  readAtNs: -1,
  readFrom: 0,
  readBefore: 0,
  lastAdvertNs: 0,
  rogueAdverts: 0,
  rogueUntilNs: null,
  rogueAdvertIntNs: 0,
})

export const freshGroup = (config: VrrpConfig, g: SyncGroupConfig): Working<GroupMemory> => ({
  state: g.members.every(i => config.instances[i].initialState === 'MASTER' && config.instances[i].priority === PRIORITY_OWNER)
    ? 'MASTER'
    : 'BACKUP',
  membersInFault: 0,
  membersUnknown: 0,
})

export const freshScript = (c: ScriptConfig): Working<ScriptMemory> => ({
  result: 0,
  phase: c.initFail ? 'assumedFailed' : 'unknown',
  running: false,
  nextRunNs: null,
  timeoutNs: null,
})

export const freshProcess = (_: TrackProcessConfig): Working<ProcessMemory> => ({ up: true, seenUp: true, changesAtNs: null })
