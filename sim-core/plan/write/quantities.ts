/** Quantities as our files write them. Tested in test/plan/write.test.ts. */

/** A rate in the largest unit that leaves it exact to the bit/s. */
export function rateText(rate: number): string {
  const whole = Math.round(rate)
  for (const [unit, size] of [
    ['Gbit', 1e9],
    ['Mbit', 1e6],
    ['kbit', 1e3],
  ] as const) {
    if (whole >= size && Number.isInteger((whole / size) * 1000) && (whole * 1000) % size === 0) return `${whole / size}${unit}`
  }
  return `${whole}bit`
}
