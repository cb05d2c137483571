/**
 * Lines of virtual_ipaddress, virtual_ipaddress_excluded and static_ipaddress: an address, perhaps a prefix length, and
 * ip(8)'s words. Tested in test/config/keepalived-vrrp.test.ts.
 */
import { looksLikeIpv6 } from '../ipv4.ts'
import type { Fields } from './fields.ts'
import type { Statement } from './tree.ts'
import type { VirtualAddress } from './types.ts'
import type { Word } from './words.ts'

const WITH_VALUE = new Set(['brd', 'broadcast', 'dev', 'scope', 'label', 'peer', 'preferred_lft', 'track_group'])
const ALONE = new Set(['home', '-nodad', 'nodad', 'mngtmpaddr', 'noprefixroute', 'autojoin', 'no_track'])

export function readAddresses(f: Fields, owner: Statement): VirtualAddress[] {
  const out: VirtualAddress[] = []
  const lines = f.lines(owner)
  const first = lines[0]?.[0].text ?? ''
  for (const words of lines) {
    const [{ at, text }] = words
    // The first address decides what the instance is; virtual_ipaddress_excluded may hold both families.
    if (owner.keyword.text === 'virtual_ipaddress' && isIpv6(text) !== isIpv6(first)) {
      const [own, other] = isIpv6(first) ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6']
      f.report.warn(
        at,
        'vip-family',
        `${f.name(owner)}: keepalived ignores ${text}: the first address, ${first}, makes the instance one of ${own}`,
        `move it to virtual_ipaddress_excluded, or give ${other} an instance of its own`,
      )
      continue
    }
    const address = readAddress(f, words, f.name(owner))
    if (address !== undefined) out.push(address)
  }
  return out
}

const isIpv6 = (text: string): boolean => looksLikeIpv6(text.replace(/\/\d+$/, ''))

function readAddress(f: Fields, words: readonly Word[], name: string): VirtualAddress | undefined {
  const [first, ...rest] = words
  const slash = first.text.indexOf('/')
  const address = f.address({ ...first, text: slash < 0 ? first.text : first.text.slice(0, slash) }, name)
  if (address === undefined) return undefined
  const options: { device?: string; label?: string; scope?: string; useVmac?: true } = {}
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]
    if (word.text === 'use_vmac') options.useVmac = true
    if (word.text === 'use_vmac' || ALONE.has(word.text)) continue
    if (WITH_VALUE.has(word.text)) {
      const value = rest[++i]
      if (value === undefined) f.report.error(word.at, 'value-missing', `${name}: ${word.text} has no value`, 'write it after it')
      else if (word.text === 'dev') options.device = value.text
      else if (word.text === 'label') options.label = value.text
      else if (word.text === 'scope') options.scope = value.text
      continue
    }
    const second = /^[\d.]+(\/\d+)?$/.test(word.text)
    f.report.error(
      word.at,
      'address-option',
      `${name}: keepalived ignores "${word.text}" after ${address}`,
      second ? 'write one address a line' : 'remove it; after the address stand dev, scope, label, brd',
    )
    break
  }
  return { at: first.at, address, prefixLength: slash < 0 ? 32 : prefixLength(f, first, slash, name), ...options }
}

function prefixLength(f: Fields, word: Word, slash: number, name: string): number {
  const text = word.text.slice(slash + 1)
  const length = /^\d{1,2}$/.test(text) ? Number(text) : 33
  if (length <= 32) return length
  f.report.warn(
    word.at,
    'prefix-length',
    `${name}: "${text}" is no prefix length; keepalived takes 32`,
    'write a number from 0 to 32 after the /',
  )
  return 32
}
