/** Whether the real servers' links are as much of a limit as the balancers': adding VIPs or balancers would not help then. */
import { type RunView, showRatio } from '../metrics/index.ts'
import type { Model } from '../scenario/index.ts'
import { directorsOf, linksTo, listed, namedWindows, serversOf } from './cluster.ts'

/** Below this nobody needs to be told. */
const WORTH_TELLING = 0.2
/** Loads closer than this count as equal. */
const CLOSE = 0.005

export function serverNote(model: Model, view: RunView): string | undefined {
  const servers = serversOf(model)
  const directors = directorsOf(model)
  if (servers.length === 0 || directors.length === 0) return undefined
  const windows = namedWindows(view).map(w => ({
    name: w.name,
    servers: linksTo(view, servers, w.judged),
    balancers: linksTo(view, directors, w.judged)[0]?.offered ?? 0,
  }))
  const peak = (w: (typeof windows)[number]) => w.servers[0]?.offered ?? 0
  const limiting = windows.filter(w => peak(w) >= WORTH_TELLING && peak(w) >= w.balancers - CLOSE)
  if (limiting.length === 0) return undefined
  const highest = Math.max(...limiting.map(peak))
  const top = limiting.reduce((a, b) => (peak(b) > peak(a) ? b : a))
  const full = top.servers.filter(s => s.offered >= peak(top) - 0.02).map(s => s.link.name)
  const steady = windows.every(w => Math.abs(peak(w) - highest) <= 0.02)
  const when = steady ? 'throughout' : `in window ${listed(limiting.map(w => w.name))}`
  const links = full.length > 4 ? `${full.slice(0, 3).join(', ')} and ${full.length - 3} more` : listed(full)
  const above = limiting.filter(w => peak(w) > w.balancers + CLOSE)
  if (above.length === 0)
    return `The real servers' links are as full as the fullest balancer's: ${links} at ${showRatio(highest)} ${when}; more servers are needed before more balancers help.`
  const least = Math.max(...above.map(w => w.balancers))
  const scope = above.length === windows.length ? '' : ` (window ${listed(above.map(w => w.name))})`
  return `The real servers' links, not the balancers', are the limit${scope}: ${links} at ${showRatio(highest)} ${when}, the balancers' at most ${showRatio(least)}${scope === '' ? '' : ' there'}.`
}
