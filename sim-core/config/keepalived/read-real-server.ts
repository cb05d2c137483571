/**
 * real_server, with what it inherits from its virtual server and the port that its forwarding method forces.
 * Tested in test/config/keepalived-lvs.test.ts.
 */
import { Fields, type Handlers, INT_MAX, UINT_MAX } from './fields.ts'
import { LVS_NOTIFY, REAL_SERVER_IGNORED } from './keywords.ts'
import { CHECKER_KINDS, type CheckerSettings, readChecker, settingHandlers } from './read-checkers.ts'
import type { Statement } from './tree.ts'
import type { Checker, ForwardingMethod, RealServer, ServiceAddress } from './types-lvs.ts'

/** What a virtual server hands on to its real servers. */
export interface RealServerDefaults extends CheckerSettings {
  readonly real: readonly Statement[]
  readonly inhibit: boolean
  readonly weight?: number
}

export const notifyHandlers = (f: Fields, notify: Record<string, string>): Handlers =>
  Object.fromEntries([...LVS_NOTIFY].map(keyword => [keyword, (s: Statement) => void (notify[keyword] = f.command(s))]))

/** `NAT`, `DR`, or `TUN` with `type ipip`; other tunnels are not simulated. */
export function forwarding(f: Fields, s: Statement): ForwardingMethod | undefined {
  const words = f.words(s, 1, 5)
  if (words === undefined) return undefined
  const method = f.oneOf(words[0], f.name(s), ['NAT', 'DR', 'TUN'] as const)
  const type = words[1]?.text === 'type' ? words[2]?.text : undefined
  if (words.length > 1 && (method !== 'TUN' || type === undefined))
    f.report.warn(words[1].at, 'words-extra', `${f.name(s)}: keepalived ignores "${words[1].text}" after it`, 'write one statement a line')
  else if (type !== undefined && type !== 'ipip') f.report.ignore(`lvs_method TUN type ${type}`, words[1].at)
  return method
}

/** In the order of the file; of two with one address and port the first. */
export function realServers(f: Fields, d: RealServerDefaults, service: ServiceAddress, forward: ForwardingMethod): RealServer[] {
  const out = new Map<string, RealServer>()
  for (const s of d.real) {
    const server = readRealServer(f, s, d, service, forward)
    if (server === undefined) continue
    const name = `${server.address} ${server.port}`
    const there = out.get(name)
    if (there === undefined) out.set(name, server)
    else
      f.report.warn(
        s.keyword.at,
        'real-server-twice',
        `${f.block}: real_server ${name} is there already (line ${there.at.line}); keepalived drops the second`,
        'remove one of the two',
      )
  }
  return [...out.values()]
}

function readRealServer(
  outer: Fields,
  s: Statement,
  vs: RealServerDefaults,
  service: ServiceAddress,
  forward: ForwardingMethod,
): RealServer | undefined {
  const f = new Fields(outer.report, `real_server ${s.args.map(w => w.text).join(' ')}`)
  const settings: CheckerSettings = {}
  const d: { weight?: number; forward?: ForwardingMethod; upper?: number; lower?: number; inhibit?: boolean } = {}
  const checks: Statement[] = []
  const notify: Record<string, string> = {}
  const where = f.read(
    s,
    {
      ...settingHandlers(f, settings),
      weight: st => void (d.weight = f.unsigned(st, 0, INT_MAX)),
      lvs_method: st => void (d.forward = forwarding(f, st)),
      uthreshold: st => void (d.upper = f.unsigned(st, 0, UINT_MAX)),
      lthreshold: st => void (d.lower = f.unsigned(st, 0, UINT_MAX)),
      inhibit_on_failure: st => void (d.inhibit = f.bool(st)),
      ...notifyHandlers(f, notify),
      ...Object.fromEntries(CHECKER_KINDS.map(kind => [kind, (st: Statement) => void checks.push(st)])),
    },
    REAL_SERVER_IGNORED,
  )
  const [first, second] = s.args
  if (first === undefined) {
    f.report.error(s.keyword.at, 'value-missing', 'real_server has no address', 'write real_server ADDRESS PORT')
    return undefined
  }
  const address = f.address(first, f.block)
  const written = second === undefined ? undefined : f.number(second, `${f.block}: port`, 0, 65_535, 'error')
  if (address === undefined) return undefined
  const method = d.forward ?? forward
  const port = serverPort(f, s, service, method, written)
  const alpha = settings.alpha ?? vs.alpha ?? false
  const checkers: Checker[] = checks.map(st => readChecker(st, f.block, { address, port }, [vs, settings], f.report))
  const virtualhost = settings.virtualhost ?? vs.virtualhost
  return {
    at: s.keyword.at,
    where,
    address,
    port,
    forward: method,
    weight: d.weight ?? vs.weight ?? 1,
    uthreshold: d.upper ?? 0,
    lthreshold: d.lower ?? 0,
    inhibitOnFailure: d.inhibit ?? vs.inhibit,
    alpha,
    ...(virtualhost === undefined ? {} : { virtualhost }),
    checkers,
    notify,
  }
}

/** Direct routing and tunnelling leave the port as it is. */
function serverPort(f: Fields, s: Statement, service: ServiceAddress, method: ForwardingMethod, written: number | undefined): number {
  if (service.kind !== 'address') return written ?? 0
  if (written === undefined || written === service.port) return service.port
  if (method === 'NAT') return written
  f.report.warn(
    s.args[1].at,
    'port-forced',
    `${f.block}: the port becomes ${service.port}: ${method} does not change ports`,
    `write ${service.port}, or lb_kind NAT`,
  )
  return service.port
}
