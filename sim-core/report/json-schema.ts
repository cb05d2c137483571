/**
 * The JSON that `lvsim run --json` prints, as a schema: generated documentation for tools, and what the tests check
 * the documents with. Keys are the field's words with the unit last; times are seconds.
 */
import * as z from 'zod'

export const SCHEMA_VERSION = 1

const seconds = z.number()
const verdict = z.enum(['HOLDS', 'DEGRADED', 'OUTAGE'])
const position = z.object({ file: z.string(), line: z.int(), column: z.int() })
const cause = z.object({
  rule: z.string().meta({ description: 'stable name; `lvsim schema causes` lists all with what they say' }),
  text: z.string().meta({ description: 'a sentence, with the numbers put in' }),
  source: z.string().meta({ description: 'RFC section, kernel or keepalived file, or recording' }),
  inputs: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
    .meta({ description: 'what went in, by name, the unit last (`advert_int_s`); `lvsim schema causes` has units and meanings' }),
  arithmetic: z.string().nullable().meta({
    description: 'equations and comparisons, separated by "; ", such as `3 × 1 s + (256 − 101)/256 × 1 s = 3.605468 s`; null: none',
  }),
})

const trafficWindow = z.object({
  offered_bps: z.number().meta({ description: 'IP bits a second sent by the client' }),
  delivered_bps: z.number(),
  loss: z.number().meta({ description: '1 − delivered / sent' }),
  sent: z.int().meta({ description: 'packets, or requests' }),
  delivered: z.int(),
  delay_s: z.object({ mean: seconds, p50: seconds, p99: seconds, max: seconds }),
  dropped: z
    .array(z.object({ reason: z.string(), rule: z.string(), packets: z.int() }))
    .meta({ description: 'packets of it that were lost, by reason, most first; `rule` as in causes' }),
  connections: z.object({ opened: z.int(), completed: z.int(), reset: z.int(), refused: z.int(), timed_out: z.int() }),
})

const linkWindow = z.object({
  offered_bps: z.number().meta({ description: 'wire bits a second presented to the queue, before drops' }),
  offered: z.number().meta({ description: 'the same over the link’s rate; above 1 it cannot be carried' }),
  utilisation: z.number().meta({ description: 'share of the time in which it was sending' }),
  drops: z.int(),
  wait_s: z.object({ mean: seconds, p99: seconds, max: seconds }),
  queue_max_packets: z.int(),
})

const vipWindow = z.object({
  owners: z.array(z.object({ host: z.string(), from_s: seconds, to_s: seconds })),
  outage_s: seconds.meta({ description: 'longest time with no live, reachable MASTER' }),
  unserved_s: seconds
    .nullable()
    .meta({ description: 'longest time in which nothing sent to it was delivered; null when nothing was sent' }),
  dual_master_s: seconds,
})

const windowSchema = z.object({
  from_s: seconds,
  to_s: seconds,
  traffic: z.record(z.string(), trafficWindow),
  links: z.record(z.string(), linkWindow),
  vips: z.record(z.string(), vipWindow),
  verdict: verdict.meta({ description: 'takeovers are judged apart' }),
  reasons: z.array(z.string()).meta({ description: 'why it does not hold, worst first' }),
})

const requestSchema = z.object({
  id: z.string(),
  traffic: z.string(),
  t_s: seconds,
  vip: z.string(),
  director: z.string(),
  server: z.string(),
  fate: z.enum(['ok', 'reset', 'refused', 'timed_out', 'open']).meta({ description: '`open`: under way when the run ended' }),
  elapsed_s: seconds,
  syn_retransmits: z.int(),
  cause: z.string(),
  why: cause.nullable().meta({ description: 'the cause as data; null when nothing happened to it' }),
})

const tableSchema = z.object({
  t_s: seconds,
  host: z.string(),
  services: z.array(
    z.object({
      service: z.string().meta({ description: 'such as `TCP 10.10.1.10:80` or `FWM 1`' }),
      scheduler: z.string(),
      flags: z.array(z.string()),
      persistent_s: seconds.nullable(),
      servers: z.array(z.object({ server: z.string(), forward: z.string(), weight: z.int(), active: z.int(), inactive: z.int() })),
    }),
  ),
  conns: z.array(
    z.object({
      protocol: z.string(),
      expire_s: z.int(),
      state: z.string(),
      client: z.string(),
      virtual: z.string(),
      destination: z.string(),
      cause: cause.nullable().meta({ description: 'why it is there, counted so, and until when' }),
    }),
  ),
  ipvsadm: z.string().meta({ description: 'what `ipvsadm -Ln` prints' }),
})

export const runSchema = z
  .object({
    schema_version: z.literal(SCHEMA_VERSION),
    scenario: z.string().meta({ description: 'its title' }),
    file: z.string(),
    seed: z.int(),
    version: z.string(),
    digest: z.string(),
    model: z.enum(['packets', 'rates']).meta({ description: 'what answered: every packet, or flows and their rates' }),
    simulated_s: seconds,
    wall_s: seconds,
    events: z.int(),
    packet_hops: z.int(),
    stopped: z.string().nullable().meta({ description: 'why the run ended early' }),
    story: z.array(z.object({ t_s: seconds, host: z.string(), what: z.string(), cause: cause.nullable() })),
    windows: z.record(z.string(), windowSchema),
    takeovers: z.array(
      z.object({ after: z.string(), from_s: seconds, to_s: seconds, vips: z.array(z.string()), verdict, reasons: z.array(z.string()) }),
    ),
    requests: z.array(requestSchema),
    tables: z.array(tableSchema),
    verdicts: z.array(z.object({ expect: z.string(), ok: z.boolean(), observed: z.string(), reason: z.string().nullable(), at: position })),
    answer: z.object({ verdict, sentence: z.string(), remedy: z.string().nullable(), notes: z.array(z.string()) }),
    ignored: z.array(z.object({ keyword: z.string(), at: position })).meta({ description: 'read, not simulated' }),
    problems: z.array(
      z.object({
        at: position,
        severity: z.enum(['error', 'warning', 'note']),
        code: z.string(),
        message: z.string(),
        remedy: z.string().nullable(),
      }),
    ),
  })
  .meta({ title: 'lvsim run', description: 'What `lvsim run --json` prints.' })

export type RunDocument = z.output<typeof runSchema>

export const runJsonSchema = (): unknown => z.toJSONSchema(runSchema, { unrepresentable: 'any' })
