/** What the scenario's events act on in a flow-level run: the same verbs as for packets (compile/faults.ts). */
import type { Directors, FaultTargets } from '../compile/index.ts'
import type { Network } from '../net/index.ts'
import type { FlowNeighbours } from './neighbours.ts'
import type { Processes } from './processes.ts'
import type { ServedPorts } from './served-ports.ts'

export interface Affected {
  readonly network: Network
  readonly processes: Processes
  readonly directors: Directors
  readonly ports: ServedPorts
  readonly neighbours: FlowNeighbours
  readonly workTimes: FaultTargets['workTimes']
  readonly report: FaultTargets['report']
  readonly refreshOwners: (host: number) => void
  readonly linkRateChanged: (link: number) => void
}

export function faultTargets(a: Affected): FaultTargets {
  const { network, processes, directors, ports, neighbours } = a
  return {
    network,
    keepalived: processes,
    workTimes: a.workTimes,
    ipvsadm: (host, rules) => directors.load(host, rules),
    sysctl: (host, key, value) => sysctl(a, host, key, value),
    realServer: (host, what, port) => ports.control(host, what, port),
    forgetHost: host => {
      directors.forget(host)
      ports.forget(host)
      neighbours.clear(host)
    },
    restoreHost: host => {
      directors.restore(host)
      ports.restore(host)
    },
    ownersMayHaveChanged: a.refreshOwners,
    linkRateChanged: a.linkRateChanged,
    report: a.report,
  }
}

function sysctl({ network, directors }: Affected, host: number, key: string, value: string | number): void {
  const { neighbours, stack } = network
  const word = key.replace(/^.*[./]/, '')
  if (word === 'arp_ignore') neighbours.setArp(host, Number(value), neighbours.arpAnnounce(host))
  else if (word === 'arp_announce') neighbours.setArp(host, neighbours.arpIgnore(host), Number(value))
  else if (word === 'ip_forward') stack.forwards[host] = Number(value) === 0 ? 0 : 1
  else if (directors.ipvs.isDirector(host)) directors.ipvs.sysctl(host, key, value)
}
