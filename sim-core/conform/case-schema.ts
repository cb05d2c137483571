/**
 * The shape of case.json, as conformance/README.md and its two format descriptions say: hosts with their files, and
 * what was done when. Times are seconds from the start of the case. Unknown keys are kept out of the way, so that a
 * later recording may say more than an earlier one; an unknown verb is a mistake, because a replay without it would be wrong.
 */
import * as z from 'zod'

/** Longer recordings would need more than a day of simulated time. */
const TIME_MAX_S = 100_000

const seconds = z.number().min(0).max(TIME_MAX_S)
const name = z.string().min(1).max(100)
const count = z.number().int().min(0).max(10_000_000)
const text = z.string().max(10_000)
const address = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}$/, 'is not an IPv4 address such as 10.0.0.1')
const cidr = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/, 'is not an IPv4 address such as 10.10.1.1/24')
const endpoint = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}:\d{1,5}$/, 'is not an IPv4 address and a port, such as 10.0.0.1:80')

const link = z.object({
  delay_us: z.number().min(0).max(10_000_000).default(0),
  rate_bps: z.number().positive().optional(),
  /** tbf limit, bytes. */
  queue: z.number().positive().optional(),
  burst: z.number().positive().optional(),
})

const host = z.object({
  address: cidr,
  /** More interfaces: name → address. */
  interfaces: z.record(name, cidr).optional(),
  keepalived: name.optional(),
  ipvsadm: name.optional(),
  sysctl: z.record(z.string().max(200), z.union([z.number(), z.string().max(200)])).optional(),
  vip_on_lo: z.array(address).max(10_000).optional(),
  link: link.optional(),
  /** mark → destination network. */
  fwmark: z.record(z.string().regex(/^\d+$/), cidr).optional(),
})

const on = { t: seconds, host: name }
const onInterface = { ...on, if: name.optional() }
const wire = { t_wire: seconds.optional() }

const verb = <const V extends string>(does: V) => z.object({ do: z.literal(does), ...on })
const interfaceVerb = <const V extends string>(does: V) => z.object({ do: z.literal(does), ...onInterface })

const FLAGS = /^[SAFRP]*$/

const action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('start'), ...on, ready_t: seconds.optional() }),
  z.object({ do: z.literal('boot'), ...on, ready_t: seconds.optional() }),
  ...(['stop', 'kill', 'crash', 'freeze', 'thaw', 'mute', 'unmute', 'deaf', 'undeaf'] as const).map(verb),
  ...(['link_down', 'link_up', 'heal'] as const).map(interfaceVerb),
  z.object({ do: z.literal('partition'), ...onInterface, cut: z.boolean().optional() }),
  /** All hosts back on one switch. */
  z.object({ do: z.literal('join'), t: seconds, host: name.optional() }),
  z.object({ do: z.literal('split'), t: seconds, host: name.optional(), groups: z.array(z.array(name).max(1_000)).max(1_000) }),
  z.object({ do: z.literal('reload'), ...on, keepalived: name, ready_t: seconds.optional() }),
  ...(['script_fail', 'script_ok'] as const).map(does => z.object({ do: z.literal(does), ...on, script: name.optional() })),
  ...(['keepalived_start', 'keepalived_stop', 'keepalived_crash'] as const).map(verb),
  z.object({ do: z.literal('link'), ...on, up: z.boolean() }),
  z.object({ do: z.literal('vip_add'), ...on, vip: address }),
  z.object({ do: z.literal('host_dead'), ...on }),
  z.object({
    do: z.literal('real_server'),
    ...on,
    what: z.enum(['hang', 'unhang', 'refuse', 'listen', 'isolate', 'join', '200', '503', 'rst']),
  }),
  z.object({ do: z.literal('ipvsadm'), ...on, args: text, t_end: seconds.optional() }),
  z.object({ do: z.literal('sysctl'), ...on, key: z.string().max(200), value: z.union([z.number(), z.string().max(200)]) }),
  z.object({
    do: z.literal('connect'),
    ...on,
    ...wire,
    id: name,
    to: endpoint,
    src: endpoint,
    tool: text.optional(),
    request: text.optional(),
    syn_t: z.array(seconds).max(100).optional(),
  }),
  z.object({ do: z.literal('close'), ...on, ...wire, id: name, how: z.enum(['fin', 'rst']), from_wire: z.boolean().optional() }),
  z.object({ do: z.literal('send'), ...on, ...wire, id: name, n: count, size: count }),
  z.object({ do: z.literal('request'), ...on, ...wire, id: name, path: text.optional() }),
  z.object({
    do: z.literal('raw'),
    ...on,
    ...wire,
    via: name,
    src: endpoint,
    dst: endpoint,
    flags: z.string().max(5).regex(FLAGS, 'is not made of the letters S, A, F, R and P'),
  }),
  z.object({ do: z.literal('udp'), ...on, ...wire, src: endpoint, to: endpoint, size: count }),
  z.object({
    do: z.literal('udp_load'),
    ...on,
    to: z.array(endpoint).min(1).max(1_000),
    size: count,
    pps_per_vip: z.number().positive().max(10_000_000),
    until: seconds,
  }),
  z.object({ do: z.literal('note'), t: seconds, host: name.optional(), text: text.optional() }),
])

export type RecordedAction = z.infer<typeof action>
export type RecordedHost = z.infer<typeof host>
export type RecordedLink = z.infer<typeof link>

/** Beyond any recording, and still read within a second. */
const ACTIONS_MAX = 50_000

export const CASE_SCHEMA = z.object({
  id: name,
  title: text,
  group: name,
  hosts: z.record(name, host).refine(hosts => Object.keys(hosts).length >= 1, 'names no host'),
  actions: z.array(action).max(ACTIONS_MAX),
  duration_s: z.number().positive().max(TIME_MAX_S),
  notes: text.optional(),
  measured: z.looseObject({
    engine: text.optional(),
    keepalived: text.optional(),
    hz: z.number().int().min(1).max(10_000).optional(),
    jiffies_at_t0: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  }),
})
export type RecordedCase = z.infer<typeof CASE_SCHEMA>
