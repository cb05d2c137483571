/**
 * Runs what a sweep still lacks: replication by replication over all points, so that an interrupted sweep knows
 * something of each. Who runs them (threads here, workers behind a queue) is the Runner's business. A run counts when it
 * is on the disk; the result is made from the runs alone (sim-core/sweep), so their order does not matter.
 */
import { inOrder, type Problem, type Replicate, replicationsUsed, seedOf, type SweepDesign } from '../../sim-core/index.ts'
import { Progress } from '../progress.ts'
import type { Shard } from '../shard.ts'
import type { ReplicateAnswer, ReplicateTask } from '../tasks.ts'
import type { Prepared } from './prepare.ts'
import { type RunLog, readRuns } from './store.ts'

/** Of each point its runs by number, from 1. */
export type Runs = readonly Map<number, Replicate>[]

export interface Job {
  readonly point: number
  readonly replication: number
  readonly task: ReplicateTask
}

export interface Runner {
  /** How many jobs it takes at a time. */
  readonly width: number
  /** Undefined: it was stopped before there was an answer. */
  run(job: Job): Promise<ReplicateAnswer | Undone | undefined>
  /** The answer is on the disk. */
  kept(job: Job): void
}

/** Whoever should have done it could not: no bug of the simulation, as far as is known. */
export interface Undone {
  readonly ok: false
  readonly undone: string
}

export interface Outcome {
  readonly bug?: { readonly job: Job; readonly text: string }
  readonly problem?: Problem
}

/** Runs that a folder holds for this sweep. */
export function knownRuns(design: SweepDesign, folders: readonly string[]): Map<number, Replicate>[] {
  const runs = design.points.map(() => new Map<number, Replicate>())
  // Several, when they are written differently and come to the same (phase=0s and phase=0ms).
  const pointsOf = new Map<string, number[]>()
  design.points.forEach(({ hash }, p) => {
    pointsOf.set(hash, [...(pointsOf.get(hash) ?? []), p])
  })
  for (const { hash, replication, replicate } of folders.flatMap(readRuns))
    for (const p of pointsOf.get(hash) ?? [])
      if (replicate.values.length === design.points[p].measures.length) runs[p].set(replication, replicate)
  return runs
}

/** Whether a run belongs to a share: with a wanted precision points are shared, for their runs decide how many there are. */
export const isMine = (design: SweepDesign, shard: Shard | undefined, point: number, replication: number): boolean => {
  if (shard === undefined) return true
  const i = design.precision === undefined ? (replication - 1) * design.points.length + point : point
  return i % shard.count === shard.index - 1
}

export async function runSweep(
  { design, bundles }: Prepared,
  runs: Runs,
  shard: Shard | undefined,
  runner: Runner,
  log: RunLog | undefined,
  stop: AbortSignal,
): Promise<Outcome> {
  const agenda = new Agenda(design, runs, shard)
  const progress = new Progress(`lvsim sweep ${design.file}`)
  let outcome: Outcome = {}
  const broken = () => stop.aborted || outcome.bug !== undefined || outcome.problem !== undefined
  const lane = async (): Promise<void> => {
    for (let next = agenda.next(); next !== undefined && !broken(); next = agenda.next()) {
      const [point, replication] = next
      const task = {
        kind: 'replicate',
        hash: design.points[point].hash,
        bundle: bundles[point],
        seed: seedOf(design, replication),
      } as const
      const job = { point, replication, task }
      const answer = await runner.run(job)
      if (answer === undefined) return
      if (!answer.ok) {
        outcome = 'bug' in answer ? { bug: { job, text: answer.bug } } : { problem: undone(job, design, answer.undone) }
        return
      }
      await log?.append({ hash: task.hash, replication, replicate: answer.replicate })
      if (log?.problem !== undefined) outcome = { problem: log.problem }
      else runner.kept(job)
      runs[point].set(replication, answer.replicate)
      progress.show(agenda.share())
    }
  }
  await Promise.all(Array.from({ length: runner.width }, lane))
  progress.done()
  return outcome
}

const undone = ({ point, task }: Job, { points, file }: SweepDesign, reason: string): Problem => ({
  at: { file, line: 1, column: 1 },
  severity: 'error',
  code: 'run-undone',
  message: `the run with seed ${task.seed} at ${points[point].key || 'the scenario as it is'} was given up: ${reason}`,
  remedy: 'look at the workers (memory, their stderr); with --out the same command goes on from here',
})

/** What is still to be run, the points with the fewest runs first. */
class Agenda {
  private readonly design: SweepDesign
  private readonly runs: Runs
  private readonly shard: Shard | undefined
  /** Number of the next replication of each point that may be handed out. */
  private readonly following: number[]
  /** Each point was seen to need more than so many. */
  private readonly notEnough: number[]

  constructor(design: SweepDesign, runs: Runs, shard: Shard | undefined) {
    this.design = design
    this.runs = runs
    this.shard = shard
    this.following = design.points.map(() => 1)
    this.notEnough = design.points.map(() => 0)
  }

  next(): readonly [point: number, replication: number] | undefined {
    let best = -1
    for (let p = 0; p < this.following.length; p++) {
      this.skip(p)
      if (this.following[p] <= this.design.seedsMax && (best < 0 || this.following[p] < this.following[best])) best = p
    }
    return best < 0 ? undefined : [best, this.following[best]++]
  }

  /** Over what is there, what is another's, and, where the intervals are narrow enough, the rest. */
  private skip(p: number): void {
    const { design, runs, shard, following } = this
    const lacks = (r: number) => !runs[p].has(r) && isMine(design, shard, p, r)
    while (following[p] <= design.seedsMax && !lacks(following[p])) following[p]++
    if (design.precision === undefined || following[p] > design.seedsMax) return
    const done = inOrder(runs[p])
    if (replicationsUsed(design, design.points[p], done, this.notEnough[p]) !== undefined) following[p] = design.seedsMax + 1
    else this.notEnough[p] = done.length
  }

  /** Of all runs that there may be. */
  share(): number {
    const { seedsMax, points } = this.design
    return this.following.reduce((sum, next) => sum + Math.min(seedsMax, next - 1), 0) / (seedsMax * points.length)
  }
}
