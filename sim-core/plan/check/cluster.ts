/**
 * A cluster as its configuration files say it: hosts, virtual routers (instances that share a VRID on a LAN), VIPs and
 * virtual services. What files cannot say (link rates, traffic, own addresses) comes from the facts beside them.
 *
 * A keepalived.conf rarely names the host's own address; election needs it only between equal priorities. Where it is
 * unknown the hosts count as having rising addresses in the order of their names, and `assumedAddresses` says so.
 * Tested in test/plan/check/parts.test.ts.
 */
import { parseIpv4 } from '../../base/address.ts'
import type { FileSource } from '../../base/files.ts'
import type { Problem } from '../../base/problem.ts'
import { type IpvsRules, type KeepalivedConfig, parseIpvsadmRules, parseKeepalived, type VrrpInstance } from '../../config/index.ts'
import { processConfigOf, WORK_AS_RECORDED } from '../../daemons/keepalived/index.ts'
import type { VrrpConfig, VrrpInstanceConfig } from '../../protocols/vrrp/index.ts'
import type { RawQuestion } from '../question/index.ts'
import { filesOfHost } from './host-files.ts'
import { effectivePriority } from './priority.ts'

/** Where a host's files are. */
export interface HostFiles {
  readonly name: string
  /** Its keepalived.conf. */
  readonly conf: string
  /** Lines of ipvsadm-save, if any. */
  readonly rules?: string
}

export interface CheckedHost {
  readonly name: string
  readonly files: HostFiles
  readonly config: KeepalivedConfig
  readonly vrrp: VrrpConfig
  readonly rules?: IpvsRules
  /** u32. */
  readonly address: number
  readonly addressKnown: boolean
  readonly linkBps?: number
}

/** One host's instance of a virtual router. */
export interface Member {
  /** Index of the host. */
  readonly host: number
  /** Index into the host's instances. */
  readonly index: number
  readonly read: VrrpInstance
  readonly vrrp: VrrpInstanceConfig
  /** With all trackers good. */
  readonly priority: number
  /** Source of its adverts, u32. */
  readonly address: number
}

export interface VirtualRouter {
  readonly vrid: number
  /** Interface names of its members, for messages. */
  readonly interfaces: readonly string[]
  /** In the order of hosts. */
  readonly members: readonly Member[]
}

export interface Cluster {
  readonly hosts: readonly CheckedHost[]
  readonly routers: readonly VirtualRouter[]
  /** Every address that some instance installs, ascending, dotted. */
  readonly vips: readonly string[]
  readonly facts: RawQuestion
  readonly assumedAddresses: boolean
}

export interface ReadCluster {
  readonly cluster: Cluster
  /** Of the files themselves: what keepalived would say, and what cannot be read. */
  readonly problems: readonly Problem[]
}

export function readCluster(hosts: readonly HostFiles[], files: FileSource, facts: RawQuestion): ReadCluster {
  const problems: Problem[] = []
  // Hosts often share one file of rules.
  const parsedRules = new Map<string, IpvsRules | undefined>()
  const rulesIn = (path: string): IpvsRules | undefined => {
    if (!parsedRules.has(path)) parsedRules.set(path, rulesOf(path, files, problems))
    return parsedRules.get(path)
  }
  const sorted = [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1))
  const read = sorted.map((host, i): CheckedHost => {
    const parsed = parseKeepalived(host.conf, filesOfHost(files, host.conf), { configId: host.name, release: facts.keepalived })
    problems.push(...parsed.problems)
    const rules = host.rules === undefined ? undefined : rulesIn(host.rules)
    const known = parseIpv4(facts.balancers?.[host.name]?.address ?? '') ?? sourceOf(parsed.config) ?? parseIpv4(host.name)
    const linkBps = facts.balancers?.[host.name]?.link ?? facts.link
    return {
      name: host.name,
      files: host,
      config: parsed.config,
      vrrp: processConfigOf(parsed.config, {
        ...WORK_AS_RECORDED,
        ...(facts.keepalived === undefined ? {} : { release: facts.keepalived }),
      }).vrrp,
      address: known ?? FIRST_ASSUMED + i,
      addressKnown: known !== undefined,
      ...(rules === undefined ? {} : { rules }),
      ...(linkBps === undefined ? {} : { linkBps }),
    }
  })
  const vips = new Set(read.flatMap(h => h.config.instances.flatMap(i => addressesOf(i))))
  return {
    cluster: {
      hosts: read,
      routers: routersOf(read),
      vips: [...vips].sort((a, b) => (parseIpv4(a) ?? 0) - (parseIpv4(b) ?? 0)),
      facts,
      assumedAddresses: read.some(h => !h.addressKnown),
    },
    problems: once(problems),
  }
}

/** 192.0.2.1 and up (RFC 5737): addresses that no real host has. */
const FIRST_ASSUMED = 0xc0000201

/** Each address once, however often it is listed. */
export const addressesOf = (instance: VrrpInstance): string[] => [
  ...new Set([...instance.vips, ...instance.excludedVips].map(v => v.address)),
]

const sourceOf = (config: KeepalivedConfig): number | undefined => {
  const written = config.instances.find(i => i.sourceIp !== undefined)?.sourceIp
  return written === undefined ? undefined : parseIpv4(written)
}

function rulesOf(path: string, files: FileSource, problems: Problem[]): IpvsRules | undefined {
  const found = files.read(path)
  if (!found.ok) {
    const at = { file: path, line: 1, column: 1 }
    problems.push({
      at,
      severity: 'error',
      code: 'file-missing',
      message: `"${path}" cannot be read: ${found.reason}`,
      remedy: 'check the name',
    })
    return undefined
  }
  const rules = parseIpvsadmRules(path, found.text)
  problems.push(...rules.problems)
  return rules
}

/** Instances that share a VRID; of a host that has it twice, those on interfaces of one name. */
function routersOf(hosts: readonly CheckedHost[]): VirtualRouter[] {
  const all = hosts.flatMap((host, h) => host.config.instances.map((read, index) => memberOf(host, h, read, index)))
  const vrids = [...new Set(all.map(m => m.read.vrid))].sort((a, b) => a - b)
  return vrids.flatMap(vrid => {
    const members = all.filter(m => m.read.vrid === vrid)
    const twice = members.some((m, i) => members.findIndex(o => o.host === m.host) < i)
    const lans = twice ? [...new Set(members.map(m => m.read.interface))].sort() : [undefined]
    return lans.map(lan => {
      const there = lan === undefined ? members : members.filter(m => m.read.interface === lan)
      return { vrid, interfaces: [...new Set(there.map(m => m.read.interface))].sort(), members: there }
    })
  })
}

function memberOf(host: CheckedHost, h: number, read: VrrpInstance, index: number): Member {
  const vrrp = host.vrrp.instances[index]
  return { host: h, index, read, vrrp, priority: effectivePriority(vrrp, host.vrrp), address: vrrp.sourceIp ?? host.address }
}

/** Files that several hosts include are read once a host; a problem of theirs is told once. */
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(p => {
    const key = `${p.at.file}:${p.at.line}:${p.at.column}:${p.code}:${p.message}`
    return seen.has(key) ? false : seen.add(key)
  })
}

export const hostName = (cluster: Cluster, m: Member): string => cluster.hosts[m.host].name
