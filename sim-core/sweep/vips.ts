/**
 * The same cluster with another number of VIPs, in the orders that the planner gives them: what `vips=N` means in a
 * sweep. Answers "how many VIPs?" by simulation, with the scenario's own hosts, traffic and faults.
 *
 * - The VIPs of the scenario's VRRP instances, in the order of the first balancer's file, stay as far as N reaches; more
 *   follow the highest of them. Each has a VRRP instance of its own, made after the balancer's first one (interface,
 *   advert_int, authentication, trackers …), with the priorities that the first VIP's instances have.
 * - The orders are plan/'s best for as many losses at once as the events bring about (at least one).
 *   A VIP without a virtual service (a gateway for NAT) is not counted and moves with the first.
 * - What the first VIP's virtual services are, every VIP's are; sources that send to a VIP send to all of them.
 * - Sync groups are left out: they would move all VIPs together. Expectations of a VIP that is no longer there, too.
 *
 * Tested in test/sweep/vips.test.ts.
 */
import { formatIpv4, parseIpv4 } from '../base/address.ts'
import { resolvePath } from '../base/files.ts'
import type { Problem } from '../base/problem.ts'
import { applyRules, type KeepalivedConfig, printKeepalived, printRules, type VrrpInstance } from '../config/index.ts'
import { constructPlan, instanceOf, makeModel, prioritiesFor } from '../plan/index.ts'
import type { HostModel, Model } from '../scenario/index.ts'

/** How a scenario becomes the one with N VIPs: files to put beside it, values to set, VIPs that are gone. */
export interface VipsVariant {
  readonly files: Readonly<Record<string, string>>
  /** `path=value`, as --set takes it. */
  readonly set: readonly string[]
  readonly withoutVips: readonly string[]
}

const VRID_MAX = 255

export function withVips(base: Model, count: number): VipsVariant | Problem {
  const balancers = base.hosts.filter(h => (h.keepalived?.instances.length ?? 0) > 0)
  const before = vipsOf(balancers)
  const refused = refuse(base, balancers, before, count)
  if (refused !== undefined) return refused
  const vips = [...before.slice(0, count), ...following(base, before, count - before.length)]
  const orders = ordersFor(base, balancers, count)
  const priorities = prioritiesOf(balancers, before[0])
  const folder = `vips-${count}`
  const files: Record<string, string> = {}
  const set: string[] = []
  balancers.forEach((host, b) => {
    const config = rebuilt(host, vips, before, v => orders[v].indexOf(b), priorities)
    files[`${folder}/${host.name}.keepalived.conf`] = printKeepalived(config)
    set.push(`hosts."${host.name}".keepalived=${folder}/${host.name}.keepalived.conf`)
  })
  for (const host of base.hosts) {
    if (host.ipvs.length > 0) {
      files[`${folder}/${host.name}.rules`] = rulesFor(host, vips, before)
      set.push(`hosts."${host.name}".ipvs=${folder}/${host.name}.rules`)
    }
    const onLo = host.vipsOnLo.map(formatIpv4)
    if (onLo.includes(before[0])) set.push(`hosts."${host.name}".vip_on_lo=${list([...onLo.filter(v => !before.includes(v)), ...vips])}`)
  }
  for (const { name, options } of base.traffic) {
    if (options.kind === 'script' || !options.to.some(e => before.includes(formatIpv4(e.address)))) continue
    const ports = [...new Set(options.to.map(e => e.port))]
    set.push(`traffic."${name}".to=${list(vips.flatMap(vip => ports.map(port => `${vip}:${port}`)))}`)
  }
  return {
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [resolvePath(base.file, name), text])),
    set,
    withoutVips: before.filter(vip => !vips.includes(vip)),
  }
}

const list = (words: readonly string[]): string => `[${words.map(w => `"${w}"`).join(', ')}]`

/** VIPs of the VRRP instances that have a service (all, when none has), each once, in the order of the balancers' names and files. */
function vipsOf(balancers: readonly HostModel[]): string[] {
  const all = [...new Set(balancers.flatMap(h => (h.keepalived as KeepalivedConfig).instances.flatMap(addressesOf)))]
  const served = new Set(
    balancers.flatMap(h => [
      ...(h.keepalived as KeepalivedConfig).virtualServers.map(v => (v.service.kind === 'address' ? v.service.address : '')),
      ...applyRules(h.ipvs).services.map(s => (s.key.protocol === 'FWM' ? '' : s.key.address)),
    ]),
  )
  return all.some(vip => served.has(vip)) ? all.filter(vip => served.has(vip)) : all
}

const addressesOf = (i: VrrpInstance): string[] =>
  [...i.vips, ...i.excludedVips].map(v => v.address).filter(a => parseIpv4(a) !== undefined)

function refuse(base: Model, balancers: readonly HostModel[], vips: readonly string[], count: number): Problem | undefined {
  const wrong = (message: string, remedy: string): Problem => ({
    at: { file: base.file, line: 1, column: 1 },
    severity: 'error',
    code: 'vips',
    message: `vips=${count}: ${message}`,
    remedy,
  })
  if (balancers.length === 0 || vips.length === 0)
    return wrong('no host has a keepalived.conf with VIPs', 'vary something else, or give the balancers their keepalived.conf')
  const without = balancers.find(h => !(h.keepalived as KeepalivedConfig).instances.some(i => addressesOf(i).length > 0))
  if (without !== undefined) return wrong(`${without.name} has no VRRP instance with a VIP`, 'give every balancer one')
  const own = base.events.find(e => e.keepalived !== undefined || e.ipvs !== undefined)
  if (own !== undefined)
    return wrong(
      `the event at line ${own.at.line} (${own.verb} ${own.target}) brings a configuration of its own`,
      'leave it out: it was made for the VIPs of the file',
    )
  const last = Math.max(...vips.map(v => parseIpv4(v) as number))
  return last + count > 0xdfff_ffff ? wrong('there are no addresses left above them', 'write fewer') : undefined
}

/** The next addresses above the highest VIP that nobody has. */
function following(base: Model, vips: readonly string[], count: number): string[] {
  const taken = new Set(
    base.hosts.flatMap(h => h.interfaces.flatMap(i => (i.address === undefined ? i.moreAddresses : [i.address, ...i.moreAddresses]))),
  )
  const out: string[] = []
  for (let ip = Math.max(...vips.map(v => parseIpv4(v) as number)) + 1; out.length < count; ip++)
    if (!taken.has(ip) && (ip & 255) !== 0 && (ip & 255) !== 255) out.push(formatIpv4(ip))
  return out
}

const LOSSES = ['crash', 'stop', 'kill', 'link_down', 'partition', 'freeze']
/** A link without a rate is as fast as any. */
const RATE_MAX_BPS = 1e12

function ordersFor(base: Model, balancers: readonly HostModel[], count: number): readonly (readonly number[])[] {
  const lost = new Set(base.events.filter(e => LOSSES.includes(e.verb)).map(e => e.target))
  const survive = Math.min(balancers.length - 1, Math.max(1, balancers.filter(h => lost.has(h.name)).length))
  const question = {
    balancers: balancers.map(h => ({ name: h.name, linkBps: Math.min(RATE_MAX_BPS, h.interfaces[0]?.linkDown.rateBps ?? RATE_MAX_BPS) })),
    ...{ survive, trafficBps: 1e9 },
  }
  const made = makeModel(question)
  if (!made.ok) return Array.from({ length: count }, (_, v) => balancers.map((_b, i) => (v + i) % balancers.length))
  return constructPlan(instanceOf(made.model, count)).orders
}

/** By rank: those of the first VIP where they differ, else the planner's. */
function prioritiesOf(balancers: readonly HostModel[], vip: string): number[] {
  const of = (h: HostModel) => (h.keepalived as KeepalivedConfig).instances.find(i => addressesOf(i).includes(vip))?.priority
  const found = [...new Set(balancers.flatMap(h => of(h) ?? []))].sort((a, b) => b - a)
  return found.length === balancers.length ? found : prioritiesFor(balancers.length).priorities
}

function rebuilt(
  host: HostModel,
  vips: readonly string[],
  before: readonly string[],
  rankOf: (vip: number) => number,
  priorities: readonly number[],
): KeepalivedConfig {
  const config = host.keepalived as KeepalivedConfig
  const template = config.instances.find(i => addressesOf(i).length > 0) as VrrpInstance
  const own = config.instances.flatMap(i => [...i.vips, ...i.excludedVips])
  const address = own.find(v => before.includes(v.address)) ?? own[0]
  const gateways = own.filter(v => !before.includes(v.address))
  const first = Math.min(...config.instances.map(i => i.vrid))
  const firstVrid = first + vips.length - 1 <= VRID_MAX ? first : 1
  const asMaster = config.instances.some(i => i.state === 'MASTER')
  const instances = vips.flatMap((vip, v): VrrpInstance[] => {
    const rank = rankOf(v)
    if (rank < 0 || rank >= priorities.length) return []
    const state = asMaster && rank === 0 ? 'MASTER' : 'BACKUP'
    const identity = { name: `VI_${v + 1}`, vrid: firstVrid + v, priority: priorities[rank], state } as const
    return [{ ...template, ...identity, vips: [{ ...address, address: vip }, ...(v === 0 ? gateways : [])], excludedVips: [] }]
  })
  const { lvsSyncDaemon } = config.globals
  const globals =
    lvsSyncDaemon?.instance === undefined
      ? config.globals
      : { ...config.globals, lvsSyncDaemon: { ...lvsSyncDaemon, instance: instances[0].name } }
  const model = config.virtualServers.filter(v => v.service.kind === 'address' && v.service.address === firstServed(config, before))
  const others = config.virtualServers.filter(v => v.service.kind !== 'address' || !before.includes(v.service.address))
  const virtualServers = [
    ...others,
    ...vips.flatMap(vip => model.map(v => ({ ...v, service: { ...v.service, address: vip } as (typeof v)['service'] }))),
  ]
  return { ...config, globals, instances, syncGroups: [], virtualServers }
}

/** The first VIP that has a virtual server. */
const firstServed = (config: KeepalivedConfig, vips: readonly string[]): string | undefined =>
  vips.find(vip => config.virtualServers.some(v => v.service.kind === 'address' && v.service.address === vip))

function rulesFor(host: HostModel, vips: readonly string[], before: readonly string[]): string {
  const { services } = applyRules(host.ipvs)
  const addressOf = (s: (typeof services)[number]) => (s.key.protocol === 'FWM' ? undefined : s.key.address)
  const served = before.find(vip => services.some(s => addressOf(s) === vip))
  const model = services.filter(s => served !== undefined && addressOf(s) === served)
  const others = services.filter(s => !before.includes(addressOf(s) ?? ''))
  return printRules([...others, ...vips.flatMap(vip => model.map(s => ({ ...s, key: { ...s.key, address: vip } as (typeof s)['key'] })))])
}
