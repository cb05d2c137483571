/** keepalived's changes of the IPVS table as IPVS commands, with their cause in the story. */
import { formatIpv4 } from '../base/address.ts'
import type { Instant } from '../base/units.ts'
import type { IpvsForward, IpvsServiceKey as CommandKey } from '../config/ipvsadm/index.ts'
import type { ForwardingMethod } from '../config/keepalived/index.ts'
import type { IpvsEffect, IpvsServiceKey } from '../daemons/keepalived/index.ts'
import type { Network } from '../net/index.ts'
import type { Ipvs, IpvsCommand } from '../protocols/ipvs/index.ts'
import { because, type Cause, type Happening } from '../trace/contract.ts'
import type { IpvsOfKeepalived, SyncDaemonEffect } from './keepalived-hosts.ts'

const FORWARDS: Readonly<Record<ForwardingMethod, IpvsForward>> = { DR: 'Route', NAT: 'Masq', TUN: 'Tunnel' }

const keyOf = (s: IpvsServiceKey): CommandKey =>
  s.mark !== 0 ? { protocol: 'FWM', mark: s.mark } : { protocol: s.protocol, address: formatIpv4(s.ip), port: s.port }

/** A configuration made for one service with the position of nothing: keepalived's commands come from no line. */
export function commandOf(effect: IpvsEffect): IpvsCommand {
  if (effect.kind === 'ipvsFlush') return { kind: 'clear' }
  if (effect.kind === 'ipvsTimeouts') return { kind: 'lvs-timeouts', timeouts: effect.timeouts, restore: effect.restore }
  const key = keyOf(effect.service)
  if (effect.kind === 'ipvsDelService') return { kind: 'delete-service', key }
  if ('options' in effect) {
    const { scheduler, schedulerFlags, onePacket, persistence } = effect.options
    const service = {
      key,
      scheduler,
      schedulerFlags,
      onePacket,
      ...(persistence === null ? {} : { persistence: { timeoutS: persistence.timeoutS, netmask: persistence.granularity } }),
    }
    return { kind: effect.kind === 'ipvsAddService' ? 'add-service' : 'edit-service', service }
  }
  const { dest } = effect
  if (effect.kind === 'ipvsDelDest') return { kind: 'delete-server', key, address: formatIpv4(dest.ip), port: dest.port }
  const server = {
    address: formatIpv4(dest.ip),
    port: dest.port,
    forward: FORWARDS[dest.forward],
    weight: dest.weight,
    upperThreshold: dest.uthreshold,
    lowerThreshold: dest.lthreshold,
  }
  return { kind: effect.kind === 'ipvsAddDest' ? 'add-server' : 'edit-server', key, server }
}

export function ipvsOfKeepalived(ipvs: Ipvs, network: Network, report: (h: Happening) => void): IpvsOfKeepalived {
  const name = (host: number): string => network.stack.hostNames[host]
  const refused = (host: number, kind: string, cause: Cause, why: string): void =>
    report({
      t: network.engine.now as Instant,
      host: name(host),
      kind: 'note',
      what: `keepalived cannot change the IPVS table: ${why}`,
      cause: because('ipvs-command-refused', cause.text, { ...cause.inputs, command: kind, answer: why }),
      fields: {},
    })
  return {
    change(host: number, effect: IpvsEffect): void {
      const result = ipvs.command(host, commandOf(effect), effect.cause)
      if (effect.kind === 'ipvsTimeouts')
        report({
          ...{ t: network.engine.now as Instant, host: name(host), kind: 'note', cause: effect.cause },
          ...{ what: `keepalived ${effect.timeouts === null ? 'gives back' : 'sets'} the timeouts of IPVS`, fields: {} },
        })
      // Removing what the host lost already, or adding what a killed keepalived left behind, is nothing to tell.
      if (result !== undefined && !/exist|No such|Clear/i.test(result)) refused(host, effect.kind, effect.cause, result)
    },
    syncDaemon(host: number, effect: SyncDaemonEffect): void {
      for (const role of effect.stop) ipvs.command(host, { kind: 'stop-daemon', role, syncId: effect.syncId }, effect.cause)
      // A thread that a killed keepalived left behind refuses the new one, and goes on.
      for (const role of effect.start)
        ipvs.command(host, { kind: 'start-daemon', role, interface: effect.interface, syncId: effect.syncId }, effect.cause)
    },
  }
}
