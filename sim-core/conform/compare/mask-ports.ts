/**
 * Source ports that no action names were drawn by a kernel: the checkers' own, and those of a load. They are written as
 * `*` on both sides, so that the rest of the line is compared.
 */
import type { CaseFile } from '../case-file.ts'
import type { Observed } from '../observed.ts'

/** Ports below are services'. */
const EPHEMERAL_FIRST = 1024

export function maskPorts(recorded: CaseFile): <O extends Observed>(line: O) => O {
  const named = new Set(recorded.actions.flatMap(a => ('src' in a ? [a.src] : [])))
  const serviced = new Set(recorded.actions.flatMap(a => (a.do === 'connect' || a.do === 'udp' ? [a.to] : a.do === 'raw' ? [a.dst] : [])))
  const own = new Set(Object.values(recorded.hosts).map(h => h.address.split('/')[0]))
  const mask = (endpoint: string): string => {
    const [address, port] = endpoint.split(':')
    const drawn = own.has(address) && Number(port) >= EPHEMERAL_FIRST && !named.has(endpoint) && !serviced.has(endpoint)
    return drawn && !isServer(recorded, address) ? `${address}:*` : endpoint
  }
  return line => {
    if (line.kind === 'packet') return { ...line, src: mask(line.src), dst: mask(line.dst) }
    if (line.kind === 'conn') return { ...line, conns: line.conns.map(c => ({ ...c, client: mask(c.client) })) }
    return line
  }
}

/** A real server's ports are its services'. */
const isServer = (recorded: CaseFile, address: string): boolean =>
  Object.values(recorded.hosts).some(h => h.vip_on_lo !== undefined && h.address.split('/')[0] === address)
