/** VRRP adverts as bytes: version 2 (RFC 3768 §5) with its authentication data, version 3 (RFC 5798 §5). */
import type { VrrpAdvert } from '../../protocols/vrrp/index.ts'
import { type Bytes, checksum, pseudoHeaderSum } from './bytes.ts'

export const PROTOCOL_VRRP = 112
const TYPE_ADVERT = 1
const AUTH_TYPES = { none: 0, pass: 1, ah: 2 } as const
const AUTH_BYTES = 8
const CHECKSUM_AT = 6

export function writeVrrp(out: Bytes, advert: VrrpAdvert, src: number, dst: number): void {
  const from = out.length
  out.u8((advert.version << 4) | TYPE_ADVERT)
  out.u8(advert.vrid)
  out.u8(advert.priority)
  out.u8(advert.vips.length)
  if (advert.version === 2) {
    out.u8(AUTH_TYPES[advert.authType])
    out.u8(Math.floor(advert.advertIntCs / 100))
  } else out.u16(advert.advertIntCs & 0x0fff)
  out.u16(0)
  for (const vip of advert.vips) out.u32(vip)
  if (advert.version === 2) for (let i = 0; i < AUTH_BYTES; i++) out.u8(advert.authType === 'pass' ? characterAt(advert.authData, i) : 0)
  // Version 3 sums the pseudo-header too, as keepalived does unless it is told otherwise.
  const pseudo = advert.version === 3 ? pseudoHeaderSum(src, dst, PROTOCOL_VRRP, out.length - from) : 0
  out.putU16(from + CHECKSUM_AT, checksum(out.sum(from) + pseudo))
}

const characterAt = (text: string, i: number): number => (i < text.length ? text.charCodeAt(i) & 255 : 0)
