/** Edits of a scenario's text that leave everything else as it was written, comments included. */
import { isSeq, parseDocument } from 'yaml'

/** 12.345s, at most nine decimals, no trailing zeros. */
export function secondsText(ns: number): string {
  return `${(ns / 1e9).toFixed(9).replace(/\.?0+$/, '')}s`
}

/** The text with one more event, in its place in time; undefined when the text is no scenario. */
export function withEvent(text: string, atNs: number, event: Readonly<Record<string, unknown>>): string | undefined {
  const doc = parseDocument(text)
  if (doc.errors.length > 0 || doc.contents === null) return undefined
  const node = doc.createNode({ at: secondsText(atNs), ...event }, { flow: true })
  const events = doc.get('events')
  if (events === undefined || events === null) doc.set('events', doc.createNode([node]))
  else if (isSeq(events)) {
    const before = events.items.filter(item => timeOf((item as { get?: (k: string) => unknown }).get?.('at')) <= atNs).length
    events.items.splice(before, 0, node)
  } else return undefined
  return doc.toString({ lineWidth: 0, flowCollectionPadding: true })
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9 }

/** Good enough to find an event's place; what it means exactly is the scenario reader's to say. */
function timeOf(value: unknown): number {
  const m = /^\s*([\d.]+)\s*([a-zµ]+)\s*$/.exec(String(value))
  return m === null ? 0 : Number(m[1]) * (UNITS[m[2]] ?? 1e9)
}
