/** Metrics of what is said about a VIP on the wire: adverts and gratuitous ARPs. `of: 10.10.1.10`. */
import type { Happening, HappeningKind } from '../trace/contract.ts'
import type { Metric, Observed, Question } from './metric.ts'

/** Happenings of a kind in the window that name the VIP. */
function said(q: Question, kind: HappeningKind, names: (h: Happening) => boolean): readonly Happening[] {
  return q.view.result.happenings.filter(h => h.kind === kind && h.t >= q.fromNs && h.t < q.toNs && names(h))
}

const garps = (q: Question) => said(q, 'garp', h => h.fields['ip'] === q.of)
const adverts = (q: Question) => said(q, 'advert', h => (h.fields['vips'] as readonly string[] | undefined)?.includes(q.of) === true)

const known = (q: Question, value: () => Observed): Observed =>
  q.view.result.measurements.vips.some(v => v.address === q.of) ? value() : { value: undefined, text: `the run has no VIP ${q.of}` }

const notInRates = 'adverts and gratuitous ARPs are not sent one by one'

export const VRRP_METRICS: readonly Metric[] = [
  {
    name: 'vip.garps',
    unit: 'times',
    of: 'vip',
    meaning: 'gratuitous ARPs sent for it, by whomever',
    stats: [],
    at: 'never',
    notInRates,
    value: q => known(q, () => ({ value: garps(q).length })),
  },
  {
    name: 'vip.adverts',
    unit: 'times',
    of: 'vip',
    meaning: 'VRRP adverts sent that name it, by whomever',
    stats: [],
    at: 'never',
    notInRates,
    value: q => known(q, () => ({ value: adverts(q).length })),
  },
  {
    name: 'vip.advertisers',
    unit: 'name',
    of: 'vip',
    meaning: 'the hosts that sent adverts for it; `none` if nobody did',
    stats: [],
    at: 'never',
    notInRates,
    value: q => known(q, () => ({ value: [...new Set(adverts(q).map(h => h.host))].sort().join(', ') || 'none' })),
  },
]
