/** Pictures, data and packets of a run as files. Loaded when first asked for. */
import { serialiseTrace, type Trace } from '../../sim-core/index.ts'
import { t } from '../i18n/index.ts'
import { notice } from '../state/app.ts'
import { playhead } from '../state/clock.ts'
import type { Run } from '../state/run.ts'
import { download } from './download.ts'
import { oneFile } from './one-file.ts'
import { pcapngParts } from './pcapng.ts'
import { stagePng, stageSvg } from './picture.ts'

export type Export = 'html' | 'png' | 'svg' | 'json' | 'csv' | 'pcapng' | 'trace'

export async function exportRun(what: Export, run: Run): Promise<void> {
  const name = (run.scenario.split('/').pop() ?? 'lvsim').replace(/\.yaml$/, '')
  const at = `${name}-${(playhead.peek() / 1e9).toFixed(3)}s`
  if (what === 'svg') download(`${at}.svg`, stageSvg(), 'image/svg+xml')
  else if (what === 'html') {
    const page = await oneFile(run.files, run.scenario)
    if (page === undefined) notice.value = t('share.noOneFile')
    else download(`${name}.html`, page, 'text/html')
  } else if (what === 'png') {
    const png = await stagePng()
    if (png !== undefined) download(`${at}.png`, png, 'image/png')
  } else if (what === 'json') download(`${name}.json`, `${JSON.stringify(run.summary.peek() ?? {}, null, 2)}\n`, 'application/json')
  else if (what === 'csv') download(`${name}.csv`, seriesCsv(run), 'text/csv')
  else if (run.trace !== undefined) {
    if (what === 'pcapng') await pcapng(run.trace, name)
    else download(`${name}.lvtrace`, serialiseTrace(run.trace), 'application/octet-stream')
  }
}

/** Millions of packets take seconds: said, and between two parts the page goes on. */
async function pcapng(trace: Trace, name: string): Promise<void> {
  notice.value = t('share.writing')
  const parts: BlobPart[] = []
  let rested = performance.now()
  for (const part of pcapngParts(trace)) {
    parts.push(part)
    if (performance.now() - rested < BREATH_MS) continue
    await new Promise(resolve => setTimeout(resolve))
    rested = performance.now()
  }
  notice.value = undefined
  download(`${name}.pcapng`, new Blob(parts), 'application/octet-stream')
}

const BREATH_MS = 30

function seriesCsv(run: Run): string {
  const series = run.summary.peek()?.series ?? []
  const rows = Math.max(0, ...series.map(s => s.values.length))
  const cell = (s: string): string => (/[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s)
  const head = ['t_s', ...series.map(s => cell(`${s.chart} ${s.name}`))].join(',')
  const body = Array.from({ length: rows }, (_, i) =>
    [(i * (series[0]?.binNs ?? 1e9)) / 1e9, ...series.map(s => s.values[i] ?? '')].join(','),
  )
  return `${[head, ...body].join('\n')}\n`
}
