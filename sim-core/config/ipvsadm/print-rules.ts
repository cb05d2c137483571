/**
 * Services → rules text, as `ipvsadm-save -n` prints it, in the order given (a restore adds in that order). One addition:
 * thresholds are written (-x, -y), which ipvsadm 1.31 forgets. Tested in test/config/ipvsadm.test.ts.
 */
import { keyOption } from './key.ts'
import type { IpvsForward, IpvsServer, IpvsService, IpvsServiceKey, IpvsTableService } from './types.ts'

const FORWARD_OPTION: Readonly<Record<IpvsForward, string>> = { Route: '-g', Masq: '-m', Tunnel: '-i', Local: '-g' }

export function printRules(services: readonly IpvsTableService[]): string {
  let out = ''
  for (const service of services) {
    out += `${serviceRule(service)}\n`
    for (const server of service.servers) out += `${serverRule(service.key, server)}\n`
  }
  return out
}

function serviceRule(service: IpvsService): string {
  let out = `-A ${keyOption(service.key)} -s ${service.scheduler}`
  if (service.persistence !== undefined) {
    out += ` -p ${service.persistence.timeoutS}`
    if (service.persistence.netmask !== '255.255.255.255') out += ` -M ${service.persistence.netmask}`
  }
  if (service.engine !== undefined) out += ` --pe ${service.engine}`
  if (service.onePacket) out += ' -o'
  if (service.schedulerFlags.length > 0) out += ` -b ${service.schedulerFlags.join(',')}`
  return out
}

function serverRule(key: IpvsServiceKey, server: IpvsServer): string {
  let out = `-a ${keyOption(key)} -r ${server.address}:${server.port} ${FORWARD_OPTION[server.forward]} -w ${server.weight}`
  if (server.forward === 'Tunnel') out += ' --tun-type ipip'
  if (server.upperThreshold > 0) out += ` -x ${server.upperThreshold}`
  if (server.lowerThreshold > 0) out += ` -y ${server.lowerThreshold}`
  return out
}
