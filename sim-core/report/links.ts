/** The links table: the busiest links, what they were offered in each window, what waited and what was dropped. */
import { linkLoad, type LinkMeasurement, linkWaits, showCount, showDuration, showRatio } from '../metrics/index.ts'
import { type Cell, renderTable } from './columns.ts'
import type { Report } from './input.ts'
import type { Style } from './style.ts'

const ROWS_MAX = 14
/** Links below this share of their rate, in every window, are only counted. */
const IDLE_BELOW = 0.001

export function linksText({ view }: Report, style: Style): string {
  const { measurements: m } = view.result
  const windows = view.windows
  const offered = (link: LinkMeasurement) => windows.map(w => linkLoad(m.segments, link, w.span).offered)
  const all = m.links.map(link => ({ link, offered: offered(link) })).map(l => ({ ...l, most: Math.max(...l.offered) }))
  const shown = all
    .filter(l => l.most >= IDLE_BELOW)
    .sort((a, b) => b.most - a.most || (a.link.name < b.link.name ? -1 : 1))
    .slice(0, ROWS_MAX)
  if (shown.length === 0) return `  every link stays below ${showRatio(IDLE_BELOW)} of its rate`
  const worst = view.windows.length > 1 ? 1 : 0
  const rows = shown.map(({ link, offered: shares }) => {
    const peak = shares.indexOf(Math.max(...shares.slice(worst)), worst)
    const waits = linkWaits(m.segments, link, windows[peak].span)
    const total = linkLoad(m.segments, link, windows[0].span)
    const cells: Cell[] = shares.map(s => ({ text: showRatio(s), ...(s > 1 ? { paint: style.bad } : {}) }))
    const drops: Cell = { text: showCount(total.drops), ...(total.drops > 0 ? { paint: style.warn } : {}) }
    return [link.name, ...cells, drops, showDuration(waits.mean), showDuration(waits.quantile(0.99)), showCount(total.queueMaxPackets)]
  })
  const head = ['offered, of wire rate', ...windows.map(w => w.name), 'drops', 'wait mean', 'p99', 'queue max']
  const table = renderTable({ head, align: `l${'r'.repeat(head.length - 1)}`, rows }, style.dim)
  const rest = all.length - shown.length
  const note = `  waits: in the window in which the link is busiest${rest === 0 ? '' : `; ${rest} quieter links are not shown`}`
  return `${table}\n${style.dim(note)}`
}
