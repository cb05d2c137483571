/**
 * The report that `lvsim run` prints. From top to bottom: what was run, what happened and why, how much of it held,
 * what the links carried, what the directors' tables show, what was expected; the last line is the answer.
 */
import { showCount, trimmed } from '../metrics/index.ts'
import { wrap } from './columns.ts'
import type { Report } from './input.ts'
import { linksText } from './links.ts'
import { storyText } from './story.ts'
import type { Style } from './style.ts'
import { tablesOrTotals } from './tables.ts'
import { takeoversText, windowsText } from './windows.ts'

const COLUMNS = 118

export interface TextOptions {
  readonly style: Style
  /** What the user typed, for "look" lines. */
  readonly command: string
  /** Instants whose tables were asked for, ns. */
  readonly tablesAtNs: readonly number[]
}

export function textReport(report: Report, { style, command, tablesAtNs }: TextOptions): string {
  const { model, view, verdicts } = report
  const { result } = view
  const about = [
    `${trimmed(result.simulatedNs / 1e9, 3)} s ${result.answeredBy === 'rates' ? 'calculated as rates, without packets' : 'simulated packet by packet'}`,
    `seed ${model.seed}`,
    `${showCount(result.events)} events`,
    `digest ${result.digest}`,
  ]
  const sections: [string, string][] = [
    ['Story', storyText(result.happenings, style)],
    ['Windows', [windowsText(report, style), takeoversText(report, style)].filter(t => t !== '').join('\n\n')],
    ['Links', linksText(report, style)],
    ['Tables of the balancers', tablesOrTotals(report, tablesAtNs, style)],
    ['Read, not simulated', ignoredText(report)],
    ['Expectations', verdicts.length === 0 ? '' : verdictsText(report, style, command)],
  ]
  const stopped = result.stopped === undefined ? [] : [style.warn(`The run stopped early: ${result.stopped}`)]
  const head = [style.bold(model.title), style.dim(`${model.file} · ${about.join(' · ')}`), ...stopped].join('\n')
  const body = sections.filter(([, text]) => text !== '').map(([title, text]) => `${style.bold(title)}\n${text}`)
  return `${[head, ...body, answerText(report, style)].join('\n\n')}\n`
}

function ignoredText({ model }: Report): string {
  if (model.ignored.length === 0) return ''
  const words = model.ignored.map(w => `${w.keyword} (${w.at.file}:${w.at.line})`)
  return `  ${wrap(words.join(', '), COLUMNS, '  ')}`
}

export function verdictsText({ model, view, verdicts }: Report, style: Style, command: string): string {
  const lines = verdicts.map(v => {
    const { expectation: e } = v
    if (v.ok) return `  ${style.good('ok')}    ${e.text}  ${style.dim(`(${v.observed})`)}`
    if (!v.reached) return `  ${style.warn('?')}     ${e.text}  ${style.dim('(not reached)')}`
    const place = `${e.at.file}:${e.at.line}`
    const from = view.windows.find(w => w.name === e.window)?.fromNs ?? 0
    const look = `${command} --at ${trimmed((e.atNs ?? from) / 1e9, 3)}s`
    return `  ${style.bad('FAIL')}  ${e.text}\n        observed  ${v.observed}: ${v.reason ?? ''}\n        where     ${place}\n        look      ${look} --seed ${model.seed}`
  })
  const failed = verdicts.filter(v => !v.ok && v.reached).length
  const unreached = verdicts.filter(v => !v.reached).length
  const rest = unreached === 0 ? '' : `, ${unreached} could not be judged`
  const total =
    failed > 0
      ? style.bad(`${failed} of ${verdicts.length} failed${rest}`)
      : unreached > 0
        ? style.warn(`none failed${rest}`)
        : style.good(`all ${verdicts.length} hold`)
  return [...lines, `  ${total}`].join('\n')
}

function answerText({ answer, view }: Report, style: Style): string {
  const paint = answer.verdict === 'HOLDS' ? style.good : answer.verdict === 'OUTAGE' ? style.bad : style.warn
  const soFar = view.result.stopped === undefined ? '' : `until ${trimmed(view.result.simulatedNs / 1e9, 3)} s, `
  const sentence = wrap(`${answer.verdict}: ${soFar}${answer.sentence}.`, COLUMNS, '').replace(answer.verdict, () =>
    style.bold(paint(answer.verdict)),
  )
  const remedy = answer.remedy === undefined ? [] : [wrap(`Remedy: ${answer.remedy}.`, COLUMNS, '')]
  const notes = answer.notes.map(n => wrap(n, COLUMNS, ''))
  return [...(notes.length === 0 ? [] : [notes.join('\n'), '']), sentence, ...remedy].join('\n')
}
