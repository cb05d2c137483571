/**
 * Words in the user's language. Dictionaries are flat JSON: key → text with `{name}` in it; a key that counts has one
 * entry a plural form (`requests.one`, `.few`, `.many`, `.other`). Protocol words (MASTER, SYN, InActConn) are not
 * translated. test/browser/i18n.test.ts compares the dictionaries key by key.
 */
import { signal } from '@preact/signals'
import en from './en.json'
import ru from './ru.json'

export type Language = 'en' | 'ru'
export type Key = keyof typeof en

const DICTIONARIES: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, ru }
export const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'ru', name: 'Русский' },
]

export const language = signal<Language>('en')

export type Values = Readonly<Record<string, string | number>>

/** The text for a key; numbers are written as the language does. */
export function t(key: Key, values?: Values): string {
  return fill(DICTIONARIES[language.value][key] ?? en[key] ?? key, values)
}

/** The form of `key` for this count; the count itself is `{n}`. */
export function tn(key: string, n: number, values: Values = {}): string {
  const dictionary = DICTIONARIES[language.value]
  const form = plurals().select(n)
  return fill(dictionary[`${key}.${form}`] ?? dictionary[`${key}.other`] ?? key, { ...values, n })
}

/** A key put together at run time; `fallback` when the dictionary has none. */
export function word(key: string, fallback: string): string {
  return DICTIONARIES[language.value][key] ?? fallback
}

export function number(n: number, digits = 0): string {
  return formatter(digits).format(n)
}

/** 20.148 s, 3.6 ms, 12 µs: as few digits as tell it apart. */
export function duration(ns: number): string {
  const size = Math.abs(ns)
  if (size >= 60e9) return `${Math.floor(size / 60e9)}:${String(Math.floor((size % 60e9) / 1e9)).padStart(2, '0')} ${t('unit.min')}`
  if (size >= 1e9 || size === 0) return `${number(ns / 1e9, size >= 1e10 ? 1 : 2)} ${t('unit.s')}`
  if (size >= 1e6) return `${number(ns / 1e6, size >= 1e8 ? 0 : 1)} ${t('unit.ms')}`
  if (size >= 1e3) return `${number(ns / 1e3, size >= 1e5 ? 0 : 1)} ${t('unit.us')}`
  return `${number(ns)} ${t('unit.ns')}`
}

/** An instant, to the digit that tells neighbours apart at this speed. */
export function instantText(ns: number, digits = 3): string {
  return `${fixed(ns / 1e9, digits)} ${t('unit.s')}`
}

/** Always with that many decimals, so that a running clock does not jump about. */
function fixed(n: number, digits: number): string {
  const key = `${language.value} fixed ${digits}`
  let f = formatters.get(key)
  if (f === undefined)
    formatters.set(key, (f = new Intl.NumberFormat(language.value, { minimumFractionDigits: digits, maximumFractionDigits: digits })))
  return f.format(n)
}

export const percent = (share: number, digits = 0): string => `${number(share * 100, digits)} %`

export function bitRate(bps: number): string {
  if (bps >= 1e9) return `${number(bps / 1e9, 2)} ${t('unit.gbit')}`
  if (bps >= 1e6) return `${number(bps / 1e6, bps >= 1e8 ? 0 : 1)} ${t('unit.mbit')}`
  return `${number(bps / 1e3, bps >= 1e5 ? 0 : 1)} ${t('unit.kbit')}`
}

function fill(text: string, values: Values | undefined): string {
  if (values === undefined) return text
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const v = values[name]
    return v === undefined ? whole : typeof v === 'number' ? number(v, Number.isInteger(v) ? 0 : 2) : v
  })
}

const pluralRules = new Map<Language, Intl.PluralRules>()
function plurals(): Intl.PluralRules {
  const l = language.value
  let rules = pluralRules.get(l)
  if (rules === undefined) pluralRules.set(l, (rules = new Intl.PluralRules(l)))
  return rules
}

const formatters = new Map<string, Intl.NumberFormat>()
function formatter(digits: number): Intl.NumberFormat {
  const key = `${language.value} ${digits}`
  let f = formatters.get(key)
  if (f === undefined)
    formatters.set(key, (f = new Intl.NumberFormat(language.value, { minimumFractionDigits: 0, maximumFractionDigits: digits })))
  return f
}
