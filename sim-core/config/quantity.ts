/**
 * Quantities with units, as scenario files write them: `20us`, `1.5Gbit`, `64kB`, `1000 packets`, `10s..20s`.
 *
 * Every reader takes what YAML gave (text or a number) and returns the value in lvsim's own unit, or a reason and what
 * to write instead; the caller adds path and position. A number without a unit is refused (0 excepted): a scenario
 * must say what it means. Decimal prefixes are powers of 1000, Ki, Mi and Gi powers of 1024; `Mbps` is 10⁶ bit/s.
 * Tested in test/config/quantity.test.ts.
 */
import type { BitsPerSecond, Bytes, Duration, Instant } from '../base/units.ts'
import { NEVER } from '../base/units.ts'

export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string; readonly remedy: string }

export const good = <T>(value: T): Reading<T> => ({ ok: true, value })
export const bad = (reason: string, remedy: string): { ok: false; reason: string; remedy: string } => ({ ok: false, reason, remedy })

/** A word, or a number that YAML took for one; the empty text where it is neither, as a list has no text (its toString may be anything). */
export const textOf = (input: unknown): string =>
  typeof input === 'string' ? input : typeof input === 'number' || typeof input === 'boolean' ? String(input) : ''

/** How the input is quoted in messages: `"1000"`. */
export const shown = (input: unknown): string => {
  const text = typeof input === 'string' ? input : input === undefined ? 'nothing' : (JSON.stringify(input) ?? String(input))
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`
}

/** Beyond 2⁵³ ns (104 days) nanoseconds are no longer exact. */
const DURATION_MAX_NS = 2 ** 53

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  sec: 1e9,
  min: 60e9,
  h: 3600e9,
}
const RATE_UNITS: Readonly<Record<string, number>> = {
  bit: 1,
  kbit: 1e3,
  Kbit: 1e3,
  Mbit: 1e6,
  mbit: 1e6,
  Gbit: 1e9,
  gbit: 1e9,
  Tbit: 1e12,
}
const RATE_SHORT: Readonly<Record<string, number>> = {
  bps: 1,
  kbps: 1e3,
  Kbps: 1e3,
  Mbps: 1e6,
  mbps: 1e6,
  Gbps: 1e9,
  gbps: 1e9,
  Tbps: 1e12,
}
const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }
const PER_UNITS: Readonly<Record<string, number>> = { '/s': 1, '/sec': 1, '/min': 1 / 60, '/h': 1 / 3600 }

interface Split {
  readonly number: number
  readonly digits: string
  readonly unit: string
}

/** `1.5 Gbit` → 1.5 and `Gbit`; undefined when it does not begin with a number. */
function split(input: unknown): Split | undefined {
  if (typeof input === 'number') return { number: input, digits: String(input), unit: '' }
  if (typeof input !== 'string') return undefined
  const m = /^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$/.exec(input)
  return m === null ? undefined : { number: Number(m[1]), digits: m[1], unit: m[2] }
}

interface UnitKind {
  readonly what: string
  readonly examples: string
  /** Words put before `write …` for a bare number. */
  readonly suggest: (n: Split) => string
  readonly factor: (unit: string) => number | undefined
}

/** The common part: number, unit, sign and size. */
function scaled(input: unknown, kind: UnitKind): Reading<number> {
  const s = split(input)
  if (s === undefined) return bad(`${shown(input)} is not ${kind.what}`, `write a number and a unit, such as ${kind.examples}`)
  if (s.unit === '' && s.number !== 0) return bad(`${shown(input)} has no unit`, `write ${kind.suggest(s)}`)
  const factor = s.unit === '' ? 1 : kind.factor(s.unit)
  if (factor === undefined) return bad(`${shown(input)} has the unknown unit "${s.unit}"`, `write ${kind.what} such as ${kind.examples}`)
  if (s.number < 0) return bad(`${shown(input)} is negative`, `write ${kind.what} of 0 or more, such as ${kind.examples}`)
  const value = s.number * factor
  if (!Number.isFinite(value)) return bad(`${shown(input)} is too large`, `write ${kind.what} such as ${kind.examples}`)
  return good(value)
}

const own = (table: Readonly<Record<string, number>>, unit: string): number | undefined =>
  Object.hasOwn(table, unit) ? table[unit] : undefined

const durationKind: UnitKind = {
  what: 'a duration',
  examples: '20us, 1.5ms, 10s, 5min or 2h',
  suggest: n => `${n.digits}s or ${n.digits}ms`,
  factor: unit => own(DURATION_UNITS, unit),
}

/** `20us`, `1.5s`, `2h` → whole nanoseconds, 0 … 2⁵³. */
export function readDuration(input: unknown): Reading<Duration> {
  const r = scaled(input, durationKind)
  if (!r.ok) return r
  if (r.value > DURATION_MAX_NS) return bad(`${shown(input)} is longer than 104 days`, 'write a duration of at most 2500h')
  return good(Math.round(r.value) as Duration)
}

/** A point on the simulation's clock, written as the time since its start. */
export function readInstant(input: unknown): Reading<Instant> {
  const r = readDuration(input)
  return r.ok ? good(r.value as number as Instant) : r
}

/** [from, to). */
export interface Window {
  readonly fromNs: Instant
  readonly toNs: Instant
}

/** `10s..20s`, or `20s..end` for everything from 20 s on. */
export function readWindow(input: unknown): Reading<Window> {
  const remedy = 'write two times with `..` between them, such as 10s..20s or 20s..end'
  if (typeof input !== 'string' || !input.includes('..')) return bad(`${shown(input)} is not a window of time`, remedy)
  const at = input.indexOf('..')
  const from = readInstant(input.slice(0, at).trim())
  if (!from.ok) return bad(`${shown(input)}: its beginning ${from.reason}`, from.remedy)
  const end = input.slice(at + 2).trim()
  if (end === 'end') return good({ fromNs: from.value, toNs: NEVER })
  const to = readInstant(end)
  if (!to.ok) return bad(`${shown(input)}: its end ${to.reason}`, end === '' ? remedy : to.remedy)
  if (to.value <= from.value)
    return bad(`${shown(input)} ends before it begins`, `write the earlier time first, such as ${end}..${input.slice(0, at).trim()}`)
  return good({ fromNs: from.value, toNs: to.value })
}

const rateKind: UnitKind = {
  what: 'a rate',
  examples: '100Mbit, 1Gbit or 1.5Gbit',
  suggest: n =>
    n.number >= 1000 && n.number % 1000 === 0 ? `${n.digits}Mbit or ${n.number / 1000}Gbit` : `${n.digits}Mbit or ${n.digits}Gbit`,
  factor: unit => own(RATE_UNITS, unit.replace(/\/s$/, '')) ?? own(RATE_SHORT, unit),
}

/** `1.5Gbit`, `100 Mbit/s`, `1Gbps` → bit/s, above 0. */
export function readRate(input: unknown): Reading<BitsPerSecond> {
  const s = split(input)
  if (s !== undefined && /^[kKMG]?i?B(\/s|ps)?$/.test(s.unit))
    return bad(
      `${shown(input)} counts bytes`,
      `write bits per second: ${8 * s.number}${s.unit.replace(/i?B.*$/, 'bit').replace(/^K/, 'k')}`,
    )
  const r = scaled(input, rateKind)
  if (!r.ok) return r
  if (r.value === 0) return bad(`${shown(input)} is no rate at all`, `write a rate above 0, such as ${rateKind.examples}`)
  return good(r.value as BitsPerSecond)
}

const sizeKind: UnitKind = {
  what: 'a size',
  examples: '1500B, 64kB or 1MiB',
  suggest: n => `${n.digits}B or ${n.digits}kB`,
  factor: unit => own(SIZE_UNITS, unit),
}

/** `1500B`, `64kB`, `1MiB` → whole bytes. */
export function readSize(input: unknown): Reading<Bytes> {
  const s = split(input)
  if (s !== undefined && /^[kKMG]?bit$/.test(s.unit)) return bad(`${shown(input)} counts bits`, 'write bytes, such as 1500B or 64kB')
  const r = scaled(input, sizeKind)
  if (!r.ok) return r
  const whole = Math.round(r.value)
  if (Math.abs(whole - r.value) > 1e-6 * Math.max(1, r.value))
    return bad(`${shown(input)} is not a whole number of bytes`, `write ${whole}B`)
  return good(whole as Bytes)
}

export interface QueueLimit {
  readonly unit: 'packets' | 'bytes'
  /** Without the packet that is being sent. */
  readonly limit: number
}

/** `1000 packets` or `64kB`. */
export function readQueue(input: unknown): Reading<QueueLimit> {
  const s = split(input)
  const remedy = 'write a limit such as 1000 packets or 64kB'
  if (s === undefined) return bad(`${shown(input)} is not a queue limit`, remedy)
  if (s.unit === '') return bad(`${shown(input)} has no unit`, `write ${s.digits} packets or ${s.digits}B`)
  if (/^(packets?|pkts?|p)$/.test(s.unit)) {
    if (!Number.isInteger(s.number) || s.number < 0) return bad(`${shown(input)} is not a whole number of packets`, remedy)
    return good({ unit: 'packets', limit: s.number })
  }
  const size = readSize(input)
  return size.ok ? good({ unit: 'bytes', limit: size.value }) : bad(size.reason, remedy)
}

/** `100/s`, `6/min`, `2k/s` → events a second. */
export function readPerSecond(input: unknown): Reading<number> {
  const text = typeof input === 'string' ? input.replace(/([\d.])\s*k(?=\s*\/)/, '$1e3') : input
  const r = scaled(text, {
    what: 'a frequency',
    examples: '100/s or 30/min',
    suggest: n => `${n.digits}/s`,
    factor: unit => own(PER_UNITS, unit.replace(/\s+/g, '')),
  })
  return r.ok ? r : bad(r.reason.replace(shown(text), shown(input)), r.remedy)
}

/** `97.5 %` → 0.975. */
export function readPercentage(input: unknown, max = 1): Reading<number> {
  const s = split(input)
  const remedy = `write a percentage from 0 % to ${100 * max} %, such as 2.5 %`
  if (s === undefined || (s.unit !== '%' && s.unit !== '')) return bad(`${shown(input)} is not a percentage`, remedy)
  if (s.unit === '' && s.number !== 0)
    return bad(`${shown(input)} has no unit`, `write ${s.digits} % (or ${Math.round(s.number * 1e9) / 1e7} % if it is a ratio)`)
  const ratio = s.number / 100
  if (!(ratio >= 0 && ratio <= max)) return bad(`${shown(input)} is outside 0 % to ${100 * max} %`, remedy)
  return good(ratio)
}

/** A whole number without a unit. */
export function readCount(input: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): Reading<number> {
  const s = split(input)
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  if (s === undefined || s.unit !== '' || !Number.isInteger(s.number))
    return bad(`${shown(input)} is not a whole number`, `write a whole number ${range}`)
  if (s.number < min || s.number > max) return bad(`${shown(input)} is out of range`, `write a whole number ${range}`)
  return good(s.number)
}
