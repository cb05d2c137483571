/** What a host stack is made of, and who it hands packets to. */
export interface NicOptions {
  readonly host: number
  readonly name: string
  /** u32; undefined: no address of its own. */
  readonly address?: number
  readonly prefixLength: number
}

export interface HostOptions {
  readonly name: string
  readonly nics: readonly number[]
  /** u32. */
  readonly gateway?: number
  readonly forward: boolean
}

export type PacketHandler = (host: number, p: number) => void
/** True: taken, the hook owns the packet. */
export type PacketHook = (host: number, p: number) => boolean
/** Another packet of a flow; `argument` is what was remembered with it. The handler owns the packet. */
export type FlowHandler = (host: number, p: number, argument: number) => void
/** Hears of every ICMP error about packet `p` as a host sends it. */
export type IcmpErrorListener = (host: number, message: { type: number; code: number; mtuBytes?: number }, p: number) => void
