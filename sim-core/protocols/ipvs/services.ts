/** Virtual services of one director as plain data, and how a packet finds its own (fwmark, then address and port, then all ports). */
import type { Stateful } from '../../base/tables.ts'
import { TrafficCounters } from './traffic-counters.ts'

export interface Service {
  /** Number of its counters, and what destinations point back to. */
  readonly id: number
  /** PACKET_TCP or PACKET_UDP; 0 for a firewall mark. */
  readonly protocol: number
  /** Address row; of a firewall mark the row of the mark read as an address, as the kernel prints it. */
  readonly address: number
  readonly port: number
  /** 0 = not by firewall mark. */
  readonly mark: number
  scheduler: string
  schedulerFlags: readonly string[]
  onePacket: boolean
  /** 0 = not persistent. */
  persistenceJiffies: number
  /** Client netmask of persistence, u32. */
  netmask: number
  engine: string
  /** Destination rows in the kernel's list order: the server added last is first. */
  servers: number[]
  /** The scheduler's own plain data. */
  state: unknown
  /** Nobody could be chosen for the last new connection: one happening for a run of refusals. */
  refusing: boolean
  /** A first connection of it was seen to close: said once. */
  explained: boolean
  /** A first packet came for a connection that another director had told of: said once. */
  carriesOn: boolean
  /** Packets of unknown connections are being left to the host: one happening for a run of them. */
  passing: boolean
}

const keyOf = (protocol: number, address: number, port: number): number => (address * 65536 + port) * 8 + protocol
const keyOfMark = (mark: number): number => -1 - mark

/** What a service listens to, as one number. */
export const identityOf = (s: Pick<Service, 'protocol' | 'address' | 'port' | 'mark'>): number =>
  s.mark !== 0 ? keyOfMark(s.mark) : keyOf(s.protocol, s.address, s.port)

export class Services implements Stateful {
  readonly stateFields = ['list', 'nextId']
  /** In the order in which they were added. */
  list: Service[] = []
  nextId = 0
  readonly counters = new TrafficCounters()
  private byKey = new Map<number, Service>()
  private indexed: Service[] | null = null

  add(service: Service): void {
    this.list.push(service)
    this.indexed = null
  }

  remove(service: Service): void {
    this.list = this.list.filter(s => s !== service)
    this.indexed = null
  }

  exact(protocol: number, address: number, port: number, mark: number): Service | undefined {
    return this.index().get(mark !== 0 ? keyOfMark(mark) : keyOf(protocol, address, port))
  }

  /** The service of a packet: by its mark, else by address and port, else the address's service for all ports. */
  find(protocol: number, address: number, port: number, mark: number): Service | undefined {
    const index = this.index()
    const marked = mark === 0 ? undefined : index.get(keyOfMark(mark))
    return marked ?? index.get(keyOf(protocol, address, port)) ?? (port === 0 ? undefined : index.get(keyOf(protocol, address, 0)))
  }

  byId(id: number): Service | undefined {
    return this.list.find(s => s.id === id)
  }

  /** Made again whenever `list` is another array or has changed (a snapshot put back replaces it). */
  private index(): Map<number, Service> {
    if (this.indexed !== this.list) {
      this.byKey = new Map(this.list.map(s => [identityOf(s), s]))
      this.indexed = this.list
    }
    return this.byKey
  }
}
