/** The kernel's services behind one virtual_server: several when it names a virtual_server_group. */
import { parseIpv4 } from '../../base/address.ts'
import type { VirtualServer, VirtualServerGroup } from '../../config/keepalived/index.ts'
import type { IpvsServiceKey } from './messages.ts'

export function serviceKeys(config: { readonly virtualServerGroups: readonly VirtualServerGroup[] }, vs: VirtualServer): IpvsServiceKey[] {
  const at = (ip: number, port: number): IpvsServiceKey => ({ protocol: vs.protocol, ip, port, mark: 0 })
  const marked = (mark: number): IpvsServiceKey => ({ protocol: vs.protocol, ip: 0, port: 0, mark })
  const s = vs.service
  if (s.kind === 'address') return [at(parseIpv4(s.address) ?? 0, s.port)]
  if (s.kind === 'fwmark') return [marked(s.mark)]
  const group = config.virtualServerGroups.find(g => g.name === s.name)
  return (group?.entries ?? []).flatMap(e => {
    if (e.kind === 'fwmark') return [marked(e.mark)]
    const first = parseIpv4(e.first) ?? 0
    const count = (parseIpv4(e.last) ?? first) - first + 1
    return Array.from({ length: count }, (_, k) => at(first + k, e.port))
  })
}
