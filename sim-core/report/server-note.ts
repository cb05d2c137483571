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
  const top = limiting.reduce((a, b) => (peak(b) > peak(a) ? b : a))
  const full = top.servers.filter(s => s.offered >= peak(top) - 0.02).map(s => s.link.name)
  const links = full.length > 4 ? `${full.slice(0, 3).join(', ')} and ${full.length - 3} more` : listed(full)
  const steady = limiting.length === windows.length && windows.every(w => Math.abs(peak(w) - peak(top)) <= 0.02)
  const above = limiting.filter(w => peak(w) > w.balancers + CLOSE)
  const scope = (some: readonly { readonly name: string }[]) =>
    some.length === windows.length ? '' : `, in window ${listed(some.map(w => w.name))}`
  const share = `${showRatio(peak(top))}${steady ? ' throughout' : ''}`
  if (above.length === 0)
    return `The real servers' links are as full as the fullest balancer's${scope(limiting)}: ${links} at ${share}; it takes more real servers before more balancers help.`
  const least = Math.max(...above.map(w => w.balancers))
  return `The real servers' links, not the balancers', are the limit${scope(above)}: ${links} at ${share}, the balancers' at most ${showRatio(least)}${scope(above) === '' ? '' : ' then'}.`
}
