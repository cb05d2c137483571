/**
 * Goal: what a keepalived.conf means for the VRRP child and the IPVS table, where that is more than a copy.
 * Method: small files, one question each.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { parseKeepalived } from '../../../sim-core/config/keepalived/index.ts'
import {
  type KeepalivedProcessConfig,
  keepalivedOff,
  processConfigOf,
  serviceKeys,
  stepKeepalived,
} from '../../../sim-core/daemons/keepalived/index.ts'
import { ip } from '../../protocols/vrrp/configs.ts'

const processOf = (text: string): KeepalivedProcessConfig => processConfigOf(parseKeepalived('k.conf', mapFiles({ 'k.conf': text })).config)

const instance = (name: string, vrid: number, more = '', priority = 100) => `
vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${vrid}
  priority ${priority}
  virtual_ipaddress { 10.0.0.${vrid}/24 }
  ${more}
}`

const SCRIPT = 'vrrp_script chk {\n script "/bin/true"\n interval 2\n weight -5\n}\n'

describe('a keepalived.conf', () => {
  it('gives the trackers of a sync group to its members, and takes away the members’ own weights', () => {
    const { vrrp } = processOf(`${SCRIPT}
vrrp_sync_group G { 
 group {
 VI_1
 VI_2
 }
 track_interface {
 eth3 weight 7
 }
}
${instance('VI_1', 51, 'track_interface {\n eth2 weight 10\n }\n track_script {\n chk\n }')} ${instance('VI_2', 52)}`)
    expect(vrrp.groups).toEqual([{ name: 'G', members: [0, 1] }])
    expect(vrrp.instances[0].trackers).toEqual([
      { kind: 'interface', name: 'eth2', weight: 0, reverse: false },
      { kind: 'interface', name: 'eth3', weight: 7, reverse: false },
    ])
    expect(vrrp.instances[1].trackers).toEqual([{ kind: 'interface', name: 'eth3', weight: 7, reverse: false }])
  })

  it('keeps weights outside of groups, and none of an address owner', () => {
    const tracks = 'track_script { chk }'
    expect(processOf(SCRIPT + instance('VI_1', 51, tracks)).vrrp.instances[0].trackers).toEqual([
      { kind: 'script', name: 'chk', weight: -5, reverse: false },
    ])
    expect(processOf(SCRIPT + instance('VI_1', 51, tracks, 255)).vrrp.instances[0].trackers).toEqual([])
  })

  it('puts VIPs on virtual MAC interfaces as use_vmac, use_vmac_addr and a VIP of its own say', () => {
    const places = (more: string, vip: string): unknown[] =>
      processOf(instance('VI_1', 51, more).replace('10.0.0.51/24', vip)).vrrp.instances[0].vips.map(v => [v.interface, v.vmac])
    expect(places('', '10.0.0.51')).toEqual([['eth0', undefined]])
    expect(places('use_vmac', '10.0.0.51')).toEqual([['eth0', 51]])
    expect(places('use_vmac', '10.0.0.51 dev vrrp.51')).toEqual([['eth0', 51]])
    expect(places('use_vmac lb', '10.0.0.51 dev lb')).toEqual([['eth0', 51]])
    expect(places('use_vmac', '10.0.0.51 dev eth0')).toEqual([['eth0', undefined]])
    expect(places('use_vmac', '10.0.0.51 dev eth1')).toEqual([['eth1', undefined]])
    expect(places('use_vmac_addr', '10.0.0.51 dev eth1')).toEqual([['eth1', 51]])
    expect(processOf(instance('VI_1', 51, 'use_vmac\n track_interface {\n vrrp.51\n }')).vrrp.instances[0].trackers).toEqual([])
    expect(places('', '10.0.0.51 dev eth1 use_vmac')).toEqual([['eth1', 51]])
  })

  it('tracks the device of a VIP that is on another interface', () => {
    const { vrrp } = processOf(instance('VI_1', 51).replace('10.0.0.51/24', '10.0.0.51/24 dev eth1'))
    expect(vrrp.instances[0].trackers).toEqual([{ kind: 'interface', name: 'eth1', weight: 0, reverse: false }])
  })

  it('names the instance that decides the sync daemon, and uses its VRID as the sync id', () => {
    const { vrrp } = processOf(`global_defs { lvs_sync_daemon eth0 VI_2 }${instance('VI_1', 51)}${instance('VI_2', 52)}`)
    expect(vrrp.syncDaemon).toEqual({ interface: 'eth0', syncId: 52, instance: 1 })
  })

  it('makes one kernel service for each address of a virtual_server_group', () => {
    const config = processOf(`virtual_server_group A { 10.0.0.1-3 80\n fwmark 7 }
virtual_server group A { protocol TCP\n real_server 10.0.0.11 80 { weight 1 } }`)
    expect(serviceKeys(config, config.virtualServers[0])).toEqual([
      ...['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(a => ({ protocol: 'TCP', ip: ip(a), port: 80, mark: 0 })),
      { protocol: 'TCP', ip: 0, port: 0, mark: 7 },
    ])
  })

  it('begins with the sorry server when alpha servers leave the quorum open', () => {
    const server = (alpha: string) => `virtual_server 10.0.0.1 80 { protocol TCP\n ${alpha}\n sorry_server 10.0.0.99 80
  real_server 10.0.0.11 80 { weight 1\n TCP_CHECK { connect_timeout 3 } } }`
    const first = (text: string) =>
      stepKeepalived(processOf(text), keepalivedOff([]), { kind: 'start', nowNs: 0 }).effects.flatMap(e =>
        e.kind === 'ipvsAddDest' ? [e.dest.ip] : [],
      )
    expect(first(server(''))).toEqual([ip('10.0.0.11')])
    expect(first(server('alpha'))).toEqual([ip('10.0.0.99')])
  })
})
