/**
 * What runs on hosts besides keepalived: real servers' ports, clients' traffic sources.
 */
import { formatIpv4 } from '../base/address.ts'
import type { RandomStreams } from '../base/random.ts'
import type { Stateful } from '../base/tables.ts'
import { JiffyClock } from '../base/timer-wheel.ts'
import { Curl, FATES, whyOf } from '../daemons/curl/index.ts'
import { EchoServer, HTTPD_VERBS, Httpd, type HttpdVerb, NGINX } from '../daemons/httpd/index.ts'
import { SMTP_PORTS, Smtpd } from '../daemons/smtpd/index.ts'
import type { RequestRecord } from '../metrics/index.ts'
import { FIRST_INTERFACE_MAC, type Network } from '../net/index.ts'
import { SYNC_PORT, type SyncDatagram } from '../protocols/ipvs/index.ts'
import { readTcpSysctl, type ResetListener, Tcp } from '../protocols/tcp/index.ts'
import { Udp } from '../protocols/udp/index.ts'
import type { HostModel, Model, TrafficModel } from '../scenario/index.ts'
import type { Happening } from '../trace/contract.ts'
import { type SourceContext, type TrafficSource, TrafficSources } from '../traffic/index.ts'
import type { Directors } from './directors.ts'
import { wireOverhead } from './network-options.ts'
import type { TrafficMeters } from './traffic-meters.ts'

/** Of a host without an interface: what it sends can only go to itself. */
const LOOPBACK_MTU_BYTES = 65_536

export interface ApplicationWiring {
  readonly network: Network
  readonly meter: TrafficMeters
  readonly random: RandomStreams
  readonly directors: Directors
  readonly report: (h: Happening) => void
  readonly resets: ResetListener
}

export class Applications {
  readonly stateful: readonly Stateful[]
  readonly udp: Udp
  readonly tcp: Tcp
  readonly httpd: Httpd
  readonly smtpd: Smtpd
  readonly curl: Curl
  readonly traffic: TrafficSources
  private readonly echo: EchoServer
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
    this.tcp = new Tcp({
      engine,
      network: stack,
      clock: new JiffyClock(model.hz, model.jiffiesAtStart),
      mtuBytes: host => model.hosts[host].interfaces[0]?.link.mtuBytes ?? LOOPBACK_MTU_BYTES,
      holds: (...flow) => network.neighbours.holds(...flow),
      processesLast: model.processesLast === true,
      meter: meter.tcp,
      resets: wiring.resets,
    })
    this.httpd = new Httpd(
      { engine, tcp: this.tcp, hostCount: stack.hostCount },
      model.serverIdleS === undefined ? NGINX : { idleS: model.serverIdleS },
    )
    this.echo = new EchoServer(this.tcp)
    this.smtpd = new Smtpd(this.tcp, stack.hostCount)
    this.curl = new Curl({
      engine,
      tcp: this.tcp,
      meter,
      hostOfMac: mac => network.nics[mac - FIRST_INTERFACE_MAC]?.host ?? -1,
      isDirector: host => wiring.directors.hosts.includes(host),
    })
    this.traffic = new TrafficSources({ engine, packets, addresses, stack, meter, tcp: this.tcp, curl: this.curl })
    this.sources = model.traffic.map((t, i) => this.traffic.add(t.options, this.contextOf(t, i)))
    for (let host = 0; host < model.hosts.length; host++) {
      for (const [key, value] of Object.entries(model.hosts[host].sysctl)) this.sysctl(host, key, value)
      this.restoreHost(host)
    }
    this.stateful = [this.udp, this.tcp, this.httpd, this.echo, this.smtpd, this.curl, ...this.traffic.stateful]
  }

  startOrStop(traffic: number, start: boolean): void {
    if (start) this.sources[traffic].start()
    else this.sources[traffic].stop()
  }

  /** What happens to a real server: verbs of the recordings. */
  realServer(host: number, what: string, port: number | undefined): void {
    if (HTTPD_VERBS.includes(what as HttpdVerb)) this.httpd.control(host, what as HttpdVerb, port)
    this.smtpd.control(host, what, port)
    for (const s of this.model.hosts[host].serves) {
      if (port !== undefined && s.port !== port) continue
      if (s.echo === true) this.echo.control(host, what, s.port)
      if (s.protocol !== 'UDP') continue
      if (what === 'hang' || what === 'unhang') this.udp.hang(host, s.port, what === 'hang')
      else if (what === 'refuse') this.udp.close(host, s.port)
      else if (what === 'listen') this.udp.listen(host, s.port)
    }
  }

  /** A sysctl of TCP; others are not ours. */
  sysctl(host: number, key: string, value: string | number): void {
    const reading = readTcpSysctl(key, value)
    if (reading?.ok) this.tcp.configure(host, reading.settings)
  }

  forgetHost(host: number): void {
    this.udp.clear(host)
    this.httpd.crashHost(host)
    this.smtpd.crashHost(host)
    this.tcp.crashHost(host)
  }

  restoreHost(host: number): void {
    for (const s of this.model.hosts[host].serves)
      if (s.protocol === 'UDP') this.udp.listen(host, s.port)
      else if (s.echo === true) this.echo.listen(host, s.port)
      else if (SMTP_PORTS.includes(s.port)) this.smtpd.listen(host, s.port)
      else this.httpd.listen(host, s.port)
  }

  /** Every request of every source, in the order of sending. */
  requests(): RequestRecord[] {
    const { log } = this.curl
    const { hostNames } = this.wiring.network.stack
    const name = (host: number): string => hostNames[host] ?? ''
    const why = (q: number): Pick<RequestRecord, 'cause' | 'why'> => {
      const cause = whyOf(log, q, name, this.wiring.network.engine.now)
      return cause === undefined ? { cause: '' } : { cause: cause.text, why: cause }
    }
    return Array.from({ length: log.count }, (_, q) => {
      const traffic = this.model.traffic[log.traffic[q]].name
      return {
        id: `${traffic}#${log.number[q]}`,
        traffic,
        sentNs: log.sentAt[q],
        vip: formatIpv4(this.wiring.network.addresses.value[log.vip[q]]),
        director: name(log.director[q]),
        server: name(log.server[q]),
        fate: FATES[log.fate[q]],
        elapsedNs: log.fate[q] === 0 ? this.wiring.network.engine.now - log.sentAt[q] : log.elapsedNs[q],
        synRetransmits: log.synRetransmits[q],
        ...why(q),
      }
    })
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
