/**
 * What is sent, as streams: one an endpoint of a traffic source. A UDP stream is inelastic: it sends at its rate whatever
 * becomes of the packets. Streams over TCP are in tcp-stream.ts.
 */
import { formatIpv4 } from '../base/address.ts'
import type { Model } from '../scenario/index.ts'
import {
  expectedArrivals,
  flowsOf,
  intervalNs,
  loadAt,
  type LoadProfile,
  type TrafficOptions,
  type UdpFlows,
  type UdpOptions,
} from '../traffic/index.ts'
import type { Fabric } from './fabric.ts'
import { connectionLoad } from './connection-load.ts'
import { leftOf, loopOf, NOWHERE, type TcpStream } from './tcp-stream.ts'
import { EMPTY_TREE, type Tree } from './tree.ts'
import { WaitingRequests } from './waiting-requests.ts'

export interface Stream {
  readonly index: number
  /** Row of the traffic source. */
  readonly traffic: number
  readonly host: number
  /** Address row and port of the endpoint. */
  readonly dst: number
  readonly port: number
  readonly options: TrafficOptions
  /** Address rows that the client sends from. */
  readonly clients: readonly number[]
  running: boolean
  /** When it began to run, ns. */
  beganNs: number
  tree: Tree
}

export interface UdpStream extends Stream {
  readonly options: UdpOptions
  readonly flows: UdpFlows
  readonly ipBytes: number
  readonly random: boolean
  /** Datagrams a second at factor 1. */
  readonly fullPps: number
  /** Now: sent, and of those lost. */
  pps: number
  lostPps: number
}

/** Streams of the model in the order of sources and endpoints. */
export function streamsOf(model: Model, fabric: Fabric): Stream[] {
  const { addresses, stack } = fabric.network
  const streams: Stream[] = []
  model.traffic.forEach((t, traffic) => {
    if (t.options.kind === 'script') return
    const host = stack.hostNames.indexOf(t.from)
    const [first] = model.hosts[host].interfaces
    const clients = [...(first.address === undefined ? [] : [first.address]), ...first.moreAddresses].map(ip => addresses.intern(ip))
    const line = fabric.options[2 * stack.hosts[host].nics[0]]
    const { options } = t
    options.to.forEach((to, endpoint) => {
      const common = {
        ...{ index: streams.length, traffic, host, dst: addresses.intern(to.address), port: to.port, clients },
        ...{ running: false, beganNs: 0, tree: EMPTY_TREE },
      }
      if (options.kind !== 'udp') {
        const maxTimeNs = 'maxTimeNs' in options ? options.maxTimeNs : Number.POSITIVE_INFINITY
        const tcp: TcpStream = {
          ...{
            ...common,
            options,
            maxTimeNs,
            loop: loopOf(options),
            waiting: new WaitingRequests(maxTimeNs),
            bound: new Map<number, WaitingRequests>(),
          },
          load: connectionLoad(options, formatIpv4(to.address), first.link.mtuBytes),
          ...{
            reach: NOWHERE,
            settled: [],
            held: undefined,
            begun: 0,
            finished: 0,
            tooLate: 0,
            again: 0,
            againUntilNs: 0,
            backlog: 0,
            left: leftOf(options),
          },
        }
        streams.push(tcp)
      } else {
        const udp: UdpStream = {
          ...common,
          options,
          flows: flowsOf(options, clients, endpoint),
          ipBytes: options.ipBytes,
          random: options.arrivals === 'poisson',
          fullPps: 1e9 / intervalNs(options, line),
          pps: 0,
          lostPps: 0,
        }
        streams.push(udp)
      }
    })
  })
  return streams
}

export const isUdp = (s: Stream): s is UdpStream => s.options.kind === 'udp'

/** Mean of a profile's factor in [fromNs, toNs). */
export const meanFactor = (profile: LoadProfile | undefined, fromNs: number, toNs: number): number =>
  profile === undefined ? 1 : (loadAt(profile, toNs) - loadAt(profile, fromNs)) / (toNs - fromNs)

/** Mean arrivals a second of a stream of requests in [fromNs, toNs), all endpoints together. */
export function meanRequests(
  options: Extract<TrafficOptions, { kind: 'requests' }>,
  beganNs: number,
  fromNs: number,
  toNs: number,
): number {
  const at = (t: number): number => {
    const elapsed = options.profile === undefined ? t - beganNs : loadAt(options.profile, t) - loadAt(options.profile, beganNs)
    return expectedArrivals(options.rate, elapsed / 1e9)
  }
  return ((at(toNs) - at(fromNs)) * 1e9) / (toNs - fromNs)
}

/** A factor may change by this much before the rates are set anew. */
const STEP = 0.01
const RAMP_STEPS = 100

/** Instants at which a profile's rates are set anew: its points, and between them every hundredth of a change; ascending. */
export function stepsOf(profile: LoadProfile, untilNs: number): number[] {
  const out: number[] = []
  const { timesNs, factors, periodNs } = profile
  for (let turn = 0; turn === 0 || turn * periodNs < untilNs; turn++) {
    const start = turn === 0 ? 0 : turn * periodNs
    for (let i = 0; i < timesNs.length; i++) {
      const next = timesNs[i + 1]
      const pieces = next === undefined ? 1 : Math.max(1, Math.ceil(Math.abs(factors[i + 1] - factors[i]) / STEP))
      for (let k = 0; k < pieces; k++) {
        const at = start + timesNs[i] + (next === undefined ? 0 : ((next - timesNs[i]) * k) / pieces)
        if (at > 0 && at < untilNs) out.push(at)
      }
    }
  }
  return out
}

/** The same for a ramp that begins at `beganNs`. */
export const rampSteps = (rampNs: number, beganNs: number): number[] =>
  rampNs === 0 ? [] : Array.from({ length: RAMP_STEPS }, (_, k) => beganNs + (rampNs * (k + 1)) / RAMP_STEPS)
