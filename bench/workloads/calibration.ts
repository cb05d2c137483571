/**
 * How fast this machine is at what a simulation does: integer mixing and random access in 4 MiB. The median of five
 * runs, CPU seconds. Only ratios to it are kept.
 */
const WORDS = 1 << 20
const STEPS = 20_000_000

export function calibrate(): number {
  const words = new Int32Array(WORDS)
  const times: number[] = []
  for (let run = 0; run < 6; run++) {
    const before = process.cpuUsage()
    let h = run
    for (let i = 0; i < STEPS; i++) {
      h = Math.imul(h ^ words[h & (WORDS - 1)], 0x85ebca6b | 0)
      h ^= h >>> 15
      words[i & (WORDS - 1)] = h
    }
    const used = process.cpuUsage(before)
    times.push((used.user + used.system) / 1e6)
  }
  // The first run compiles the loop.
  return times.slice(1).sort((a, b) => a - b)[2]
}
