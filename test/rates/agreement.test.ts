/**
 * Goal: rates say what packets say. Method: every scenario of ours with traffic or takeovers is run both ways and compared: who owns
 * each VIP and when (to a millisecond), what each link carries in each window (to 1 % of its rate), what is lost (to
 * 5 %, or what chance allows a Poisson count of that size), and the directors' tables at the end (the same).
 *
 * Left out: overdue-entries and persistence-becomes-60s are about single entries of a table (thresholds, templates), which
 * rates do not follow for TCP; capacity-nat-three-balancers is about TCP that catches up after a takeover, when queues on
 * several links in a row stay full (decision 40 says what rates make of that).
 * The capacity scenarios are shortened and everything in them made four times as slow, which leaves all shares as they are:
 * a minute of 1.5 Gbit/s packet by packet shows no more than these seconds.
 */
import { describe, expect, it } from 'vitest'
import { largeDay } from '../../bench/workloads/large-day.ts'
import { filesBeside } from '../../cli/files.ts'
import { simulate } from '../../sim-core/compile/index.ts'
import { linkLoad, type RunResult, spanOf, trafficLoad } from '../../sim-core/metrics/index.ts'
import { simulateRates } from '../../sim-core/rates/index.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

const SLOWER = ['hosts.clients.link.rate=2.5Gbit', 'links.default.rate=250Mbit', 'links.default.queue=250 packets', 'expect=[]']
const SHORT = ['duration=20s', 'events[0].at=9s', 'windows={ before: 4.5s..9s, failover: 9s..14s, after: 14s..20s }']
const CAPACITY = ['three-vips', 'four-vips', 'six-vips', 'four-vips-six-servers'].map(name => ({
  file: `capacity/${name}`,
  set: [...SLOWER, ...SHORT, 'traffic.ingress.udp.rate=375Mbit'],
}))
const OTHERS = [
  ...['failover-crash', 'failover-nat', 'failover-stop', 'failover-with-sync', 'failover-without-sync'].map(f => `coursework/${f}`),
  ...['inactconn', 'inactconn-nat', 'inactconn-server-closes'].map(f => `coursework/${f}`),
  ...['deaf-backup', 'deaf-master', 'graceful-stop', 'healed-partition-without-garp', 'kill-leaves-vips'].map(f => `surprises/${f}`),
  ...['rejecting-masters', 'router-keeps-its-arp-entry', 'startup-delay-grows', 'sync-group-never-fails-over'].map(f => `surprises/${f}`),
  ...['virtual-mac', 'virtual-mac-nat', 'igmp-snooping-without-querier', 'real-server-answers-for-the-vip'].map(f => `surprises/${f}`),
  ...['coursework/capacity-nat', 'http/loops'],
].map(file => ({ file, set: [] as string[] }))
const FLOOD = {
  file: 'surprises/flood-hurts-the-others',
  set: [...SLOWER, 'traffic.hit.udp.rate=125Mbit', 'traffic.others.udp.rate=250Mbit'],
}
// Late timers are drawn one by one, which rates do without.
const PUNCTUAL = { file: 'surprises/one-step-of-priority', set: ['jitter=0s', 'expect=[]'] }

const OWNER_NS = 1e6
/** Where queues overflow, an advert waits for anything up to a full one: 250 packets of 1538 bytes at 250 Mbit/s. */
const QUEUE_NS = (250 * 1538 * 8e9) / 250e6
const UTILISATION = 0.01
const LOSS = 0.05
/** Deviations of a Poisson count that a single run may be off by. */
const SIGMAS = 4

function modelOf(file: string, set: readonly string[]): Model {
  const path = `scenarios/${file}.yaml`
  const { model, problems } = loadScenario(path, filesBeside(path), { set })
  expect(problems.filter(p => p.severity === 'error')).toEqual([])
  return model as Model
}

const owners = (r: RunResult) => r.measurements.vips.map(v => ({ vip: v.address, owners: v.owners.map(o => o.host) }))
const changes = (r: RunResult) =>
  r.measurements.vips.flatMap(v => v.owners.flatMap(o => [o.fromNs, ...(Number.isFinite(o.toNs) ? [o.toNs] : [])]))

/** Deviations above the limit, named; empty when they agree. */
function apart<T extends { readonly name: string }>(
  packets: readonly T[],
  rates: readonly T[],
  compare: (p: T, r: T) => string | undefined,
): string[] {
  expect(rates.map(x => x.name)).toEqual(packets.map(x => x.name))
  return packets.flatMap((p, i) => {
    const wrong = compare(p, rates[i])
    return wrong === undefined ? [] : [`${p.name}: ${wrong}`]
  })
}

function differences(model: Model, packets: RunResult, rates: RunResult): string[] {
  return model.windows.flatMap(w => {
    const span = (r: RunResult) => spanOf(r.measurements.segments, w.fromNs, w.toNs)
    const links = apart(packets.measurements.links, rates.measurements.links, (p, r) => {
      const [a, b] = [linkLoad(packets.measurements.segments, p, span(packets)), linkLoad(rates.measurements.segments, r, span(rates))]
      return Math.abs(a.utilisation - b.utilisation) <= UTILISATION ? undefined : `utilisation ${a.utilisation} and ${b.utilisation}`
    })
    const traffic = apart(packets.measurements.traffic, rates.measurements.traffic, (p, r) => {
      const [a, b] = [
        trafficLoad(packets.measurements.segments, p, span(packets)),
        trafficLoad(rates.measurements.segments, r, span(rates)),
      ]
      const chance = SIGMAS * Math.sqrt(a.sent)
      if (Math.abs(a.sent - b.sent) > chance) return `sent ${a.sent} and ${b.sent}`
      return Math.abs(a.lost - b.lost) <= LOSS * a.lost + chance ? undefined : `lost ${a.lost} and ${b.lost}`
    })
    return [...links, ...traffic].map(text => `window ${w.name}: ${text}`)
  })
}

function tableOf({ tables, simulatedNs }: RunResult) {
  return tables
    .filter(t => t.tNs === simulatedNs)
    .map(t => {
      const servers = t.services.flatMap(s => s.servers)
      return { name: t.host, entries: servers.reduce((sum, s) => sum + s.active + s.inactive, 0) }
    })
}

function compare(model: Model): void {
  const packets = simulate(model)
  const rates = simulateRates(model)
  expect(owners(rates)).toEqual(owners(packets))
  const shifts = changes(packets).map((t, i) => Math.abs(t - changes(rates)[i]))
  const overflows = packets.measurements.links.some(l => l.drops.some(n => n > 0))
  expect(shifts.filter(ns => ns > OWNER_NS + (overflows ? QUEUE_NS : 0))).toEqual([])
  expect(differences(model, packets, rates)).toEqual([])
  const tables = apart(tableOf(packets), tableOf(rates), (p, r) =>
    Math.abs(p.entries - r.entries) <= 1 + SIGMAS * Math.sqrt(p.entries) ? undefined : `${p.entries} and ${r.entries} entries`,
  )
  expect(tables).toEqual([])
}

/** A few minutes of a small site, made like the day of the large one (bench/workloads/large-day.ts). */
const SMALL_SITE = { lans: 2, balancersPerLan: 4, vipsPerLan: 8, serversPerLan: 20, hours: 0.05, failures: 2, gbitPerLan: 0.02 }

describe('rates and packets', () => {
  it.each([...CAPACITY, ...OTHERS, FLOOD, PUNCTUAL])('$file: the same owners, loads, losses and tables', ({ file, set }) => {
    compare(modelOf(file, set))
  })

  it('the same of a site like the large one', () => {
    compare(largeDay({ ...SMALL_SITE, model: 'packets' }))
  })
})
