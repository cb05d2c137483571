/**
 * Goal: whatever the wire does, the stream arrives whole, in order and once, messages at their bytes, and both sides end clean.
 * Method: random loss, reordering and duplication on a wire; random writes in both directions; every combination of SACK,
 * timestamps, probes and congestion control. The seed is in the test's name.
 */
import { describe, expect, it } from 'vitest'
import { randomStream, uniformInteger } from '../../../sim-core/base/random.ts'
import { CONGESTION_NAMES, type TcpApplication } from '../../../sim-core/protocols/tcp/index.ts'
import { Wire } from './wire.ts'

interface Side {
  received: number
  messages: number[]
  closedByPeer: boolean
  reason: string
}

const side = (): Side => ({ received: 0, messages: [], closedByPeer: false, reason: '' })

function soak(seed: number): { wire: Wire; sides: [Side, Side]; sent: [number, number]; marks: [number[], number[]] } {
  const random = randomStream(seed, 'soak')
  const pick = (n: number) => uniformInteger(random, n)
  const loss = [0, 0.005, 0.02, 0.1, 0.2][pick(5)]
  const reorder = [0, 0.01, 0.1][pick(3)]
  const wire = new Wire({
    hz: [100, 250, 1000][pick(3)],
    delayNs: [50_000, 1_000_000, 40_000_000][pick(3)],
    lose: () => random.next() < loss,
    disturb: () => (random.next() < reorder ? pick(3) : 0),
    rateBps: [undefined, 10_000_000, 1_000_000_000][pick(3)],
    queuePackets: [5, 100][pick(2)],
  })
  const { tcp } = wire
  for (const host of [0, 1])
    tcp.configure(host, {
      sack: pick(3) > 0,
      timestamps: pick(3) > 0,
      lossProbe: pick(2) > 0,
      congestion: CONGESTION_NAMES[pick(CONGESTION_NAMES.length)],
      receiveBytes: [0, 4000, 20_000][pick(3)],
      // Longer than any retransmission of the last FIN, or its answer would be RST.
      timeWaitS: 1000,
    })
  const sides: [Side, Side] = [side(), side()]
  const sent: [number, number] = [0, 0]
  const marks: [number[], number[]] = [[], []]
  const connections = [-1, -1]
  const application = (n: 0 | 1): TcpApplication => ({
    onConnected: c => {
      connections[n] = c
      burst(n)
    },
    onData: (_c, bytes) => {
      sides[n].received += bytes
    },
    onMessage: (_c, m) => sides[n].messages.push((m as { at: number }).at),
    onPeerClosed: c => {
      sides[n].closedByPeer = true
      // Not close: an application that is gone gets less patience (tcp_orphan_retries) than this wire asks for.
      if (wire.tcp.stateOf(c) === 'CLOSE-WAIT') tcp.shutdown(c)
    },
    onClosed: (_c, reason) => {
      sides[n].reason = reason
    },
  })
  const burst = (n: 0 | 1): void => {
    for (let i = pick(8); i >= 0; i--) {
      const bytes = 1 + pick([20, 3000, 60_000][pick(3)])
      sent[n] += bytes
      marks[n].push(sent[n])
      tcp.write(connections[n], bytes, { at: sent[n] })
    }
  }
  tcp.listen(1, 80, tcp.register(application(1)))
  const client = tcp.register(application(0))
  const again = wire.engine.addKind(n => {
    const state = connections[n] >= 0 && sides[n].reason === '' && !sides[n].closedByPeer ? wire.tcp.stateOf(connections[n]) : ''
    if (state === 'ESTABLISHED') burst(n as 0 | 1)
  })
  const end = wire.engine.addKind(() => connections[0] >= 0 && sides[0].reason === '' && tcp.shutdown(connections[0]))
  tcp.connect(0, { remote: wire.hostAddress[1], remotePort: 80, application: client })
  for (let i = 0; i < 6; i++) wire.engine.schedule(Math.round((1 + i * random.next()) * 1e9), again, pick(2))
  wire.engine.schedule(20e9, end, 0)
  wire.run(9000)
  return { wire, sides, sent, marks }
}

describe('a disturbed wire', () => {
  it.each(Array.from({ length: 120 }, (_, i) => i + 1))('seed %i', seed => {
    const { wire, sides, sent, marks } = soak(seed)
    const { tcp } = wire
    // With a fifth of everything lost, six SYNs may be; then nothing was sent at all.
    if (sides[0].reason === 'timeout' && sent[0] === 0) return
    expect(sides.map(s => s.reason)).toEqual(['', ''])
    expect([sides[1].received, sides[0].received]).toEqual(sent)
    expect([sides[1].messages, sides[0].messages]).toEqual(marks)
    expect(sides.map(s => s.closedByPeer)).toEqual([true, true])
    expect([tcp.rows.used, tcp.segments.used, tcp.timeWait.used, wire.packets.inUse]).toEqual([0, 0, 0, 0])
  })
})
