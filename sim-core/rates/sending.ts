/** What MASTERs send: a rate for each, kept until a host's instances change. */
import { advertBytes } from '../compile/index.ts'
import type { KeepalivedProcessConfig, KeepalivedState } from '../daemons/keepalived/index.ts'
import type { AdvertRate } from './control-load.ts'

export class Sending {
  /** By host: the rates, and the instances that they were found for. */
  private readonly known: ({ readonly instances: KeepalivedState['vrrp']['instances']; readonly adverts: AdvertRate[] } | undefined)[] = []

  /** Of a host whose instances are on these interfaces (−1: on none). */
  of(host: number, state: KeepalivedState, config: KeepalivedProcessConfig, nics: readonly number[]): AdvertRate[] {
    const { instances } = state.vrrp
    const known = this.known[host]
    if (known?.instances === instances) return known.adverts
    const adverts = instances.flatMap((m, i) => {
      const c = config.vrrp.instances[i]
      const nic = nics[i] ?? -1
      if (c === undefined || m.state !== 'MASTER' || nic < 0) return []
      return [{ nic, perS: 1e9 / c.advertIntNs, ipBytes: advertBytes({ version: c.version, vips: c.vips }) }]
    })
    this.known[host] = { instances, adverts }
    return adverts
  }
}
