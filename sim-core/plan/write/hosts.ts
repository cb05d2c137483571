/**
 * What else the hosts need: ipvsadm rules (the same on every balancer, so that any of them can own any VIP), the
 * balancers' and the real servers' sysctls, the VIPs on the real servers, and DNS. Tested in test/plan/write.test.ts.
 */
import type { PlanModel } from '../model.ts'
import type { Forwarding } from '../wire.ts'
import type { Deployment } from './deployment.ts'

const FORWARD_OPTION: Readonly<Record<Forwarding, string>> = { DR: '-g', TUN: '-i', NAT: '-m' }

/** For ipvsadm-restore. `protocols`: -t for TCP, -u for UDP. */
export function ipvsadmRules(model: PlanModel, d: Deployment, protocols: readonly ('-t' | '-u')[]): string {
  const option = FORWARD_OPTION[model.forwarding]
  const lines = protocols.flatMap(protocol =>
    d.vips.flatMap(vip =>
      d.ports.flatMap(port => [
        `-A ${protocol} ${vip}:${port} -s ${d.scheduler}`,
        ...d.servers.map(server => `-a ${protocol} ${vip}:${port} -r ${server.address}:${port} ${option} -w ${server.weight}`),
      ]),
    ),
  )
  return `${lines.join('\n')}\n`
}

export function balancerSysctl(model: PlanModel): string {
  return lines([
    '# Balancers: /etc/sysctl.d/90-lvs.conf',
    '# A director forwards what arrives before it owns the VIP (or after), instead of dropping it.',
    'net.ipv4.ip_forward = 1',
    ...(model.forwarding === 'NAT' ? ['net.ipv4.conf.all.send_redirects = 0', 'net.ipv4.conf.default.send_redirects = 0'] : []),
    '# Connections to a real server that was removed are closed at once instead of hanging.',
    'net.ipv4.vs.expire_nodest_conn = 1',
  ])
}

export function serverSysctl(model: PlanModel): string {
  const head = '# Real servers: /etc/sysctl.d/90-lvs.conf'
  if (model.forwarding === 'NAT') return lines([head, '# NAT: the real servers do not hold the VIPs; nothing to set.'])
  const dr = [
    '# Every real server holds the VIPs, only the MASTER may answer ARP for them.',
    'net.ipv4.conf.all.arp_ignore = 1',
    'net.ipv4.conf.all.arp_announce = 2',
  ]
  if (model.forwarding === 'DR') return lines([head, ...dr])
  return lines([
    head,
    ...dr,
    '# Requests arrive through the tunnel, from clients that are reached past it.',
    'net.ipv4.conf.all.rp_filter = 0',
    'net.ipv4.conf.tunl0.rp_filter = 0',
  ])
}

export function serverAddresses(model: PlanModel, d: Deployment): string {
  const head = ['#!/bin/sh', 'set -e']
  if (model.forwarding === 'NAT') {
    return lines([
      ...head,
      '# NAT: replies must return through the balancer that owns the VIP they belong to. Choose the gateway',
      '# (or rules by source address) on each real server accordingly; see README.md.',
    ])
  }
  const device = model.forwarding === 'DR' ? 'lo' : 'tunl0'
  const prepare = model.forwarding === 'DR' ? [] : ['modprobe ipip', 'ip link set tunl0 up']
  return lines([...head, ...prepare, ...d.vips.map(vip => `ip address replace ${vip}/32 dev ${device}`)])
}

/** One A record a VIP; clients and resolvers choose among them. */
export function dnsZone(model: PlanModel, d: Deployment): string {
  const shares = model.shares === undefined || model.shares.every(s => s === model.shares![0]) ? undefined : model.shares
  return lines([
    `; ${d.vips.length} addresses for one name: resolvers rotate them, so each VIP gets about 1/${d.vips.length} of the clients.`,
    ...(shares === undefined
      ? []
      : ['; The plan counts with unequal shares; plain DNS cannot make them. They are noted beside the records.']),
    ...d.vips.map((vip, v) => `${d.domain}. 60 IN A ${vip}${shares === undefined ? '' : ` ; share ${shares[v]}`}`),
  ])
}

const lines = (text: readonly string[]): string => `${text.join('\n')}\n`
