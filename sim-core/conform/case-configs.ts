/** The configuration files of a case, as their own readers see them. */
import { type FileSource, resolvePath } from '../base/files.ts'
import { hasErrors, type Problem } from '../base/problem.ts'
import { type IpvsRule, type KeepalivedConfig, parseIpvsadmCommand, parseIpvsadmRules, parseKeepalived } from '../config/index.ts'
import type { CaseFile } from './case-file.ts'

export interface CaseConfigs {
  /** By file name as case.json writes it, and host (`@id` lines are the host's). */
  keepalived(host: string, file: string): KeepalivedConfig | undefined
  rules(host: string): readonly IpvsRule[]
  /** Every real server of every rule and virtual_server: where it answers, and how packets come to it. */
  readonly destinations: readonly Destination[]
}

export interface Destination {
  /** Host whose table it is in. */
  readonly director: string
  readonly protocol: 'TCP' | 'UDP'
  /** Dotted; undefined: a firewall-mark service. */
  readonly virtual?: { readonly address: string; readonly port: number }
  readonly mark?: number
  readonly server: { readonly address: string; readonly port: number }
  readonly forward: 'Route' | 'Masq' | 'Tunnel' | 'Local'
}

/** Recordings are of real files: what lvsim does not simulate is no mistake here, a file that cannot be read is. */
export function readConfigs(recorded: CaseFile, files: FileSource, problems: Problem[]): CaseConfigs {
  const keepalived = new Map<string, KeepalivedConfig>()
  const rules = new Map<string, readonly IpvsRule[]>()
  const take = (found: readonly Problem[]) => {
    if (hasErrors(found)) problems.push(...found.filter(p => p.severity === 'error'))
  }
  const read = (host: string, file: string) => {
    const parsed = parseKeepalived(resolvePath(recorded.file, file), files, { configId: host })
    take(parsed.problems)
    keepalived.set(`${host} ${file}`, parsed.config)
  }
  for (const [name, host] of Object.entries(recorded.hosts)) {
    if (host.keepalived !== undefined) read(name, host.keepalived)
    if (host.ipvsadm === undefined) continue
    const parsed = parseIpvsadmRules(resolvePath(recorded.file, host.ipvsadm), recorded.texts.get(host.ipvsadm) ?? '')
    take(parsed.problems)
    rules.set(name, parsed.rules)
  }
  for (const action of recorded.actions) if (action.do === 'reload') read(action.host, action.keepalived)
  const names = Object.keys(recorded.hosts).sort()
  return {
    keepalived: (host, file) => keepalived.get(`${host} ${file}`),
    rules: host => rules.get(host) ?? [],
    destinations: names.flatMap(name => [
      ...ofRules(name, [...(rules.get(name) ?? []), ...laterRules(recorded, name)]),
      ...ofKeepalived(name, keepalived.get(`${name} ${recorded.hosts[name].keepalived}`)),
    ]),
  }
}

/** What ipvsadm was told in the course of the case. */
const laterRules = (recorded: CaseFile, host: string): IpvsRule[] =>
  recorded.actions.flatMap(a => {
    const rule = a.do === 'ipvsadm' && a.host === host ? parseIpvsadmCommand(a.args).rule : undefined
    return rule === undefined ? [] : [rule]
  })

function ofRules(director: string, rules: readonly IpvsRule[]): Destination[] {
  return rules.flatMap((rule): Destination[] => {
    if (rule.kind !== 'add-server') return []
    const { key, server } = rule
    const to = { director, server: { address: server.address, port: server.port }, forward: server.forward }
    if (key.protocol === 'FWM') return [{ ...to, protocol: 'TCP' as const, mark: key.mark }]
    if (key.protocol === 'SCTP') return []
    return [{ ...to, protocol: key.protocol, virtual: { address: key.address, port: key.port } }]
  })
}

const FORWARDS = { DR: 'Route', NAT: 'Masq', TUN: 'Tunnel' } as const

function ofKeepalived(director: string, config: KeepalivedConfig | undefined): Destination[] {
  return (config?.virtualServers ?? []).flatMap(vs => {
    const servers = [...vs.realServers, ...(vs.sorryServer === undefined ? [] : [vs.sorryServer])]
    if (vs.service.kind !== 'address' || vs.protocol === 'SCTP') return []
    const virtual = { address: vs.service.address, port: vs.service.port }
    return servers.map(rs => ({
      director,
      protocol: vs.protocol as 'TCP' | 'UDP',
      virtual,
      server: { address: rs.address, port: rs.port },
      forward: FORWARDS[rs.forward],
    }))
  })
}
