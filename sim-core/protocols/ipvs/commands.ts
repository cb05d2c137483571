/** What can be told to IPVS: the verbs of ipvsadm, which keepalived uses too. `IpvsRule`s of config/ipvsadm are such commands. */
import type { IpvsRule, IpvsServer, IpvsService, IpvsServiceKey } from '../../config/ipvsadm/index.ts'
import type { TimeoutSeconds } from './settings.ts'

export type ServiceKey = IpvsServiceKey
export type ServiceSpec = Omit<IpvsService, 'at'>
export type ServerSpec = Omit<IpvsServer, 'at'>

type Placed = { readonly at: unknown; readonly service: unknown; readonly server: unknown }
type WithoutPosition<T> = T extends { readonly kind: string } ? Omit<T, keyof Placed> : never

export type IpvsCommand =
  | { readonly kind: 'add-service' | 'edit-service'; readonly service: ServiceSpec }
  | { readonly kind: 'add-server' | 'edit-server'; readonly key: ServiceKey; readonly server: ServerSpec }
  /** keepalived's lvs_timeouts. `restore`: first as they were before it set its own; null: and that is all. */
  | { readonly kind: 'lvs-timeouts'; readonly timeouts: TimeoutSeconds | null; readonly restore: boolean }
  | WithoutPosition<Exclude<IpvsRule, { readonly service: unknown } | { readonly server: unknown }>>

/** What ipvsadm would print, or undefined when the command was carried out. */
export type CommandResult = string | undefined

export const SERVICE_EXISTS = 'Service already exists'
export const NO_SUCH_SERVICE = 'No such service'
export const SERVER_EXISTS = 'Destination already exists'
export const NO_SUCH_SERVER = 'No such destination'
export const NO_SUCH_SCHEDULER = 'Scheduler or persistence engine not found'
export const DAEMON_RUNS = 'Daemon has already run'
export const NO_DAEMON = 'Daemon is not running'
