/** A simulation as ns-3's w34.cc sets it up: TCP with ns-3's habits instead of Linux's, and no ARP, for its links have none. */
import type { Simulation } from '../../sim-core/compile/index.ts'
import { FIRST_INTERFACE_MAC } from '../../sim-core/net/index.ts'
import type { TcpSettings } from '../../sim-core/protocols/tcp/index.ts'

const NS3_TCP: Partial<TcpSettings> = { style: 'ns3', lossProbe: false }

export function asNs3(simulation: Simulation): void {
  const { network, applications } = simulation
  for (let host = 0; host < network.stack.hostNames.length; host++) applications.tcp.configure(host, NS3_TCP)
  network.nics.forEach((neighbour, n) => {
    if (neighbour.address === undefined) return
    const address = network.addresses.intern(neighbour.address)
    for (const own of network.nics) if (own.host !== neighbour.host) network.neighbours.preset(own.host, address, FIRST_INTERFACE_MAC + n)
  })
}
