/** The scenario of a starter as YAML: hosts with their real files, a client for each LAN with services, real servers. */
import { dirname } from '../../base/files.ts'
import { formatIpv4 } from '../../base/address.ts'
import type { Cluster } from '../check/index.ts'
import { cidr, inLan, type Plug, type StarterNetwork } from './network.ts'
import type { StarterService } from './services.ts'

export interface StarterParts {
  readonly hosts: readonly string[]
  readonly traffic: readonly string[]
  /** Names of the traffic sources that count requests. */
  readonly requests: readonly string[]
  /** What could not be said, in sentences. */
  readonly notes: readonly string[]
}

/** Names and paths that YAML reads as they are. */
export const plain = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : JSON.stringify(text)

/** `file`: where the scenario will be; paths are written as seen from there. */
export function starterParts(file: string, cluster: Cluster, network: StarterNetwork, services: readonly StarterService[]): StarterParts {
  const notes: string[] = []
  const { lans, plugs } = network
  const balancers = new Set(plugs.map(p => p.address))
  const servers = new Map<number, { lan: number; gateway?: number }>()
  const usable = services.filter(service => {
    const name = `${service.protocol} ${formatIpv4(service.vip)}:${service.port}`
    const lan = lans.findIndex(l => l.vips.includes(service.vip))
    if (lan < 0) {
      notes.push(`${name} has no traffic: no vrrp_instance holds its address.`)
      return false
    }
    const placed = service.servers.map(s => ({ ...s, lan: s.nat ? lans.findIndex(l => l.vips.length > 0 && inLan(l, s.address)) : lan }))
    if (placed.some(s => s.nat && (s.lan < 0 || s.lan === lan))) {
      notes.push(
        `${name} has no traffic: with NAT the real servers must be on another LAN than the clients, with a VIP there as their gateway.`,
      )
      return false
    }
    for (const s of placed)
      if (!balancers.has(s.address)) servers.set(s.address, { lan: s.lan, ...(s.nat ? { gateway: lans[s.lan].vips[0] } : {}) })
    if (placed.length === 0) notes.push(`${name} has no traffic: it has no real server.`)
    return placed.length > 0
  })
  const clientLans = [...new Set(usable.map(s => lans.findIndex(l => l.vips.includes(s.vip))))].sort((a, b) => a - b)
  const taken = new Set(cluster.hosts.map(h => h.name))
  const named = (wish: string): string => {
    let name = wish
    for (let k = 2; taken.has(name); k++) name = `${wish}-${k}`
    taken.add(name)
    return name
  }
  const lanKey = (lan: number): string => (lans.length === 1 ? '' : `, lan: ${plain(lans[lan].name)}`)
  const hosts: string[] = []
  const traffic: string[] = []
  const requests: string[] = []
  for (const lan of clientLans) {
    const client = named(clientLans.length === 1 ? 'client' : `client-${lans[lan].name}`)
    hosts.push(`  ${plain(client)}: { address: ${cidr(lans[lan], network.free(lan, 'end'))}${lanKey(lan)} }`)
    for (const protocol of ['TCP', 'UDP'] as const) {
      const here = usable.filter(s => s.protocol === protocol && lans[lan].vips.includes(s.vip))
      if (here.length === 0) continue
      const name = `${protocol === 'TCP' ? 'requests' : 'datagrams'}${clientLans.length === 1 ? '' : `-${lans[lan].name}`}`
      const to = here.map(s => `${formatIpv4(s.vip)}:${s.port}`).join(', ')
      const what = protocol === 'TCP' ? 'curl: { interval: 100ms, method: HEAD, max_time: 2s }' : 'udp: { rate: 1Mbit, size: 500B }'
      traffic.push(`  ${plain(name)}: { from: ${plain(client)}, to: [${to}], ${what} }`)
      if (protocol === 'TCP') requests.push(name)
    }
  }
  hosts.push(
    ...cluster.hosts.map((_, h) =>
      balancer(
        file,
        cluster,
        h,
        plugs.filter(p => p.host === h),
        network,
      ),
    ),
  )
  let k = 0
  for (const [address, { lan, gateway }] of [...servers].sort(([a], [b]) => a - b)) {
    const route = gateway === undefined ? '' : `, gateway: ${formatIpv4(gateway)}`
    hosts.push(`  ${plain(named(`s${++k}`))}: { address: ${cidr(lans[lan], address)}${lanKey(lan)}${route}, serves: all }`)
  }
  return { hosts, traffic, requests, notes }
}

function balancer(file: string, cluster: Cluster, h: number, plugs: readonly Plug[], { lans }: StarterNetwork): string {
  const { name, files } = cluster.hosts[h]
  const from = (path: string): string => plain(relative(dirname(file), path))
  const rules = files.rules === undefined ? '' : `, ipvs: ${from(files.rules)}`
  const one = plugs.length === 1 && lans.length === 1
  const nics = plugs.map(
    p => `${plain(p.nic)}: { address: ${cidr(lans[p.lan], p.address)}${lans.length === 1 ? '' : `, lan: ${plain(lans[p.lan].name)}`} }`,
  )
  const where = one ? `address: ${cidr(lans[plugs[0].lan], plugs[0].address)}` : `interfaces: { ${nics.join(', ')} }`
  return `  ${plain(name)}: { ${where}, keepalived: ${from(files.conf)}${rules} }`
}

const relative = (folder: string, path: string): string =>
  folder === '.' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path
