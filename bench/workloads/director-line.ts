/**
 * W1 and W2: three parallel paths client → switch → director → switch → server, every link 1 Gbit/s and 50 us, queues
 * of 1000 packets, 1500 bytes on the wire a packet. The packets are UDP to a VIP and take the real way: switch table,
 * ARP, IPVS look-up and DR rewrite, VIP on lo. In W2 path 2's VIP moves to director 1 at 5 s, by one gratuitous ARP.
 */
import { mapFiles } from '../../sim-core/base/files.ts'
import { formatProblem } from '../../sim-core/base/problem.ts'
import { loadScenario, type Model } from '../../sim-core/scenario/index.ts'

export type ArrivalsOfPath = 'constant' | 'jittered' | 'poisson'

export interface DirectorLine {
  readonly arrivals: ArrivalsOfPath
  readonly seed: number
  readonly seconds: number
  /** Gbit/s on the wire a path: 0.5 (W1, W2 at 1.0) or 0.6 (W2 at 1.2). */
  readonly gbitPerPath: number
  readonly directorLost: boolean
}

const PATHS = [1, 2, 3]
/** After the last packet was sent, so that all arrive; as in the peers' programs. */
const DRAIN_MS = 100

/**
 * When the ARP must leave for the traffic to be at director 1's link from 5 s on: 5 s, less its own way over two links
 * (48 bytes, 50 us each), less a packet's way from the client to the switch (12 us + 50 us).
 */
const GARP_AT_NS = 5e9 - 2 * (384 + 50_000) - 62_000

export const DIRECTOR_LINE = 'director-line.yaml'

export function directorLine(o: DirectorLine): Model {
  return checked(DIRECTOR_LINE, directorLineFiles(o))
}

/** The scenario and the files that it names. */
export function directorLineFiles(o: DirectorLine): Record<string, string> {
  const rules = PATHS.map(i => `-A -u 10.0.0.10${i}:9 -s rr\n-a -u 10.0.0.10${i}:9 -r 10.0.1.3${i}:9 -g -w 1\n`)
  // Director 1 may get VIP 2, so it has both services; the others have their own.
  const files: Record<string, string> = { 'd1.rules': rules[0] + rules[1], 'd2.rules': rules[1], 'd3.rules': rules[2] }
  const hosts = PATHS.flatMap(i => [
    `  c${i}: { address: 10.0.0.1${i}/24, lan: a }`,
    `  d${i}: { interfaces: { eth0: { lan: a, address: 10.0.0.2${i}/24 }, eth1: { lan: b, address: 10.0.1.2${i}/24 } }, vips: [10.0.0.10${i}], ipvs: d${i}.rules }`,
    `  s${i}: { address: 10.0.1.3${i}/24, lan: b, vip_on_lo: [10.0.0.10${i}], serves: ['udp 9'] }`,
  ])
  const traffic = PATHS.map(
    i =>
      `  path${i}: { from: c${i}, to: [10.0.0.10${i}:9], start: 0s, stop: ${o.seconds}s, udp: { rate: ${o.gbitPerPath}Gbit, layer: wire, size: 1498B, arrivals: ${o.arrivals}, phase: ${(i - 1) * 8}us } }`,
  )
  const text = [
    `scenario: the director line`,
    `seed: ${o.seed}`,
    `duration: ${o.seconds * 1000 + DRAIN_MS}ms`,
    'hosts:',
    ...hosts,
    'links: { default: { rate: 1Gbit, delay: 50us, queue: 1000 packets, overhead: ppp } }',
    'traffic:',
    ...traffic,
    ...(o.directorLost ? ['events:', `  - { at: ${GARP_AT_NS}ns, garp: d1, vip: 10.0.0.102 }`, `windows: { after: 5s..end }`] : []),
    '',
  ].join('\n')
  return { [DIRECTOR_LINE]: text, ...files }
}

/** A workload's scenario is ours: a problem in it is a bug. */
export function checked(file: string, files: Readonly<Record<string, string>>): Model {
  const { model, problems } = loadScenario(file, mapFiles(files))
  if (model === undefined) throw new Error(problems.map(formatProblem).join('\n'))
  return model
}
