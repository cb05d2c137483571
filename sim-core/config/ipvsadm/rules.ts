/**
 * A rules file as `ipvsadm-save -n` writes and `ipvsadm-restore` reads it: one command a line, `#` comments. Gives the
 * commands and the table that they make, with every mistake of the file at once. Tested in test/config/ipvsadm.test.ts.
 */
import { FILE_SIZE_MAX_BYTES } from '../../base/files.ts'
import type { Position, Problem } from '../../base/problem.ts'
import { controlCharacterIn } from '../text.ts'
import { parseIpvsadmCommand } from './command.ts'
import { keyText } from './key.ts'
import type { IpvsRule, IpvsServer, IpvsService, IpvsServiceKey, IpvsTableService } from './types.ts'

export interface IpvsRules {
  readonly rules: readonly IpvsRule[]
  /** The services after the last line, in adding order. */
  readonly services: readonly IpvsTableService[]
  /** --set, if it is there; 0 keeps the kernel's. */
  readonly timeouts?: { readonly tcpS: number; readonly tcpFinS: number; readonly udpS: number }
  readonly problems: readonly Problem[]
}

/** Rules beyond this are refused: the kernel would need minutes to load them. */
const LINES_MAX = 50_000
const PROBLEMS_MAX = 200

export function parseIpvsadmRules(file: string, text: string): IpvsRules {
  const start: Position = { file, line: 1, column: 1 }
  const unreadable = unreadableText(text)
  if (unreadable !== undefined) return { rules: [], services: [], problems: [{ at: start, severity: 'error', ...unreadable }] }
  const problems: Problem[] = []
  const rules: IpvsRule[] = []
  const lines = text.split(/\r?\n/)
  for (let i = 0; i < lines.length && problems.length < PROBLEMS_MAX; i++) {
    const line = lines[i]
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const parsed = parseIpvsadmCommand(line, { file, line: i + 1, column: 1 })
    problems.push(...parsed.problems)
    if (parsed.rule !== undefined) rules.push(parsed.rule)
  }
  const table = applyRules(rules)
  return { rules, ...table, problems: [...problems, ...table.problems].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column) }
}

/** Why a text cannot be a rules file or a listing. */
export function unreadableText(text: string): { code: string; message: string; remedy: string } | undefined {
  if (text.length > FILE_SIZE_MAX_BYTES)
    return {
      code: 'file-size',
      message: `the file has ${text.length} characters, more than ${FILE_SIZE_MAX_BYTES}`,
      remedy: 'give the rules of one director',
    }
  if (controlCharacterIn(text) >= 0)
    return { code: 'file-binary', message: 'the file is not text', remedy: 'give what `ipvsadm-save -n` prints' }
  if (text.trim() === '')
    return { code: 'file-empty', message: 'the file is empty', remedy: 'give what `ipvsadm-save -n` prints, or leave `ipvs:` out' }
  if (text.split('\n').length > LINES_MAX)
    return { code: 'file-size', message: `the file has more than ${LINES_MAX} lines`, remedy: 'give the rules of one director' }
  return undefined
}

interface Table {
  readonly services: IpvsTableService[]
  readonly timeouts?: { readonly tcpS: number; readonly tcpFinS: number; readonly udpS: number }
  readonly problems: Problem[]
}

interface Building {
  readonly service: IpvsService
  /** By `address:port`; a Map keeps the order of adding. */
  readonly servers: Map<string, IpvsServer>
}

/** What the kernel's table holds after these commands, from an empty one; what it would refuse is an error. */
export function applyRules(rules: readonly IpvsRule[]): Table {
  const services = new Map<string, Building>()
  const problems: Problem[] = []
  let timeouts: Table['timeouts']
  const error: Report = (at, code, message, remedy) => void problems.push({ at, severity: 'error', code, message, remedy })
  const find = (at: Position, key: IpvsServiceKey): Building | undefined => {
    const service = services.get(keyText(key))
    if (service === undefined) error(at, 'ipvs-no-service', `there is no service ${keyText(key)} yet`, 'add the service (-A) first')
    return service
  }
  for (const rule of rules) {
    if (rule.kind === 'clear') services.clear()
    else if (rule.kind === 'set-timeouts') timeouts = { tcpS: rule.tcpS, tcpFinS: rule.tcpFinS, udpS: rule.udpS }
    else if (rule.kind === 'add-service') {
      const name = keyText(rule.service.key)
      const there = services.get(name)
      if (there === undefined) services.set(name, { service: rule.service, servers: new Map() })
      else
        error(
          rule.at,
          'ipvs-service-exists',
          `the service ${name} exists already (line ${there.service.at.line})`,
          'remove one of the two, or edit it with -E',
        )
    } else if (rule.kind === 'edit-service') {
      const there = find(rule.at, rule.service.key)
      if (there !== undefined) services.set(keyText(rule.service.key), { service: rule.service, servers: there.servers })
    } else if (rule.kind === 'delete-service') {
      if (find(rule.at, rule.key) !== undefined) services.delete(keyText(rule.key))
    } else if (rule.kind === 'add-server' || rule.kind === 'edit-server' || rule.kind === 'delete-server') {
      const service = find(rule.at, rule.key)
      if (service !== undefined) changeServers(service.servers, rule, error)
    }
  }
  const table = [...services.values()].map(b => ({ ...b.service, servers: [...b.servers.values()] }))
  return { services: table, ...(timeouts === undefined ? {} : { timeouts }), problems }
}

type Report = (at: Position, code: string, message: string, remedy: string) => void
type ServerRule = Extract<IpvsRule, { kind: 'add-server' | 'edit-server' | 'delete-server' }>

function changeServers(servers: Map<string, IpvsServer>, rule: ServerRule, error: Report): void {
  const target = rule.kind === 'delete-server' ? rule : rule.server
  const name = `${target.address}:${target.port}`
  const there = servers.get(name)
  if (rule.kind === 'add-server' && there !== undefined)
    error(
      rule.at,
      'ipvs-server-exists',
      `${name} is already a server of ${keyText(rule.key)} (line ${there.at.line})`,
      'remove one of the two, or edit it with -e',
    )
  else if (rule.kind !== 'add-server' && there === undefined)
    error(rule.at, 'ipvs-no-server', `${name} is no server of ${keyText(rule.key)}`, 'add it with -a')
  else if (rule.kind === 'delete-server') servers.delete(name)
  else servers.set(name, rule.server)
}
