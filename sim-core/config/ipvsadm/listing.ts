/**
 * A pasted `ipvsadm -Ln` listing → services. Prompts and other lines around it are skipped with a warning, columns may
 * be squeezed to single blanks. A listing is sorted by address, so the order in which servers were added is lost: the
 * order of the listing is taken. Tested in test/config/ipvsadm.test.ts.
 */
import type { Position, Problem } from '../../base/problem.ts'
import { nearest } from '../../base/problem.ts'
import { parseIpv4 } from '../ipv4.ts'
import { keyText } from './key.ts'
import { type IpvsRules, parseIpvsadmRules, unreadableText } from './rules.ts'
import { canonicalFlag, SCHEDULERS, sortFlags } from './schedulers.ts'
import type { IpvsForward, IpvsRule, IpvsServer, IpvsServiceKey, IpvsTableService, ListedServer, ListedService } from './types.ts'

export interface IpvsListing extends IpvsRules {
  /** With the counters of the listing. */
  readonly listed: readonly ListedService[]
}

const SERVICE_LINE = /^(TCP|UDP|SCTP|FWM)\s+(\S+)\s+(\S+)(.*)$/
const SERVER_LINE = /^\s*->\s+(\S+)\s+(Route|Masq|Tunnel|Local)\s+(\d+)(?:\s+(\d+)\s+(\d+))?\s*$/
const HEADER_LINE = /^(IP Virtual Server version|Prot\s+LocalAddress|\s*->\s+RemoteAddress)/

/** Rules or listing, whichever the text is. */
export function parseIpvsText(file: string, text: string): IpvsRules {
  return /^(IP Virtual Server version|Prot +LocalAddress|(TCP|UDP|SCTP|FWM) +\S)/m.test(text)
    ? parseIpvsadmListing(file, text)
    : parseIpvsadmRules(file, text)
}

interface Building {
  readonly names: Set<string>
  readonly service: Omit<IpvsTableService, 'servers'>
  readonly servers: IpvsServer[]
  readonly listed: ListedServer[]
}

interface State {
  readonly built: Map<string, Building>
  /** The service that server lines belong to. */
  current: Building | undefined
  /** The last service line could not be taken: its servers are skipped without more messages. */
  lost: boolean
}

export function parseIpvsadmListing(file: string, text: string): IpvsListing {
  const unreadable = unreadableText(text)
  const problems: Problem[] = []
  if (unreadable !== undefined) {
    problems.push({ at: { file, line: 1, column: 1 }, severity: 'error', ...unreadable })
    return { rules: [], services: [], listed: [], problems }
  }
  const state: State = { built: new Map(), current: undefined, lost: false }
  const { built } = state
  const lines = text.split(/\r?\n/)
  for (const [i, line] of lines.entries()) readLine(line, { file, line: i + 1, column: 1 + line.search(/\S|$/) }, state, problems)
  if (built.size === 0 && problems.every(p => p.severity !== 'error'))
    problems.push({
      at: { file, line: 1, column: 1 },
      severity: 'error',
      code: 'listing-empty',
      message: 'the listing has no services',
      remedy: 'paste what `ipvsadm -Ln` prints',
    })
  const all = [...built.values()]
  const services = all.map(b => ({ ...b.service, servers: b.servers }))
  return { rules: rulesOf(services), services, listed: all.map(listedService), problems }
}

function readLine(line: string, at: Position, state: State, problems: Problem[]): void {
  if (line.trim() === '' || HEADER_LINE.test(line.trimStart())) return
  const service = SERVICE_LINE.exec(line.trim())
  if (service !== null) {
    const read = readService(service, at, problems)
    const there = read && state.built.get(keyText(read.key))
    state.lost = read === undefined || there !== undefined
    if (read === undefined) return
    if (there === undefined) {
      state.current = { names: new Set(), service: read, servers: [], listed: [] }
      state.built.set(keyText(read.key), state.current)
    } else
      problems.push({
        at,
        severity: 'error',
        code: 'ipvs-service-exists',
        message: `the service ${keyText(read.key)} is listed already (line ${there.service.at.line})`,
        remedy: 'paste one listing',
      })
    return
  }
  const server = SERVER_LINE.exec(line)
  const to = state.current
  if (state.lost && server !== null) return
  if (server === null || to === undefined) {
    const lost = /^\s*->/.test(line)
    problems.push({
      at,
      severity: lost ? 'error' : 'warning',
      code: 'listing-line',
      message: lost ? 'this server line cannot be read' : 'this line belongs to no listing and is skipped',
      remedy: lost
        ? 'paste it as `ipvsadm -Ln` prints it: -> ADDRESS:PORT Route|Masq|Tunnel|Local WEIGHT ACTIVE INACTIVE'
        : 'paste only what `ipvsadm -Ln` prints',
    })
    return
  }
  const endpoint = readEndpoint(server[1], at, problems)
  if (endpoint === undefined) return
  if (to.names.has(server[1])) {
    problems.push({
      at,
      severity: 'error',
      code: 'ipvs-server-exists',
      message: `${server[1]} is listed twice for ${keyText(to.service.key)}`,
      remedy: 'remove one',
    })
    return
  }
  to.names.add(server[1])
  const forward = server[2] as IpvsForward
  to.servers.push({ at, ...endpoint, forward, weight: Number(server[3]), upperThreshold: 0, lowerThreshold: 0 })
  to.listed.push({ ...endpoint, forward, weight: Number(server[3]), active: Number(server[4] ?? 0), inactive: Number(server[5] ?? 0) })
}

function readService(m: RegExpExecArray, at: Position, problems: Problem[]): Omit<IpvsTableService, 'servers'> | undefined {
  const protocol = m[1] as IpvsServiceKey['protocol']
  let key: IpvsServiceKey
  if (protocol === 'FWM') {
    if (!/^[1-9]\d{0,9}$/.test(m[2])) {
      problems.push({
        at,
        severity: 'error',
        code: 'listing-line',
        message: `"${m[2]}" is not a firewall mark`,
        remedy: 'paste what `ipvsadm -Ln` prints',
      })
      return undefined
    }
    key = { protocol, mark: Number(m[2]) }
  } else {
    const endpoint = readEndpoint(m[2], at, problems)
    if (endpoint === undefined) return undefined
    key = { protocol, ...endpoint }
  }
  const scheduler = m[3]
  if (!(SCHEDULERS as readonly string[]).includes(scheduler)) {
    const near = nearest(scheduler, SCHEDULERS)
    problems.push({
      at,
      severity: 'error',
      code: 'ipvsadm-scheduler',
      message: `there is no scheduler "${scheduler}"`,
      remedy: near === undefined ? `write one of ${SCHEDULERS.join(', ')}` : `did you mean ${near}?`,
    })
    return undefined
  }
  const persistent = /\bpersistent (\d+)(?: mask (\d+\.\d+\.\d+\.\d+))?/.exec(m[4])
  const flags = (/\(([^)]*)\)/.exec(m[4])?.[1] ?? '').split(',').map(f => canonicalFlag(scheduler, f.trim()) ?? '')
  const engine = /\bpe (\S+)/.exec(m[4])?.[1]
  return {
    at,
    key,
    scheduler,
    schedulerFlags: sortFlags(scheduler, flags),
    onePacket: /\bops\b/.test(m[4]),
    ...(persistent === null ? {} : { persistence: { timeoutS: Number(persistent[1]), netmask: persistent[2] ?? '255.255.255.255' } }),
    ...(engine === undefined ? {} : { engine }),
  }
}

function readEndpoint(text: string, at: Position, problems: Problem[]): { address: string; port: number } | undefined {
  const m = /^(.*):(\w+)$/.exec(text)
  const port = Number(m?.[2])
  if (m !== null && parseIpv4(m[1]) !== undefined && port >= 0 && port <= 65_535) return { address: m[1], port }
  const ipv6 = text.startsWith('[')
  problems.push({
    at,
    severity: 'error',
    code: ipv6 ? 'ipv6-not-simulated' : 'ipvsadm-address',
    message: ipv6 ? `"${text}" is an IPv6 address, which is not simulated` : `"${text}" is not an IPv4 address with a port`,
    remedy: ipv6 ? 'leave the service out' : 'list in numbers, with `ipvsadm -Ln`',
  })
  return undefined
}

const rulesOf = (services: readonly IpvsTableService[]): IpvsRule[] =>
  services.flatMap(({ servers, ...service }) => [
    { kind: 'add-service' as const, at: service.at, service },
    ...servers.map(server => ({ kind: 'add-server' as const, at: server.at, key: service.key, server })),
  ])

function listedService({ service, listed }: Building): ListedService {
  const { at: _, ...rest } = service
  return { ...rest, servers: listed }
}
