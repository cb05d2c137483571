/**
 * How long a host's kernel believed a unicast VRRP peer, as neighbour-times.ts tells it of checkers: the adverts to a peer that is
 * gone stop when its neighbour entry does. A MASTER asks for its peer at its first advert; the entry is good for the time that
 * the kernel drew, the first advert after that starts a check, 5 s later the peer is asked, and so on: when it is not
 * there any more the entry ends three questions later. Which draw ends it between the last advert seen and the next is tried.
 */
import type { CaseFile } from './case-file.ts'
import { type CaseClock, clockOf } from './case-clock.ts'
import { drawnNs } from './neighbour-times.ts'

/** From the advert that finds the entry too old to the question, and from one question to the next; timers by the wheel. */
const ASKED_S = 5
const AGAIN_S = 1
const QUESTIONS = 3
/** Silence, in intervals of the adverts before it, that is no longer the next advert's lateness. */
const SILENCE = 1.5

const CUTS: readonly string[] = ['crash', 'partition', 'mute', 'link_down']
const HEALS: readonly string[] = ['boot', 'heal', 'unmute', 'link_up']

/** The reachable time of a host, ns; undefined where the recording does not contradict the usual one. */
export function unicastReachableNs(recorded: CaseFile, host: string): number | undefined {
  for (const peer of Object.keys(recorded.hosts)) {
    const ns = peer === host ? undefined : drawn(recorded, host, peer)
    if (ns !== undefined) return ns
  }
  return undefined
}

function drawn(recorded: CaseFile, host: string, peer: string): number | undefined {
  const to = recorded.hosts[peer].address.split('/')[0]
  const adverts = recorded.observed.flatMap(o => (o.kind === 'advert' && o.host === host && o.dst === to ? [o.t] : []))
  const cut = cutOf(recorded, host, peer)
  if (adverts.length < 3 || cut === undefined) return undefined
  const sent = adverts.filter(t => t < cut.toS)
  const lastS = sent.at(-1) ?? 0
  const intervalS = lastS - (sent.at(-2) ?? 0)
  if (lastS < cut.fromS || cut.toS - lastS < SILENCE * intervalS || !goesOn(recorded, host, lastS, intervalS)) return undefined
  const clock = clockOf(recorded)
  return drawnNs(drawS => {
    const goneS = endOf(sent, drawS, cut.fromS, clock)
    return goneS > lastS && goneS < lastS + intervalS
  })
}

/** When the entry ends that the first of these adverts made, if the kernel drew this. */
function endOf(adverts: readonly number[], drawS: number, cutS: number, clock: CaseClock): number {
  let goodS = adverts[0]
  for (;;) {
    const tooOldS = clock.after(goodS, drawS)
    const late = adverts.find(t => t > tooOldS)
    if (late === undefined) return Number.POSITIVE_INFINITY
    goodS = clock.after(late, ASKED_S)
    if (goodS < cutS) continue
    for (let question = 0; question < QUESTIONS; question++) goodS = clock.after(goodS, AGAIN_S)
    return goodS
  }
}

/** The host is MASTER and nothing is done to it until well after this advert: it would have sent the next. */
function goesOn(recorded: CaseFile, host: string, lastS: number, intervalS: number): boolean {
  const own = recorded.observed.flatMap(o => (o.kind === 'state' && o.host === host && o.t <= lastS ? [o.state] : []))
  const disturbed = recorded.actions.some(a => 'host' in a && a.host === host && a.t > lastS && a.t < lastS + 2 * intervalS)
  return own.at(-1) === 'MASTER' && !disturbed
}

/** The first time in which the two did not reach each other, the host's own carrier being on. */
function cutOf(recorded: CaseFile, host: string, peer: string): { fromS: number; toS: number } | undefined {
  let fromS: number | undefined
  for (const a of recorded.actions) {
    const other = 'host' in a && a.host === peer
    if (!other && !('host' in a && a.host === host && (a.do === 'partition' || a.do === 'heal'))) continue
    if (CUTS.includes(a.do) && fromS === undefined) fromS = a.t
    if (HEALS.includes(a.do) && fromS !== undefined) return { fromS, toS: a.t }
  }
  return fromS === undefined ? undefined : { fromS, toS: recorded.duration_s }
}
