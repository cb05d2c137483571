/**
 * What a host's own tools would print at this instant: `ip addr`, `ip neigh`, `ss -tan`, and a switch's MAC table. Read
 * from the tables of the run, in the tools' layout (iproute2 6.1), shortened to what is simulated.
 */
import { FIRST_INTERFACE_MAC } from '../net/index.ts'
import { formatIpv4 } from '../base/address.ts'
import { STATE_NAMES } from '../protocols/tcp/index.ts'
import type { Simulation } from './simulation.ts'

/** A TCP socket as `ss` shows it. */
export interface Socket {
  readonly state: string
  readonly local: string
  readonly peer: string
}

const SS_NAMES: Readonly<Record<string, string>> = { ESTABLISHED: 'ESTAB', 'SYN-RECEIVED': 'SYN-RECV' }
const LOOPBACK = -1

/** Sorted by peer, then by own address; TIME-WAIT included. */
export function socketsOf(simulation: Simulation, host: number): Socket[] {
  const { rows, timeWait } = simulation.applications.tcp
  const { addresses } = simulation.network
  const end = (row: number, port: number): string => `${formatIpv4(addresses.value[row])}:${port}`
  const out: Socket[] = []
  for (let c = 0; c < rows.rows; c++) {
    if (rows.host[c] !== host || STATE_NAMES[rows.state[c]] === 'CLOSED') continue
    const name = STATE_NAMES[rows.state[c]] ?? ''
    out.push({ state: SS_NAMES[name] ?? name, local: end(rows.local[c], rows.localPort[c]), peer: end(rows.remote[c], rows.remotePort[c]) })
  }
  for (let c = 0; c < timeWait.rows; c++) {
    if (timeWait.host[c] !== host || timeWait.expiresAt[c] <= simulation.now) continue
    const state = timeWait.halfOpen[c] === 1 ? 'FIN-WAIT-2' : 'TIME-WAIT'
    out.push({ state, local: end(timeWait.local[c], timeWait.localPort[c]), peer: end(timeWait.remote[c], timeWait.remotePort[c]) })
  }
  const key = (s: Socket): string => `${s.peer} ${s.local}`
  return out.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

export function printSockets(sockets: readonly Socket[]): string {
  const head = `${'State'.padEnd(11)}Recv-Q Send-Q ${'Local Address:Port'.padEnd(22)} Peer Address:Port\n`
  return head + sockets.map(s => `${s.state.padEnd(11)}${'0'.padEnd(7)}${'0'.padEnd(7)}${s.local.padEnd(22)} ${s.peer}\n`).join('')
}

/** The host's interfaces, each followed by the macvlan interfaces upon it (use_vmac). */
function interfacesOf(simulation: Simulation, host: number): { readonly nic: number; readonly mac: number }[] {
  const { stack, neighbours } = simulation.network
  return stack.hosts[host].nics.flatMap(nic => [FIRST_INTERFACE_MAC + nic, ...neighbours.virtualMacsOf(nic)].map(mac => ({ nic, mac })))
}

/** `ip addr`: the interfaces with carrier and addresses, VIPs among them; lo last of its addresses first. */
export function printAddresses(simulation: Simulation, host: number): string {
  const { stack, links, nics, addresses } = simulation.network
  const all = stack.addressesOf(host)
  const of = (nic: number): string[] => all.filter(a => a.nic === nic).map(a => formatIpv4(addresses.value[a.address]))
  const lines = ['1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536', '    inet 127.0.0.1/8 scope host lo']
  for (const ip of of(LOOPBACK)) lines.push(`    inet ${ip}/32 scope global lo`)
  interfacesOf(simulation, host).forEach(({ nic, mac }, i) => {
    const { name, address, prefixLength } = nics[nic]
    const flags = links.hasCarrier(nic * 2) ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'NO-CARRIER,BROADCAST,MULTICAST,UP'
    const device = mac === FIRST_INTERFACE_MAC + nic ? name : `vrrp.${simulation.network.vridOf(mac)}`
    lines.push(`${i + 2}: ${device === name ? name : `${device}@${name}`}: <${flags}>`)
    lines.push(`    link/ether ${simulation.network.macText(mac)} brd ff:ff:ff:ff:ff:ff`)
    const own = address === undefined ? '' : formatIpv4(address)
    for (const a of all.filter(a => a.nic === nic && simulation.network.neighbours.macFor(nic, a.address) === mac)) {
      const ip = formatIpv4(addresses.value[a.address])
      lines.push(`    inet ${ip}/${ip === own ? prefixLength : 32} scope global ${device}`)
    }
  })
  return `${lines.join('\n')}\n`
}

/** `ip neigh`: the ARP cache. */
export function printNeighbours(simulation: Simulation, host: number): string {
  const { neighbours, addresses, stack, nics } = simulation.network
  const device = nics[stack.hosts[host].nics[0]]?.name ?? 'eth0'
  return neighbours
    .table(host)
    .map(e => ({ ip: addresses.value[e.address], e }))
    .sort((a, b) => a.ip - b.ip)
    .map(({ ip, e }) => {
      const mac = e.state === 'INCOMPLETE' ? '' : ` lladdr ${macWithName(simulation, e.mac)}`
      return `${formatIpv4(ip)} dev ${device}${mac} ${e.state}\n`
    })
    .join('')
}

/** `bridge fdb`: which port leads to which MAC. */
export function printMacTable(simulation: Simulation, lan: number): string {
  const { switches, links } = simulation.network
  return switches
    .table(lan)
    .map(e => `${macWithName(simulation, e.mac)} port ${links.names[e.link]} age ${Math.floor(e.ageNs / 1e9)} s\n`)
    .sort()
    .join('')
}

function macWithName(simulation: Simulation, mac: number): string {
  const { network } = simulation
  return `${network.macText(mac)} (${network.macName(mac)})`
}
