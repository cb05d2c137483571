/**
 * One ipvsadm invocation → IpvsRule, with ipvsadm 1.31's own defaults (scheduler wlc, weight 1, direct routing,
 * persistence 300 s, netmask /32) and its own refusals. Used for rule files and for the `ipvsadm` events of scenarios.
 * Tested in test/config/ipvsadm.test.ts.
 */
import { nearest, type Position, type Problem } from '../../base/problem.ts'
import { looksLikeIpv6, parseIpv4 } from '../ipv4.ts'
import { type CommandLine, type Option, readCommandLine, type Word, words } from './options.ts'
import { canonicalFlag, SCHEDULER_FLAGS, SCHEDULERS, sortFlags } from './schedulers.ts'
import type { IpvsForward, IpvsRule, IpvsServer, IpvsService, IpvsServiceKey } from './types.ts'

export const DEFAULT_SCHEDULER = 'wlc'
const PERSISTENCE_DEFAULT_S = 300
/** ipvsadm's MAX_TIMEOUT: 31 days. */
const TIMEOUT_MAX_S = 86_400 * 31
const WEIGHT_MAX = 65_535
const INT_MAX = 2_147_483_647

export interface ParsedCommand {
  readonly rule?: IpvsRule
  readonly problems: readonly Problem[]
}

/** `ipvsadm ARGS`, or only `ARGS`; `at` is where the text begins. */
export function parseIpvsadmCommand(line: string, at: Position = { file: '', line: 1, column: 1 }): ParsedCommand {
  const list = words(line, at)
  if (/(^|\/)ipvsadm$/.test(list[0]?.text ?? '')) list.shift()
  const problems: Problem[] = []
  const read = new CommandReader(problems)
  const commandLine = readCommandLine(list, at, problems)
  const rule = commandLine === undefined ? undefined : read.rule(commandLine)
  return rule === undefined || problems.some(p => p.severity === 'error') ? { problems } : { rule, problems }
}

class CommandReader {
  readonly problems: Problem[]

  constructor(problems: Problem[]) {
    this.problems = problems
  }

  error(at: Position, code: string, message: string, remedy: string): undefined {
    this.problems.push({ at, severity: 'error', code, message, remedy })
    return undefined
  }

  rule(line: CommandLine): IpvsRule | undefined {
    const at = line.command.at
    const option = (name: string) => line.options.find(o => o.name === name)
    switch (line.command.name) {
      case 'clear':
        return { kind: 'clear', at }
      case 'set':
        return this.timeouts(line)
      case 'start-daemon':
      case 'stop-daemon':
        return this.daemon(line)
      default:
        break
    }
    const key = this.key(line)
    if (line.command.name === 'zero') return key === undefined ? { kind: 'zero', at } : { kind: 'zero', at, key }
    if (key === undefined) return undefined
    if (line.command.name === 'delete-service') return { kind: 'delete-service', at, key }
    if (line.command.name === 'add-service' || line.command.name === 'edit-service') {
      const service = this.service(line, key)
      return { kind: line.command.name, at, service }
    }
    const target = option('real-server')
    if (target?.value === undefined) return this.error(at, 'ipvsadm-option', 'the real server is missing', 'add -r ADDRESS:PORT')
    const server = this.server(line, key, target.value)
    if (server === undefined) return undefined
    if (line.command.name === 'delete-server') return { kind: 'delete-server', at, key, address: server.address, port: server.port }
    return { kind: line.command.name as 'add-server' | 'edit-server', at, key, server }
  }

  key(line: CommandLine): IpvsServiceKey | undefined {
    const given = line.options.filter(o => o.name.endsWith('-service'))
    if (given.length > 1)
      return this.error(given[1].at, 'ipvsadm-option', 'a second service is given', 'write one of -t, -u, --sctp-service and -f')
    if (given.length === 0) {
      if (line.command.name !== 'zero')
        this.error(line.command.at, 'ipvsadm-option', 'the service is missing', 'add -t ADDRESS:PORT, -u ADDRESS:PORT or -f MARK')
      return undefined
    }
    const value = given[0].value as Word
    if (given[0].name === 'fwmark-service') {
      const mark = this.number(value, 'firewall mark', 1, 0xffffffff)
      return mark === undefined ? undefined : { protocol: 'FWM', mark }
    }
    const endpoint = this.endpoint(value)
    if (endpoint === undefined) return undefined
    const protocol = given[0].name === 'tcp-service' ? 'TCP' : given[0].name === 'udp-service' ? 'UDP' : 'SCTP'
    return { protocol, address: endpoint.address, port: endpoint.port ?? 0 }
  }

  /** `address[:port]`. */
  endpoint(word: Word): { address: string; port: number | undefined } | undefined {
    if (looksLikeIpv6(word.text.replace(/\]:\d+$/, ']')))
      return this.error(word.at, 'ipv6-not-simulated', `"${word.text}" is an IPv6 address, which is not simulated`, 'write an IPv4 address')
    const [address, port, ...more] = word.text.split(':')
    if (parseIpv4(address) === undefined || more.length > 0)
      return this.error(
        word.at,
        'ipvsadm-address',
        `"${word.text}" is not an IPv4 address with a port`,
        'write ADDRESS:PORT in numbers, as `ipvsadm-save -n` does',
      )
    if (port === undefined) return { address, port: undefined }
    const number = this.number({ text: port, at: { ...word.at, column: word.at.column + address.length + 1 } }, 'port', 0, 65_535)
    return number === undefined ? undefined : { address, port: number }
  }

  number(word: Word, what: string, min: number, max: number): number | undefined {
    const n = /^\+?\d+$/.test(word.text) ? Number(word.text) : Number.NaN
    if (n >= min && n <= max) return n
    return this.error(word.at, 'ipvsadm-number', `"${word.text}" is not a ${what}`, `write a whole number from ${min} to ${max}`)
  }

  service(line: CommandLine, key: IpvsServiceKey): IpvsService {
    const option = (name: string): Option | undefined => line.options.find(o => o.name === name)
    const scheduler = option('scheduler')?.value?.text ?? DEFAULT_SCHEDULER
    if (!(SCHEDULERS as readonly string[]).includes(scheduler)) {
      const near = nearest(scheduler, SCHEDULERS)
      this.error(
        option('scheduler')?.value?.at ?? line.command.at,
        'ipvsadm-scheduler',
        `there is no scheduler "${scheduler}"`,
        near === undefined ? `write one of ${SCHEDULERS.join(', ')}` : `did you mean ${near}?`,
      )
    }
    const persistence = this.persistence(line)
    const onePacket = option('ops')
    if (key.protocol !== 'FWM' && key.port === 0 && persistence === undefined)
      this.error(line.command.at, 'ipvsadm-port', 'port 0 (every port) needs persistence', 'add -p, or write the port')
    if (onePacket !== undefined && key.protocol !== 'FWM' && key.protocol !== 'UDP')
      this.error(onePacket.at, 'ipvsadm-option', 'one-packet scheduling (-o) is only for UDP services', 'remove -o')
    const engine = option('pe')?.value
    if (engine !== undefined && engine.text !== 'sip')
      this.error(engine.at, 'ipvsadm-option', `there is no persistence engine "${engine.text}"`, 'write sip')
    return {
      at: line.command.at,
      key,
      scheduler,
      schedulerFlags: this.flags(option('sched-flags'), scheduler),
      onePacket: onePacket !== undefined,
      ...(persistence === undefined ? {} : { persistence }),
      ...(engine === undefined ? {} : { engine: engine.text }),
    }
  }

  persistence(line: CommandLine): { timeoutS: number; netmask: string } | undefined {
    const given = line.options.find(o => o.name === 'persistent')
    const mask = line.options.find(o => o.name === 'netmask')?.value
    if (mask !== undefined && parseIpv4(mask.text) === undefined)
      this.error(mask.at, 'ipvsadm-address', `"${mask.text}" is not a netmask`, 'write it as 255.255.255.0')
    if (given === undefined) return undefined
    const timeoutS = given.value === undefined ? PERSISTENCE_DEFAULT_S : this.number(given.value, 'persistence timeout', 1, TIMEOUT_MAX_S)
    return { timeoutS: timeoutS ?? PERSISTENCE_DEFAULT_S, netmask: mask?.text ?? '255.255.255.255' }
  }

  flags(option: Option | undefined, scheduler: string): string[] {
    const value = option?.value
    if (value === undefined) return []
    const out: string[] = []
    for (const flag of value.text.split(',')) {
      const canonical = canonicalFlag(scheduler, flag)
      if (canonical !== undefined) out.push(canonical)
      else if (SCHEDULER_FLAGS.includes(flag))
        this.error(value.at, 'ipvsadm-option', `the flag ${flag} does not go with the scheduler ${scheduler}`, 'remove it')
      else this.error(value.at, 'ipvsadm-option', `there is no scheduler flag "${flag}"`, `write one of ${SCHEDULER_FLAGS.join(', ')}`)
    }
    return sortFlags(scheduler, out)
  }

  server(line: CommandLine, key: IpvsServiceKey, target: Word): IpvsServer | undefined {
    const option = (name: string) => line.options.find(o => o.name === name)
    const endpoint = this.endpoint(target)
    const methods = line.options.filter(o => ['gatewaying', 'ipip', 'masquerading'].includes(o.name))
    if (methods.length > 1) this.error(methods[1].at, 'ipvsadm-option', 'a second forwarding method is given', 'write one of -g, -i and -m')
    const forward: IpvsForward = methods[0]?.name === 'ipip' ? 'Tunnel' : methods[0]?.name === 'masquerading' ? 'Masq' : 'Route'
    this.tunnel(line, forward)
    const weight = option('weight')?.value
    const upper = option('u-threshold')?.value
    const lower = option('l-threshold')?.value
    const upperThreshold = upper === undefined ? 0 : this.number(upper, 'connection threshold', 0, INT_MAX)
    const lowerThreshold = lower === undefined ? 0 : this.number(lower, 'connection threshold', 0, INT_MAX)
    if (upperThreshold && lowerThreshold && lowerThreshold > upperThreshold)
      this.error(
        lower?.at ?? line.command.at,
        'ipvsadm-number',
        `the lower threshold ${lowerThreshold} is above the upper one, ${upperThreshold}`,
        'write -y at most as large as -x',
      )
    const weightValue = weight === undefined ? 1 : this.number(weight, 'weight', 0, WEIGHT_MAX)
    if (endpoint === undefined || weightValue === undefined || upperThreshold === undefined || lowerThreshold === undefined)
      return undefined
    const servicePort = key.protocol === 'FWM' ? 0 : key.port
    let port = endpoint.port ?? servicePort
    if (key.protocol !== 'FWM' && forward !== 'Masq' && line.command.name !== 'delete-server' && port !== servicePort) {
      this.problems.push({
        at: target.at,
        severity: 'warning',
        code: 'ipvsadm-port',
        message: `the server's port ${port} becomes ${servicePort}: ${forward === 'Route' ? 'direct routing' : 'tunnelling'} does not change ports`,
        remedy: `write ${endpoint.address}:${servicePort}, or forward with -m`,
      })
      port = servicePort
    }
    return { at: line.command.at, address: endpoint.address, port, forward, weight: weightValue, upperThreshold, lowerThreshold }
  }

  tunnel(line: CommandLine, forward: IpvsForward): void {
    const given = line.options.filter(o => o.name.startsWith('tun-'))
    if (given.length === 0) return
    if (forward !== 'Tunnel')
      this.error(given[0].at, 'ipvsadm-option', `--${given[0].name} is only for tunnelling`, 'remove it, or forward with -i')
    const type = given.find(o => o.name === 'tun-type')?.value
    if (type !== undefined && type.text !== 'ipip')
      this.error(type.at, 'ipvsadm-option', `tunnels of type "${type.text}" are not simulated`, 'write --tun-type ipip')
  }

  timeouts(line: CommandLine): IpvsRule | undefined {
    if (line.rest.length !== 3)
      return this.error(
        line.command.at,
        'ipvsadm-option',
        `--set takes three timeouts, not ${line.rest.length}`,
        'write --set TCP TCPFIN UDP in seconds, 0 to keep one',
      )
    const [tcpS, tcpFinS, udpS] = line.rest.map(word => this.number(word, 'timeout in seconds', 0, TIMEOUT_MAX_S))
    if (tcpS === undefined || tcpFinS === undefined || udpS === undefined) return undefined
    return { kind: 'set-timeouts', at: line.command.at, tcpS, tcpFinS, udpS }
  }

  daemon(line: CommandLine): IpvsRule | undefined {
    const value = (name: string) => line.options.find(o => o.name === name)?.value
    const role = line.command.value?.text
    if (role !== 'master' && role !== 'backup')
      return this.error(line.command.at, 'ipvsadm-option', `"${role ?? ''}" is no role of a sync daemon`, 'write master or backup')
    const number = (name: string, min: number, max: number) => {
      const word = value(name)
      return word === undefined ? undefined : this.number(word, name, min, max)
    }
    const syncId = number('syncid', 0, 255) ?? 0
    if (line.command.name === 'stop-daemon') return { kind: 'stop-daemon', at: line.command.at, role, syncId }
    const optional = {
      maxlen: number('sync-maxlen', 1, 65_507),
      port: number('mcast-port', 1, 65_535),
      ttl: number('mcast-ttl', 1, 255),
      group: value('mcast-group')?.text,
    }
    const given = Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined))
    return { kind: 'start-daemon', at: line.command.at, role, interface: value('mcast-interface')?.text ?? 'eth0', syncId, ...given }
  }
}
