/**
 * `--verify`: the written files simulated in every failure set and compared with the plan; packet by packet, or with
 * rates when that would take millions of packets.
 *
 * Links keep their rates and the traffic is scaled down to a few hundred packets a VIP: what is offered to a link is
 * proportional to the traffic, so loads compare exactly, and no queue disturbs the election. Who owns each VIP must be
 * who the plan says, alone; what each balancer's link is offered must be the plan's load to within a packet a VIP.
 * Adverts use the same links; they are counted apart. Traffic flows, and is measured, when the last takeover has sent its
 * second block of gratuitous ARPs. Tested in test/plan/verify.test.ts.
 */
import { mapFiles } from '../base/files.ts'
import type { Problem } from '../base/problem.ts'
import { simulate } from '../compile/index.ts'
import { ownersAt, type RunResult, segmentRange } from '../metrics/index.ts'
import { simulateRates } from '../rates/index.ts'
import { loadScenario, type Model } from '../scenario/index.ts'
import type { TrafficOptions } from '../traffic/index.ts'
import { downTimerUs, type Failover } from './failover.ts'
import type { MatrixRow } from './loads.ts'
import type { PlanModel } from './model.ts'
import { utilisation } from './model.ts'
import type { ChosenPlan } from './result.ts'
import { wireBytes } from './wire.ts'
import { ADVERTISED_MAX, type VrrpGroup } from './write/instances.ts'

export interface Difference {
  readonly lost: readonly string[]
  /** `10.10.2.1` or `switch→b1`. */
  readonly of: string
  readonly planned: string
  readonly simulated: string
}

export interface Verification {
  /** Failure sets simulated, the empty one included. */
  readonly sets: number
  readonly by: 'packets' | 'rates'
  readonly differences: readonly Difference[]
  /** Events of all simulations together. */
  readonly events: number
  /** False: interrupted, and `sets` are fewer than there are. */
  readonly complete: boolean
  readonly problems: readonly Problem[]
}

export interface VerifyInput {
  readonly model: PlanModel
  readonly plan: ChosenPlan
  readonly failover: Failover
  readonly files: ReadonlyMap<string, string>
  readonly groups: readonly VrrpGroup[]
  /** Called before each set with the share done; false ends it. */
  readonly progress?: (share: number) => boolean
  /** More packets than this in all sets together are simulated as rates; 4 million unless given. */
  readonly packetsMax?: number
}

const PACKETS_PER_VIP_S = 100
const MEASURED_S = 4
const MARGIN_S = 1
/** keepalived's default, which the written files leave as it is. */
const GARP_MASTER_DELAY_S = 5
const TRAFFIC_BEFORE_S = 0.5
/** More packets than this in all sets together are simulated as rates. */
const PACKETS_MAX = 4_000_000
const SECOND_NS = 1e9
/** Of a link's planned load, besides whole packets: ARP and the like. */
const TOLERANCE = 0.001
const VRRP_IP_BYTES = 28
const VRRP_AUTH_BYTES = 8
const ADVERT_BYTES_MAX = wireBytes(VRRP_IP_BYTES + 4 * ADVERTISED_MAX + VRRP_AUTH_BYTES)

export function verifyPlan(input: VerifyInput): Verification {
  const { plan, files } = input
  const loaded = loadScenario('scenario.yaml', mapFiles(Object.fromEntries(files)))
  const packets = plan.matrix.length * plan.vipNames.length * PACKETS_PER_VIP_S * (MEASURED_S + TRAFFIC_BEFORE_S)
  const by = packets > (input.packetsMax ?? PACKETS_MAX) ? 'rates' : 'packets'
  const nothing = { sets: 0, by, differences: [], events: 0, complete: false } as const
  if (loaded.model === undefined) return { ...nothing, problems: loaded.problems }
  const differences: Difference[] = []
  let events = 0
  let sets = 0
  for (const row of plan.matrix) {
    if (input.progress?.(sets / plan.matrix.length) === false) return { ...nothing, sets, differences, events, problems: [] }
    const run = runOf(input, loaded.model, row)
    const result = by === 'rates' ? simulateRates(run.model) : simulate(run.model)
    differences.push(...ownerDifferences(input, row, result, run.toNs), ...loadDifferences(input, row, result, run))
    events += result.events
    sets++
  }
  return { sets, by, differences, events, complete: true, problems: [] }
}

interface Run {
  readonly model: Model
  readonly fromNs: number
  readonly toNs: number
  readonly packetsPerS: number
}

/** The written scenario with this set lost, at the reduced rate, for no longer than it takes. */
function runOf({ model, plan, failover }: VerifyInput, written: Model, row: MatrixRow): Run {
  const advertS = failover.advertIntS
  const slowest = downTimerUs(failover.version, failover.priorities[failover.priorities.length - 1], advertS * 1e6) / 1e6
  const settledS = slowest + advertS + MARGIN_S
  const lostAtS = Math.ceil(settledS)
  const fromS = Math.ceil((row.lost.length === 0 ? 0 : lostAtS) + settledS + GARP_MASTER_DELAY_S)
  const startNs = (fromS - TRAFFIC_BEFORE_S) * SECOND_NS
  const [fromNs, toNs] = [fromS * SECOND_NS, (fromS + MEASURED_S) * SECOND_NS]
  const packetsPerS = PACKETS_PER_VIP_S * plan.vipNames.length
  const scale = packetsPerS / (model.requestsWireBps / 8 / wireBytes(model.packetBytes))
  const options = (o: TrafficOptions): TrafficOptions => (o.kind === 'udp' ? { ...o, rateBps: o.rateBps * scale, arrivals: 'constant' } : o)
  const at = { file: written.file, line: 1, column: 1 }
  return {
    fromNs,
    toNs,
    packetsPerS,
    model: {
      ...written,
      durationNs: toNs,
      traffic: written.traffic.map(t => ({ ...t, startNs, options: options(t.options) })),
      events: row.lost.map(b => ({ at, atNs: lostAtS * SECOND_NS, verb: 'crash', target: model.names[b], options: {} })),
      windows: [
        { name: 'run', fromNs: 0, toNs },
        { name: 'after', fromNs, toNs },
      ],
      expectations: [],
    },
  }
}

const namesOf = (model: PlanModel, row: MatrixRow): string[] => row.lost.map(b => model.names[b])

function ownerDifferences({ model, plan }: VerifyInput, row: MatrixRow, result: RunResult, toNs: number): Difference[] {
  return plan.vipAddresses.flatMap((address, v) => {
    const measured = result.measurements.vips.find(vip => vip.address === address)
    const owners = measured === undefined ? [] : ownersAt(measured, toNs - 1)
    const planned = model.names[row.owners[v]]
    if (owners.length === 1 && owners[0] === planned) return []
    return [{ lost: namesOf(model, row), of: address, planned, simulated: owners.join(' and ') || 'nobody' }]
  })
}

function loadDifferences(input: VerifyInput, row: MatrixRow, result: RunResult, run: Run): Difference[] {
  const { model, plan } = input
  const total = plan.instance.shares.reduce((sum, share) => sum + share, 0)
  const frame = wireBytes(model.packetBytes)
  const { first, last } = segmentRange(result.measurements.segments, run.fromNs, run.toNs)
  return model.names.flatMap((name, b) => {
    if (row.lost.includes(b)) return []
    const link = result.measurements.links.find(l => l.to === name)
    let bytes = 0
    for (let s = first; s < last; s++) bytes += link?.offeredWireBytes[s] ?? 0
    const packets = (bytes - advertsTo(input, row, b) * MEASURED_S) / frame
    const planned = (run.packetsPerS * MEASURED_S * row.loads[b]) / total
    // Each VIP's stream may have a packet more or less in the window, and so may the adverts of each instance.
    const slack =
      row.owners.filter(owner => owner === b).length + 1 + input.groups.length * (ADVERT_BYTES_MAX / frame) + TOLERANCE * planned
    if (Math.abs(packets - planned) <= slack) return []
    const percent = (p: number): string =>
      `${((100 * utilisation(model, plan.instance, row.loads[b] / model.capacities[b]) * p) / Math.max(planned, 1e-9)).toFixed(2)} %`
    const said = planned === 0 ? `${packets.toFixed(0)} packets` : percent(packets)
    return [{ lost: namesOf(model, row), of: `switch→${name}`, planned: planned === 0 ? 'no packet' : percent(planned), simulated: said }]
  })
}

/** Wire bytes a second of the other balancers' adverts on the link of balancer `b`. */
function advertsTo({ failover, groups }: VerifyInput, row: MatrixRow, b: number): number {
  let bytes = 0
  for (const group of groups) {
    const owner = group.order.find(other => !row.lost.includes(other))
    const advertised = Math.min(group.vips.length, ADVERTISED_MAX)
    if (owner !== undefined && owner !== b)
      bytes += wireBytes(VRRP_IP_BYTES + 4 * advertised + (failover.version === 2 ? VRRP_AUTH_BYTES : 0)) / failover.advertIntS
  }
  return bytes
}
