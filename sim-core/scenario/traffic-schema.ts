/**
 * A traffic source as scenarios write it: where it comes from, where it goes, when, and one key that says what kind
 * it is. The kinds and their options come from the registry of traffic/.
 */
import * as z from 'zod'
import { fields } from '../config/index.ts'
import { loadProfileField, TRAFFIC_KINDS } from '../traffic/index.ts'

export type TrafficKind = keyof typeof TRAFFIC_KINDS
export const TRAFFIC_KIND_NAMES = Object.keys(TRAFFIC_KINDS) as readonly TrafficKind[]

type KindShapes = { [K in TrafficKind]: z.ZodOptional<(typeof TRAFFIC_KINDS)[K]['schema']> }
const kindShapes = Object.fromEntries(
  TRAFFIC_KIND_NAMES.map(kind => [kind, TRAFFIC_KINDS[kind].schema.optional()]),
) as unknown as KindShapes

export const trafficSchema = z
  .strictObject({
    from: z.string({ error: 'is missing or no name' }).meta({ description: 'the host that sends' }),
    to: z
      .preprocess(
        input => (input === undefined || Array.isArray(input) ? input : [input]),
        z.array(fields.endpoint()).min(1, { error: 'is empty' }),
      )
      .meta({ description: 'one address and port, or a list of them', examples: [['10.10.1.10:80']] }),
    split: fields.oneOf(['even'], 'how it is divided between the addresses').optional(),
    flows: fields.count('client address and port pairs in all; one an endpoint unless given', 1, 10_000_000).optional(),
    ports: fields
      .portRange('client ports of UDP flows; makes one flow for each client address and port unless `flows` says otherwise')
      .optional(),
    start: fields.instant('when it begins; when every VIP has an owner unless given').optional(),
    stop: fields.instant('when it ends; with the run unless given').optional(),
    profile: loadProfileField('how a rate (udp, requests) changes over the day: a factor on it, by the run’s clock').optional(),
    ...kindShapes,
  })
  .meta({ description: `where, when, and one of ${TRAFFIC_KIND_NAMES.join(', ')}` })

export type RawTraffic = z.output<typeof trafficSchema>
