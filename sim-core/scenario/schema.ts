/**
 * The form of a scenario file. Everything here is about one value at a time; what names mean, and whether they exist,
 * is checked by the files that build the Model (hosts.ts, services.ts, traffic.ts, events.ts). The JSON Schema that
 * editors use is generated from this (json-schema.ts).
 */
import * as z from 'zod'
import { bad, fields, good, readAddressRange, readInstant, shown, textOf } from '../config/index.ts'
import { expectationSchema } from '../expect/index.ts'
import { ARP_PRESET_NAMES } from '../net/index.ts'
import { eventSchema } from './event-schema.ts'
import { linkSchema } from './link-schema.ts'
import { trafficSchema } from './traffic-schema.ts'

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** A map whose keys are names that can stand in `a→b` and on a command line. */
const named = <T extends z.ZodType>(what: string, value: T) =>
  z.record(
    z.string().regex(NAME, { error: issue => `${shown(issue.input)} is no name of a ${what}: use letters, digits, "-", "_" and "."` }),
    value,
    { error: `is no map of ${what}s by name` },
  )

/** `10.10.1.200-209` or `10.10.1.200-209/24`. */
const addresses = fields.field(
  'address',
  input => {
    const [range, prefix] = textOf(input).split('/')
    const read = readAddressRange(typeof input === 'string' ? range : input)
    if (!read.ok) return read
    if (read.value.count > ADDRESSES_MAX) return bad(`${shown(input)} are ${read.value.count} addresses`, `write at most ${ADDRESSES_MAX}`)
    if (prefix !== undefined && !(/^\d+$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= 32))
      return bad(`${shown(input)} has no prefix length from 1 to 32`, `write ${range}/24`)
    return good({ ...read.value, ...(prefix === undefined ? {} : { prefixLength: Number(prefix) }) })
  },
  { type: 'string', description: 'several addresses of one interface', examples: ['10.10.1.200-209/24'] },
)
const ADDRESSES_MAX = 65_536

/** YAML 1.2 reads `yes` as a word; people mean true. */
const onOff = (description: string) =>
  fields.field(
    'boolean',
    input => {
      if (input === true || input === 'yes' || input === 'on') return good(true)
      return input === false || input === 'no' || input === 'off'
        ? good(false)
        : bad(`${shown(input)} is neither yes nor no`, 'write yes or no')
    },
    { type: ['boolean', 'string'], description, examples: ['yes', 'no'] },
  )

const oneOrMore = <T extends z.ZodType>(value: T) =>
  z.preprocess(input => (input === undefined || Array.isArray(input) ? input : [input]), z.array(value))

const interfaceSchema = z
  .strictObject({
    lan: z.string().optional().meta({ description: 'the LAN (switch) it is plugged into; `switch` unless given' }),
    address: fields.cidr('its address').optional(),
    addresses: addresses.optional(),
    link: linkSchema.optional(),
  })
  .meta({ description: 'a network interface' })

const hostSchema = z
  .strictObject({
    address: fields.cidr('address of its only interface').optional(),
    addresses: addresses.optional(),
    lan: z.string().optional().meta({ description: 'LAN of its only interface; `switch` unless given' }),
    interface: z
      .string()
      .optional()
      .meta({ description: 'name of its only interface; what its keepalived.conf calls it unless given, else eth0' }),
    link: linkSchema.optional(),
    interfaces: named('interface', interfaceSchema)
      .optional()
      .meta({ description: 'several interfaces, by name, instead of address and link' }),
    gateway: fields.address('default gateway').optional(),
    forward: onOff('forwards IPv4 (net.ipv4.ip_forward); yes for directors unless given').optional(),
    sysctl: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .meta({ description: 'sysctls by name', examples: [{ 'net.ipv4.vs.expire_nodest_conn': 1 }] }),
    arp_cache: fields.oneOf(ARP_PRESET_NAMES, 'how long it believes an ARP entry; linux unless given').optional(),
    gratuitous_arp: onOff('whether a gratuitous ARP changes its ARP cache; yes unless given').optional(),
    vip_on_lo: oneOrMore(fields.address()).optional().meta({ description: 'VIPs on lo, with arp_ignore 1 and arp_announce 2' }),
    vips: oneOrMore(fields.address()).optional().meta({ description: 'VIPs configured by hand on the first interface' }),
    keepalived: z
      .string()
      .optional()
      .meta({ description: 'its keepalived.conf, relative to the scenario', examples: ['conf/b1.keepalived.conf'] }),
    config_id: z
      .string()
      .optional()
      .meta({ description: 'keepalived -i: which @id lines of the file count; the host’s name unless given' }),
    start: fields
      .field<number | 'never'>('instant', input => (input === 'never' ? good('never' as const) : readInstant(input)), {
        type: ['string', 'number'],
        description: 'when keepalived starts, or `never`; 0s unless given',
        examples: ['100ms', 'never'],
      })
      .optional(),
    ipvs: z
      .string()
      .optional()
      .meta({ description: 'a file of ipvsadm-save -n lines, or the lines themselves', examples: ['conf/ipvsadm.rules'] }),
    serves: z
      .union([z.literal('all'), z.array(z.union([z.string(), z.number()]))], { error: 'is neither `all` nor a list of ports' })
      .optional()
      .meta({
        description: '`all`: every VIP on lo and every virtual service answered; or what it answers',
        examples: ['all', ['tcp 80', 'udp 10.10.1.10:53']],
      }),
  })
  .meta({ description: 'a machine' })

const lanSchema = z.strictObject({
  mac_ageing: fields.duration('a MAC not heard for so long is forgotten').optional(),
  igmp_snooping: z
    .strictObject({
      querier: onOff('somebody asks for members every 125 s'),
      membership: fields.duration('a port is forgotten so long after its last report; 260s unless given').optional(),
    })
    .optional()
    .meta({
      description:
        'adverts of VRRP and what sync daemons tell go only to ports whose host joined 224.0.0.18 or 224.0.0.81; groups are flooded unless given',
    }),
})

export type RawHost = z.output<typeof hostSchema>
export type RawInterface = z.output<typeof interfaceSchema>

export const scenarioSchema = z
  .strictObject({
    scenario: z
      .string({ error: 'is missing: say in one line what the scenario shows' })
      .meta({ description: 'what it shows, in one line' }),
    model: fields
      .oneOf(
        ['packets', 'rates'],
        'packets: every packet is simulated; rates: flows and their rates, for hours and hundreds of hosts, with the same owners, loads, losses and table sizes, but no single packets or requests (docs/decisions/0040-rates.md); packets unless given',
      )
      .optional(),
    seed: fields.count('of all random streams; 1 unless given').optional(),
    duration: fields.duration('how long the run lasts'),
    hz: z
      .literal([100, 250, 300, 1000], { error: issue => `${shown(issue.input)} is no kernel timer frequency: write 100, 250, 300 or 1000` })
      .optional()
      .meta({ description: 'kernel timer frequency (CONFIG_HZ), which sets how late table entries vanish; 250 unless given' }),
    keepalived: fields
      .release(['2.2', '2.3+'], 'whose keepalived the hosts run (docs/PROFILES.md); 2.2, which was recorded, unless given')
      .optional(),
    kernel: fields
      .release(['4.4', '5.x', '6.x'], 'whose IPVS the directors have (docs/PROFILES.md); 6.x, which was recorded, unless given')
      .optional(),
    jitter: fields
      .duration('how late the timers of a host’s keepalived run: the median (0.8ms on the recorded machines); never late unless given')
      .optional(),
    jiffies: fields.count('kernel jiffies when the run begins: the phase of the timer wheel').optional(),
    hosts: named('host', hostSchema).meta({ description: 'machines by name' }),
    lans: named('LAN', lanSchema).optional().meta({ description: 'settings of LANs; a LAN needs no entry to exist' }),
    trunks: z
      .array(z.strictObject({ between: z.array(z.string()).length(2, { error: 'does not name two LANs' }), link: linkSchema.optional() }))
      .optional()
      .meta({ description: 'cables between switches' }),
    links: z
      .record(z.string(), linkSchema)
      .optional()
      .meta({ description: '`default` for all cables; `b1` for a host’s; `b1→switch` or `switch->b1` for one direction' }),
    traffic: named('traffic source', trafficSchema).optional().meta({ description: 'what clients send, by name' }),
    events: z.array(eventSchema, { error: 'is no list of events' }).optional().meta({ description: 'what happens to the cluster' }),
    windows: named('window', fields.window())
      .optional()
      .meta({ description: 'parts of the run that are reported and judged; `run` is the whole' }),
    expect: z.array(expectationSchema, { error: 'is no list of expectations' }).optional().meta({ description: 'what must be true' }),
    limits: z
      .strictObject({
        events: fields.count('simulation events').optional(),
        happenings: fields.count('lines of the story').optional(),
        packet_rows: fields.count('packets in the trace').optional(),
      })
      .optional()
      .meta({ description: 'where a run stops, or a trace ends' }),
  })
  .meta({ title: 'lvsim scenario', description: 'A cluster, what happens to it, and what must be true of it.' })

export type RawScenario = z.output<typeof scenarioSchema>
