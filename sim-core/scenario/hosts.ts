/** Hosts with the files they name: interfaces, keepalived.conf, ipvsadm rules; and what each answers. */
import { formatIpv4, parseIpv4 } from '../base/address.ts'
import { resolvePath } from '../base/files.ts'
import { applyRules, type IpvsRule, type KeepalivedConfig, parseIpvsText, textOf, type YamlPath } from '../config/index.ts'
import { byText, type Draft, type HostDraft, isDirector } from './draft.ts'
import { buildInterfaces, interfacesNamed } from './interfaces.ts'
import type { KeepalivedFiles } from './keepalived-files.ts'
import type { LinkTable } from './links.ts'
import type { HostModel } from './model.ts'
import { suggest } from './reporter.ts'
import { addressesOfHost, type Endpoint, servesAll, uniqueEndpoints, vipsOf } from './services.ts'

export function draftHosts(draft: Draft, links: LinkTable, configs: KeepalivedFiles): HostDraft[] {
  return Object.entries(draft.raw.hosts)
    .sort(([a], [b]) => byText(a, b))
    .map(([name, raw]) => {
      const path = ['hosts', name]
      const keepalived =
        raw.keepalived === undefined ? undefined : configs.read(raw.keepalived, raw.config_id ?? name, [...path, 'keepalived'])
      const interfaces = buildInterfaces(draft, links, name, raw, keepalived)
      if (keepalived !== undefined)
        checkInterfaces(
          draft,
          name,
          interfaces.map(i => i.name),
          keepalived,
        )
      const rules = raw.ipvs === undefined ? [] : readRules(draft, raw.ipvs, [...path, 'ipvs'])
      const services = applyRules(rules).services
      return { name, raw, interfaces, ...(keepalived === undefined ? {} : { keepalived }), rules, services }
    })
}

/** Lines of ipvsadm in place, or a file of them (or of a listing). */
function readRules(draft: Draft, given: string, path: YamlPath): readonly IpvsRule[] {
  const inline = given.includes('\n') || /^\s*-/.test(given)
  const file = inline ? draft.file : resolvePath(draft.file, given)
  const read = inline ? { ok: true as const, text: given } : draft.files.read(file)
  if (!read.ok) {
    draft.reporter.error(
      path,
      'file-missing',
      `"${given}" cannot be read: ${read.reason}`,
      'check the name; it is relative to the scenario',
    )
    return []
  }
  const parsed = parseIpvsText(file, read.text)
  const at = draft.reporter.places.locate(path)
  draft.reporter.take(inline ? parsed.problems.map(p => ({ ...p, at })) : parsed.problems)
  return inline ? parsed.rules.map(r => ({ ...r, at })) : parsed.rules
}

function checkInterfaces(draft: Draft, host: string, nics: readonly string[], config: KeepalivedConfig): void {
  for (const [name, at] of interfacesNamed(config)) {
    if (nics.includes(name)) continue
    const remedy =
      nics.length === 1
        ? `${host} has the one interface ${nics[0]}; write hosts.${host}.interfaces with an entry for each name, or use one name in the file`
        : `${suggest(name, nics, `interfaces of ${host}`)}`
    draft.reporter.take([{ at, severity: 'error', code: 'unknown-interface', message: `host ${host} has no interface "${name}"`, remedy }])
  }
}

export function buildHosts(draft: Draft, hosts: readonly HostDraft[]): HostModel[] {
  const vips = vipsOf(hosts)
  return hosts.map(h => {
    const at = draft.reporter.places.locateKey(['hosts', h.name])
    const own = addressesOfHost(h)
    const all = h.raw.serves === 'all'
    const onLo = [...new Set([...(h.raw.vip_on_lo ?? []).map(ip), ...(all ? vips : [])])]
      // A VIP that is the way out of here (NAT) has to stay on the balancer.
      .filter(v => !own.includes(v) && formatIpv4(v) !== h.raw.gateway)
      .sort((a, b) => a - b)
    const serves = all ? servesAll(h, hosts) : readServes(draft, h, [...own, ...onLo])
    if (all && serves.length === 0)
      draft.reporter.warning(
        ['hosts', h.name, 'serves'],
        'no-services',
        'there is no virtual service to serve',
        'give the balancers services with `ipvs:` or virtual_server',
      )
    const start = h.raw.start ?? 0
    return {
      name: h.name,
      at,
      interfaces: h.interfaces,
      ...(h.raw.gateway === undefined ? {} : { gateway: ip(h.raw.gateway) }),
      forward: h.raw.forward ?? isDirector(h),
      sysctl: h.raw.sysctl ?? {},
      ...(h.raw.arp_cache === undefined ? {} : { arpCache: h.raw.arp_cache }),
      ...(h.raw.gratuitous_arp === false ? { ignoresGratuitousArp: true } : {}),
      vipsOnLo: onLo,
      staticVips: (h.raw.vips ?? []).map(ip).sort((a, b) => a - b),
      ...(h.keepalived === undefined ? {} : { keepalived: h.keepalived }),
      ...(h.keepalived === undefined || start === 'never' ? {} : { keepalivedStartNs: start }),
      ipvs: h.rules,
      serves,
    }
  })
}

const ip = (text: string): number => parseIpv4(text) as number

/** `80`, `tcp 80`, `udp 10.10.1.10:53`; without an address: on all the host's own and on its VIPs on lo. */
function readServes(draft: Draft, host: HostDraft, addresses: readonly number[]): Endpoint[] {
  const out: Endpoint[] = []
  if (host.raw.serves === undefined || host.raw.serves === 'all') return out
  host.raw.serves.forEach((given, i) => {
    const m = /^\s*(?:(tcp|udp)\s+)?(?:([\d.]+):)?(\d{1,5})\s*$/i.exec(textOf(given))
    const address = m?.[2] === undefined ? undefined : parseIpv4(m[2])
    if (m === null || Number(m[3]) > 65535 || (m[2] !== undefined && address === undefined)) {
      draft.reporter.error(
        ['hosts', host.name, 'serves', i],
        'endpoint',
        `"${given}" is no port or endpoint`,
        'write 80, udp 53, or tcp 10.10.1.10:80',
      )
      return
    }
    if (address !== undefined && !addresses.includes(address))
      draft.reporter.error(
        ['hosts', host.name, 'serves', i],
        'endpoint',
        `${formatIpv4(address)} is no address of ${host.name}`,
        `write it under vip_on_lo too, or one of ${addresses.map(formatIpv4).join(', ')}`,
      )
    const protocol = m[1]?.toUpperCase() === 'UDP' ? 'UDP' : 'TCP'
    for (const a of address === undefined ? addresses : [address]) out.push({ protocol, address: a, port: Number(m[3]) })
  })
  return uniqueEndpoints(out)
}
