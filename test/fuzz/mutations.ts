/**
 * Inputs to frighten readers with: real files with pieces cut, doubled, moved, repeated many times, replaced by what
 * parsers fear, and plain random characters. All from fast-check, so a seed repeats and a failure shrinks.
 */
import fc from 'fast-check'

/** Words with a meaning to somebody's parser: prototypes, aliases, huge and odd numbers, unclosed things, odd Unicode. */
const WORDS = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '{"__proto__": {"polluted": 1}}',
    '__proto__: { polluted: yes }',
  ],
  ...[
    '&a [*a, *a]',
    '*a',
    '!!js/function',
    '<<: *a',
    '? [',
    '- - - -',
    '{{{{',
    '[[[[',
    '}}}}',
    ']]]]',
    '"',
    "'",
    '|',
    '>-',
    '---',
    '...',
    '%YAML',
  ],
  ...['1e999', '-0', 'NaN', 'Infinity', '9007199254740993', '0x', '1e-400', '99999999999999999999s', '-1', '1e9', '0.1.2', '4294967296'],
  ...[
    'include /etc/passwd',
    'include *',
    '~SEQ(a, 1, 1000000000)',
    '$A=$A',
    '$A',
    '@b1 ',
    'vrrp_instance X {',
    'virtual_server 0.0.0.0 0 {',
    '!',
    '#',
  ],
  ...[
    '-A -t 1.2.3.4:80 -s rr',
    '-a -t',
    '-w 99999999999',
    '::',
    '/',
    '../../..',
    '\0',
    '\uD800',
    '\uFEFF',
    '\u2028',
    '\r',
    '\t',
    ' '.repeat(200),
  ],
]

interface Change {
  readonly kind: 'cut' | 'put' | 'word' | 'double' | 'move' | 'repeat' | 'other'
  /** Places and lengths as shares of the text, so that any seed can be changed by any of them. */
  readonly at: number
  readonly length: number
  readonly to: number
  readonly text: string
  readonly word: string
}

const share = fc.double({ min: 0, max: 1, noNaN: true })
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('cut', 'put', 'word', 'word', 'double', 'move', 'repeat', 'other'),
  at: share,
  length: share.map(x => x * x * x),
  to: share,
  text: fc.string({ maxLength: 30, unit: 'binary' }),
  word: fc.constantFrom(...WORDS),
})

/** An input is cut here: many small ones find more than few large ones. */
const LENGTH_MAX = 30_000

function apply(text: string, c: Change, other: string): string {
  const from = Math.floor(c.at * text.length)
  const length = Math.ceil(c.length * (text.length - from))
  const to = Math.floor(c.to * text.length)
  const piece = text.slice(from, from + length)
  const without = text.slice(0, from) + text.slice(from + length)
  if (c.kind === 'cut') return without
  if (c.kind === 'put') return text.slice(0, from) + c.text + text.slice(from + length)
  if (c.kind === 'word') return text.slice(0, from) + c.word + text.slice(from + Math.min(length, 20))
  if (c.kind === 'double') return text.slice(0, to) + piece + text.slice(to)
  if (c.kind === 'move') return without.slice(0, to) + piece + without.slice(to)
  if (c.kind === 'repeat') return text.slice(0, from) + piece.slice(0, 50).repeat(1 + Math.floor(c.to * 400)) + text.slice(from)
  return text.slice(0, from) + other.slice(Math.floor(c.to * other.length))
}

/** Texts made from `seeds`, and texts of nothing but random characters. */
export function texts(seeds: readonly string[]): fc.Arbitrary<string> {
  const seed = fc.constantFrom(...seeds)
  const mutated = fc
    .tuple(seed, seed, fc.array(change, { minLength: 1, maxLength: 8 }))
    .map(([text, other, changes]) => changes.reduce((t, c) => apply(t, c, other).slice(0, LENGTH_MAX), text))
  return fc.oneof({ weight: 20, arbitrary: mutated }, { weight: 1, arbitrary: fc.string({ maxLength: 500, unit: 'binary' }) })
}

/** Bytes made from `seeds`: some replaced, some cut, and random ones. */
export function bytes(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const spot = fc.record({ at: share, value: fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 127, 128)) })
  const mutated = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(spot, { maxLength: 12 }),
      fc.oneof(fc.constant(1), share),
      fc.uint8Array({ maxLength: 40 }),
      share,
    )
    .map(([seed, spots, kept, extra, at]) => {
      const out = seed.slice(0, Math.ceil(kept * seed.length))
      // Heads and lengths stand at the beginning: half of the changes go there.
      spots.forEach((s, i) => {
        out[Math.floor(s.at * (i % 2 === 0 ? out.length : Math.min(out.length, 400)))] = s.value
      })
      out.set(extra.subarray(0, out.length - Math.floor(at * out.length)), Math.floor(at * out.length))
      return out
    })
  return fc.oneof({ weight: 20, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) })
}
