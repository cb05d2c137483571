/**
 * Everything that a plan does not decide but files need: addresses, interface, ports, passwords. All of it has
 * defaults, so that `--write` works at once, and all of it is checked. Tested in test/plan/write.test.ts.
 */
import { formatIpv4, isMulticast, parseIpv4 } from '../../base/address.ts'
import type { Problem } from '../../base/problem.ts'
import type { Failover } from '../failover.ts'
import { defaultFailover } from '../failover.ts'
import type { PlanModel } from '../model.ts'
import type { PlanAnswer } from '../solve.ts'

export interface DeploymentOptions {
  /** The balancers' interface; default eth0. */
  readonly interface?: string
  readonly prefixLength?: number
  /** One a balancer, in their order; default 10.10.0.1 and up. */
  readonly balancerAddresses?: readonly string[]
  /** One a VIP; default the VIPs' names where they are addresses, else 10.10.2.1 and up. */
  readonly vipAddresses?: readonly string[]
  /** One a real server; default 10.10.1.1 and up. */
  readonly serverAddresses?: readonly string[]
  readonly clientAddress?: string
  readonly ports?: readonly number[]
  /** The virtual services' scheduler; default rr. */
  readonly scheduler?: string
  /** First virtual_router_id; default 51, or 1 when more than 205 are needed. */
  readonly firstVrid?: number
  /** auth_pass of version 2, at most 8 characters; default one an instance. `none` writes no authentication. */
  readonly authPass?: string
  /** Adverts to each peer instead of to 224.0.0.18. */
  readonly unicast?: boolean
  /** Name that DNS answers with all VIPs. */
  readonly domain?: string
  readonly failover?: Failover
}

export interface ServerPlace {
  readonly name: string
  readonly address: string
  readonly weight: number
  readonly linkBps: number
}

export interface Deployment {
  readonly interface: string
  readonly prefixLength: number
  readonly balancers: readonly string[]
  readonly vips: readonly string[]
  readonly servers: readonly ServerPlace[]
  readonly client: string
  readonly ports: readonly number[]
  readonly scheduler: string
  readonly firstVrid?: number
  readonly authPass?: string
  readonly unicast: boolean
  readonly domain: string
  readonly failover: Failover
}

const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const AUTH_PASS_MAX = 8

const from = (first: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => formatIpv4((parseIpv4(first) as number) + i))

export function makeDeployment(
  model: PlanModel,
  answer: PlanAnswer,
  options: DeploymentOptions,
): { deployment: Deployment; problems: Problem[] } {
  const named = (model.vipNames ?? []).filter(name => parseIpv4(name) !== undefined)
  const vips = answer.orders.length
  const given =
    model.question.servers ??
    Array.from({ length: Math.max(2, model.names.length) }, (_, i) => ({
      name: `s${i + 1}`,
      linkBps: Math.max(...model.question.balancers.map(b => b.linkBps)),
    }))
  const serverAddresses = options.serverAddresses ?? from('10.10.1.1', given.length)
  const deployment: Deployment = {
    interface: options.interface ?? 'eth0',
    prefixLength: options.prefixLength ?? 16,
    balancers: options.balancerAddresses ?? from('10.10.0.1', model.names.length),
    vips: options.vipAddresses ?? (named.length === vips ? named : from('10.10.2.1', vips)),
    servers: given.map((server, i) => ({
      name: server.name,
      address: serverAddresses[i] ?? '',
      weight: 'weight' in server ? (server.weight ?? 1) : 1,
      linkBps: server.linkBps,
    })),
    client: options.clientAddress ?? '10.10.255.1',
    ports: options.ports ?? [80],
    scheduler: options.scheduler ?? 'rr',
    ...(options.firstVrid === undefined ? {} : { firstVrid: options.firstVrid }),
    ...(options.authPass === undefined ? {} : { authPass: options.authPass }),
    unicast: options.unicast ?? false,
    domain: options.domain ?? 'www.example.com',
    failover: options.failover ?? defaultFailover(model),
  }
  return { deployment, problems: check(model, deployment) }
}

function check(model: PlanModel, d: Deployment): Problem[] {
  const problems: Problem[] = []
  const report = (code: string, message: string, remedy?: string): void => {
    problems.push({
      at: { file: 'plan', line: 1, column: 1 },
      severity: 'error',
      code,
      message,
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
  for (const name of [...model.names, ...d.servers.map(s => s.name)]) {
    if (!HOST_NAME.test(name)) report('bad-name', `"${name}" cannot name a host in files`, 'use letters, digits, "-", "_" and "."')
  }
  const counts: [string, number, number][] = [
    ['balancer', d.balancers.length, model.names.length],
    ['real server', d.servers.filter(s => s.address !== '').length, d.servers.length],
  ]
  for (const [what, have, need] of counts)
    if (have !== need) report('address-count', `${have} addresses for ${need} ${what}s`, 'give one each')
  const addresses = [...d.balancers, ...d.vips, ...d.servers.map(s => s.address).filter(a => a !== ''), d.client]
  addresses.forEach((address, i) => {
    const ip = parseIpv4(address)
    if (ip === undefined || ip === 0 || isMulticast(ip))
      report('bad-address', `"${address}" is no IPv4 address of a host`, 'such as 10.10.2.1')
    else if (addresses.indexOf(address) < i)
      report('duplicate-address', `${address} is used twice`, 'every balancer, real server, VIP and the client needs its own')
  })
  for (const port of d.ports)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) report('bad-port', `${port} is no port`, '1 to 65535')
  if (!/^[A-Za-z0-9_.@-]{1,15}$/.test(d.interface)) report('bad-interface', `"${d.interface}" is no interface name`, 'such as eth0')
  if (!/^[a-z]{2,5}$/.test(d.scheduler)) report('bad-scheduler', `"${d.scheduler}" is no scheduler`, 'such as rr, wrr or wlc')
  if (d.authPass !== undefined && d.authPass !== 'none' && !/^[A-Za-z0-9_.-]+$/.test(d.authPass)) {
    report(
      'bad-auth-pass',
      'the password has characters that keepalived.conf would read otherwise',
      'use letters, digits, "-", "_" and "."',
    )
  } else if ((d.authPass ?? '').length > AUTH_PASS_MAX)
    report('bad-auth-pass', `the password is longer than ${AUTH_PASS_MAX} characters`, 'keepalived cuts it there')
  if (!/^[A-Za-z0-9.-]+$/.test(d.domain)) report('bad-domain', `"${d.domain}" is no domain name`)
  return problems
}
