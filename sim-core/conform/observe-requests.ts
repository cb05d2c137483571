/** What became of the requests of a run, in the recordings' words. */
import { formatIpv4 } from '../base/address.ts'
import type { Simulation } from '../compile/index.ts'
import type { ScriptFate, ScriptOutcome, TrafficEndpoint } from '../traffic/index.ts'
import type { CaseConfigs } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'
import type { ObservedOf } from './observed.ts'

const ERRORS: Readonly<Record<Exclude<ScriptFate, 'ok' | 'open'>, string>> = {
  refused: 'Connection refused',
  reset: 'Connection reset by peer',
  'timed out': 'timed out',
  failed: 'failed',
}

const text = (e: TrafficEndpoint): string => `${formatIpv4(e.address)}:${e.port}`

export interface RequestLines {
  readonly responses: readonly ObservedOf<'response'>[]
  readonly scheduled: readonly ObservedOf<'scheduled'>[]
  readonly downloads: readonly ObservedOf<'download'>[]
}

export function requestLines(recorded: CaseFile, configs: CaseConfigs, simulation: Simulation): RequestLines {
  const { outcomes } = simulation.applications.traffic.script
  const { hostNames } = simulation.network.stack
  const hostOf = new Map(recorded.actions.flatMap(a => (a.do === 'connect' ? [[a.id, a.host] as const] : [])))
  const responses: ObservedOf<'response'>[] = []
  const scheduled: ObservedOf<'scheduled'>[] = []
  const downloads: ObservedOf<'download'>[] = []
  const ids = (kind: 'scheduled' | 'download') => new Set(recorded.observed.flatMap(o => (o.kind === kind ? [o.id] : [])))
  const [wanted, transfers] = [ids('scheduled'), ids('download')]
  for (const o of outcomes) {
    const server = o.server >= 0 ? hostNames[o.server] : null
    const error = o.fate === 'ok' || o.fate === 'open' ? undefined : ERRORS[o.fate]
    const t = o.endNs / 1e9
    responses.push(responseLine(o, hostOf.get(o.id.replace(/[#.].*$/, '')) ?? '', server, error))
    const rs = error === undefined && server !== null ? serverEndpoint(o.to, server, recorded, configs) : null
    if (wanted.has(o.id) && !scheduled.some(s => s.id === o.id))
      scheduled.push({ kind: 'scheduled', t, id: o.id, client: text(o.client), to: text(o.to), rs, error })
    if (transfers.has(o.id)) downloads.push(downloadLine(o, server, error))
  }
  return { responses, scheduled, downloads }
}

function responseLine(o: ScriptOutcome, client: string, server: string | null, error: string | undefined): ObservedOf<'response'> {
  return {
    kind: 'response',
    t: o.endNs / 1e9,
    client,
    id: o.id,
    t_start: o.sinceNs / 1e9,
    elapsed_s: (o.endNs - o.sinceNs) / 1e9,
    ...(o.connectedNs === null ? {} : { connect_s: (o.connectedNs - o.sinceNs) / 1e9 }),
    ...(error === undefined ? { status: o.status, server } : { error }),
    syn_retx: o.synRetransmits,
  }
}

function downloadLine(o: ScriptOutcome, server: string | null, error: string | undefined): ObservedOf<'download'> {
  return {
    kind: 'download',
    t: o.endNs / 1e9,
    id: o.id,
    client: text(o.client),
    bytes: o.bytes,
    of: o.bytesWanted,
    last_data_t: o.lastDataNs === null ? null : o.lastDataNs / 1e9,
    result: error ?? 'complete',
    server: error === undefined ? server : null,
  }
}

/** Address and port at which the real server was reached, as the director's table has it. */
function serverEndpoint(to: TrafficEndpoint, server: string, recorded: CaseFile, configs: CaseConfigs): string {
  const address = recorded.hosts[server]?.address.split('/')[0] ?? ''
  const virtual = text(to)
  const rule = configs.destinations.find(
    d => d.virtual !== undefined && `${d.virtual.address}:${d.virtual.port}` === virtual && d.server.address === address,
  )
  return `${address}:${rule?.server.port ?? to.port}`
}
