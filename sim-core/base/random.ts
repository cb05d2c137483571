/**
 * Named streams of random numbers. Every consumer (one traffic source, one scheduler) has a stream of its own,
 * derived from the run's seed and the consumer's name, so that adding a host does not change what others draw.
 *
 * The generator is seedrandom's alea: 26 ns a draw, 32 random bits, and its state can be saved (snapshots).
 */
import seedrandom from 'seedrandom'
import { ln } from './math.ts'

export interface RandomStream {
  /** Uniform in (0, 1): 32 bits, never 0, so that its logarithm is finite. */
  next(): number
  /** Plain data, for snapshots. */
  state(): unknown
  restore(state: unknown): void
}

export function randomStream(seed: number | string, name: string): RandomStream {
  let draw: seedrandom.StatefulPRNG<unknown> = seedrandom.alea(`${seed}/${name}`, { state: true })
  return {
    next: () => draw() + 2 ** -33,
    state: () => draw.state(),
    restore: state => {
      draw = seedrandom.alea('', { state: state as never }) as seedrandom.StatefulPRNG<unknown>
    },
  }
}

/** Exponential with the given mean (any unit). */
export const exponential = (stream: RandomStream, mean: number): number => -ln(stream.next()) * mean

/** Uniform integer in [0, n). */
export const uniformInteger = (stream: RandomStream, n: number): number => Math.floor(stream.next() * n)

/** All streams of a run by name, so that a snapshot can hold them. The same name gives the same stream. */
export class RandomStreams {
  private readonly seed: number | string
  private readonly streams = new Map<string, RandomStream>()

  constructor(seed: number | string) {
    this.seed = seed
  }

  stream(name: string): RandomStream {
    let s = this.streams.get(name)
    if (s === undefined) {
      s = randomStream(this.seed, name)
      this.streams.set(name, s)
    }
    return s
  }

  capture(): Record<string, unknown> {
    return Object.fromEntries(Array.from(this.streams, ([name, s]) => [name, s.state()]))
  }

  reinstate(states: Readonly<Record<string, unknown>>): void {
    for (const [name, state] of Object.entries(states)) this.stream(name).restore(state)
  }
}
