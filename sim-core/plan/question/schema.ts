/**
 * A planning question as a file: what `lvsim plan` is asked, and what `lvsim check` cannot read in a keepalived.conf
 * (link rates, traffic, who dies together). The options of the command line are the same keys. Everything here is
 * about one value at a time; what goes together is checked by model-check.ts. Tested in test/plan/question.test.ts.
 */
import * as z from 'zod'
import { bad, fields, good, readCount, readPercentage, readRate, shown } from '../../config/index.ts'
import { FORWARDING_METHODS, LAYERS } from '../wire.ts'

/** A count stands for that many of `prefix`1, `prefix`2, …; a list of names for those. */
const countedMap = <T extends z.ZodType>(prefix: string, value: T, what: string) =>
  z.preprocess(
    input => {
      const names =
        typeof input === 'number' && Number.isInteger(input) && input >= 0 && input <= COUNT_MAX
          ? Array.from({ length: input }, (_, i) => `${prefix}${i + 1}`)
          : Array.isArray(input) && input.every(name => typeof name === 'string')
            ? (input as string[])
            : undefined
      return names === undefined ? input : Object.fromEntries(names.map(name => [name, {}]))
    },
    z.record(z.string(), value, {
      error: `is neither a number nor a map of ${what} by name: write 3, or { ${prefix.trim()}1: …, ${prefix.trim()}2: … }`,
    }),
  )
/** More than anything may have, so that the model says what is too many. */
const COUNT_MAX = 10_000

const ratio = (description: string) =>
  fields.field(
    'ratio',
    input => (typeof input === 'number' ? good(input) : bad(`${shown(input)} is no number`, 'write a number such as 20')),
    {
      type: 'number',
      description,
      examples: [20],
    },
  )

/** A share is a number of any size (`3`), a percentage, or what was measured (`450Mbit`): only proportions matter. */
const share = fields.field(
  'share',
  input => {
    if (typeof input === 'number') return good({ value: input, unit: 'number' })
    const rate = readRate(input)
    if (rate.ok) return good({ value: rate.value as number, unit: 'rate' })
    const percentage = readPercentage(input)
    return percentage.ok
      ? good({ value: percentage.value, unit: 'percentage' })
      : bad(`${shown(input)} is no share`, 'write a number such as 3, a percentage, or a measured rate such as 450Mbit')
  },
  { type: ['number', 'string'], description: 'its part of the traffic', examples: [3, '25 %', '450Mbit'] },
)

const growth = fields.field('percentage', input => readPercentage(input, GROWTH_MAX), {
  type: ['string'],
  description: 'how much the traffic grows in a year',
  examples: ['30 %'],
})
const GROWTH_MAX = 100

const vip = z.preprocess(
  input => (input === null ? {} : typeof input === 'number' || typeof input === 'string' ? { share: input } : input),
  z.strictObject({ share: share.optional(), address: fields.address('its address').optional() }),
)

const balancer = z.preprocess(
  input => (input === null ? {} : typeof input === 'string' ? { link: input } : input),
  z.strictObject({
    link: fields.rate('wire rate of its link').optional(),
    address: fields.address('its address').optional(),
    file: z.string().optional().meta({ description: 'its keepalived.conf, for `lvsim check`' }),
    ipvs: z.string().optional().meta({ description: 'its ipvsadm rules, for `lvsim check`' }),
  }),
)

const server = z.preprocess(
  input => (input === null ? {} : typeof input === 'string' ? { link: input } : input),
  z.strictObject({
    link: fields.rate('wire rate of its link').optional(),
    weight: fields.count('its weight', 0, 65_535).optional(),
    address: fields.address('its address').optional(),
    lo: z.array(fields.address('a VIP')).optional().meta({ description: 'VIPs on its lo, for `lvsim check`' }),
  }),
)

const deploySchema = z
  .strictObject({
    interface: z.string().optional().meta({ description: "the balancers' interface; eth0 unless given" }),
    prefix: fields.count('prefix length of the LAN', 8, 30).optional(),
    client: fields.address('address of the clients in the scenario').optional(),
    ports: z
      .array(fields.count('a port', 1, 65_535))
      .optional()
      .meta({ description: 'ports of the virtual services' }),
    scheduler: z.string().optional().meta({ description: 'of the virtual services; rr unless given' }),
    first_vrid: fields.count('first virtual_router_id', 1, 255).optional(),
    auth_pass: z.string().optional().meta({ description: 'password of version 2, at most 8 characters, or `none`' }),
    unicast: z.boolean({ error: 'is neither true nor false' }).optional().meta({ description: 'adverts to each peer' }),
    domain: z.string().optional().meta({ description: 'the name that DNS answers with all VIPs' }),
  })
  .meta({ description: 'what --write puts into the files' })

export const questionSchema = z
  .strictObject({
    balancers: countedMap('b', balancer, 'balancers').optional().meta({ description: 'how many, or by name with their links' }),
    link: fields.rate('wire rate of the links of balancers that do not say').optional(),
    keepalived: fields.release(['2.2', '2.3+'], 'whose keepalived reads the files, for `lvsim check`; 2.2 unless given').optional(),
    groups: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({ description: 'balancers that die together: racks, power feeds', examples: [{ rack1: ['b1', 'b2'] }] }),
    survive: fields.count('how many balancers (or groups) may be lost at once; 1 unless given', 0, 99).optional(),
    traffic: fields.rate('requests that arrive from the clients').optional(),
    layer: fields.oneOf(LAYERS, 'where the traffic is counted; ip unless given').optional(),
    packet: fields.size('IP packet of a request; 1500B unless given').optional(),
    header: fields.size('IP and transport header, for layer payload; 40B unless given').optional(),
    headroom: fields.percentage('part of each link to keep free').optional(),
    forwarding: fields.oneOf(FORWARDING_METHODS, 'DR unless given').optional(),
    response_ratio: ratio('reply bits per request bit; needed for NAT').optional(),
    vips: countedMap('VIP ', vip, 'VIPs')
      .optional()
      .meta({ description: 'how many, or by name or address with shares; without it the number is found' }),
    vips_up_to: fields.count('how far the curve goes', 1, 200).optional(),
    servers: countedMap('s', server, 'real servers').optional().meta({ description: 'real servers: how many, or by name' }),
    failover: fields.duration('a VIP must have a MASTER again within this').optional(),
    growth: growth.optional(),
    skew: z
      .union(
        [
          z.boolean(),
          z.strictObject({
            resolvers: fields.count('how many resolvers there are', 1, 1_000_000).optional(),
            zipf: ratio('the r-th largest resolver weighs r^-zipf').optional(),
            draws: fields.count('how many draws', 1, 1_000_000).optional(),
          }),
        ],
        { error: 'is neither true nor a map: write { resolvers: 1000, zipf: 1 }' },
      )
      .optional()
      .meta({ description: 'resolvers do not split evenly: how likely is an overload?' }),
    seed: readSeed('of the draws for skew; 1 unless given').optional(),
    deploy: deploySchema.optional(),
  })
  .meta({ title: 'lvsim plan', description: 'How many VIPs, in which order of balancers?' })

function readSeed(description: string) {
  return fields.field('number', input => readCount(input), { type: 'integer', description, examples: [] })
}

export type RawQuestion = z.output<typeof questionSchema>
