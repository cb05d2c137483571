/** `style: 'ns3'`: ns-3's habits, each against what Linux does (decision 30). Scripts as in connection.test.ts; HZ 1000. */
import { describe, expect, it } from 'vitest'
import { CONGESTION_CONTROLS, CONGESTION_NAMES } from '../../../sim-core/protocols/tcp/congestion/index.ts'
import { Connections } from '../../../sim-core/protocols/tcp/connections.ts'
import { play } from './script.ts'

const NS3 = { settings: { style: 'ns3', lossProbe: false, congestion: 'ns3-newreno' } } as const
const OPEN = `
  0 ! listen
  0 < S 0:0(0) win 65535 <mss 1460 sack ts>
  0 > S. 0:0(0) ack 1
  0.01 < . 1:1(0) ack 1
`
const at = (n: number) => 1 + n * 1448
const theirs = (time: number, n: number) => `${time} < . ${at(n)}:${at(n + 1)}(1448) ack 1`
const ours = (time: number, n: number, push = '') => `${time} > ${push}. ${at(n)}:${at(n + 1)}(1448) ack 1`

describe("ns-3's acknowledgements", () => {
  it('the first segment at once, then every second, a lone one after 200 ms', () => {
    play(
      `${OPEN}
      ${theirs(0.1, 0)}
      0.1 > . 1:1(0) ack ${at(1)}
      ${theirs(0.101, 1)}
      ${theirs(0.102, 2)}
      0.102 > . 1:1(0) ack ${at(3)}
      ${theirs(0.11, 3)}
      0.31 > . 1:1(0) ack ${at(4)}`,
      NS3,
    )
  })
})

describe("ns-3's timeout", () => {
  it('a SYN is sent again after 3 s, then 6', () => {
    play(
      `0 ! connect
      0 > S 0:0(0)
      3 > S 0:0(0)
      9 > S 0:0(0)`,
      NS3,
    )
  })
  it('200 ms on time; one that an ACK of everything follows leaves the window at one segment, and the next is as slow', () => {
    // The peer acknowledges a lone segment after 200 ms, which with the way there and back is too late, every time.
    play(
      `${OPEN} 0.1 ! write ${3 * 1448}
      ${ours(0.1, 0)}
      ${ours(0.1, 1)}
      ${ours(0.1, 2, 'P')}
      ${ours(0.3, 0)}
      0.31 < . 1:1(0) ack ${at(3)}
      0.31 ? cwnd 1
      0.31 ! write 1448
      ${ours(0.31, 3, 'P')}
      ${ours(0.51, 3, 'P')}
      0.52 < . 1:1(0) ack ${at(4)}
      0.52 ? cwnd 1
      0.52 ? rto 200`,
      NS3,
    )
  })
  it('only the first partial ACK of a recovery restarts it', () => {
    // 0, 1 and 2 are lost. Recovery at 0.111; partial ACKs at 0.121 and 0.131; the timeout counts from the first of them.
    play(
      `${OPEN} 0.1 ! write ${6 * 1448}
      ${[0, 1, 2, 3, 4].map(n => ours(0.1, n)).join('\n')}
      ${ours(0.1, 5, 'P')}
      0.111 < . 1:1(0) ack 1 sack ${at(3)}-${at(6)}
      ${ours(0.111, 0)}
      ${ours(0.111, 1)}
      0.121 < . 1:1(0) ack ${at(1)} sack ${at(3)}-${at(6)}
      ${ours(0.121, 2)}
      0.131 < . 1:1(0) ack ${at(2)} sack ${at(3)}-${at(6)}
      ${ours(0.321, 2)}`,
      NS3,
    )
  })
})

/** A connection at `cwnd` whose window is acknowledged segment by segment, `seconds` at `rttS`; its windows at the end of each round. */
function windows(name: string, cwnd: number, rttS: number, seconds: number): number[] {
  const control = CONGESTION_CONTROLS[CONGESTION_NAMES.indexOf(name)]
  const r = new Connections()
  const c = r.open(0, 0, 1, 1, 2)
  r.mss[c] = 1448
  r.cwnd[c] = r.packetsOut[c] = cwnd
  r.highSeq[c] = -1
  r.cwnd[c] = r.ssthresh[c] = control.threshold(r, c)
  const out: number[] = []
  for (let t = rttS; t < seconds; t += rttS) {
    const acks = r.cwnd[c]
    for (let k = 0; k < acks; k++) control.grow(r, c, 1, t * 1e9)
    out.push(r.cwnd[c])
  }
  return out
}

describe("ns-3's congestion controls", () => {
  it('NewReno: half of what is in flight, then a little less than one segment a round', () => {
    expect(windows('ns3-newreno', 20, 0.1, 1.05)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  })
  it('CUBIC: 0.7 of the window; whole segments below W_max, and slow growth on the plateau', () => {
    const W_MAX = 20
    const K = Math.cbrt((W_MAX - 14) / 0.4)
    const w = windows('ns3-cubic', W_MAX, 0.01, 6)
    expect(w[0]).toBe(14)
    // The first target above the window comes when C (K − t)³ falls below 6; until then nothing grows.
    const target = (t: number) => (t < K ? W_MAX - Math.floor(0.4 * (K - t) ** 3) : W_MAX + Math.floor(0.4 * (t - K) ** 3))
    const grown = w.findIndex(cwnd => cwnd > 14)
    // (Time counts from the first round.)
    expect(target(0.01 * grown)).toBe(15)
    // On the plateau every hundred windows acknowledged are worth a segment, so that W_max is passed before the target is.
    const passed = w.findIndex(cwnd => cwnd > W_MAX)
    expect(target(0.01 * passed)).toBe(W_MAX)
  })
})
