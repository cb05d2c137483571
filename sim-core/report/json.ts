/** A report as the document of json-schema.ts. */
import type { Position, Problem } from '../base/problem.ts'
import { keyText, printListing } from '../config/index.ts'
import {
  connectionCounts,
  connectionCountsInRates,
  type DirectorTables,
  dropsByReason,
  dualMasterNs,
  type JudgedWindow,
  linkLoad,
  linkWaits,
  outageNs,
  ownersIn,
  trafficDelays,
  trafficLoad,
  unservedNs,
} from '../metrics/index.ts'
import { DROP_RULES, type DropReason } from '../net/index.ts'
import { entryCause } from '../protocols/ipvs/index.ts'
import type { Cause, InputValue } from '../trace/contract.ts'
import type { Report } from './input.ts'
import { type RunDocument, SCHEMA_VERSION } from './json-schema.ts'
import { reasonText } from './reasons.ts'
import { toldInFull } from './story.ts'

export function jsonReport(report: Report, about: { readonly version: string; readonly wallS: number }): RunDocument {
  const { model, view, verdicts, answer } = report
  const { result } = view
  return {
    schema_version: SCHEMA_VERSION,
    scenario: model.title,
    file: model.file,
    seed: model.seed,
    version: about.version,
    digest: result.digest,
    model: result.answeredBy ?? 'packets',
    simulated_s: s(result.simulatedNs),
    wall_s: about.wallS,
    events: result.events,
    packet_hops: result.packetHops,
    stopped: result.stopped ?? null,
    story: toldInFull(result.happenings).map(h => ({ t_s: s(h.t), host: h.host, what: h.what, cause: causeOf(h.cause) })),
    windows: Object.fromEntries(view.windows.map(w => [w.name, windowOf(report, w)])),
    takeovers: view.takeovers.map(t => ({
      after: t.what,
      from_s: s(t.fromNs),
      to_s: s(t.toNs),
      vips: [...t.vips],
      verdict: t.judgement.verdict,
      reasons: t.judgement.reasons.map(reasonText),
    })),
    requests: result.requests.map(r => ({
      ...{ id: r.id, traffic: r.traffic, t_s: s(r.sentNs), vip: r.vip, director: r.director, server: r.server, fate: r.fate },
      ...{ elapsed_s: s(r.elapsedNs), syn_retransmits: r.synRetransmits, cause: r.cause, why: causeOf(r.why) },
    })),
    tables: result.tables.map(tableOf),
    verdicts: verdicts.map(v => ({
      expect: v.expectation.text,
      ok: v.ok,
      observed: v.observed,
      reason: v.reason ?? null,
      at: place(v.expectation.at),
    })),
    answer: { verdict: answer.verdict, sentence: answer.sentence, remedy: answer.remedy ?? null, notes: [...answer.notes] },
    ignored: model.ignored.map(i => ({ keyword: i.keyword, at: place(i.at) })),
    problems: model.problems.map(problemOf),
  }
}

/** Problems alone, when there is no run: the same keys as in the document. */
export const jsonProblems = (problems: readonly Problem[]) => ({ schema_version: SCHEMA_VERSION, problems: problems.map(problemOf) })

const ruleOf = (reason: string): string => DROP_RULES[reason as DropReason] ?? ''
const causeOf = (cause: Cause | undefined) =>
  cause === undefined ? null : { ...cause, inputs: { ...cause.inputs } as Record<string, InputValue>, arithmetic: cause.arithmetic ?? null }

const s = (ns: number): number => ns / 1e9
const place = ({ file, line, column }: Position) => ({ file, line, column })
const problemOf = (p: Problem) => ({ at: place(p.at), severity: p.severity, code: p.code, message: p.message, remedy: p.remedy ?? null })

function windowOf({ view }: Report, w: JudgedWindow): RunDocument['windows'][string] {
  const { measurements: m, requests } = view.result
  const traffic = m.traffic.map(t => {
    const load = trafficLoad(m.segments, t, w.span)
    const delays = trafficDelays(m.segments, t, w.span)
    const c =
      view.result.answeredBy === 'rates' && t.counts === 'requests'
        ? connectionCountsInRates(m.segments, t, w.span)
        : connectionCounts(requests, t.name, w.fromNs, w.toNs)
    return [
      t.name,
      {
        ...{ offered_bps: load.offeredBps, delivered_bps: load.deliveredBps, loss: load.loss, sent: load.sent, delivered: load.delivered },
        delay_s: { mean: s(delays.mean), p50: s(delays.quantile(0.5)), p99: s(delays.quantile(0.99)), max: s(delays.max) },
        dropped: dropsByReason(t, m.dropReasons, w.span).map(d => ({ reason: d.reason, rule: ruleOf(d.reason), packets: d.count })),
        connections: { opened: c.opened, completed: c.completed, reset: c.reset, refused: c.refused, timed_out: c.timedOut },
      },
    ] as const
  })
  const links = m.links.map(l => {
    const load = linkLoad(m.segments, l, w.span)
    const waits = linkWaits(m.segments, l, w.span)
    return [
      l.name,
      {
        ...{ offered_bps: load.offeredBps, offered: load.offered, utilisation: load.utilisation, drops: load.drops },
        wait_s: { mean: s(waits.mean), p99: s(waits.quantile(0.99)), max: s(waits.max) },
        queue_max_packets: load.queueMaxPackets,
      },
    ] as const
  })
  const vips = m.vips.map(v => {
    const unserved = unservedNs(v, w.span)
    const owners = ownersIn(v, w.fromNs, w.toNs).map(o => ({ host: o.host, from_s: s(o.fromNs), to_s: s(o.toNs) }))
    const times = {
      outage_s: s(outageNs(v, w)),
      unserved_s: unserved === undefined ? null : s(unserved),
      dual_master_s: s(dualMasterNs(v, w)),
    }
    return [v.address, { owners, ...times }] as const
  })
  return {
    from_s: s(w.fromNs),
    to_s: s(w.toNs),
    traffic: Object.fromEntries(traffic),
    links: Object.fromEntries(links),
    vips: Object.fromEntries(vips),
    verdict: w.judgement.verdict,
    reasons: w.judgement.reasons.map(reasonText),
  }
}

function tableOf(t: DirectorTables): RunDocument['tables'][number] {
  const endpoint = (e: { address: string; port: number }) => `${e.address}:${e.port}`
  return {
    t_s: s(t.tNs),
    host: t.host,
    services: t.services.map(service => ({
      ...{ service: keyText(service.key), scheduler: service.scheduler, flags: [...(service.schedulerFlags ?? [])] },
      persistent_s: service.persistence?.timeoutS ?? null,
      servers: service.servers.map(r => ({
        server: endpoint(r),
        forward: r.forward,
        weight: r.weight,
        active: r.active,
        inactive: r.inactive,
      })),
    })),
    conns: t.connections.map(c => ({
      ...{ protocol: c.protocol, expire_s: c.expireS, state: c.state, client: endpoint(c.client) },
      ...{ virtual: endpoint(c.virtual), destination: endpoint(c.destination) },
      cause: causeOf(c.facts === undefined ? undefined : entryCause(c.facts, c.expireS)),
    })),
    ipvsadm: printListing(t.services),
  }
}
