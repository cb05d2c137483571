/** How comparisons say things. */

/** `3.705516 s`. */
export const showTime = (s: number): string => `${(Math.round(s * 1e6) / 1e6).toFixed(6)} s`

/** At most this much of a table is quoted. */
const QUOTE_MAX = 400
export const quote = (text: string): string => (text.length <= QUOTE_MAX ? text : `${text.slice(0, QUOTE_MAX)} …`)

/** What stands at the first place at which two lists differ. */
export function firstDifferenceOf(expected: readonly string[], got: readonly string[]): { expected: string; got: string } {
  for (let i = 0; i < Math.max(expected.length, got.length); i++)
    if (expected[i] !== got[i]) return { expected: expected[i] ?? 'nothing more', got: got[i] ?? 'nothing more' }
  return { expected: 'the same', got: 'the same' }
}
