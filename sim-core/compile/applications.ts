/**
 * What runs on hosts besides keepalived: real servers' ports, clients' traffic sources.
 */
import type { RandomStreams } from '../base/random.ts'
import type { Stateful } from '../base/tables.ts'
import type { RequestRecord } from '../metrics/index.ts'
import type { Network } from '../net/index.ts'
import { SYNC_PORT, type SyncDatagram } from '../protocols/ipvs/index.ts'
import { Udp } from '../protocols/udp/index.ts'
import type { HostModel, Model, TrafficModel } from '../scenario/index.ts'
import type { Happening } from '../trace/contract.ts'
import { type SourceContext, type TrafficSource, UdpSources } from '../traffic/index.ts'
import type { Directors } from './directors.ts'
import { wireOverhead } from './network-options.ts'
import type { TrafficMeters } from './traffic-meters.ts'

export interface ApplicationWiring {
  readonly network: Network
  readonly meter: TrafficMeters
  readonly random: RandomStreams
  readonly directors: Directors
  readonly report: (h: Happening) => void
}

export class Applications {
  readonly stateful: readonly Stateful[]
  readonly udp: Udp
  private readonly model: Model
  private readonly wiring: ApplicationWiring
  private readonly sources: TrafficSource[]

  constructor(model: Model, wiring: ApplicationWiring) {
    this.model = model
    this.wiring = wiring
    const { network, meter } = wiring
    const { engine, packets, addresses, stack } = network
    this.udp = new Udp({ engine, stack, meter })
    this.udp.onPort(SYNC_PORT, (host, p) => {
      const datagram = packets.body[p] as SyncDatagram
      packets.free(p)
      wiring.directors.ipvs.receiveSync(host, datagram)
    })
    const udpSources = new UdpSources({ engine, packets, addresses, stack, meter })
    this.sources = model.traffic.map((t, i) => udpSources.add(t.options, this.contextOf(t, i)))
    model.hosts.forEach((_, host) => this.restoreHost(host))
    this.stateful = [this.udp, udpSources]
  }

  startOrStop(traffic: number, start: boolean): void {
    if (start) this.sources[traffic].start()
    else this.sources[traffic].stop()
  }

  /** What happens to a real server: verbs of the recordings. */
  realServer(host: number, what: string, port: number | undefined): void {
    for (const s of this.model.hosts[host].serves) {
      if (s.protocol !== 'UDP' || (port !== undefined && s.port !== port)) continue
      if (what === 'hang' || what === 'unhang') this.udp.hang(host, s.port, what === 'hang')
      else if (what === 'refuse') this.udp.close(host, s.port)
      else if (what === 'listen') this.udp.listen(host, s.port)
    }
  }

  forgetHost(host: number): void {
    this.udp.clear(host)
  }

  restoreHost(host: number): void {
    for (const s of this.model.hosts[host].serves) if (s.protocol === 'UDP') this.udp.listen(host, s.port)
  }

  /** Every request of every source, in the order of sending. */
  requests(): RequestRecord[] {
    return []
  }

  private contextOf(t: TrafficModel, traffic: number): SourceContext {
    const { network, random } = this.wiring
    const host = network.stack.hostNames.indexOf(t.from)
    const { link } = this.model.hosts[host].interfaces[0]
    return {
      traffic,
      name: t.name,
      host,
      clientAddresses: clientAddresses(this.model.hosts[host]).map(ip => network.addresses.intern(ip)),
      overheadBytes: wireOverhead(link).bytes,
      wireBytesMin: wireOverhead(link).min,
      random: name => random.stream(`traffic/${name}`),
    }
  }
}

/** The addresses that a client sends from: those of its first interface. */
function clientAddresses(host: HostModel): number[] {
  const [first] = host.interfaces
  return [...(first.address === undefined ? [] : [first.address]), ...first.moreAddresses]
}
