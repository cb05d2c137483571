/** Names and order of IPVS services and servers: as ipvsadm writes them, as its listing sorts them. */
import { parseIpv4 } from '../ipv4.ts'
import type { IpvsServiceKey } from './types.ts'

const PROTOCOL_NUMBER = { TCP: 6, UDP: 17, SCTP: 132, FWM: 0 } as const
const PROTOCOL_OPTION = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const

/** `TCP 10.0.0.1:80`, `FWM 3`: equal for equal services. */
export const keyText = (key: IpvsServiceKey): string =>
  key.protocol === 'FWM' ? `FWM ${key.mark}` : `${key.protocol} ${key.address}:${key.port}`

/** `-t 10.0.0.1:80`, `-f 3`. */
export const keyOption = (key: IpvsServiceKey): string =>
  key.protocol === 'FWM' ? `-f ${key.mark}` : `${PROTOCOL_OPTION[key.protocol]} ${key.address}:${key.port}`

/** ipvsadm's order of services: by mark, protocol number, address, port. */
export function compareKeys(a: IpvsServiceKey, b: IpvsServiceKey): number {
  const markA = a.protocol === 'FWM' ? a.mark : 0
  const markB = b.protocol === 'FWM' ? b.mark : 0
  if (markA !== markB) return markA - markB
  if (a.protocol === 'FWM' || b.protocol === 'FWM') return 0
  return PROTOCOL_NUMBER[a.protocol] - PROTOCOL_NUMBER[b.protocol] || compareEndpoints(a, b)
}

export const compareEndpoints = (a: { address: string; port: number }, b: { address: string; port: number }): number =>
  (parseIpv4(a.address) ?? 0) - (parseIpv4(b.address) ?? 0) || a.port - b.port
