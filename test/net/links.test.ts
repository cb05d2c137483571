/**
 * Goal: frames arrive when, and in the order in which, a plain model says, and the same ones are dropped, however links
 * share their rings. Method: random loads on links with equal and different rates, delays and queues, on both.
 */
import { describe, expect, it } from 'vitest'
import { randomStream, uniformInteger } from '../../sim-core/base/random.ts'
import { Engine } from '../../sim-core/engine/index.ts'
import { LinkMeters, Links, Packets } from '../../sim-core/net/index.ts'
import { LinkModel, type ModelLink } from './link-model.ts'

const ONE_RATE: readonly ModelLink[] = Array.from({ length: 6 }, () => link(8, 50_000))
const MIXED: readonly ModelLink[] = [
  link(8, 50_000),
  link(8, 20_000),
  link(4, 50_000),
  link(1, 0),
  link(8, 50_000, 3),
  link(8, 0, 1000, 4000),
]

function link(nsPerByte: number, delayNs: number, queuePackets = 1000, queueBytes = Number.POSITIVE_INFINITY): ModelLink {
  return { nsPerByte, delayNs, queuePackets, queueBytes }
}

/** Hands over `frames` frames at random times, a quarter of them at the same instant as the one before, to both. */
function bothRun(options: readonly ModelLink[], seed: number, frames: number, meanGapNs: number) {
  const engine = new Engine()
  const packets = new Packets()
  const arrivals: { t: number; link: number; id: number }[] = []
  const dropped: number[] = []
  const links = new Links(
    options.map((o, l) => ({
      ...{ name: `l${l}`, rateBps: 8e9 / o.nsPerByte, delayNs: o.delayNs, overheadBytes: 0, wireBytesMin: 0 },
      ...{ queuePackets: o.queuePackets, queueBytes: o.queueBytes, mtuBytes: 65_535, loss: 0 },
    })),
    {
      ...{ engine, packets, meters: new LinkMeters(options.length, [0]), draw: () => 0.5 },
      sink: {
        arrived: (l, p) => arrivals.push({ t: engine.now, link: l, id: packets.seq[p] }),
        dropped: (_l, p) => dropped.push(packets.seq[p]),
      },
    },
  )
  const model = new LinkModel(options)
  const modelDropped: number[] = []
  const draw = randomStream(seed, 'links twin')
  const source = engine.addKind(id => {
    const p = packets.alloc(3, engine.now, 0, 0)
    const l = uniformInteger(draw, options.length)
    packets.seq[p] = id
    packets.ipBytes[p] = [40, 552, 1500][uniformInteger(draw, 3)]
    if (!model.transmit(l, id, packets.ipBytes[p], engine.now)) modelDropped.push(id)
    links.transmit(l, p)
    const gap = draw.next() < 0.25 ? 0 : Math.round(2 * meanGapNs * draw.next())
    if (id + 1 < frames) engine.schedule(engine.now + gap, source, id + 1)
  })
  engine.schedule(0, source, 0)
  engine.run(Number.POSITIVE_INFINITY)
  return { arrivals, dropped, model, modelDropped }
}

describe('links', () => {
  it.each([
    ['equal links, light load', ONE_RATE, 6_000],
    ['equal links, overloaded', ONE_RATE, 600],
    ['links of all kinds, light load', MIXED, 9_000],
    ['links of all kinds, overloaded', MIXED, 900],
  ] as const)('%s: as the plain model', (_what, options, gapNs) => {
    for (const seed of [1, 2, 3]) {
      const { arrivals, dropped, model, modelDropped } = bothRun(options, seed, 800, gapNs)
      expect(dropped).toEqual(modelDropped)
      expect(arrivals).toEqual(model.arrivals())
    }
  })

  it('the queues of small links do overflow in this test', () => {
    expect(bothRun(MIXED, 1, 800, 900).dropped.length).toBeGreaterThan(50)
  })
})
