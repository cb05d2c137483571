/**
 * A host's interfaces. Most hosts have one, written as `address:`; it is then called what the host's keepalived.conf
 * calls it, so that real files run unchanged, or eth0.
 */
import { parseIpv4, samePrefix, formatIpv4 } from '../base/address.ts'
import { addressesOf, type KeepalivedConfig } from '../config/index.ts'
import type { Draft } from './draft.ts'
import { byText } from './draft.ts'
import type { LinkTable } from './links.ts'
import type { InterfaceModel } from './model.ts'
import type { RawHost, RawInterface } from './schema.ts'

export const DEFAULT_LAN = 'switch'
const DEFAULT_PREFIX = 24

export function buildInterfaces(
  draft: Draft,
  links: LinkTable,
  name: string,
  raw: RawHost,
  keepalived: KeepalivedConfig | undefined,
): InterfaceModel[] {
  const listed = raw.interfaces === undefined ? undefined : Object.entries(raw.interfaces)
  if (listed !== undefined) {
    for (const key of ['address', 'addresses', 'lan', 'interface'] as const)
      if (raw[key] !== undefined)
        draft.reporter.errorAtKey(
          ['hosts', name, key],
          'host-address',
          `\`${key}\` and \`interfaces\` exclude each other`,
          `move it into one entry of interfaces, or remove interfaces`,
        )
    const perLan = (lan: string) => listed.filter(([, i]) => (i.lan ?? DEFAULT_LAN) === lan).length
    return listed
      .sort(([a], [b]) => byText(a, b))
      .map(([nic, i]) =>
        oneInterface(draft, links, {
          host: name,
          nic,
          raw: i,
          own: raw.link,
          shared: perLan(i.lan ?? DEFAULT_LAN) > 1,
          path: ['hosts', name, 'interfaces', nic],
        }),
      )
  }
  if (raw.address === undefined && raw.addresses === undefined) {
    if (['address', 'addresses'].some(key => draft.given(['hosts', name, key]) !== undefined)) return []
    draft.reporter.errorAtKey(
      ['hosts', name],
      'key-missing',
      'the host has no address',
      'write address: and an address with its prefix length, such as address: 10.10.1.1/24',
    )
    return []
  }
  const nic = raw.interface ?? interfaceOf(keepalived) ?? 'eth0'
  return [oneInterface(draft, links, { host: name, nic, raw, own: undefined, shared: false, path: ['hosts', name] })]
}

interface Plug {
  readonly host: string
  readonly nic: string
  readonly raw: RawInterface
  readonly own: RawHost['link']
  /** Another interface of the host is on the same LAN. */
  readonly shared: boolean
  readonly path: readonly string[]
}

function oneInterface(draft: Draft, links: LinkTable, { host, nic, raw, own, shared, path }: Plug): InterfaceModel {
  const lan = raw.lan ?? DEFAULT_LAN
  const range = raw.addresses === undefined ? [] : addressesOf(raw.addresses).map(a => parseIpv4(a) as number)
  const address = raw.address === undefined ? range[0] : (parseIpv4(raw.address.address) as number)
  const prefixLength = raw.address?.prefixLength ?? raw.addresses?.prefixLength ?? DEFAULT_PREFIX
  const moreAddresses = range.filter(a => a !== address)
  const foreign = address === undefined ? undefined : moreAddresses.find(a => !samePrefix(a, address, prefixLength))
  if (foreign !== undefined && address !== undefined)
    draft.reporter.error(
      [...path, 'addresses'],
      'address',
      `${formatIpv4(foreign)} is not in the network of ${formatIpv4(address)}/${prefixLength}`,
      'write addresses of one network, or a shorter prefix length such as /16',
    )
  const cables = links.cable(host, shared ? `${host}.${nic}` : host, lan, [own, raw.link])
  return { name: nic, lan, ...(address === undefined ? {} : { address }), prefixLength, moreAddresses, ...cables }
}

/** The only interface that a keepalived.conf names; undefined when it names none or several. */
function interfaceOf(config: KeepalivedConfig | undefined): string | undefined {
  const names = interfacesNamed(config)
  return names.size === 1 ? [...names.keys()][0] : undefined
}

/** Interface names that a keepalived.conf uses, with the place of the first use. */
export function interfacesNamed(
  config: KeepalivedConfig | undefined,
): Map<string, { readonly file: string; readonly line: number; readonly column: number }> {
  const names = new Map<string, { file: string; line: number; column: number }>()
  const note = (name: string | undefined, at: { file: string; line: number; column: number }) => {
    if (name !== undefined && name !== '' && name !== 'lo' && !names.has(name)) names.set(name, at)
  }
  for (const i of config?.instances ?? []) {
    note(i.interface, i.where['interface'] ?? i.at)
    for (const vip of [...i.vips, ...i.excludedVips]) note(vip.device, vip.at)
    for (const t of i.trackInterfaces) note(t.name, t.at)
  }
  for (const g of config?.syncGroups ?? []) for (const t of g.trackInterfaces) note(t.name, t.at)
  return names
}
