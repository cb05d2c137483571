/** Metrics of virtual addresses: `of: 10.10.1.10`. */
import type { VipMeasurement } from './measurements.ts'
import type { Metric, Observed, Question, Stretch } from './metric.ts'
import { spanOf } from './sums.ts'
import { dualMasterNs, outageNs, ownersAt, ownersIn, ownersOverTime, unservedNs } from './vips.ts'

const perVip =
  (value: (q: Question, vip: VipMeasurement) => Observed) =>
  (q: Question): Observed => {
    const vip = q.view.result.measurements.vips.find(v => v.address === q.of)
    return vip === undefined ? { value: undefined, text: `the run has no VIP ${q.of}` } : value(q, vip)
  }

const course =
  (value: (hosts: readonly string[]) => string | number) =>
  (q: Question): readonly Stretch[] | undefined => {
    const vip = q.view.result.measurements.vips.find(v => v.address === q.of)
    return vip && ownersOverTime(vip, q.fromNs, q.toNs).map(o => ({ fromNs: o.fromNs, toNs: o.toNs, value: value(o.hosts) }))
  }

const names = (hosts: readonly string[]) => (hosts.length === 0 ? 'none' : [...new Set(hosts)].sort().join(', '))

export const VIP_METRICS: readonly Metric[] = [
  {
    name: 'vip.owner',
    unit: 'name',
    of: 'vip',
    meaning: 'the host that is MASTER and holds the VIP; `none` without one, all of them if there are several',
    definition: 'with `at`: at that instant; with a window: everyone who owned it at some time in it',
    stats: [],
    at: 'may',
    value: perVip((q, vip) => ({
      value: names(q.atNs === undefined ? ownersIn(vip, q.fromNs, q.toNs).map(o => o.host) : ownersAt(vip, q.atNs)),
    })),
    course: course(names),
  },
  {
    name: 'vip.masters',
    unit: 'hosts',
    of: 'vip',
    meaning: 'how many hosts are MASTER and hold the VIP',
    definition: 'with `at`: at that instant; with a window: the most (or, stat: min, the fewest) at any time in it',
    stats: ['max', 'min'],
    at: 'may',
    value: perVip((q, vip) => {
      if (q.atNs !== undefined) return { value: ownersAt(vip, q.atNs).length }
      const counts = ownersOverTime(vip, q.fromNs, q.toNs).map(o => o.hosts.length)
      return { value: counts.reduce((a, b) => (q.stat === 'min' ? Math.min(a, b) : Math.max(a, b)), counts[0] ?? 0) }
    }),
    course: course(hosts => hosts.length),
  },
  {
    name: 'vip.outage',
    unit: 's',
    of: 'vip',
    meaning: 'longest time with no live, reachable MASTER that holds the VIP',
    stats: [],
    at: 'never',
    value: perVip((q, vip) => ({ value: outageNs(vip, q) })),
  },
  {
    name: 'vip.unserved',
    unit: 's',
    of: 'vip',
    meaning: 'longest time in which no packet to the VIP was delivered to a real server',
    definition: 'between the first and the last packet sent to it in the window',
    stats: [],
    at: 'never',
    value: perVip((q, vip) => {
      const ns = unservedNs(vip, spanOf(q.view.result.measurements.segments, q.fromNs, q.toNs))
      return ns === undefined ? { value: undefined, text: `nothing was sent to ${q.of} in the window ${q.window}` } : { value: ns }
    }),
  },
  {
    name: 'vip.dual_master',
    unit: 's',
    of: 'vip',
    meaning: 'total time with two MASTERs or more that hold the VIP',
    stats: [],
    at: 'never',
    value: perVip((q, vip) => ({ value: dualMasterNs(vip, q) })),
  },
  {
    name: 'vip.changes',
    unit: 'times',
    of: 'vip',
    meaning: 'how often a host became its owner',
    stats: [],
    at: 'never',
    value: perVip((q, vip) => ({ value: vip.owners.filter(o => o.fromNs >= q.fromNs && o.fromNs < q.toNs).length })),
  },
]
