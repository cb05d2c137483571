/** Traffic sources: one kind each, from a host that exists, to addresses that somebody has. */
import { formatIpv4, parseIpv4 } from '../base/address.ts'
import { TRAFFIC_KINDS, type TrafficOptions, type TrafficRoute } from '../traffic/index.ts'
import { byName, type Draft } from './draft.ts'
import type { HostModel, TrafficModel } from './model.ts'
import { suggest } from './reporter.ts'
import { type RawTraffic, TRAFFIC_KIND_NAMES, type TrafficKind } from './traffic-schema.ts'

export function buildTraffic(draft: Draft, hosts: readonly HostModel[], vips: readonly number[]): TrafficModel[] {
  const sources: TrafficModel[] = []
  for (const [name, raw] of Object.entries(draft.raw.traffic ?? {})) {
    const path = ['traffic', name]
    checkNames(draft, path, raw, hosts, vips)
    const kinds = TRAFFIC_KIND_NAMES.filter(k => raw[k] !== undefined)
    // What was refused in its options has been reported; that it is there counts here.
    if (kinds.length === 0 && TRAFFIC_KIND_NAMES.some(k => draft.given([...path, k]) !== undefined)) continue
    if (kinds.length !== 1) {
      const message = kinds.length === 0 ? 'it does not say what is sent' : `${kinds.join(' and ')} are two sources`
      draft.reporter.errorAtKey(
        path,
        'traffic-kind',
        message,
        `write one of ${TRAFFIC_KIND_NAMES.join(', ')} with its options, such as udp: { rate: 100Mbit }`,
      )
      continue
    }
    const at = draft.reporter.places.locateKey(path)
    if (raw.ports !== undefined && kinds[0] !== 'udp')
      draft.reporter.errorAtKey(
        [...path, 'ports'],
        'ports',
        `${kinds[0]} takes its ports as Linux gives them`,
        'leave `ports` out; it is for udp',
      )
    if (raw.profile !== undefined && !WITH_PROFILE.includes(kinds[0]))
      draft.reporter.errorAtKey(
        [...path, 'profile'],
        'profile',
        `${kinds[0]} has no rate that a profile could change`,
        `leave \`profile\` out; it is for ${WITH_PROFILE.join(' and ')}`,
      )
    const options = optionsOf(kinds[0], raw, hosts)
    sources.push({
      name,
      at,
      from: raw.from,
      ...(raw.start === undefined ? {} : { startNs: raw.start }),
      ...(raw.stop === undefined ? {} : { stopNs: raw.stop }),
      options,
    })
  }
  return sources.sort(byName)
}

const FLOWS_MAX = 1_000_000
const WITH_PROFILE: readonly TrafficKind[] = ['udp', 'requests']

function optionsOf(kind: TrafficKind, raw: RawTraffic, hosts: readonly HostModel[]): TrafficOptions {
  const to = raw.to.map(e => ({ address: parseIpv4(e.address) as number, port: e.port }))
  const { ports, profile } = raw
  const clients = hosts.find(h => h.name === raw.from)?.interfaces.reduce((sum, i) => sum + 1 + i.moreAddresses.length, 0) ?? 1
  const flows = raw.flows ?? (ports === undefined ? to.length : Math.min(FLOWS_MAX, clients * (ports.last - ports.first + 1)))
  const route: TrafficRoute = { to, flows, ...(ports === undefined ? {} : { ports }), ...(profile === undefined ? {} : { profile }) }
  // Schema and reader of a kind belong together; the union of all kinds cannot show it.
  const { options } = TRAFFIC_KINDS[kind] as { options: (raw: unknown, route: TrafficRoute) => TrafficOptions }
  return options(raw[kind], route)
}

function checkNames(draft: Draft, path: readonly string[], raw: RawTraffic, hosts: readonly HostModel[], vips: readonly number[]): void {
  const { reporter, hostNames } = draft
  if (!hostNames.includes(raw.from))
    reporter.error([...path, 'from'], 'unknown-host', `there is no host "${raw.from}"`, suggest(raw.from, hostNames, 'hosts'))
  const known = new Set([
    ...vips,
    ...hosts.flatMap(h => h.interfaces.flatMap(i => (i.address === undefined ? [] : [i.address, ...i.moreAddresses]))),
  ])
  raw.to.forEach((e, i) => {
    const address = parseIpv4(e.address) as number
    if (known.has(address) || reporter.hostsAreUncertain(draft.file)) return
    const meant = suggest(e.address, vips.map(formatIpv4), 'VIPs')
    reporter.error([...path, 'to', i], 'unknown-address', `nobody has the address ${e.address}`, meant)
  })
  if (raw.start !== undefined && raw.start >= draft.raw.duration)
    reporter.error([...path, 'start'], 'after-end', 'it begins after the end of the run', 'write an earlier time, or a longer `duration`')
  if (raw.stop !== undefined && raw.stop <= (raw.start ?? 0))
    reporter.error([...path, 'stop'], 'after-end', 'it ends before it begins', 'write a later `stop`')
}
