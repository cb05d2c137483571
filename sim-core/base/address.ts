/** IPv4 addresses as unsigned 32-bit numbers, and prefixes. Text forms are checked by config/; here they are trusted. */
export function parseIpv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (parts === null) return undefined
  let out = 0
  for (let i = 1; i <= 4; i++) {
    const octet = Number(parts[i])
    if (octet > 255) return undefined
    out = out * 256 + octet
  }
  return out
}

export const formatIpv4 = (ip: number): string => `${(ip >>> 24) & 255}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`

/** The network mask of a prefix length 0–32, unsigned. */
export const maskOf = (prefixLength: number): number => (prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0)

export const samePrefix = (a: number, b: number, prefixLength: number): boolean => ((a ^ b) & maskOf(prefixLength)) === 0

/** 224.0.0.0/4 */
export const isMulticast = (ip: number): boolean => ip >>> 28 === 14
