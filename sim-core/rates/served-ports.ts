/** What real servers answer now: ports of the model, less what the scenario's events do to them. */
import { DROP_PORT_CLOSED, DROP_SERVER_HANGS } from '../net/index.ts'
import type { Model } from '../scenario/index.ts'
import { DELIVERED } from './tree.ts'

export type TcpFate = 'ok' | 'refused' | 'reset' | 'hangs'

interface Port {
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
  open: boolean
  hangs: boolean
  resets: boolean
  status: number
}

export class ServedPorts {
  private readonly byHost: Port[][]
  private readonly model: Model

  constructor(model: Model) {
    this.model = model
    this.byHost = model.hosts.map((_, host) => this.fresh(host))
  }

  udpFate(host: number, port: number): number {
    const found = this.byHost[host].find(p => p.protocol === 'UDP' && p.port === port)
    if (found === undefined || !found.open) return DROP_PORT_CLOSED
    return found.hangs ? DROP_SERVER_HANGS : DELIVERED
  }

  tcpFate(host: number, port: number): TcpFate {
    const found = this.byHost[host].find(p => p.protocol === 'TCP' && p.port === port)
    if (found === undefined || !found.open) return 'refused'
    return found.resets ? 'reset' : found.hangs ? 'hangs' : 'ok'
  }

  /** HTTP status of its answers. */
  status(host: number, port: number): number {
    return this.byHost[host].find(p => p.protocol === 'TCP' && p.port === port)?.status ?? 200
  }

  /** Verbs of `real_server`. */
  control(host: number, what: string, port: number | undefined): void {
    for (const p of this.byHost[host]) {
      if (port !== undefined && p.port !== port) continue
      if (what === 'hang' || what === 'unhang') p.hangs = what === 'hang'
      else if (what === 'refuse') p.open = false
      else if (what === 'listen') p.open = true
      else if (what === 'rst') p.resets = true
      else if (what === '200' || what === '503') {
        p.resets = false
        p.status = Number(what)
      }
    }
  }

  forget(host: number): void {
    this.byHost[host] = []
  }

  restore(host: number): void {
    this.byHost[host] = this.fresh(host)
  }

  private fresh(host: number): Port[] {
    const ports: Port[] = []
    for (const { protocol, port } of this.model.hosts[host].serves)
      if (!ports.some(p => p.protocol === protocol && p.port === port))
        ports.push({ protocol, port, open: true, hangs: false, resets: false, status: 200 })
    return ports
  }
}
