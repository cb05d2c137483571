/**
 * How long a host's kernel believed its neighbours: it draws 15 to 45 s for each interface at boot (neigh_rand_reach_time), so
 * only the recording knows, and only where somebody was cut off for longer. Read from when the SYNs of a health checker to a
 * peer that is gone stop: the entry was checked 5 s after the first use of it that came too late, then asked for three times,
 * then it was gone, and with it the SYNs from the wire.
 */
import { SECOND_NS } from '../base/units.ts'
import { clockOf } from './case-clock.ts'
import type { CaseFile } from './case-file.ts'

/** From the first use of an entry that is too old to its end: 5 s, then three questions a second apart, each by the timer wheel. */
const CHECKED_MIN_S = 8.04
const CHECKED_MAX_S = 8.32
const DRAWN_MIN_S = 15
const DRAWN_MAX_S = 45
const DRAWN_STEP_S = 0.25
/** The middle, which a simulation takes. */
const USUAL_S = 30
/** A SYN is sent again after a second, by the timer wheel up to this much later. */
const SYN_RETRY_S = 1.08
const SLACK_S = 0.1

interface Range {
  readonly fromS: number
  readonly toS: number
}

/** When an entry was last confirmed, and within which times it became too old to be used unchecked. */
interface Belief {
  readonly confirmedS: number
  readonly tooOld: Range
}

/** Times of a host's checkers, s: from one SYN to the next at most, and until an attempt is given up at least. */
export interface CheckTimes {
  readonly betweenS: number
  readonly connectTimeoutS: number
}

/** The reachable time of a host, ns; undefined where the recording does not contradict the usual one. */
export function reachableNs(recorded: CaseFile, host: string, checks: CheckTimes): number | undefined {
  const clock = clockOf(recorded)
  const seen = Object.keys(recorded.hosts).flatMap(peer => (peer === host ? [] : (believed(recorded, host, peer, checks) ?? [])))
  return drawnNs(drawS => seen.every(s => isWithin(clock.after(s.confirmedS, drawS), s.tooOld)))
}

/** What a kernel drew, ns: the middle of what fits, or undefined when the usual draw does or none. */
export function drawnNs(fits: (drawS: number) => boolean): number | undefined {
  if (fits(USUAL_S)) return undefined
  const fitting: number[] = []
  for (let s = DRAWN_MIN_S; s <= DRAWN_MAX_S; s += DRAWN_STEP_S) if (fits(s)) fitting.push(s)
  return fitting.length === 0 ? undefined : Math.round(fitting[fitting.length >> 1] * SECOND_NS)
}

const isWithin = (t: number, { fromS, toS }: Range): boolean => t >= fromS && t < toS

function believed(recorded: CaseFile, host: string, peer: string, checks: CheckTimes): Belief | undefined {
  const cut = cutOf(recorded, host, peer)
  if (cut === undefined) return undefined
  const uses = usesOf(recorded, host, peer)
  const confirmedS = uses.answered.filter(t => t < cut.fromS).at(-1)
  const during = uses.all.filter(t => t > cut.fromS && t < cut.toS)
  if (confirmedS === undefined || during.length < 3) return undefined
  const lastS = during[during.length - 1]
  const silenceS = cut.toS - lastS
  const retryMissing = uses.first.has(lastS) && checks.connectTimeoutS > SYN_RETRY_S && silenceS > SYN_RETRY_S + SLACK_S
  const stopped = retryMissing || silenceS > checks.betweenS + SLACK_S
  const fresh = during.filter(t => t + CHECKED_MAX_S < lastS).at(-1)
  const stale = during.find(t => t + CHECKED_MIN_S > lastS)
  return {
    confirmedS,
    tooOld: { fromS: fresh ?? 0, toS: stopped && stale !== undefined ? stale : Number.POSITIVE_INFINITY },
  }
}

/** The first time that one of the two was cut off without losing its carrier. */
function cutOf(recorded: CaseFile, host: string, peer: string): Range | undefined {
  let fromS: number | undefined
  for (const a of recorded.actions) {
    if (!('host' in a) || (a.host !== host && a.host !== peer)) continue
    const cuts = (a.do === 'partition' && a.cut !== false) || (a.do === 'real_server' && a.what === 'isolate')
    const heals = (a.do === 'partition' && a.cut === false) || (a.do === 'real_server' && a.what === 'join')
    if (cuts && fromS === undefined) fromS = a.t
    if (heals && fromS !== undefined) return { fromS, toS: a.t }
  }
  return fromS === undefined ? undefined : { fromS, toS: recorded.duration_s }
}

/** When SYNs of the host's checkers to the peer were on the wire, which are seen to be first ones, and when the peer answered. */
function usesOf(recorded: CaseFile, host: string, peer: string): { all: number[]; first: Set<number>; answered: number[] } {
  const addressOf = (name: string) => recorded.hosts[name].address.split('/')[0]
  const [own, to] = [addressOf(host), addressOf(peer)]
  const all: number[] = []
  const first = new Set<number>()
  const answered: number[] = []
  for (const o of recorded.observed) {
    if (o.kind === 'probe' && o.host === host && o.rs.startsWith(`${to}:`)) {
      all.push(o.t)
      first.add(o.t)
      answered.push(o.t)
    } else if (o.kind === 'log' && o.host === host && o.line.includes(`[${to}]`) && /success/.test(o.line)) answered.push(o.t)
    else if (o.kind === 'packet' && o.from === host && o.flags === 'S' && o.src.startsWith(`${own}:`) && o.dst.startsWith(`${to}:`))
      all.push(o.t - SYN_RETRY_S, o.t)
  }
  return { all: [...new Set(all)].sort((a, b) => a - b), first, answered: answered.sort((a, b) => a - b) }
}
