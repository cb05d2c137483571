/**
 * Virtual routers of a run: which instances of which hosts hear each other's adverts. A cell is a VRID in a domain of
 * joined LANs; instances that send unicast adverts form cells of their own by VRID. Cells that a sync group of some host joins
 * are a bundle: what happens in one may move the others, so they are skipped and woken together.
 */
import type { KeepalivedProcessConfig } from '../daemons/keepalived/index.ts'
import type { VrrpAdvert } from '../protocols/vrrp/index.ts'

export interface Member {
  readonly host: number
  /** Index of the instance in the host's configuration. */
  readonly instance: number
  /** The interface of its adverts; −1: the host does not have it. */
  readonly nic: number
  readonly cell: number
  /** Its last advert and when it left; undefined: none since its configuration was read. */
  last: { readonly advert: VrrpAdvert; readonly atNs: number } | undefined
  /** While skipped: its deadline, and for a BACKUP when the advert before came. */
  skipped: Skipped | undefined
}

export interface Skipped {
  readonly expiresNs: number
  /** Of the master that it is, or hears. */
  readonly periodNs: number
  /** BACKUP: arrival of the last advert before skipping began; MASTER: NaN. */
  readonly heardNs: number
  /** BACKUP: whom it hears. */
  readonly master: Member | undefined
  /** So many adverts in a row, the last ones, did not get through to it. */
  missed: number
}

export interface Cell {
  members: Member[]
  bundle: number
  /** Adverts of it that are on the way. */
  inFlight: number
}

export class Cells {
  readonly cells: Cell[] = []
  /** By bundle: is it skipped, and how often was it. */
  readonly skipped: boolean[] = []
  readonly times: number[] = []
  private readonly byKey = new Map<string, number>()
  /** By host: members in the order of its instances. */
  private readonly ofHost: Member[][]
  private readonly nicNamed: (host: number, name: string) => number
  private readonly domainOf: (nic: number) => number
  private cellsOfBundle: number[][] = []

  constructor(hosts: number, nicNamed: (host: number, name: string) => number, domainOf: (nic: number) => number) {
    this.ofHost = Array.from({ length: hosts }, () => [])
    this.nicNamed = nicNamed
    this.domainOf = domainOf
  }

  membersOf(host: number): readonly Member[] {
    return this.ofHost[host]
  }

  /** Replaces what a host takes part in. Nothing may be skipped then. `groupsOf[host]`: its sync groups' members. */
  configure(host: number, config: KeepalivedProcessConfig): void {
    for (const m of this.ofHost[host]) this.cells[m.cell].members = this.cells[m.cell].members.filter(other => other !== m)
    this.ofHost[host] = config.vrrp.instances.map((c, instance) => {
      const nic = this.nicNamed(host, c.interface)
      const key = c.unicastPeers.length > 0 ? `unicast/${c.vrid}` : `${nic < 0 ? -1 : this.domainOf(nic)}/${c.vrid}`
      let cell = this.byKey.get(key)
      if (cell === undefined) {
        cell = this.cells.push({ members: [], bundle: 0, inFlight: 0 }) - 1
        this.byKey.set(key, cell)
      }
      const member: Member = { host, instance, nic, cell, last: undefined, skipped: undefined }
      this.cells[cell].members.push(member)
      this.cells[cell].members.sort((a, b) => a.host - b.host || a.instance - b.instance)
      return member
    })
  }

  /** Bundles anew, after all hosts are configured. */
  bundleBy(groups: (host: number) => readonly (readonly number[])[]): void {
    this.cells.forEach((cell, i) => {
      cell.bundle = i
    })
    const root = (i: number): number => (this.cells[i].bundle === i ? i : root(this.cells[i].bundle))
    this.ofHost.forEach((members, host) => {
      for (const group of groups(host))
        for (const i of group) {
          const [a, b] = [root(members[group[0]].cell), root(members[i].cell)]
          this.cells[Math.max(a, b)].bundle = Math.min(a, b)
        }
    })
    this.cellsOfBundle = this.cells.map(() => [])
    this.cells.forEach((cell, i) => {
      cell.bundle = root(i)
      this.cellsOfBundle[cell.bundle].push(i)
      this.skipped[i] = false
      this.times[i] ??= 0
    })
  }

  cellsIn(bundle: number): readonly number[] {
    return this.cellsOfBundle[bundle]
  }
}
