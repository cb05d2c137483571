/** What the kinds of traffic that speak HTTP share: the client's side of a route, and the parts that they are made with. */
import type { Curl, SessionOptions } from '../daemons/curl/index.ts'
import type { Tcp } from '../protocols/tcp/index.ts'
import type { SourceContext, TrafficEnvironment, TrafficRoute } from './source.ts'

export interface HttpEnvironment extends TrafficEnvironment {
  readonly tcp: Tcp
  readonly curl: Curl
}

/** Where request number n of a source goes, and from where: endpoints take turns, then client addresses. */
export class HttpRoute {
  private readonly remotes: readonly { readonly remote: number; readonly port: number }[]
  private readonly context: SourceContext
  private readonly firstPort: number

  constructor(env: HttpEnvironment, route: TrafficRoute, context: SourceContext, firstPort = 0) {
    this.remotes = route.to.map(e => ({ remote: env.addresses.intern(e.address), port: e.port }))
    this.context = context
    this.firstPort = firstPort
  }

  session(n: number, listener: number, owner: number): SessionOptions {
    const { clientAddresses, host, traffic } = this.context
    const { remote, port } = this.remotes[n % this.remotes.length]
    const turn = Math.floor(n / this.remotes.length)
    return {
      host,
      local: clientAddresses.length === 0 ? undefined : clientAddresses[turn % clientAddresses.length],
      localPort: this.firstPort === 0 ? 0 : this.firstPort + (n % (65_536 - this.firstPort)),
      remote,
      remotePort: port,
      traffic,
      listener,
      owner,
    }
  }
}
