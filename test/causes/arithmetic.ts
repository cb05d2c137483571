/**
 * Works out the arithmetic of causes, as a reader would: "3 × 1 s + (256 − 101)/256 × 1 s = 3.605468 s; 120 > 100".
 * Units are left out (all of one equation are the same), addresses count as numbers, the right side of an
 * equation may be cut or rounded in its last digit.
 */
const COMPARISONS = ['=', '≠', '≤', '≥', '<', '>'] as const

/** What is wrong with it; undefined: it is true. */
export function wrongArithmetic(text: string): string | undefined {
  for (const part of text.split('; ')) {
    const sign = COMPARISONS.find(c => part.includes(` ${c} `))
    if (sign === undefined) return `${part}: no comparison`
    const sides = part.split(` ${sign} `)
    if (sides.length !== 2) return `${part}: ${sides.length} sides`
    const [left, right] = sides.map(worked)
    if (left === undefined || right === undefined) return `${part}: cannot be read`
    if (!holds(left, sign, right, lastDigit(sides[1]))) return `${part}: the left side is ${left}`
  }
  return undefined
}

function holds(left: number, sign: (typeof COMPARISONS)[number], right: number, digit: number): boolean {
  if (sign === '=') return Math.abs(left - right) <= digit * 1.01
  if (sign === '≠') return left !== right
  if (sign === '≤') return left <= right
  if (sign === '≥') return left >= right
  return sign === '<' ? left < right : left > right
}

/** `3.605468 s` → 0.000001; whole numbers: exactly equal. */
function lastDigit(text: string): number {
  const decimals = /\.(\d+)\s*\D*$/.exec(text)?.[1]?.length ?? 0
  return decimals === 0 ? 1e-9 : 10 ** -decimals
}

/** A sum of products of numbers and brackets. */
function worked(text: string): number | undefined {
  const address = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text.trim())
  if (address !== null) return address.slice(1).reduce((n, byte) => n * 256 + Number(byte), 0)
  const tokens = text.replace(/\bs\b/g, '').match(/\d+(\.\d+)?|[−×/+()]/g) ?? []
  if (tokens.join('') !== text.replace(/\bs\b/g, '').replace(/\s/g, '')) return undefined
  let at = 0
  const factor = (): number => {
    const token = tokens[at++]
    if (token !== '(') return Number(token)
    const inner = sum()
    at++
    return inner
  }
  const product = (): number => {
    let value = factor()
    while (tokens[at] === '×' || tokens[at] === '/') value = tokens[at++] === '×' ? value * factor() : value / factor()
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '−') value = tokens[at++] === '+' ? value + product() : value - product()
    return value
  }
  const value = sum()
  return at === tokens.length && Number.isFinite(value) ? value : undefined
}
