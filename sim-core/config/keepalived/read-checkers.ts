/**
 * The checkers of a real server, with what they inherit (checker ← real_server ← virtual_server ← its own default).
 * Defaults: semantics.md §3.2. Tested in test/config/keepalived-lvs.test.ts.
 */
import { type Duration, seconds } from '../../base/units.ts'
import { Fields, type Handlers, INT_MAX, TIMER_MAX_S, UINT_MAX } from './fields.ts'
import { CHECKER_IGNORED, URL_IGNORED, URL_IGNORED_LATER } from './keywords.ts'
import type { Statement } from './tree.ts'
import type { Checker, CheckerCommon, HttpUrl } from './types-lvs.ts'
import { commandWords } from './words.ts'

/** What real_server and virtual_server may set for their checkers. */
export interface CheckerSettings {
  connectTimeoutNs?: Duration
  delayLoopNs?: Duration
  retry?: number
  delayBeforeRetryNs?: Duration
  warmupNs?: Duration
  alpha?: boolean
  virtualhost?: string
}

export const CHECKER_KINDS = [
  'TCP_CHECK',
  'HTTP_GET',
  'SSL_GET',
  'SMTP_CHECK',
  'DNS_CHECK',
  'MISC_CHECK',
  'PING_CHECK',
  'UDP_CHECK',
  'FILE_CHECK',
  'BFD_CHECK',
] as const
type CheckerKind = Checker['kind']

export const DEFAULT_RETRY: Readonly<Record<CheckerKind, number>> = {
  TCP_CHECK: 1,
  HTTP_GET: 1,
  SSL_GET: 1,
  SMTP_CHECK: 1,
  DNS_CHECK: 3,
  MISC_CHECK: 0,
  PING_CHECK: 1,
  UDP_CHECK: 1,
  FILE_CHECK: 0,
  BFD_CHECK: 0,
}
const HTTP_DELAY_BEFORE_RETRY = seconds(3)
export const DEFAULT_DELAY_LOOP = seconds(60)
const DEFAULT_CONNECT_TIMEOUT = seconds(5)
const ANY_SUCCESS = [[200, 299]] as const

/** The keywords that real_server, virtual_server and checkers share. */
export function settingHandlers(f: Fields, d: CheckerSettings): Handlers {
  return {
    connect_timeout: s => void (d.connectTimeoutNs = f.timer(s, 0.000001, TIMER_MAX_S)),
    delay_loop: s => void (d.delayLoopNs = f.timer(s, 0.000001, TIMER_MAX_S)),
    retry: s => void (d.retry = f.unsigned(s, 0, UINT_MAX)),
    delay_before_retry: s => void (d.delayBeforeRetryNs = f.timer(s, 0, TIMER_MAX_S)),
    warmup: s => void (d.warmupNs = f.timer(s, 0, TIMER_MAX_S)),
    alpha: s => void (d.alpha = f.bool(s)),
    virtualhost: s => void (d.virtualhost = f.text(s)),
  }
}

/** Where it connects unless it says otherwise. */
export interface Target {
  readonly address: string
  readonly port: number
}

interface CheckerDraft extends CheckerSettings {
  connectIp?: string
  connectPort?: number
  bindIp?: string
  bindPort?: number
  readonly urls: HttpUrl[]
  fastRecovery?: boolean
  httpProtocol?: '1.0' | '1.1'
  heloName?: string
  recordType?: string
  name?: string
  path?: string
  timeoutNs?: Duration
  dynamic?: boolean
  payload?: string
  requireReply?: boolean
  trackFile?: string
  weight?: number
  reverse?: boolean
}

/** `inherited`: from the virtual server to the real server, the nearest last. */
export function readChecker(
  s: Statement,
  block: string,
  target: Target,
  inherited: readonly CheckerSettings[],
  report: Fields['report'],
): Checker {
  const kind = s.keyword.text as CheckerKind
  const f = new Fields(report, `${block}: ${kind}`)
  const d: CheckerDraft = { urls: [] }
  const specific = specificHandlers(f, d, kind)
  const where = f.read(
    s,
    { ...settingHandlers(f, d), ...connectionHandlers(f, d), ...specific },
    f.report.later ? [...CHECKER_IGNORED, ...URL_IGNORED_LATER] : CHECKER_IGNORED,
  )
  const chain = [d, ...[...inherited].reverse()]
  const pick = <K extends keyof CheckerSettings>(key: K): CheckerSettings[K] => chain.find(level => level[key] !== undefined)?.[key]
  const delayLoopNs = pick('delayLoopNs') ?? DEFAULT_DELAY_LOOP
  const http = kind === 'HTTP_GET' || kind === 'SSL_GET'
  const common: CheckerCommon = {
    at: s.keyword.at,
    where,
    connectIp: d.connectIp ?? target.address,
    connectPort: d.connectPort ?? target.port,
    ...(d.bindIp === undefined ? {} : { bindIp: d.bindIp }),
    ...(d.bindPort === undefined ? {} : { bindPort: d.bindPort }),
    connectTimeoutNs: pick('connectTimeoutNs') ?? DEFAULT_CONNECT_TIMEOUT,
    delayLoopNs,
    retry: pick('retry') ?? DEFAULT_RETRY[kind],
    delayBeforeRetryNs: pick('delayBeforeRetryNs') ?? (http ? HTTP_DELAY_BEFORE_RETRY : kind === 'DNS_CHECK' ? delayLoopNs : seconds(1)),
    warmupNs: pick('warmupNs') ?? delayLoopNs,
    alpha: pick('alpha') ?? false,
  }
  return { ...common, ...specificFields(f, s, d, kind, common, pick('virtualhost')) } as Checker
}

function connectionHandlers(f: Fields, d: CheckerDraft): Handlers {
  const address = (s: Statement) => {
    const word = f.words(s, 1, 1)?.[0]
    return word === undefined ? undefined : f.address(word, f.name(s))
  }
  return {
    connect_ip: s => void (d.connectIp = address(s)),
    connect_port: s => void (d.connectPort = f.unsigned(s, 1, 65_535)),
    bindto: s => void (d.bindIp = address(s)),
    bind_port: s => void (d.bindPort = f.unsigned(s, 1, 65_535)),
  }
}

function specificHandlers(f: Fields, d: CheckerDraft, kind: CheckerKind): Handlers {
  switch (kind) {
    case 'HTTP_GET':
    case 'SSL_GET':
      return {
        url: s => void d.urls.push(readUrl(f, s)),
        fast_recovery: s => void (d.fastRecovery = f.bool(s)),
        http_protocol: s => void (d.httpProtocol = f.choice(s, ['1.0', '1.0C', '1.1'])?.slice(0, 3) as '1.0' | '1.1' | undefined),
        nb_get_retry: s => void (d.retry = f.unsigned(s, 1, UINT_MAX)),
      }
    case 'SMTP_CHECK':
      return { helo_name: s => void (d.heloName = f.text(s)), host: s => void f.report.ignore(s.keyword.text, s.keyword.at) }
    case 'DNS_CHECK':
      return {
        type: s => void (d.recordType = f.choice(s, ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA'])),
        name: s => void (d.name = f.text(s)),
      }
    case 'MISC_CHECK':
      return {
        misc_path: s => void (d.path = f.command(s)),
        misc_timeout: s => void (d.timeoutNs = f.timer(s, 1, TIMER_MAX_S)),
        misc_dynamic: s => void (d.dynamic = f.flag(s)),
      }
    case 'UDP_CHECK':
      return {
        payload: s => void (d.payload = f.command(s)),
        require_reply: s => void (d.requireReply = f.words(s, 0, Number.POSITIVE_INFINITY) !== undefined),
        min_reply_length: s => void f.unsigned(s, 0, 65_535),
        max_reply_length: s => void f.unsigned(s, 0, 65_535),
      }
    case 'FILE_CHECK':
      return {
        track_file: s => void (d.trackFile = f.text(s)),
        weight: s => {
          const words = f.words(s, 1, 2)
          d.weight = words && f.number(words[0], f.name(s), -INT_MAX, INT_MAX)
          d.reverse = words?.[1]?.text === 'reverse'
        },
        dynamic: s => void (d.dynamic = f.flag(s)),
      }
    case 'BFD_CHECK':
      return { name: s => void (d.name = f.text(s)) }
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return {}
  }
}

function specificFields(
  f: Fields,
  s: Statement,
  d: CheckerDraft,
  kind: CheckerKind,
  common: CheckerCommon,
  virtualhost: string | undefined,
): object {
  const needs = (value: string | undefined, keyword: string): string => {
    if (value === undefined && s.block !== undefined)
      f.report.error(s.keyword.at, 'field-missing', `${f.block}: ${keyword} is missing`, `add ${keyword}`)
    return value ?? ''
  }
  const host = virtualhost === undefined ? {} : { virtualhost }
  switch (kind) {
    case 'HTTP_GET':
    case 'SSL_GET':
      if (d.urls.length === 0 && s.block !== undefined) needs(undefined, 'url')
      return { kind, urls: d.urls, fastRecovery: d.fastRecovery ?? false, httpProtocol: d.httpProtocol ?? '1.0', ...host }
    case 'SMTP_CHECK':
      return { kind, heloName: d.heloName ?? 'smtpchecker.keepalived.org' }
    case 'DNS_CHECK':
      return { kind, recordType: d.recordType ?? 'SOA', name: d.name ?? '.' }
    case 'MISC_CHECK':
      return { kind, path: needs(d.path, 'misc_path'), timeoutNs: d.timeoutNs ?? common.delayLoopNs, dynamic: d.dynamic ?? false }
    case 'UDP_CHECK':
      return { kind, ...(d.payload === undefined ? {} : { payload: d.payload }), requireReply: d.requireReply ?? false }
    case 'FILE_CHECK':
      return { kind, trackFile: needs(d.trackFile, 'track_file'), weight: d.weight ?? 1, reverse: d.reverse ?? false }
    case 'BFD_CHECK':
      return { kind, name: needs(d.name, 'name') }
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return { kind }
  }
}

function readUrl(outer: Fields, s: Statement): HttpUrl {
  const f = new Fields(outer.report, `${outer.block}: url`)
  const d: { path?: string; digest?: string; statusCodes: [number, number][]; regex?: string; virtualhost?: string } = { statusCodes: [] }
  f.read(
    s,
    {
      path: st => void (d.path = f.text(st)),
      digest: st => void (d.digest = f.text(st)),
      virtualhost: st => void (d.virtualhost = f.text(st)),
      regex: st => void (d.regex = commandWords(st.line)[1]?.text ?? f.text(st)),
      status_code: st => {
        for (const word of f.words(st, 1, Number.POSITIVE_INFINITY) ?? []) {
          const m = /^(\d{3})(?:-(\d{3}))?$/.exec(word.text)
          const from = Number(m?.[1])
          const to = m?.[2] === undefined ? from : Number(m[2])
          if (m !== null && from >= 100 && to >= from) d.statusCodes.push([from, to])
          else
            f.report.error(
              word.at,
              'value-malformed',
              `${f.name(st)} "${word.text}" is no status code`,
              'write codes such as 200 or ranges such as 200-299',
            )
        }
      },
    },
    f.report.later ? [...URL_IGNORED, ...URL_IGNORED_LATER] : URL_IGNORED,
  )
  if (d.path === undefined && s.block !== undefined)
    f.report.error(s.keyword.at, 'field-missing', `${f.block}: path is missing`, 'add path /')
  const optional = { digest: d.digest, regex: d.regex, virtualhost: d.virtualhost }
  return {
    at: s.keyword.at,
    path: d.path ?? '/',
    statusCodes: d.statusCodes.length > 0 ? d.statusCodes : ANY_SUCCESS,
    ...Object.fromEntries(Object.entries(optional).filter(([, v]) => v !== undefined)),
  }
}
