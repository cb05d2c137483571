/** vrrp_sync_group. Tested in test/config/keepalived-vrrp.test.ts. */
import type { Position } from '../../base/problem.ts'
import { Fields, type Handlers } from './fields.ts'
import { SYNC_GROUP_IGNORED, VRRP_NOTIFY } from './keywords.ts'
import type { Trackables } from './read-instance.ts'
import { FILE_WEIGHT_MAX, readTracked, WEIGHT_MAX } from './read-track.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { Tracked, VrrpSyncGroup } from './types.ts'

export function readSyncGroup(s: Statement, name: string, known: Trackables, report: Report): VrrpSyncGroup {
  const f = new Fields(report, `vrrp_sync_group ${name}`)
  const members: { at: Position; name: string }[] = []
  const interfaces: Tracked[] = []
  const scripts: Tracked[] = []
  const files: Tracked[] = []
  const processes: Tracked[] = []
  const notify: Record<string, string> = {}
  let trackingWeight = false
  const weighted = (st: Statement) => void (trackingWeight = f.flag(st))
  const handlers: Handlers = {
    group: st => {
      for (const words of f.lines(st)) for (const word of words) members.push({ at: word.at, name: word.text })
    },
    track_interface: st => void interfaces.push(...readTracked(f, st, WEIGHT_MAX, undefined)),
    track_script: st => void scripts.push(...readTracked(f, st, WEIGHT_MAX, known.scripts)),
    track_file: st => void files.push(...readTracked(f, st, FILE_WEIGHT_MAX, known.files)),
    track_process: st => void processes.push(...readTracked(f, st, FILE_WEIGHT_MAX, known.processes)),
    sync_group_tracking_weight: weighted,
    global_tracking: weighted,
    ...Object.fromEntries([...VRRP_NOTIFY].map(keyword => [keyword, (st: Statement) => void (notify[keyword] = f.command(st))])),
  }
  const where = f.read(s, handlers, SYNC_GROUP_IGNORED)
  return {
    at: s.keyword.at,
    name,
    where,
    members,
    trackingWeight,
    trackInterfaces: interfaces,
    trackScripts: scripts,
    trackFiles: files,
    trackProcesses: processes,
    notify,
  }
}
