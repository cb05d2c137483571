/** What happens to the cluster: each event checked against its verb, its target and what the target has. */
import { parseIpv4 } from '../base/address.ts'
import { parseIpvsadmCommand, type IpvsRule, textOf, type YamlPath } from '../config/index.ts'
import { canonicalLink } from '../expect/index.ts'
import type { Draft } from './draft.ts'
import { type EventOption, OPTION_NAMES, type RawEvent, type Verb, VERB_NAMES, VERBS } from './event-schema.ts'
import type { KeepalivedFiles } from './keepalived-files.ts'
import type { RawLink } from './link-schema.ts'
import type { EventModel, EventVerb, HostModel } from './model.ts'
import { suggest } from './reporter.ts'

export interface EventScope {
  readonly draft: Draft
  readonly hosts: readonly HostModel[]
  readonly linkNames: readonly string[]
  readonly lanNames: readonly string[]
  readonly configs: KeepalivedFiles
  readonly durationNs: number
}

export function buildEvents(scope: EventScope): EventModel[] {
  const events: EventModel[] = []
  ;(scope.draft.raw.events ?? []).forEach((raw, i) => {
    const event = new EventReader(scope, raw, ['events', scope.draft.indexOf('events', i)]).read()
    if (event !== undefined) events.push(event)
  })
  return events
    .map((e, i) => ({ e, i }))
    .sort((a, b) => a.e.atNs - b.e.atNs || a.i - b.i)
    .map(({ e }) => e)
}

class EventReader {
  private readonly scope: EventScope
  private readonly raw: RawEvent
  private readonly path: YamlPath

  constructor(scope: EventScope, raw: RawEvent, path: YamlPath) {
    this.scope = scope
    this.raw = raw
    this.path = path
  }

  read(): EventModel | undefined {
    const verbs = VERB_NAMES.filter(v => this.raw[v] !== undefined)
    if (verbs.length !== 1) {
      if (verbs.length === 0 && this.isWhole())
        this.error([], 'no-verb', 'nothing happens: there is no verb', `write one of ${VERB_NAMES.join(', ')}, with its target`)
      if (verbs.length > 1)
        this.error([verbs[1]], 'two-verbs', `${verbs.join(' and ')} are two events`, 'write one event each, both with their `at`')
      return undefined
    }
    const [name] = verbs
    const verb = VERBS[name]
    this.checkOptions(name, verb)
    if (this.raw.at >= this.scope.durationNs)
      this.error(['at'], 'after-end', 'it lies at or after the end of the run', 'write an earlier time, or a longer `duration`')
    const target = this.target(name, verb)
    return target === undefined ? undefined : this.model(name, target)
  }

  private checkOptions(name: EventVerb, verb: Verb): void {
    for (const option of OPTION_NAMES) {
      if (this.raw[option] === undefined || verb.options.includes(option)) continue
      const remedy = verb.options.length === 0 ? `${name} has no options` : `options of ${name} are: ${verb.options.join(', ')}`
      this.scope.draft.reporter.errorAtKey([...this.path, option], 'unknown-key', `"${option}" is no option of ${name}`, remedy)
    }
    for (const option of verb.required)
      if (this.raw[option] === undefined && this.isWhole())
        this.error(
          [],
          'key-missing',
          `${name} needs ${option}`,
          `write ${option}: beside it, such as ${option}: ${EXAMPLES[option] ?? '…'}`,
        )
    if (name === 'set' && this.raw.link === undefined && this.raw.forward === undefined)
      this.error([], 'key-missing', 'set changes nothing', 'write link: { rate: 100Mbit } or forward: no beside it')
  }

  private target(name: EventVerb, verb: Verb): string | undefined {
    const given = this.raw[name]
    const { hosts, linkNames, draft } = this.scope
    if (verb.target === 'all') return ''
    if (verb.target === 'groups') return this.groups().every(g => g.every(h => this.known(name, h))) ? '' : undefined
    const text = textOf(given)
    if (verb.target === 'link' && /->|→/.test(text)) {
      const link = canonicalLink(text)
      if (linkNames.includes(link)) return link
      this.error([name], 'unknown-link', `there is no link "${text}"`, suggest(link, linkNames, 'links'))
      return undefined
    }
    if (!this.known(name, text)) return undefined
    const host = hosts.find(h => h.name === text)
    if (host === undefined || draft.reporter.hostsAreUncertain(draft.file)) return text
    if (
      verb.target === 'director' &&
      host.keepalived === undefined &&
      !(name === 'ipvsadm' && host.ipvs.length > 0) &&
      this.raw.keepalived === undefined
    )
      this.error(
        [name],
        'no-director',
        `${text} has ${name === 'ipvsadm' ? 'no virtual services' : 'no keepalived'}`,
        `name one of ${
          hosts
            .filter(h => h.keepalived !== undefined)
            .map(h => h.name)
            .join(', ') || 'the hosts that have `keepalived:`'
        }`,
      )
    if (verb.target === 'server' && host.serves.length === 0)
      this.error(
        [name],
        'no-server',
        `${text} serves nothing`,
        `write serves: all for it, or name one of ${hosts
          .filter(h => h.serves.length > 0)
          .map(h => h.name)
          .join(', ')}`,
      )
    if (this.raw.if !== undefined && !host.interfaces.some(i => i.name === this.raw.if))
      this.error(
        ['if'],
        'unknown-interface',
        `${text} has no interface "${this.raw.if}"`,
        suggest(
          this.raw.if,
          host.interfaces.map(i => i.name),
          'interfaces',
        ),
      )
    return text
  }

  private known(key: string, host: string): boolean {
    const { hostNames } = this.scope.draft
    if (hostNames.includes(host)) return true
    this.error([key], 'unknown-host', `there is no host "${host}"`, suggest(host, hostNames, 'hosts'))
    return false
  }

  private groups(): string[][] {
    const groups = Array.isArray(this.raw.split) ? (this.raw.split as (string | string[])[]) : []
    return groups.map(g => (Array.isArray(g) ? g : [g]))
  }

  private model(verb: EventVerb, target: string): EventModel | undefined {
    const at = this.scope.draft.reporter.places.locate(this.path)
    const { raw, scope } = this
    const options: Record<string, string | number | boolean | readonly string[]> = {}
    for (const key of ['silent', 'if', 'lan', 'name', 'script', 'what', 'port', 'key', 'value', 'forward'] as const) {
      const value = raw[key]
      if (value !== undefined) options[key] = value
    }
    if (raw.lan !== undefined && !scope.lanNames.includes(raw.lan))
      this.error(['lan'], 'unknown-lan', `there is no LAN "${raw.lan}"`, suggest(raw.lan, scope.lanNames, 'LANs'))
    this.checkTracked(verb, target)
    if (raw.vip !== undefined) options['vip'] = parseIpv4(raw.vip) as number
    if (verb === 'split') options['groups'] = this.groups().map(g => g.join(','))
    if (raw.link !== undefined) Object.assign(options, linkOptions(raw.link))
    const configId = scope.draft.raw.hosts[target]?.config_id ?? target
    const keepalived = raw.keepalived === undefined ? undefined : scope.configs.read(raw.keepalived, configId, [...this.path, 'keepalived'])
    const ipvs = raw.args === undefined ? undefined : this.commands(raw.args)
    return {
      at,
      atNs: raw.at,
      verb,
      target,
      options,
      ...(keepalived === undefined ? {} : { keepalived }),
      ...(ipvs === undefined ? {} : { ipvs }),
    }
  }

  /** What a verb of trackers names must be in the host's file, and a file holds a whole number. */
  private checkTracked(verb: EventVerb, host: string): void {
    const { name, value } = this.raw
    if (!(verb === 'track_file' || verb === 'process_down' || verb === 'process_up') || name === undefined) return
    const config = this.scope.hosts.find(h => h.name === host)?.keepalived
    const kind = verb === 'track_file' ? 'track_file' : 'track_process'
    const names = (verb === 'track_file' ? config?.trackFiles : config?.trackProcesses)?.map(t => t.name) ?? []
    if (!names.includes(name))
      this.error(['name'], 'unknown-tracker', `${host} has no ${kind} "${name}"`, suggest(name, names, `its ${kind}s`))
    if (verb === 'track_file' && value !== undefined && !/^-?\d+$/.test(String(value).trim()))
      this.error(['value'], 'number', `"${value}" is no whole number`, 'write what the file holds, such as 5')
  }

  private commands(args: string | readonly string[]): IpvsRule[] {
    const at = this.scope.draft.reporter.places.locate([...this.path, 'args'])
    return (typeof args === 'string' ? args.split('\n') : args)
      .filter(line => line.trim() !== '')
      .flatMap(line => {
        const parsed = parseIpvsadmCommand(line, at)
        this.scope.draft.reporter.take(parsed.problems.map(p => ({ ...p, at })))
        return parsed.rule === undefined ? [] : [{ ...parsed.rule, at }]
      })
  }

  /** Whether nothing of it was refused and taken out: else what is missing may only have been misspelt. */
  private isWhole(): boolean {
    const given = this.scope.draft.given(this.path)
    return (
      given === null ||
      typeof given !== 'object' ||
      Object.keys(given).length === Object.values(this.raw).filter(v => v !== undefined).length
    )
  }

  private error(rest: YamlPath, code: string, message: string, remedy: string): void {
    this.scope.draft.reporter.error([...this.path, ...rest], code, message, remedy)
  }
}

const EXAMPLES: Readonly<Partial<Record<EventOption, string>>> = {
  what: 'refuse',
  args: '"-e -t 10.0.0.1:80 -r 10.0.0.11:80 -g -w 0"',
  key: 'net.ipv4.vs.expire_nodest_conn',
  value: '1',
  name: 'load',
  vip: '10.10.1.10',
}

/** Options of a link in the Model's units, under the Model's names. */
function linkOptions(raw: RawLink): Record<string, string | number> {
  return {
    ...(raw.rate === undefined ? {} : { rateBps: raw.rate }),
    ...(raw.delay === undefined ? {} : { delayNs: raw.delay }),
    ...(raw.queue === undefined ? {} : raw.queue.unit === 'packets' ? { queuePackets: raw.queue.limit } : { queueBytes: raw.queue.limit }),
    ...(raw.overhead === undefined ? {} : { overhead: raw.overhead }),
    ...(raw.loss === undefined ? {} : { loss: raw.loss }),
    ...(raw.mtu === undefined ? {} : { mtuBytes: raw.mtu }),
    ...(raw.bucket === undefined
      ? {}
      : { bucketRateBps: raw.bucket.rate, bucketBurstBytes: raw.bucket.burst, bucketQueueBytes: raw.bucket.queue }),
  }
}
