/**
 * What was seen: one line of observed.jsonl as typed data. The two families of recordings name some fields differently
 * (`prio` and `priority`, `ver` and `version` …); here they have one name. A run is observed in the same terms
 * (observe.ts), so that the comparers see two lists of the same type. Times are seconds from the start of the case.
 */
import * as z from 'zod'

const time = z.number().min(-1).max(1_000_000)
const word = z.string().max(1_000)
const whole = z.number().int()
const list = <T extends z.ZodType>(of: T) => z.array(of).max(100_000)

const at = { t: time, host: word }

const advert = z
  .object({
    kind: z.literal('advert'),
    ...at,
    src: word.optional(),
    version: whole.optional(),
    ver: whole.optional(),
    vrid: whole,
    prio: whole.optional(),
    priority: whole.optional(),
    adv_int_s: z.number().optional(),
    adv_int: z.number().optional(),
    vips: list(word),
    dst: word.optional(),
    if: word.optional(),
  })
  .refine(a => (a.prio ?? a.priority) !== undefined, 'has neither prio nor priority')
  .transform(a => ({
    kind: a.kind,
    t: a.t,
    host: a.host,
    src: a.src,
    version: a.version ?? a.ver ?? 2,
    vrid: a.vrid,
    prio: (a.prio ?? a.priority) as number,
    advIntS: a.adv_int_s ?? a.adv_int ?? 1,
    vips: a.vips,
    dst: a.dst,
    if: a.if,
  }))

const garp = z
  .object({ kind: z.literal('garp'), ...at, ip: word.optional(), vip: word.optional(), if: word.optional() })
  .refine(g => (g.ip ?? g.vip) !== undefined, 'has neither ip nor vip')
  .transform(g => ({ kind: g.kind, t: g.t, host: g.host, ip: (g.ip ?? g.vip) as string, if: g.if }))

const state = z.object({ kind: z.literal('state'), ...at, instance: word, state: word, init: z.boolean().optional() })
const vip = z.object({ kind: z.literal('vip'), ...at, ip: word, present: z.boolean() })

const server = z.object({ addr: word, fwd: word, weight: whole, active: whole, inact: whole })
const service = z.object({ vip: word, proto: word, scheduler: word, flags: list(word).optional(), rs: list(server) })
const ipvs = z.object({ kind: z.literal('ipvs'), ...at, services: list(service) })

const connection = z.object({ proto: word, expire_s: whole, state: word, client: word, vip: word, rs: word })
const conn = z.object({ kind: z.literal('conn'), ...at, conns: list(connection) })

const entry = { ...at, client: word, vip: word, rs: word, poll_s: z.number().positive().max(3_600) }
const appeared = z.object({ kind: z.literal('new'), ...entry, state: word })
const change = z.object({ kind: z.literal('change'), ...entry, state: word })
const gone = z.object({ kind: z.literal('gone'), ...entry, last_state: word })

const step = z.object({
  kind: z.literal('step'),
  ...at,
  client: word,
  walk: word,
  i: whole.optional(),
  last: z.boolean().optional(),
  dir: word.optional(),
  flags: word,
  state: word.nullable(),
  expire_s: whole.nullable(),
  rs: word.nullable(),
})

const scheduled = z.object({
  kind: z.literal('scheduled'),
  t: time,
  id: word,
  client: word,
  to: word.optional(),
  rs: word.nullable(),
  error: word.optional(),
})

const response = z.object({
  kind: z.literal('response'),
  t: time,
  client: word,
  id: word,
  t_start: time,
  elapsed_s: z.number(),
  connect_s: z.number().optional(),
  status: whole.optional(),
  server: word.nullable().optional(),
  error: word.optional(),
  syn_retx: whole.optional(),
})

const packet = z.object({
  kind: z.literal('packet'),
  t: time,
  from: word,
  proto: word,
  src: word,
  dst: word,
  flags: word.optional(),
  len: whole.optional(),
  type: whole.optional(),
  code: whole.optional(),
})

const check = z.object({ kind: z.literal('check'), ...at, rs: word, vs: word, up: z.boolean(), log: word.optional() })
const probe = z.object({ kind: z.literal('probe'), ...at, rs: word })
const log = z.object({ kind: z.literal('log'), ...at, line: z.string().max(10_000) })

const persistServer = z.object({ addr: word, weight: whole, persist: whole, active: whole, inact: whole })
const persist = z.object({ kind: z.literal('persist'), ...at, services: list(z.object({ vip: word, rs: list(persistServer) })) })

const record = z.object({ proto: word, state: word, timeout_s: whole, client: word, vip: word, rs: word })
const sync = z.object({
  kind: z.literal('sync'),
  ...at,
  syncid: whole,
  bytes: whole,
  n: whole,
  version: whole,
  conns: list(record),
})

const packets = { vip: word, sent_pkts: whole, delivered_pkts: whole, loss: z.number().nullable() }
const rate = z.object({
  kind: z.literal('rate'),
  t: time,
  ...packets,
  bin_s: z.number().positive(),
  arrived_pkts: whole,
  mean_delay_s: z.number().nullable(),
})
const summary = z.object({
  kind: z.literal('summary'),
  t: time,
  ...packets,
  phase: word,
  from_s: time,
  to_s: time,
  owner: word.nullable().optional(),
})
const download = z.object({
  kind: z.literal('download'),
  t: time,
  id: word,
  client: word,
  bytes: whole,
  of: whole,
  last_data_t: time.nullable(),
  result: word,
  server: word.nullable(),
})

const SCHEMAS = {
  advert,
  garp,
  state,
  vip,
  ipvs,
  conn,
  new: appeared,
  change,
  gone,
  step,
  scheduled,
  response,
  packet,
  check,
  probe,
  log,
  persist,
  sync,
  rate,
  summary,
  download,
}

export type ObservedKind = keyof typeof SCHEMAS
export type Observed = { [K in ObservedKind]: z.infer<(typeof SCHEMAS)[K]> }[ObservedKind]
export type ObservedOf<K extends ObservedKind> = z.infer<(typeof SCHEMAS)[K]>
export type ObservedService = z.infer<typeof service>
export type ObservedConnection = z.infer<typeof connection>

export const OBSERVED_KINDS = Object.keys(SCHEMAS) as readonly ObservedKind[]

export type ObservedReading =
  | { readonly ok: true; readonly value: Observed }
  /** `unknown`: a kind that lvsim does not know, which is no mistake of the recording. */
  | { readonly ok: false; readonly reason: string; readonly unknown?: string }

const KIND_MAX = 100

/** Where null says something: there is no entry, no server, nothing arrived. */
const NULLABLE: ReadonlySet<string> = new Set(['state', 'expire_s', 'rs', 'server', 'owner', 'loss', 'mean_delay_s', 'last_data_t'])

/** Elsewhere a key without a value says as much as no key. */
const withoutNulls = (line: object): object => Object.fromEntries(Object.entries(line).filter(([k, v]) => v !== null || NULLABLE.has(k)))

/** One line, already parsed as JSON. Never throws. */
export function readObserved(value: unknown): ObservedReading {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  const reason = `kind is none of ${OBSERVED_KINDS.join(', ')}`
  if (typeof kind !== 'string' || kind.length > KIND_MAX) return { ok: false, reason }
  if (!Object.hasOwn(SCHEMAS, kind)) return { ok: false, reason, unknown: kind }
  const parsed = SCHEMAS[kind as ObservedKind].safeParse(withoutNulls(value as object))
  if (parsed.success) return { ok: true, value: parsed.data as Observed }
  const issue = parsed.error.issues[0]
  return { ok: false, reason: `${kind}${issue.path.length === 0 ? '' : `.${issue.path.join('.')}`}: ${issue.message}` }
}

/** All of one kind, in order. */
export const ofKind = <K extends ObservedKind>(observed: readonly Observed[], kind: K): ObservedOf<K>[] =>
  observed.filter(o => o.kind === kind) as ObservedOf<K>[]
