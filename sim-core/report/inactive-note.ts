/** What lingers under InActConn, for traffic of short connections: how many, how long, and why the director keeps them. */
import { slackMost, wheelStep } from '../base/timer-wheel.ts'
import { type RunView, trimmed } from '../metrics/index.ts'
import type { HostModel, Model } from '../scenario/index.ts'
import { directorsOf } from './cluster.ts'

/** FIN_WAIT of the INPUT_ONLY table (ip_vs_proto_tcp.c). */
const FIN_WAIT_S = 120
const NOTES_MAX = 3

export function inactiveNotes(model: Model, view: RunView): string[] {
  const { measurements: m } = view.result
  if (!m.traffic.some(t => t.counts === 'requests') || !directorsOf(model).some(routesDirectly)) return []
  const finWaitJiffies = FIN_WAIT_S * model.hz
  const lateS = (model.kernelRelease === '4.4' ? slackMost(finWaitJiffies) : wheelStep(finWaitJiffies)) / model.hz
  const lingering = m.directors.flatMap(d => {
    const most = Math.max(0, ...d.inactive)
    if (most === 0) return []
    const last = d.inactive.length - 1 - [...d.inactive].reverse().findIndex(n => n > 0)
    const goneBy = m.segments.boundariesNs[last + 2]
    const gone = goneBy !== undefined && goneBy <= view.result.simulatedNs
    const end = gone ? `the last gone by ${trimmed(goneBy / 1e9, 3)} s` : `${d.inactive[last]} still there at the end`
    return [`${d.host} had up to ${most}, ${end}`]
  })
  if (lingering.length === 0) return []
  const hosts = lingering.slice(0, NOTES_MAX).join('; ')
  return [
    `InActConn: ${hosts}. In direct routing the servers' FINs go past the director; it keeps an entry ${FIN_WAIT_S} s after the last packet that it saw (FIN_WAIT), and up to ${trimmed(lateS, 2)} s more by the kernel's timer wheel at HZ ${model.hz}.`,
  ]
}

const routesDirectly = (host: HostModel): boolean =>
  host.ipvs.some(r => r.kind === 'add-server' && r.server.forward === 'Route') ||
  (host.keepalived?.virtualServers ?? []).some(v => v.realServers.some(r => r.forward === 'DR'))
