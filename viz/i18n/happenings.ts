/**
 * What happened and why, in the user's language. The core speaks English; its sentences are recognised by their form
 * and said again with the same numbers (sentences.ru.ts). One that is not recognised stays English rather than being
 * left out; test/browser/i18n.test.ts sees to it that the lessons' stories have none.
 */
import type { Happening } from '../../sim-core/index.ts'
import { language, word } from './index.ts'
import { russianAnswer, russianTakeover } from './answers.ru.ts'
import { russianCause, russianWhat } from './sentences.ru.ts'

export function whatText(h: Happening): string {
  if (language.value === 'en') return h.what
  return h.kind === 'fault' ? word(`told.${String(h.fields['verb'])}`, h.what) : russianWhat(h.what)
}

export function causeText(h: Happening): string {
  const cause = h.cause?.text ?? ''
  return language.value === 'en' ? cause : russianCause(cause)
}

/** A sentence of the verdict. */
export const answerText = (text: string): string => (language.value === 'en' ? text : russianAnswer(text))
/** What a takeover followed: `crash b1`. */
export const takeoverText = (what: string): string => (language.value === 'en' ? what : russianTakeover(what))
