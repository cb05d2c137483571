/** The keys of a question file → the planner's own question, and back: where a value of it was written. */
import type { YamlPath } from '../../config/index.ts'
import type { PlanQuestion } from '../model.ts'
import type { DeploymentOptions } from '../write/index.ts'
import type { RawQuestion } from './schema.ts'

export function questionOf(raw: RawQuestion): PlanQuestion {
  const balancers = Object.entries(raw.balancers ?? {})
  const given = Object.entries(raw.vips ?? {})
  const optional = {
    layer: raw.layer,
    packetBytes: raw.packet as number | undefined,
    headerBytes: raw.header as number | undefined,
    headroom: raw.headroom,
    forwarding: raw.forwarding,
    responseRatio: raw.response_ratio,
    groups: raw.groups === undefined ? undefined : Object.entries(raw.groups).map(([name, members]) => ({ name, members })),
    vips: raw.vips === undefined ? undefined : given.map(([name, vip]) => ({ name, share: vip.share?.value ?? 1 })),
    servers:
      raw.servers === undefined
        ? undefined
        : Object.entries(raw.servers).map(([name, s]) => ({
            name,
            linkBps: s.link ?? raw.link ?? NO_RATE,
            ...(s.weight === undefined ? {} : { weight: s.weight }),
          })),
  }
  return {
    balancers: balancers.map(([name, b]) => ({ name, linkBps: b.link ?? raw.link ?? NO_RATE })),
    survive: raw.survive ?? 1,
    trafficBps: raw.traffic ?? NO_RATE,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<PlanQuestion>),
  }
}

/** Stands for a rate that was not given or was wrong; the problem about it has been reported. */
const NO_RATE = 1e9

/** Addresses that the file gives, for --write. */
export function deploymentOf(raw: RawQuestion, vips: number): DeploymentOptions {
  const d = raw.deploy
  const all = <T>(values: readonly (T | undefined)[]): readonly T[] | undefined =>
    values.length > 0 && values.every(v => v !== undefined) ? (values as readonly T[]) : undefined
  const optional = {
    interface: d?.interface,
    prefixLength: d?.prefix,
    clientAddress: d?.client,
    ports: d?.ports,
    scheduler: d?.scheduler,
    firstVrid: d?.first_vrid,
    authPass: d?.auth_pass,
    unicast: d?.unicast,
    domain: d?.domain,
    balancerAddresses: all(Object.values(raw.balancers ?? {}).map(b => b.address)),
    vipAddresses: Object.keys(raw.vips ?? {}).length === vips ? all(Object.values(raw.vips ?? {}).map(v => v.address)) : undefined,
    serverAddresses: all(Object.values(raw.servers ?? {}).map(s => s.address)),
  }
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as DeploymentOptions
}

const KEYS: Readonly<Record<string, string>> = {
  trafficBps: 'traffic',
  packetBytes: 'packet',
  headerBytes: 'header',
  responseRatio: 'response_ratio',
}

/** `balancers.2.linkBps` → balancers, b3, link: the path in the file. */
export function rawPath(raw: RawQuestion | undefined, path: string): YamlPath {
  const [top, index, ...rest] = path.split('.')
  const key = KEYS[top] ?? top
  const names = Object.keys((raw?.[top as 'balancers' | 'vips' | 'servers' | 'groups'] as object | undefined) ?? {})
  if (index === undefined || !['balancers', 'vips', 'servers', 'groups'].includes(top)) return [key]
  const name = names[Number(index)]
  if (name === undefined) return [key]
  if (top === 'groups') return [key, name, ...rest.slice(1).map(Number)]
  const field = rest[0] === 'linkBps' ? 'link' : rest[0]
  const own = (raw as unknown as Record<string, Record<string, Record<string, unknown>>>)[top][name]
  if (field === 'link' && own?.['link'] === undefined && raw?.link !== undefined) return ['link']
  return field === undefined || field === 'name' ? [key, name] : [key, name, field]
}
