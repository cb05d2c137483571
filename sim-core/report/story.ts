/**
 * The story: what happened, in order, each line with its cause and the arithmetic behind it. Adverts and gratuitous
 * ARPs are in the trace, not here. What happens to a host at one instant for one cause is one line, and of many like
 * happenings the first ones are told and the others counted.
 */
import { showCount, showTime } from '../metrics/index.ts'
import type { Happening, HappeningKind } from '../trace/contract.ts'
import { wrap } from './columns.ts'
import type { Style } from './style.ts'

const UNTOLD: readonly HappeningKind[] = ['advert', 'garp', 'log', 'vip']
/** A line of a journal that has a cause is news. */
export const isTold = (h: Happening): boolean => !UNTOLD.includes(h.kind) || (h.kind === 'log' && h.cause !== undefined)
/** Kinds that come in crowds: of one host, kind and rule, so many are told. */
const TOLD_OF_CROWD: Partial<Record<HappeningKind, number>> = {
  request: 3,
  reset: 3,
  refused: 3,
  drop: 3,
  flood: 3,
  loss: 3,
  reply: 3,
  threshold: 3,
  entry: 1,
  log: 3,
}
const REJECTED_TOLD = 3

/** How many like this one the story tells; undefined: all. An advert that is rejected comes again every second. */
export const toldOfCrowd = ({ kind, cause }: Happening): number | undefined =>
  cause?.rule.startsWith('vrrp-reject-') === true ? REJECTED_TOLD : TOLD_OF_CROWD[kind]

const GATHERED_MAX = 4
const LINES_MAX = 400
/** Sources that add nothing for whoever reads the story: it is their scenario. */
const OWN_DOCUMENTS = 'docs/SCENARIOS.md'
const COLUMNS = 118

export interface StoryLine {
  readonly t: number
  readonly host: string
  readonly what: string
  readonly cause?: Happening['cause']
}

/** Everything but adverts, gratuitous ARPs and journal lines without a cause. */
export const toldInFull = (happenings: readonly Happening[]): Happening[] => happenings.filter(h => isTold(h) || h.kind === 'vip')

/** What is worth telling, with a line for what was left out. */
export function tellStory(happenings: readonly Happening[]): StoryLine[] {
  const crowds = new Map<string, Happening[]>()
  const told: Happening[] = []
  for (const h of happenings) {
    if (!isTold(h)) continue
    const most = toldOfCrowd(h)
    if (most !== undefined) {
      const key = crowdOf(h)
      const crowd = crowds.get(key) ?? []
      crowd.push(h)
      crowds.set(key, crowd)
      if (crowd.length > most) continue
    }
    told.push(h)
  }
  const out = gathered(told)
  for (const crowd of crowds.values()) {
    const last = crowd[crowd.length - 1]
    const rest = crowd.length - (toldOfCrowd(last) ?? 0)
    // Entries are followed for a few connections only: how many more there were says nothing.
    if (rest > 0 && last.kind !== 'entry')
      out.push({ t: last.t, host: last.host, what: `… ${showCount(rest)} more like these until here (${last.kind})` })
  }
  return out
    .map((line, i) => ({ line, i }))
    .sort((a, b) => a.line.t - b.line.t || a.i - b.i)
    .map(({ line }) => line)
}

/** Alike for the story: the same host, kind and rule; of entries the same rule and states, whichever director’s they are. */
export const crowdOf = ({ host, kind, cause }: Happening): string => {
  if (kind !== 'entry') return `${host} ${kind} ${cause?.rule ?? ''}`
  const { state_before = '', state = '' } = cause?.inputs ?? {}
  return `${kind} ${cause?.rule ?? ''} ${String(state_before)} ${String(state)}`
}

/** Neighbours of the same instant, host, kind and cause become one line. */
function gathered(happenings: readonly Happening[]): StoryLine[] {
  const out: StoryLine[] = []
  for (let i = 0; i < happenings.length; ) {
    const first = happenings[i]
    let next = i + 1
    while (next < happenings.length && belongsTo(first, happenings[next])) next++
    const group = happenings.slice(i, next)
    const cause = first.cause === undefined ? {} : { cause: first.cause }
    out.push({
      t: first.t,
      host: first.host,
      what: gatheredText(
        group.map(h => h.what),
        first.kind,
      ),
      ...cause,
    })
    i = next
  }
  return out
}

const belongsTo = (a: Happening, b: Happening): boolean =>
  a.t === b.t && a.host === b.host && a.kind === b.kind && a.cause?.text === b.cause?.text

function gatheredText(whats: readonly string[], kind: HappeningKind): string {
  if (whats.length <= GATHERED_MAX) return whats.join('; ')
  return `${whats.slice(0, GATHERED_MAX - 1).join('; ')}; … and ${showCount(whats.length - GATHERED_MAX + 1)} more changes (${kind})`
}

export function storyText(happenings: readonly Happening[], style: Style): string {
  const lines = tellStory(happenings)
  const told = lines.slice(0, LINES_MAX)
  const hostWidth = Math.max(4, ...told.map(l => l.host.length))
  const indent = ' '.repeat(2 + 12 + 2 + hostWidth + 2)
  const text = told.map(l => {
    const head = `  ${showTime(l.t).padStart(12)}  ${style.bold(l.host)}${' '.repeat(hostWidth - l.host.length)}  ${wrap(l.what, COLUMNS - indent.length, indent)}`
    if (l.cause === undefined) return head
    const source = l.cause.source.startsWith(OWN_DOCUMENTS) ? '' : ` [${l.cause.source}]`
    return `${head}\n${indent}${style.dim(wrap(`because ${l.cause.text}${source}`, COLUMNS - indent.length, indent))}`
  })
  if (lines.length > told.length) text.push(`  … ${showCount(lines.length - told.length)} more lines; --json has them all`)
  return text.length === 0 ? '  nothing happened' : text.join('\n')
}
