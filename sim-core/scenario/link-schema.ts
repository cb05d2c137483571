/** Options of a link as scenarios write them, and their defaults. */
import * as z from 'zod'
import { fields, good, readRate } from '../config/index.ts'
import type { LinkModel } from './model.ts'

export const linkSchema = z
  .strictObject({
    rate: fields
      .field('rate', input => (input === 'unlimited' ? good(Number.POSITIVE_INFINITY) : readRate(input)), {
        type: ['string', 'number'],
        description: 'line rate in bits a second, or `unlimited`',
        examples: ['1Gbit', 'unlimited'],
      })
      .optional(),
    delay: fields.duration('propagation delay, one way').optional(),
    queue: fields.queueLimit('drop-tail limit, the packet being sent not counted').optional(),
    overhead: fields.oneOf(['ethernet', 'frame', 'ppp', 'none'], 'what the line adds to an IP packet: 38, 14, 2 or 0 bytes').optional(),
    bucket: z
      .strictObject({ rate: fields.rate('token rate'), burst: fields.size('bucket size'), queue: fields.size('limit of waiting bytes') })
      .optional()
      .meta({ description: 'a token bucket in front of the line (Linux tbf)' }),
    loss: fields.percentage('share of the frames that the line loses').optional(),
    mtu: fields.size('largest IP packet').optional(),
  })
  .meta({ description: 'a cable, or one direction of it' })

export type RawLink = z.output<typeof linkSchema>

/** A LAN of today: 1 Gbit/s, 20 us of cable and switch, and the queue that Linux gives a network card. */
export const DEFAULT_LINK: LinkModel = {
  rateBps: 1e9,
  delayNs: 20_000,
  queue: { packets: 1000 },
  overhead: 'ethernet',
  loss: 0,
  mtuBytes: 1500,
}

/** `base` with what `raw` says. */
export function withLink(base: LinkModel, raw: RawLink | undefined): LinkModel {
  if (raw === undefined) return base
  return {
    rateBps: raw.rate ?? base.rateBps,
    delayNs: raw.delay ?? base.delayNs,
    queue: raw.queue === undefined ? base.queue : raw.queue.unit === 'packets' ? { packets: raw.queue.limit } : { bytes: raw.queue.limit },
    overhead: raw.overhead ?? base.overhead,
    ...(raw.bucket !== undefined
      ? { bucket: { rateBps: raw.bucket.rate, burstBytes: raw.bucket.burst, queueBytes: raw.bucket.queue } }
      : base.bucket !== undefined
        ? { bucket: base.bucket }
        : {}),
    loss: raw.loss ?? base.loss,
    mtuBytes: raw.mtu ?? base.mtuBytes,
  }
}
