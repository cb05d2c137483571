/** The readable twin of Links: every frame an object, every question answered by looking at all of them. */
export interface ModelLink {
  readonly nsPerByte: number
  readonly delayNs: number
  readonly queuePackets: number
  readonly queueBytes: number
}

interface Accepted {
  readonly link: number
  readonly id: number
  readonly bytes: number
  readonly startNs: number
  readonly endNs: number
  readonly arrivalNs: number
  readonly waited: boolean
}

export class LinkModel {
  private readonly links: readonly ModelLink[]
  private readonly accepted: Accepted[] = []

  constructor(links: readonly ModelLink[]) {
    this.links = links
  }

  /** Hands over frame `id` at `nowNs`, not before any other; false: the queue was full. */
  transmit(link: number, id: number, bytes: number, nowNs: number): boolean {
    const { nsPerByte, delayNs, queuePackets, queueBytes } = this.links[link]
    const before = this.accepted.filter(f => f.link === link)
    const free = Math.max(0, ...before.map(f => f.endNs))
    const waiting = before.filter(f => f.waited && f.startNs >= nowNs)
    const bytesWaiting = waiting.reduce((sum, f) => sum + f.bytes, 0)
    if (free > nowNs && (waiting.length >= queuePackets || bytesWaiting + bytes > queueBytes)) return false
    const startNs = Math.max(nowNs, free)
    const endNs = startNs + bytes * nsPerByte
    this.accepted.push({ link, id, bytes, startNs, endNs, arrivalNs: endNs + delayNs, waited: startNs > nowNs })
    return true
  }

  /** All arrivals in the order in which they happen: by time, and of one instant in the order of handing over. */
  arrivals(): { t: number; link: number; id: number }[] {
    return [...this.accepted].sort((a, b) => a.arrivalNs - b.arrivalNs).map(({ arrivalNs, link, id }) => ({ t: arrivalNs, link, id }))
  }
}
