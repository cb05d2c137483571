/**
 * Fields for zod schemas of scenario files: one for each kind of quantity. Each accepts what YAML gives, returns the
 * value in lvsim's unit, and reports a mistake with a stable code and a remedy (`params` of the issue), which
 * scenario/problems.ts turns into a Problem with its position. Their `meta` is what the JSON Schema says of them.
 */
import * as z from 'zod'
import { readAddress, readAddressRange, readCidr, readEndpoint, readPortRange } from './address.ts'
import {
  bad,
  good,
  type Reading,
  readCount,
  readDuration,
  readInstant,
  readPercentage,
  readPerSecond,
  readQueue,
  readRate,
  readSize,
  readWindow,
  shown,
} from './quantity.ts'

interface FieldMeta {
  readonly type: string | readonly string[]
  readonly description: string
  readonly examples: readonly (string | number)[]
}

/** A field whose text is read by `read`; `code` is the problem's. */
export function field<T>(code: string, read: (input: unknown) => Reading<T>, meta: FieldMeta) {
  return z
    .unknown()
    .meta({ type: meta.type, description: meta.description, ...(meta.examples.length === 0 ? {} : { examples: meta.examples }) } as Record<
      string,
      unknown
    >)
    .transform((input, context): T => {
      const reading = read(input)
      if (reading.ok) return reading.value
      const kind = input === undefined ? 'key-missing' : reading.reason.endsWith('has no unit') ? 'unit-missing' : code
      const message = input === undefined ? 'is missing' : reading.reason
      context.issues.push({ code: 'custom', message, input, params: { code: kind, remedy: reading.remedy } })
      return z.NEVER
    })
}

const quantity = (description: string, ...examples: (string | number)[]): FieldMeta => ({
  type: ['string', 'number'],
  description,
  examples,
})
const text = (description: string, ...examples: string[]): FieldMeta => ({ type: 'string', description, examples })

export const duration = (description = 'a duration') => field('duration', readDuration, quantity(description, '20us', '1.5s', '10min'))
export const instant = (description = 'a time since the start of the run') => field('instant', readInstant, quantity(description, '20s'))
export const rate = (description = 'a rate in bits a second') => field('rate', readRate, quantity(description, '1Gbit', '1.5Gbit'))
export const size = (description = 'a size in bytes') => field('size', readSize, quantity(description, '1500B', '64kB'))
export const queueLimit = (description = 'a queue limit') => field('queue', readQueue, quantity(description, '1000 packets', '64kB'))
export const perSecond = (description = 'how often') => field('frequency', readPerSecond, quantity(description, '100/s', '30/min'))
export const percentage = (description = 'a percentage') =>
  field('percentage', input => readPercentage(input), quantity(description, '2.5 %'))
export const window = (description = 'from..to, the end not included') =>
  field('window', readWindow, text(description, '10s..20s', '25s..end'))
export const address = (description = 'an IPv4 address') => field('address', readAddress, text(description, '10.10.1.10'))
export const cidr = (description = 'an IPv4 address with its prefix length') =>
  field('address', readCidr, text(description, '10.10.1.1/24'))
export const endpoint = (description = 'an IPv4 address and a port') => field('endpoint', readEndpoint, text(description, '10.10.1.10:80'))
export const portRange = (description = 'a port or a range of ports') =>
  field('port', readPortRange, quantity(description, 80, '1024-65535'))
export const addressRange = (description = 'an IPv4 address or a range') =>
  field('address', readAddressRange, text(description, '10.10.1.200-209'))

export const count = (description = 'a whole number', min = 0, max = Number.MAX_SAFE_INTEGER) =>
  field('number', input => readCount(input, min, max), { type: 'integer', description, examples: [] })

/** One word of a list; a mistake is answered with the list. */
export const oneOf = <const W extends string>(words: readonly W[], description: string) =>
  z.enum(words as readonly [W, ...W[]], { error: issue => `${shown(issue.input)} is none of ${words.join(', ')}` }).meta({ description })

/** A release by name; YAML reads some of them as numbers. */
export const release = <const W extends string>(names: readonly W[], description: string) =>
  field<W>(
    'release',
    input => {
      const name = names.find(n => n === String(input))
      return name === undefined ? bad(`${shown(input)} is no release with a profile`, `write one of ${names.join(', ')}`) : good(name)
    },
    { type: ['string', 'number'], description, examples: names },
  )
