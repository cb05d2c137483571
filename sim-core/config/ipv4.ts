/**
 * IPv4 addresses between text and 32-bit numbers. Text is canonical dotted quad: leading zeros, missing parts and
 * hexadecimal, which inet_aton(3) takes, are refused here as inet_pton(3) refuses them. Tested in
 * test/config/quantity.test.ts.
 */

/** The address as an unsigned 32-bit number, or undefined when the text is none. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

/** The dotted text of an unsigned 32-bit number. */
export const formatIpv4 = (address: number): string =>
  `${(address >>> 24) & 255}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`

/** Text that can only have been meant as an IPv6 address. */
export const looksLikeIpv6 = (text: string): boolean =>
  /^\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?(%\w+)?$/.test(text) && text.split(':').length > 2

/** The netmask of a prefix length as dotted text, 24 → 255.255.255.0. */
export const netmaskOf = (prefixLength: number): string => formatIpv4(prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0)

/** 224.0.0.0/4. */
export const isMulticast = (address: number): boolean => address >>> 28 === 14
