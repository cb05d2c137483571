/**
 * What can be done to a cluster: the verbs of the recordings. An event is one map, `{ at: 20s, crash: b1 }`: the verb
 * is a key whose value says to whom, options stand beside it. VERBS is the registry: schema, checks, documentation
 * and did-you-mean come from it.
 */
import * as z from 'zod'
import { bad, fields, good, shown, textOf } from '../config/index.ts'
import { linkSchema } from './link-schema.ts'
import type { EventVerb } from './model.ts'

export type VerbTarget = 'host' | 'director' | 'server' | 'link' | 'groups' | 'all'

export interface Verb {
  readonly target: VerbTarget
  readonly meaning: string
  /** Options that may stand beside it, and those that must. */
  readonly options: readonly EventOption[]
  readonly required: readonly EventOption[]
}

const file = z.string().meta({ description: 'a keepalived.conf, relative to the scenario', examples: ['conf/b1.new.keepalived.conf'] })
const WORDS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...([true, 'yes', 'on'] as const).map(word => [word, true] as const),
  ...([false, 'no', 'off'] as const).map(word => [word, false] as const),
])

/** YAML 1.2 reads `yes` as a word; people mean true. */
const yesNo = (description: string) =>
  fields.field(
    'boolean',
    input => {
      const value = WORDS.get(input)
      return value === undefined ? bad(`${shown(input)} is neither yes nor no`, 'write yes or no') : good(value)
    },
    { type: ['boolean', 'string'], description, examples: ['yes', 'no'] },
  )

export const SERVER_CHANGES = ['hang', 'unhang', 'refuse', 'listen', '503', '200', 'rst', 'isolate', 'join'] as const

/** YAML reads 503 as a number. */
function readServerChange(input: unknown) {
  const word = SERVER_CHANGES.find(w => w === textOf(input))
  return word === undefined
    ? bad(`${shown(input)} does not happen to real servers`, `write one of ${SERVER_CHANGES.join(', ')}`)
    : good(word)
}

const optionShapes = {
  silent: yesNo('crash: the port stays up and everything is dropped, so the switch forgets nothing').optional(),
  keepalived: file.optional(),
  if: z
    .string()
    .optional()
    .meta({ description: 'only this interface', examples: ['eth1'] }),
  lan: z.string().optional().meta({ description: 'which LAN is split' }),
  name: z
    .string()
    .optional()
    .meta({ description: 'name of the track_file or track_process', examples: ['load'] }),
  script: z.string().optional().meta({ description: 'only this vrrp_script; all of the host unless given' }),
  what: fields
    .field('real-server', readServerChange, {
      type: ['string', 'number'],
      description: 'what happens to the real server',
      examples: [...SERVER_CHANGES],
    })
    .optional(),
  port: fields.count('only the server on this port', 1, 65535).optional(),
  args: z
    .union([z.string(), z.array(z.string())], { error: 'is neither a command line nor a list of them' })
    .optional()
    .meta({ description: 'arguments of ipvsadm, or a list of them', examples: ['-e -t 10.0.0.1:80 -r 10.0.0.11:80 -g -w 0'] }),
  key: z
    .string()
    .optional()
    .meta({ description: 'name of the sysctl', examples: ['net.ipv4.vs.expire_nodest_conn'] }),
  value: z.union([z.string(), z.number()], { error: 'is neither text nor a number' }).optional().meta({ description: 'its new value' }),
  link: linkSchema.optional(),
  forward: yesNo('whether the host forwards IPv4 from now on').optional(),
  vip: fields.address('the VIP that the host takes').optional(),
}
export type EventOption = keyof typeof optionShapes

const verb = (target: VerbTarget, meaning: string, options: readonly EventOption[] = [], required: readonly EventOption[] = []): Verb => ({
  target,
  meaning,
  options: [...options, ...required],
  required,
})

export const VERBS: Readonly<Record<EventVerb, Verb>> = {
  start: verb('director', 'keepalived is started', ['keepalived']),
  stop: verb('director', 'keepalived is stopped (SIGTERM): it says goodbye, removes VIPs and services'),
  kill: verb('director', 'keepalived is killed (SIGKILL): nothing is said, VIPs and services stay'),
  crash: verb('host', 'loss of power: the port goes down, everything in memory is lost', ['silent']),
  boot: verb('host', 'power back; keepalived is started'),
  link_down: verb('host', 'the cable is pulled: the host loses carrier', ['if']),
  link_up: verb('host', 'the cable is plugged in', ['if']),
  partition: verb('host', 'frames are dropped both ways, the carrier stays', ['if']),
  heal: verb('host', 'ends partition', ['if']),
  split: verb('groups', 'the named groups of hosts are cut off from each other and from the rest', ['lan']),
  join: verb('all', 'ends split'),
  mute: verb('host', 'frames from the host are dropped; it still receives', ['if']),
  unmute: verb('host', 'ends mute', ['if']),
  deaf: verb('host', 'frames to the host are dropped; it still sends', ['if']),
  undeaf: verb('host', 'ends deaf', ['if']),
  freeze: verb('director', 'keepalived is stopped in its tracks (SIGSTOP)'),
  thaw: verb('director', 'ends freeze (SIGCONT)'),
  reload: verb('director', 'keepalived reads its file, or another one, again (SIGHUP)', ['keepalived']),
  script_fail: verb('director', 'the command of a vrrp_script begins to fail', ['script']),
  script_ok: verb('director', 'the command of a vrrp_script succeeds again', ['script']),
  track_file: verb('director', 'the number in a tracked file changes', [], ['name', 'value']),
  process_down: verb('director', 'a tracked process is gone', [], ['name']),
  process_up: verb('director', 'a tracked process is there again', [], ['name']),
  real_server: verb('server', 'something happens to a real server', ['port'], ['what']),
  ipvsadm: verb('director', 'ipvsadm is run on the director', [], ['args']),
  sysctl: verb('host', 'a sysctl is written', [], ['key', 'value']),
  set: verb('link', 'an option of a link or host changes', ['link', 'forward']),
  garp: verb('host', 'the host takes a VIP by hand and announces it with a gratuitous ARP', [], ['vip']),
}

export const VERB_NAMES = Object.keys(VERBS) as readonly EventVerb[]
export const OPTION_NAMES = Object.keys(optionShapes) as readonly EventOption[]

const targetSchema = (v: Verb) => {
  const meta = { description: v.meaning }
  if (v.target === 'groups')
    return z
      .array(z.union([z.string(), z.array(z.string())]), { error: 'is no list of groups' })
      .optional()
      .meta(meta)
  if (v.target === 'all')
    return z
      .union([z.literal('all'), z.literal(true)], { error: 'is not `all`' })
      .optional()
      .meta(meta)
  return z.string({ error: 'is no name' }).optional().meta(meta)
}

type TargetShapes = { [V in EventVerb]: ReturnType<typeof targetSchema> }
const targetShapes = Object.fromEntries(VERB_NAMES.map(v => [v, targetSchema(VERBS[v])])) as unknown as TargetShapes

export const eventSchema = z
  .strictObject({ at: fields.instant('when'), ...targetShapes, ...optionShapes })
  .meta({ description: 'one thing that happens: `at`, one verb with its target, and the verb’s options' })

export type RawEvent = z.output<typeof eventSchema>
