/**
 * What happened and why, in the user's language. The core speaks English; here its sentences are recognised by their
 * form and said again with the same numbers (`what.*`, `cause.*` in the dictionary, patterns below). A sentence that
 * is not recognised stays English rather than being left out.
 */
import type { Happening } from '../../sim-core/index.ts'
import { type Key, language, t, word } from './index.ts'
import { CAUSE_PATTERNS, type Pattern, WHAT_PATTERNS } from './patterns.ts'

export function whatText(h: Happening): string {
  if (language.value === 'en') return h.what
  if (h.kind === 'fault') {
    const verb = String(h.fields['verb'])
    return word(`told.${verb}`, h.what)
  }
  return translated(h.what, WHAT_PATTERNS)
}

export function causeText(h: Happening): string {
  const cause = h.cause?.text ?? ''
  return language.value === 'en' || cause === '' ? cause : translated(cause, CAUSE_PATTERNS)
}

export function translated(text: string, patterns: readonly Pattern[]): string {
  for (const [pattern, key] of patterns) {
    const m = pattern.exec(text)
    if (m === null) continue
    const values: Record<string, string> = {}
    for (let i = 1; i < m.length; i++) values[String(i)] = m[i] ?? ''
    return t(key as Key, values)
  }
  return text
}
