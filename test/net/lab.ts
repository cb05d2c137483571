/** A small network for tests: hosts on one switch, links as given, everything delivered is listed. */
import { parseIpv4 } from '../../sim-core/base/address.ts'
import { Engine } from '../../sim-core/engine/index.ts'
import { LINUX_ARP, type LinkOptions, Network, type NetworkHost, PACKET_UDP } from '../../sim-core/net/index.ts'
import type { Happening } from '../../sim-core/trace/contract.ts'

export const ip = (text: string): number => parseIpv4(text) as number

export interface LabHost {
  address: string
  vipsOnLo?: string[]
  staticVips?: string[]
  forward?: boolean
  arpIgnore?: number
  arpAnnounce?: number
  link?: Partial<LinkOptions>
}

export function lab(hosts: Record<string, LabHost>, link: Partial<LinkOptions> = {}) {
  const engine = new Engine()
  const happenings: Happening[] = []
  const options = (name: string, own: Partial<LinkOptions> | undefined): LinkOptions => ({
    ...{ name, rateBps: 1e9, delayNs: 50_000, overheadBytes: 38, wireBytesMin: 84, queuePackets: 1000 },
    ...{ queueBytes: Number.POSITIVE_INFINITY, mtuBytes: 65_535, loss: 0 },
    ...link,
    ...own,
  })
  const network = new Network(engine, {
    lans: [{ name: 'switch', macAgeingNs: 300e9 }],
    hosts: Object.entries(hosts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, h]): NetworkHost => ({
          name,
          interfaces: [
            {
              name: 'eth0',
              lan: 0,
              address: ip(h.address),
              prefixLength: 24,
              moreAddresses: [],
              up: options(`${name}→switch`, h.link),
              down: options(`switch→${name}`, h.link),
            },
          ],
          forward: h.forward ?? false,
          vipsOnLo: (h.vipsOnLo ?? []).map(ip),
          staticVips: (h.staticVips ?? []).map(ip),
          arpIgnore: h.arpIgnore ?? 0,
          arpAnnounce: h.arpAnnounce ?? 0,
          arp: LINUX_ARP,
        }),
      ),
    trunks: [],
    pieceOf: [0],
    hasVirtualMacs: false,
    draw: () => 0.5,
    report: h => happenings.push(h),
  })
  const delivered: { t: number; host: string; srcPort: number }[] = []
  const dropped: { t: number; host: string; reason: number }[] = []
  network.stack.onDeliver(PACKET_UDP, (host, p) => {
    delivered.push({ t: engine.now, host: network.stack.hostNames[host], srcPort: network.packets.srcPort[p] })
    network.packets.free(p)
  })
  network.stack.setDropListener((host, _p, reason) => dropped.push({ t: engine.now, host: network.stack.hostNames[host], reason }))
  const hostIndex = (name: string) => network.stack.hostNames.indexOf(name)
  /** Sends one UDP packet of `ipBytes` at the current instant, from the host's own address unless given. */
  const send = (from: string, to: string, srcPort = 1, ipBytes = 1500, source = hosts[from].address) => {
    const p = network.packets.alloc(PACKET_UDP, engine.now, engine.segment, 0)
    const host = hostIndex(from)
    network.packets.src[p] = network.addresses.intern(ip(source))
    network.packets.dst[p] = network.addresses.intern(ip(to))
    network.packets.srcPort[p] = srcPort
    network.packets.dstPort[p] = 80
    network.packets.ipBytes[p] = ipBytes
    network.packets.payloadBytes[p] = ipBytes - 28
    network.stack.send(host, p)
  }
  const at = engine.addKind(i => calls[i]())
  const calls: (() => void)[] = []
  const later = (t: number, call: () => void) => engine.schedule(t, at, calls.push(call) - 1)
  return { engine, network, delivered, dropped, happenings, send, later, hostIndex }
}
