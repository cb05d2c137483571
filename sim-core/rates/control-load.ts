/** What steady MASTERs' adverts put on every link: little, but it is all that a quiet link carries. */
import type { Fabric } from './fabric.ts'

export interface AdvertRate {
  readonly nic: number
  readonly perS: number
  readonly ipBytes: number
}

export interface ControlLoad {
  readonly pps: Float64Array
  readonly bps: Float64Array
}

/** Every advert goes up its sender's cable, over every trunk away from it and down to everybody else. */
export function controlLoad(fabric: Fabric, adverts: readonly AdvertRate[]): ControlLoad {
  const { nics, links } = fabric.network
  const pps = new Float64Array(fabric.options.length)
  const bps = new Float64Array(fabric.options.length)
  const add = (link: number, a: Pick<AdvertRate, 'perS' | 'ipBytes'>, sign = 1): void => {
    if (a.perS === 0 || !links.hasCarrier(link)) return
    pps[link] += sign * a.perS
    bps[link] += sign * 8 * a.perS * fabric.wireBytes(link, a.ipBytes)
  }
  // By domain: adverts of one size, so that a large LAN is gone through once and not once an advert.
  const heard = new Map<number, Map<number, number>>()
  for (const a of adverts) {
    add(2 * a.nic, a)
    if (!links.isOpen(2 * a.nic)) continue
    const domain = fabric.domainOf(a.nic)
    const sizes = heard.get(domain) ?? new Map<number, number>()
    heard.set(domain, sizes.set(a.ipBytes, (sizes.get(a.ipBytes) ?? 0) + a.perS))
    add(2 * a.nic + 1, a, -1)
    for (const link of fabric.trunksAwayFrom(fabric.network.lanOfNic[a.nic])) add(link, a)
  }
  for (let nic = 0; nic < nics.length; nic++)
    for (const [ipBytes, perS] of heard.get(fabric.domainOf(nic)) ?? []) add(2 * nic + 1, { perS, ipBytes })
  return { pps, bps }
}
