/**
 * Goal: `vips=N` makes the same cluster with N VIPs: the planner's orders in the scenario's own configurations.
 * Method: the capacity scenario and the coursework's (keepalived with virtual servers) are loaded with other numbers, and
 * what the simulation would be built from is looked at.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatIpv4 } from '../../sim-core/base/address.ts'
import { type FileSource, mapFiles } from '../../sim-core/base/files.ts'
import type { Model } from '../../sim-core/scenario/index.ts'
import { bundleText, loadBundle, loadVariant, makeBundle } from '../../sim-core/sweep/index.ts'

const disk: FileSource = {
  read: path => {
    try {
      return { ok: true, text: readFileSync(path, 'utf8') }
    } catch {
      return { ok: false, reason: 'there is no such file' }
    }
  },
  glob: () => [],
}

const CAPACITY = 'scenarios/capacity/how-many-vips.yaml'
const LAB = 'scenarios/coursework/failover-crash.yaml'
const NAT = 'scenarios/coursework/failover-nat.yaml'

const load = (file: string, ...set: string[]): Model => {
  const { model, problems } = loadVariant(file, disk, { set })
  if (model === undefined) throw new Error(problems.map(p => p.message).join('\n'))
  return model
}
const refused = (file: string, ...set: string[]) => loadVariant(file, disk, { set }).problems.map(p => p.message)

/** `10.10.1.10: b1 102, b2 101, b3 100`: a VIP and who wants it how much. */
const priorities = (model: Model): string[] => {
  const byVip = new Map<string, string[]>()
  for (const host of model.hosts)
    for (const i of host.keepalived?.instances ?? [])
      for (const v of i.vips) byVip.set(v.address, [...(byVip.get(v.address) ?? []), `${host.name} ${i.priority}`])
  return [...byVip].map(([vip, who]) => `${vip}: ${who.join(', ')}`)
}

describe('another number of VIPs', () => {
  it('keeps addresses and priorities of the scenario, and gives the orders of the planner', () => {
    expect(priorities(load(CAPACITY, 'vips=3'))).toEqual([
      '10.10.1.10: b1 102, b2 101, b3 100',
      '10.10.1.20: b1 100, b2 102, b3 101',
      '10.10.1.30: b1 101, b2 100, b3 102',
    ])
  })
  it('more VIPs follow the highest; every survivor has half of six when any one dies', () => {
    const model = load(CAPACITY, 'vips=6')
    const rows = priorities(model)
    expect(rows.map(r => r.split(':')[0])).toEqual(['10.10.1.10', '10.10.1.20', '10.10.1.30', '10.10.1.40', '10.10.1.41', '10.10.1.42'])
    const order = (row: string) =>
      Array.from(row.matchAll(/(b\d) (\d+)/g), m => [m[1], Number(m[2])] as const)
        .sort((a, b) => b[1] - a[1])
        .map(([h]) => h)
    for (const lost of ['b1', 'b2', 'b3']) {
      const owners = rows.map(r => order(r).find(h => h !== lost))
      expect(['b1', 'b2', 'b3'].filter(b => b !== lost).map(b => owners.filter(o => o === b).length)).toEqual([3, 3])
    }
    expect(new Set(model.hosts.flatMap(h => h.keepalived?.instances.map(i => i.vrid) ?? []))).toEqual(new Set([55, 56, 57, 58, 59, 60]))
  })
  it('services, traffic and real servers follow', () => {
    const model = load(CAPACITY, 'vips=2')
    const vips = ['10.10.1.10', '10.10.1.20']
    const [source] = model.traffic
    expect(source.options.to.map(e => formatIpv4(e.address))).toEqual(vips)
    const s1 = model.hosts.find(h => h.name === 's1')
    expect(s1?.vipsOnLo.map(formatIpv4)).toEqual(vips)
    const added = model.hosts
      .find(h => h.name === 'b1')
      ?.ipvs.flatMap(r => (r.kind === 'add-service' && r.service.key.protocol === 'UDP' ? [r.service.key.address] : []))
    expect(added).toEqual(vips)
  })
  it('the virtual servers of keepalived.conf, with their checkers, are there for every VIP', () => {
    const model = load(LAB, 'vips=2')
    for (const host of model.hosts.filter(h => h.keepalived !== undefined)) {
      const servers = host.keepalived?.virtualServers ?? []
      expect(servers.map(v => v.service.kind === 'address' && v.service.address)).toEqual(['172.28.128.200', '172.28.128.201'])
      expect(new Set(servers.map(v => JSON.stringify(v.realServers.map(r => [r.address, r.port, r.checkers.map(c => c.kind)])))).size).toBe(
        1,
      )
    }
  })
  it('a gateway for NAT is no VIP of a service: it is not counted, and moves with the first', () => {
    expect(priorities(load(NAT, 'vips=2')).map(r => r.split(':')[0])).toEqual(['172.28.128.200', '192.168.50.1', '172.28.128.201'])
  })
  it('what is expected of a VIP that is gone is left out', () => {
    const four = 'scenarios/capacity/four-vips.yaml'
    const [all, one] = [load(four), load(four, 'vips=1')]
    const ofVips = (m: Model) => m.expectations.filter(e => e.metric.startsWith('vip.')).map(e => e.of)
    expect(ofVips(all)).toEqual(['10.10.1.10', '10.10.1.20', '10.10.1.10'])
    expect(ofVips(one)).toEqual(['10.10.1.10', '10.10.1.10'])
  })
  it('is refused where it has no meaning', () => {
    expect(refused(CAPACITY, 'vips=0')).toEqual(['"0" is no number of VIPs'])
    expect(refused(CAPACITY, 'vips=2', 'events=[{ at: 6s, ipvsadm: b1, args: "-Z" }]')).toEqual([
      expect.stringContaining('brings a configuration of its own'),
    ])
    const plain = mapFiles({ 'a.yaml': 'scenario: one host\nduration: 1s\nhosts: { a: { address: 10.0.0.1/24 } }\n' })
    expect(loadVariant('a.yaml', plain, { set: ['vips=2'] }).problems.map(p => p.message)).toEqual([
      expect.stringContaining('no host has a keepalived.conf'),
    ])
    expect(refused(CAPACITY, 'vips=2', 'hosts.b1.keepalived=nowhere')).toContainEqual(expect.stringContaining('"nowhere" cannot be read'))
  })
})

describe('phase', () => {
  it('lets every event come later, windows stay', () => {
    const [now, later] = [load(CAPACITY), load(CAPACITY, 'phase=300ms')]
    expect(later.events.map(e => e.atNs)).toEqual(now.events.map(e => e.atNs + 300e6))
    expect(later.windows).toEqual(now.windows)
  })
  it('takes along `after`, when it names the instant of an event', () => {
    const recovers =
      'expect=[{ metric: traffic.loss, of: ingress, after: 6s, within: 4s, is: 0 }, { metric: traffic.loss, of: ingress, after: 7s, within: 4s, is: 0 }]'
    const over = load(CAPACITY, recovers, 'phase=300ms').expectations.map(e => (e.over?.kind === 'within' ? e.over.afterNs / 1e9 : 0))
    expect(over).toEqual([6.3, 7])
  })
  it('is refused when an event would come after the end', () => {
    expect(refused(CAPACITY, 'phase=8s')).toEqual([expect.stringContaining('at or after the end of the run')])
    expect(refused(CAPACITY, 'phase=8')).toEqual(['"8" has no unit'])
  })
})

describe('a bundle', () => {
  const bundle = makeBundle(CAPACITY, disk, { set: ['vips=3', 'phase=100ms'] }).bundle
  it('is all that a run needs: it loads to the same model without a disk', () => {
    if (bundle === undefined) throw new Error('no bundle')
    const copy = loadBundle(JSON.parse(JSON.stringify(bundle))).model
    expect(copy).toEqual(load(CAPACITY, 'vips=3', 'phase=100ms'))
  })
  it('is named by what decides the runs, not by where the scenario lies', () => {
    const elsewhere: FileSource = { read: p => disk.read(p.replace('elsewhere/', 'scenarios/')), glob: () => [] }
    const moved = makeBundle('elsewhere/capacity/how-many-vips.yaml', elsewhere, { set: ['vips=3', 'phase=100ms'] }).bundle
    const other = makeBundle(CAPACITY, disk, { set: ['vips=3', 'phase=101ms'] }).bundle
    if (bundle === undefined || moved === undefined || other === undefined) throw new Error('no bundle')
    expect(bundleText(moved)).toBe(bundleText(bundle))
    expect(bundleText(other)).not.toBe(bundleText(bundle))
  })
})
