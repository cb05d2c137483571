/**
 * How long a jump takes in a trace of five million rows: frameAt at random times, for still pictures (hops at their
 * own speed) and for playing at 1 s a second (hops drawn for 0.3 s, a crowd thinned to 500).
 */
import { ALL_LOOKS, frameAt } from '../sim-core/trace/index.ts'
import { random, synthetic } from '../test/trace/synthetic.ts'

const S = 1e9
const rows = 5e6
const { trace } = synthetic({ packets: rows / 2, durationNs: 60 * S, parts: 40 })
const next = random(5)
for (const [name, hopNs] of [
  ['exact', 0],
  ['1 s/s', 0.3 * S],
  ['1 ms/s', 0.3e6],
] as const) {
  const times: number[] = []
  let glyphs = 0
  for (let n = 0; n < 400; n++) {
    const t = Math.floor(next() * 60 * S)
    const began = performance.now()
    glyphs += frameAt(trace, t, { hopNs, limit: 250, lossNs: 0.5 * S, looks: ALL_LOOKS }).flights.length
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const at = (q: number): string => times[Math.floor(q * times.length)].toFixed(2)
  console.log(`${trace.rows} rows, ${name}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, ${Math.round(glyphs / 400)} packets a picture`)
}
