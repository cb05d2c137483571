/** Random clusters as configuration files, and the same clusters simulated. */
import fc from 'fast-check'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { simulate } from '../../../sim-core/compile/index.ts'
import { ownersAt } from '../../../sim-core/metrics/index.ts'
import { loadScenario } from '../../../sim-core/scenario/index.ts'
import type { Files } from './folders.ts'

export interface Router {
  /** A priority a host; 0: the host does not have the instance. */
  readonly priorities: readonly number[]
  readonly version: 2 | 3
  readonly advertInt: number
  readonly vips: number
  readonly nopreempt: boolean
  readonly unicast: boolean
}

export interface RandomCluster {
  readonly hosts: number
  readonly routers: readonly Router[]
}

const router = (hosts: number): fc.Arbitrary<Router> =>
  fc.record({
    priorities: fc.array(fc.constantFrom(0, 50, 100, 100, 150, 200, 254), { minLength: hosts, maxLength: hosts }),
    version: fc.constantFrom(2 as const, 2 as const, 3 as const),
    advertInt: fc.constantFrom(1, 1, 2),
    vips: fc.integer({ min: 1, max: 2 }),
    nopreempt: fc.boolean(),
    unicast: fc.boolean(),
  })

export const randomCluster: fc.Arbitrary<RandomCluster> = fc
  .integer({ min: 2, max: 4 })
  .chain(hosts => fc.record({ hosts: fc.constant(hosts), routers: fc.array(router(hosts), { minLength: 1, maxLength: 3 }) }))

const addressOf = (host: number): string => `10.10.1.${host + 1}`

export function confsOf(cluster: RandomCluster): Files {
  const out: Files = {}
  for (let h = 0; h < cluster.hosts; h++) {
    const instances = cluster.routers.map((r, i) => (r.priorities[h] === 0 ? '' : instance(r, i, h)))
    out[`b${h + 1}.keepalived.conf`] = `global_defs {\n router_id b${h + 1}\n}\n${instances.join('')}`
  }
  return out
}

function instance(r: Router, i: number, h: number): string {
  const peers = r.priorities.flatMap((p, other) => (p > 0 && other !== h ? [`  ${addressOf(other)}`] : []))
  const lines = [
    `vrrp_instance VI_${i} {`,
    ' interface eth0',
    ` virtual_router_id ${51 + i}`,
    ` priority ${r.priorities[h]}`,
    ` version ${r.version}`,
    ` advert_int ${r.advertInt}`,
    ...(r.nopreempt ? [' nopreempt'] : []),
    ...(r.unicast && peers.length > 0 ? [` unicast_src_ip ${addressOf(h)}`, ' unicast_peer {', ...peers, ' }'] : []),
    ' virtual_ipaddress {',
    ...Array.from({ length: r.vips }, (_, v) => `  10.10.2.${10 * i + v + 1}`),
    ' }',
    '}',
  ]
  return `${lines.join('\n')}\n`
}

/** What keepalived needs to settle, generously: three adverts of 2 s and a skew. */
const SETTLE_S = 12

export interface Simulated {
  readonly owners: ReadonlyMap<string, readonly string[]>
  /** VIP → without a MASTER after the loss, s. */
  readonly outageS: ReadonlyMap<string, number>
}

/** The hosts crash (or keepalived on them is stopped) together after everything has settled. */
export function simulateLoss(files: Files, lost: readonly string[], verb: 'crash' | 'stop' = 'crash'): Simulated {
  const names = Object.keys(files).map(f => f.replace('.keepalived.conf', ''))
  const hosts = names.map((name, h) => `  ${name}: { address: ${addressOf(h)}/16, interface: eth0, keepalived: ${name}.keepalived.conf }`)
  const events = lost.map(name => `  - { at: ${SETTLE_S}s, ${verb}: ${name} }`)
  const text = [
    'scenario: loss',
    `duration: ${2 * SETTLE_S}s`,
    'hosts:',
    ...hosts,
    ...(events.length > 0 ? ['events:', ...events] : []),
  ].join('\n')
  const loaded = loadScenario('scenario.yaml', mapFiles({ ...files, 'scenario.yaml': text }))
  if (loaded.model === undefined) throw new Error(loaded.problems.map(p => `${p.at.file}:${p.at.line} ${p.message}`).join('\n'))
  const { vips } = simulate(loaded.model).measurements
  const endNs = 2 * SETTLE_S * 1e9
  return {
    owners: new Map(vips.map(vip => [vip.address, ownersAt(vip, endNs - 1)])),
    outageS: new Map(
      vips.map(vip => [
        vip.address,
        (Math.min(...vip.owners.filter(o => o.fromNs > SETTLE_S * 1e9).map(o => o.fromNs)) - SETTLE_S * 1e9) / 1e9,
      ]),
    ),
  }
}

export const factsFor = (cluster: RandomCluster): string =>
  `balancers: { ${Array.from({ length: cluster.hosts }, (_, h) => `b${h + 1}: { address: ${addressOf(h)} }`).join(', ')} }`
