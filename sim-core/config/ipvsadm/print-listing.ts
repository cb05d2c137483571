/**
 * What `ipvsadm -Ln`, its variants (--stats, --rate, --thresholds, --persistent-conn), `-Lnc` and `-L --timeout` print:
 * the layout of ipvsadm 1.31, trailing blanks included. Listings are sorted by address and port, as the tool sorts
 * them. Tested byte for byte against recordings in test/config/ipvsadm.test.ts.
 */
import { compareEndpoints, compareKeys, keyText } from './key.ts'
import { sortFlags } from './schedulers.ts'
import type { IpvsRates, IpvsServiceKey, IpvsStats, ListedConnection, ListedServer, ListedService } from './types.ts'

export type ListingFormat = 'plain' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn'

export interface ListingOptions {
  readonly format?: ListingFormat
  /** Buckets of the connection table. */
  readonly size?: number
  /** --exact: counters in full instead of K, M, G. */
  readonly exact?: boolean
}

const SIZE_DEFAULT = 4096
const NAME_WIDTH = 33
const SERVER_WIDTH = 28

const left = (value: string | number, width: number): string => String(value).padEnd(width)

const NO_COUNTERS: IpvsStats & IpvsRates = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 }

export function printListing(services: readonly ListedService[], options: ListingOptions = {}): string {
  const format = options.format ?? 'plain'
  let out = `IP Virtual Server version 1.2.1 (size=${options.size ?? SIZE_DEFAULT})\n${title(format)}`
  for (const service of [...services].sort((a, b) => compareKeys(a.key, b.key))) {
    out += `${serviceLine(service, format, options.exact ?? false)}\n`
    for (const server of [...service.servers].sort(compareEndpoints)) out += `${serverLine(server, format, options.exact ?? false)}\n`
  }
  return out
}

function title(format: ListingFormat): string {
  const right = (names: readonly string[]) => names.map(n => n.padStart(8)).join(' ')
  const name = left('Prot LocalAddress:Port', NAME_WIDTH)
  const remote = '  -> RemoteAddress:Port\n'
  switch (format) {
    case 'stats':
      return `${name} ${right(['Conns', 'InPkts', 'OutPkts', 'InBytes', 'OutBytes'])}\n${remote}`
    case 'rate':
      return `${name} ${right(['CPS', 'InPPS', 'OutPPS', 'InBPS', 'OutBPS'])}\n${remote}`
    case 'thresholds':
      return `${name} ${left('Uthreshold', 10)} ${left('Lthreshold', 10)} ${left('ActiveConn', 10)} ${left('InActConn', 10)}\n${remote}`
    case 'persistent-conn':
      return `${name} ${left('Weight', 9)} ${left('PersistConn', 11)} ${left('ActiveConn', 10)} ${left('InActConn', 10)}\n${remote}`
    case 'plain':
      return `Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n`
  }
}

const serviceName = (key: IpvsServiceKey): string =>
  key.protocol === 'FWM'
    ? `FWM  ${key.mark}`
    : `${left(key.protocol, 4)} ${keyText(key).slice(key.protocol.length + 1)}`.slice(0, NAME_WIDTH)

function serviceLine(service: ListedService, format: ListingFormat, exact: boolean): string {
  const name = serviceName(service.key)
  if (format === 'stats') return left(name, NAME_WIDTH) + counters(service.stats ?? NO_COUNTERS, exact)
  if (format === 'rate') return left(name, NAME_WIDTH) + counters(service.rates ?? NO_COUNTERS, exact)
  let out = `${name} ${service.scheduler}`
  const flags = sortFlags(service.scheduler, service.schedulerFlags ?? [])
  if (flags.length > 0) out += ` (${flags.join(',')})`
  if (service.persistence !== undefined) {
    out += ` persistent ${service.persistence.timeoutS}`
    if (service.persistence.netmask !== undefined && service.persistence.netmask !== '255.255.255.255')
      out += ` mask ${service.persistence.netmask}`
    if (service.engine !== undefined) out += ` pe ${service.engine}`
  }
  return service.onePacket ? `${out} ops` : out
}

function serverLine(s: ListedServer, format: ListingFormat, exact: boolean): string {
  const name = `  -> ${left(`${s.address}:${s.port}`.slice(0, SERVER_WIDTH), SERVER_WIDTH)}`
  const connections = `${left(s.active, 10)} ${left(s.inactive, 10)}`
  switch (format) {
    case 'stats':
      return name + counters(s.stats ?? NO_COUNTERS, exact)
    case 'rate': {
      const r = s.rates ?? NO_COUNTERS
      const whole = [r.connections, r.inPackets, r.outPackets].map(n => ` ${String(Math.trunc(n)).padStart(8)}`).join('')
      return name + whole + largeNumber(r.inBytes, exact) + largeNumber(r.outBytes, exact)
    }
    case 'thresholds':
      return `${name} ${left(s.upperThreshold ?? 0, 10)} ${left(s.lowerThreshold ?? 0, 10)} ${connections}`
    case 'persistent-conn':
      return `${name} ${left(s.weight, 9)} ${left(s.persistent ?? 0, 11)} ${connections}`
    case 'plain':
      return `${name} ${left(s.forward, 7)} ${left(s.weight, 6)} ${connections}`
  }
}

const counters = (c: IpvsStats, exact: boolean): string =>
  [c.connections, c.inPackets, c.outPackets, c.inBytes, c.outBytes].map(n => largeNumber(n, exact)).join('')

/** Nine columns; from 100 million on in K, M, G or T. */
function largeNumber(value: number, exact: boolean): string {
  const n = Math.trunc(value)
  if (exact) return String(n).padStart(Math.max(9, String(n).length + 1))
  if (n < 1e8) return String(n).padStart(9)
  const [divisor, letter] = n < 1e9 ? [1e3, 'K'] : n < 1e11 ? [1e6, 'M'] : n < 1e14 ? [1e9, 'G'] : [1e12, 'T']
  return String(Math.floor(n / divisor)).padStart(8) + letter
}

/** `ipvsadm -Lnc`, in the order given: the kernel prints in the order of its hash table. */
export function printConnections(connections: readonly ListedConnection[]): string {
  let out = `IPVS connection entries\npro expire ${left('state', 11)} ${left('source', 18)} ${left('virtual', 18)} destination\n`
  for (const c of connections) {
    const two = (n: number) => String(n).padStart(2, '0')
    const expire = `${two(Math.floor(c.expireS / 60))}:${two(c.expireS % 60)}`
    const endpoint = (e: { address: string; port: number }) => `${e.address}:${e.port}`
    out += `${left(c.protocol, 3)} ${left(expire, 6)} ${left(c.state, 11)} ${left(endpoint(c.client), 18)} ${left(endpoint(c.virtual), 18)} ${endpoint(c.destination)}\n`
  }
  return out
}

/** `ipvsadm -L --timeout`. */
export const printTimeouts = (tcpS: number, tcpFinS: number, udpS: number): string =>
  `Timeout (tcp tcpfin udp): ${tcpS} ${tcpFinS} ${udpS}\n`
