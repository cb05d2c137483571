/**
 * The rings on the hosts' cards: how far a MASTER is towards its next advert, how much patience a BACKUP has left.
 * Set directly on the elements with every picture, because they move all the time. A BACKUP's ring is refilled by the
 * adverts that reach it: those are read from the packets, so a cut cable drains it as it should.
 */
import type { ChunkList, Trace } from '../../sim-core/index.ts'
import { clusterState } from '../state/app.ts'
import type { Run } from '../state/run.ts'

const KIND_VRRP = 2

export function turnTimers(root: Element, run: Run, t: number): void {
  const { trace } = run
  const cluster = run.cluster.peek()
  if (trace === undefined || cluster === undefined) return
  const state = clusterState.peek()
  for (const ring of root.querySelectorAll<SVGCircleElement>('circle.ring')) {
    const host = cluster.hosts.find(h => h.name === ring.dataset['host'])
    const instance = host?.instances.find(i => i.name === ring.dataset['instance'])
    const s = host && state[host.name]
    const now = instance && s?.instances[instance.name]
    let share = 0
    if (host !== undefined && instance !== undefined && s !== undefined && now !== undefined && s.up) {
      if (now.state === 'MASTER') share = now.advertNs < 0 ? 0 : Math.min(1, (t - now.advertNs) / instance.advertIntervalNs)
      else if (now.state === 'BACKUP') {
        const heard = Math.max(now.sinceNs, lastHeard(trace, host.name, instance.vrid, t))
        share = Math.max(0, 1 - (t - heard) / instance.masterDownNs)
      }
    }
    ring.style.strokeDasharray = `${share.toFixed(3)} 1`
    ring.classList.toggle('urgent', now?.state === 'BACKUP' && share < 0.55)
  }
}

/** How far back an advert is looked for: longer than any patience is of no interest. */
const LOOK_BACK_NS = 60e9
/** Rows of other kinds that are skipped at most. */
const ROWS_MAX = 400

function lastHeard(trace: Trace, host: string, vrid: number, t: number): number {
  let best = -1
  trace.header.links.forEach((link, l) => {
    if (link.to !== host && !link.to.startsWith(`${host}.`)) return
    best = Math.max(best, lastAdvertOn(trace.flights[l], vrid, t))
  })
  return best
}

/** Adverts are among the control rows of each chunk; from the newest back. */
function lastAdvertOn(list: ChunkList, vrid: number, t: number): number {
  const to = list.countUntil(t, true)
  let looked = 0
  for (let p = list.parts.length - 1; p >= 0 && looked < ROWS_MAX; p--) {
    const part = list.parts[p]
    if (part.firstRow >= to) continue
    for (let n = part.control.length - 1; n >= 0 && looked < ROWS_MAX; n--) {
      const row = part.control[n]
      if (part.firstRow + row >= to) continue
      const { columns } = part
      if (t - columns.start[row] > LOOK_BACK_NS) return -1
      looked++
      // The priority is where UDP has its port: 0 is a goodbye, which does not refill anybody's patience.
      if (columns.kind[row] === KIND_VRRP && columns.srcPort[row] === vrid && columns.dstPort[row] > 0 && columns.arrival[row] <= t)
        return columns.arrival[row]
    }
  }
  return -1
}
