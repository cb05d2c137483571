/** The registries, for people: what `lvsim metrics` prints. */
import { METRICS, type Metric } from '../metrics/index.ts'
import { wrap } from './columns.ts'
import { SCHEMA_VERSION } from './json-schema.ts'
import type { Style } from './style.ts'

const OF: Readonly<Record<Metric['of'], string>> = {
  link: 'of: switch→b2 (or switch->b2)',
  traffic: 'of: NAME of a traffic source',
  vip: 'of: 10.10.1.10',
  director: 'of: b1, b1/10.10.1.11:80',
  none: '',
}

export function metricsText(style: Style): string {
  const lines = METRICS.map(m => {
    const takes = [
      OF[m.of],
      m.at === 'must' ? 'at: a time' : m.at === 'may' ? 'window: or at:' : 'window:',
      m.stats.length > 1 ? `stat: ${m.stats.join(' | ')}` : '',
    ]
    const definition = m.definition === undefined ? '' : `\n      ${wrap(m.definition, 110, '      ')}`
    return `${style.bold(m.name)} ${style.dim(`(${m.unit})`)}\n      ${wrap(m.meaning, 110, '      ')}${definition}\n      ${style.dim(takes.filter(t => t !== '').join(';  '))}`
  })
  const head =
    'Metrics that scenarios can expect:  expect: [ { metric: link.offered, of: switch→b2, window: after, is: "<= 100 %" } ]\n' +
    'is: a comparison (<= 3.606s), a value (25, b2), a value with a tolerance (102.5 % ± 0.3 %) or a range (2.6s..3.6s)'
  return `${head}\n\n${lines.join('\n')}\n`
}

export const metricsJson = () => ({
  schema_version: SCHEMA_VERSION,
  metrics: METRICS.map(m => ({
    name: m.name,
    unit: m.unit,
    of: m.of,
    meaning: m.meaning,
    definition: m.definition ?? null,
    stats: m.stats,
    at: m.at,
  })),
})
