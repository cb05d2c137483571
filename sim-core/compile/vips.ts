/** The VIPs of a model: what keepalived may install and what is configured by hand; u32, ascending. */
import { parseIpv4 } from '../base/address.ts'
import type { Model } from '../scenario/index.ts'

export function vipsOfModel(model: Model): number[] {
  const vips = new Set<number>()
  for (const host of model.hosts) {
    for (const ip of host.staticVips) vips.add(ip)
    for (const instance of host.keepalived?.instances ?? [])
      for (const v of [...instance.vips, ...instance.excludedVips]) {
        const ip = parseIpv4(v.address)
        if (ip !== undefined) vips.add(ip)
      }
  }
  for (const event of model.events) if (event.verb === 'garp') vips.add(Number(event.options['vip']))
  return Array.from(vips).sort((a, b) => a - b)
}
