/** virtual_server_group: addresses, ranges of them and firewall marks. Tested in test/config/keepalived-lvs.test.ts. */
import { formatIpv4, looksLikeIpv6, parseIpv4 } from '../ipv4.ts'
import { Fields, UINT_MAX } from './fields.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { VirtualServerGroup, VirtualServerGroupEntry } from './types-lvs.ts'
import type { Word } from './words.ts'

/** A range of more addresses is a mistake, and would be as many services. */
const RANGE_MAX = 65_536

export function readGroup(s: Statement, name: string, report: Report): VirtualServerGroup {
  const f = new Fields(report, `virtual_server_group ${name}`)
  const entries: VirtualServerGroupEntry[] = []
  for (const line of s.block?.statements ?? []) {
    const entry = readEntry(f, [line.keyword, ...line.args])
    if (entry !== undefined) entries.push(entry)
  }
  if (s.block === undefined) f.read(s, {}, [])
  else if (s.block.statements.length === 0)
    report.warn(s.keyword.at, 'group-empty', `${f.block} has no addresses`, 'add lines such as 10.0.0.1 80')
  return { at: s.keyword.at, name, entries }
}

function readEntry(f: Fields, words: readonly Word[]): VirtualServerGroupEntry | undefined {
  const [first, second] = words
  const { at } = first
  if (first.text === 'fwmark') {
    const mark = second === undefined ? undefined : f.number(second, `${f.block}: fwmark`, 1, UINT_MAX)
    if (second === undefined) f.report.error(at, 'value-missing', `${f.block}: fwmark has no value`, 'write the mark after it')
    return mark === undefined ? undefined : { at, kind: 'fwmark', mark }
  }
  if (looksLikeIpv6(first.text.replace(/[-/].*$/, ''))) {
    f.address({ ...first, text: first.text.replace(/[-/].*$/, '') }, f.block)
    return undefined
  }
  const range = readRange(first.text)
  if (range === undefined) {
    f.report.error(
      at,
      'address-malformed',
      `${f.block}: "${first.text}" is not an IPv4 address or a range of them`,
      'write 10.0.0.1, 10.0.0.1-9, 10.0.0.1-10.0.0.9 or 10.0.0.0/29',
    )
    return undefined
  }
  const port = second === undefined ? 0 : f.number(second, `${f.block}: port`, 0, 65_535, 'error')
  return port === undefined ? undefined : { at, kind: 'addresses', first: formatIpv4(range[0]), last: formatIpv4(range[1]), port }
}

function readRange(text: string): readonly [number, number] | undefined {
  const [from, to, ...more] = text.split('-')
  const [network, length] = from.split('/')
  const first = parseIpv4(network)
  if (first === undefined || more.length > 0 || (to !== undefined && length !== undefined)) return undefined
  let last: number | undefined = first
  if (length !== undefined) {
    if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined
    const size = 2 ** (32 - Number(length))
    last = first - (first % size) + size - 1
  } else if (to !== undefined)
    last = /^\d{1,3}$/.test(to) ? parseIpv4(`${from.slice(0, from.lastIndexOf('.'))}.${Number(to)}`) : parseIpv4(to)
  return last === undefined || last < first || last - first >= RANGE_MAX ? undefined : [first, last]
}
