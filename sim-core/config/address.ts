/**
 * Addresses, ports and ranges of them, as scenario files write them: `10.10.1.1/24`, `10.10.1.200-209`,
 * `1024-65535`, `10.0.0.1:80`. Same form of answer as quantity.ts. Tested in test/config/quantity.test.ts.
 */
import { formatIpv4, looksLikeIpv6, parseIpv4 } from './ipv4.ts'
import { bad, good, type Reading, shown, textOf } from './quantity.ts'

const PORT_MAX = 65535

const notIpv4 = (input: unknown, what: string, example: string) =>
  typeof input === 'string' && looksLikeIpv6(input.replace(/\/\d+$/, ''))
    ? bad(`${shown(input)} is an IPv6 address, which is not simulated`, `write an IPv4 ${what} such as ${example}`)
    : bad(`${shown(input)} is not an IPv4 ${what}`, `write four numbers from 0 to 255, such as ${example}`)

/** Dotted quad → the same text, checked. */
export function readAddress(input: unknown): Reading<string> {
  if (typeof input === 'string' && parseIpv4(input) !== undefined) return good(input)
  if (typeof input === 'string' && /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(input))
    return bad(`${shown(input)} has a prefix length`, `write the address alone: ${input.split('/')[0]}`)
  return notIpv4(input, 'address', '10.10.1.1')
}

export interface Cidr {
  readonly address: string
  readonly prefixLength: number
}

/** `10.10.1.1/24`. */
export function readCidr(input: unknown): Reading<Cidr> {
  const m = typeof input === 'string' ? /^([^/]*)\/(\d{1,2})$/.exec(input) : null
  if (m === null || Number(m[2]) > 32 || parseIpv4(m[1]) === undefined) {
    if (typeof input === 'string' && parseIpv4(input) !== undefined) return bad(`${shown(input)} has no prefix length`, `write ${input}/24`)
    return notIpv4(input, 'address with its prefix length', '10.10.1.1/24')
  }
  return good({ address: m[1], prefixLength: Number(m[2]) })
}

export interface AddressRange {
  readonly first: string
  readonly last: string
  readonly count: number
}

/** `10.10.1.200-209`, `10.10.1.200-10.10.2.9` or one address. */
export function readAddressRange(input: unknown): Reading<AddressRange> {
  const [from, to, ...rest] = typeof input === 'string' ? input.split('-').map(s => s.trim()) : ['']
  const first = parseIpv4(from)
  if (first === undefined || rest.length > 0) return notIpv4(input, 'address or range', '10.10.1.200-209')
  const last =
    to === undefined ? first : /^\d{1,3}$/.test(to) ? parseIpv4(`${from.slice(0, from.lastIndexOf('.'))}.${Number(to)}`) : parseIpv4(to)
  if (last === undefined)
    return bad(
      `${shown(input)} ends in "${to}", which is no address`,
      `write ${from}-${from.split('.')[3]} or a later last number up to 255`,
    )
  if (last < first) return bad(`${shown(input)} ends before it begins`, `write ${formatIpv4(last)}-${from}`)
  return good({ first: from, last: formatIpv4(last), count: last - first + 1 })
}

/** Every address of a range, in order. */
export function addressesOf(range: AddressRange): string[] {
  const first = parseIpv4(range.first) ?? 0
  return Array.from({ length: range.count }, (_, i) => formatIpv4(first + i))
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** `1024-65535` or one port, 1 … 65535. */
export function readPortRange(input: unknown): Reading<PortRange> {
  const m = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(textOf(input))
  const first = Number(m?.[1])
  const last = m?.[2] === undefined ? first : Number(m[2])
  if (m === null || first < 1 || last > PORT_MAX || first > PORT_MAX)
    return bad(`${shown(input)} is not a port or a range of ports`, 'write ports from 1 to 65535, such as 80 or 1024-65535')
  if (last < first) return bad(`${shown(input)} ends before it begins`, `write ${last}-${first}`)
  return good({ first, last })
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** `10.0.0.1:80`; port 1 … 65535. */
export function readEndpoint(input: unknown): Reading<Endpoint> {
  const m = typeof input === 'string' ? /^([^:]*):(\d{1,5})$/.exec(input) : null
  if (m === null || parseIpv4(m[1]) === undefined || Number(m[2]) < 1 || Number(m[2]) > PORT_MAX) {
    if (typeof input === 'string' && parseIpv4(input) !== undefined) return bad(`${shown(input)} has no port`, `write ${input}:80`)
    return bad(`${shown(input)} is not an address and a port`, 'write an IPv4 address and a port, such as 10.0.0.1:80')
  }
  return good({ address: m[1], port: Number(m[2]) })
}
