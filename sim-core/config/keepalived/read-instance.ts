/**
 * vrrp_instance as written: a draft with only what the file says. normalise-instance.ts makes of it what keepalived
 * works with. Tested in test/config/keepalived-vrrp.test.ts.
 */
import { type Duration, seconds } from '../../base/units.ts'
import { Fields, type Handlers, INT_MAX, UINT_MAX } from './fields.ts'
import { INSTANCE_IGNORED, INSTANCE_IGNORED_LATER, VRRP_NOTIFY } from './keywords.ts'
import { readAddresses } from './read-address.ts'
import { FILE_WEIGHT_MAX, readTracked, type Trackable, WEIGHT_MAX } from './read-track.ts'
import type { Report } from './report.ts'
import type { Statement } from './tree.ts'
import type { TextLine, Tracked, UnicastPeer, VirtualAddress, VrrpInstance, Where } from './types.ts'

/** Fields that may be unset in the file, and whose default depends on others. */
export interface InstanceDraft {
  readonly at: VrrpInstance['at']
  readonly name: string
  where: Where
  state?: 'MASTER' | 'BACKUP'
  interface?: string
  vrid?: number
  priority?: number
  advertIntNs?: Duration
  version?: 2 | 3
  authType?: 'PASS' | 'AH'
  authPass?: string
  readonly vips: VirtualAddress[]
  readonly excludedVips: VirtualAddress[]
  nopreempt: boolean
  preemptDelayNs?: Duration
  garpMasterDelayNs?: Duration
  garpMasterRepeat?: number
  garpMasterRefreshNs?: Duration
  garpMasterRefreshRepeat?: number
  garpLowerPrioDelayNs?: Duration
  garpLowerPrioRepeat?: number
  lowerPrioNoAdvert?: boolean
  higherPrioSendAdvert?: boolean
  downTimerAdverts?: number
  sourceIp?: string
  unicast: boolean
  readonly unicastPeers: UnicastPeer[]
  checkUnicastSrc?: boolean
  skipCheckAdvAddr?: boolean
  timerExpiredBackup?: number
  ownerIgnoresAdverts?: boolean
  strictMode?: boolean
  dontTrackPrimary: boolean
  readonly trackInterfaces: Tracked[]
  readonly trackScripts: Tracked[]
  readonly trackFiles: Tracked[]
  readonly trackProcesses: Tracked[]
  useVmac: boolean
  vmacInterface?: string
  vmacXmitBase: boolean
  useVmacAddr: boolean
  accept?: boolean
  readonly virtualRoutes: TextLine[]
  readonly virtualRules: TextLine[]
  readonly notify: Record<string, string>
}

/** Names that track_script, track_file and track_process may use. */
export interface Trackables {
  readonly scripts: Trackable
  readonly files: Trackable
  readonly processes: Trackable
}

const PASSWORD_MAX = 8
/** IFNAMSIZ without its final zero. */
const INTERFACE_NAME_MAX = 15
/** Of any node but an address owner. */
const OTHER_PRIORITY_MAX = 254

export function readInstance(s: Statement, name: string, trackables: Trackables, report: Report): InstanceDraft {
  const d: InstanceDraft = {
    at: s.keyword.at,
    name,
    where: {},
    vips: [],
    excludedVips: [],
    nopreempt: false,
    unicast: false,
    unicastPeers: [],
    dontTrackPrimary: false,
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    trackProcesses: [],
    useVmac: false,
    vmacXmitBase: false,
    useVmacAddr: false,
    virtualRoutes: [],
    virtualRules: [],
    notify: {},
  }
  const f = new Fields(report, `vrrp_instance ${name}`)
  d.where = f.read(
    s,
    {
      ...electionHandlers(f, d),
      ...addressHandlers(f, d),
      ...garpHandlers(f, d),
      ...trackHandlers(f, d, trackables),
      ...notifyHandlers(f, d),
      ...(report.later ? laterHandlers(f, d) : {}),
    },
    report.later ? [...INSTANCE_IGNORED, ...INSTANCE_IGNORED_LATER] : INSTANCE_IGNORED,
  )
  return d
}

function electionHandlers(f: Fields, d: InstanceDraft): Handlers {
  return {
    state: s => {
      const state = f.choice(s, ['MASTER', 'BACKUP'])
      if (d.state === 'MASTER' && state === 'BACKUP')
        f.report.warn(s.keyword.at, 'state-ignored', `${f.name(s)} BACKUP after state MASTER is ignored`, 'write state once')
      else d.state = state ?? 'BACKUP'
    },
    interface: s => void (d.interface = f.text(s)),
    virtual_router_id: s => void (d.vrid = f.unsigned(s, 1, 255, 'error')),
    priority: s => void (d.priority = priority(f, s)),
    advert_int: s => void (d.advertIntNs = f.timer(s, 0.01, 255)),
    version: s => void (d.version = f.unsigned(s, 2, 3) as 2 | 3 | undefined),
    authentication: s => authentication(f, d, s),
    nopreempt: s => void (d.nopreempt = f.flag(s)),
    preempt: s => void (d.nopreempt = !f.flag(s)),
    preempt_delay: s => void (d.preemptDelayNs = f.timer(s, 0, 1000)),
    down_timer_adverts: s => void (d.downTimerAdverts = f.unsigned(s, 1, 100)),
    lower_prio_no_advert: s => void (d.lowerPrioNoAdvert = f.bool(s)),
    higher_prio_send_advert: s => void (d.higherPrioSendAdvert = f.bool(s)),
    strict_mode: s => void (d.strictMode = f.bool(s)),
    accept: s => void (d.accept = f.flag(s)),
    no_accept: s => void (d.accept = !f.flag(s)),
    skip_check_adv_addr: s => void (d.skipCheckAdvAddr = f.bool(s)),
    use_vmac: s => {
      d.useVmac = true
      d.vmacInterface = vmacName(f, s) ?? d.vmacInterface
    },
    use_vmac_addr: s => void (d.useVmacAddr = f.flag(s)),
    vmac_xmit_base: s => void (d.vmacXmitBase = f.flag(s)),
  }
}

/** The name of the virtual MAC interface: what the kernel accepts (dev_valid_name), or keepalived makes its own. */
function vmacName(f: Fields, s: Statement): string | undefined {
  const words = f.words(s, 0, 2) ?? []
  const address = words.find(w => w.text.includes(':'))
  if (address !== undefined)
    f.report.warn(
      address.at,
      'vmac-address',
      `${f.name(s)} ${address.text}: lvsim uses the virtual router's own MAC, 00:00:5e:00:01 and the VRID, which behaves alike`,
      'nothing need be changed',
    )
  const name = words.find(w => w !== address)
  if (name === undefined || (name.text.length <= INTERFACE_NAME_MAX && !/[/:\s]/.test(name.text) && !/^\.\.?$/.test(name.text)))
    return name?.text
  f.report.warn(
    name.at,
    'vmac-name',
    `${f.name(s)} "${name.text}" is no interface name; keepalived takes vrrp. and the VRID`,
    `write at most ${INTERFACE_NAME_MAX} characters, without / and :`,
  )
  return undefined
}

/** What came after 2.2.7. */
function laterHandlers(f: Fields, d: InstanceDraft): Handlers {
  const timerExpiredBackup = (s: Statement) => {
    const word = f.words(s, 0, 1)?.[0]
    d.timerExpiredBackup = word === undefined ? OTHER_PRIORITY_MAX : f.number(word, f.name(s), 1, OTHER_PRIORITY_MAX)
  }
  return {
    timer_expired_backup: timerExpiredBackup,
    thread_timer_expired: s => {
      f.report.warn(s.keyword.at, 'keyword-renamed', `${f.name(s)} is an old name of timer_expired_backup`, 'write timer_expired_backup')
      timerExpiredBackup(s)
    },
    owner_ignore_adverts: s => void (d.ownerIgnoresAdverts = f.bool(s)),
  }
}

/** Outside 1–255 keepalived falls back to 100 and says so only in its log. */
function priority(f: Fields, s: Statement): number | undefined {
  const word = f.words(s, 1, 1)?.[0]
  if (word === undefined) return undefined
  const value = /^\d+$/.test(word.text) ? Number(word.text) : 0
  if (value >= 1 && value <= 255) return value
  f.report.warn(
    word.at,
    'priority-default',
    `${f.name(s)} "${word.text}" is not from 1 to 255; keepalived takes 100`,
    'write a whole number from 1 to 254 (255: address owner)',
  )
  return 100
}

function authentication(f: Fields, d: InstanceDraft, owner: Statement): void {
  const inner = new Fields(f.report, `${f.block}: authentication`)
  inner.read(
    owner,
    {
      auth_type: s => void (d.authType = inner.choice(s, ['PASS', 'AH'])),
      auth_pass: s => {
        const text = inner.text(s)
        d.authPass = text?.slice(0, PASSWORD_MAX)
        if (text !== undefined && text.length > PASSWORD_MAX)
          f.report.warn(
            s.args[0].at,
            'auth-truncated',
            `${inner.name(s)} is cut to its first ${PASSWORD_MAX} characters, "${d.authPass}"`,
            `write at most ${PASSWORD_MAX} characters`,
          )
      },
    },
    [],
  )
}

function addressHandlers(f: Fields, d: InstanceDraft): Handlers {
  const source = (s: Statement) => {
    const word = f.words(s, 1, 1)?.[0]
    d.sourceIp = word === undefined ? undefined : f.address(word, f.name(s))
  }
  return {
    virtual_ipaddress: s => void d.vips.push(...readAddresses(f, s)),
    virtual_ipaddress_excluded: s => void d.excludedVips.push(...readAddresses(f, s)),
    mcast_src_ip: source,
    unicast_src_ip: s => {
      d.unicast = true
      source(s)
    },
    unicast_peer: s => {
      d.unicast = true
      for (const [first, ...rest] of f.lines(s)) {
        const address = f.address(first, f.name(s))
        if (address !== undefined) d.unicastPeers.push({ at: first.at, address })
        for (let i = 0; i < rest.length; i += 2)
          if (!/^(min|max)_ttl$/.test(rest[i].text)) {
            f.report.error(
              rest[i].at,
              'value-malformed',
              `${f.name(s)} ${first.text}: "${rest[i].text}" is no option`,
              'write one peer a line',
            )
            break
          } else f.report.ignore(rest[i].text, rest[i].at)
      }
    },
    check_unicast_src: s => void (d.checkUnicastSrc = f.flag(s)),
    virtual_routes: s => void d.virtualRoutes.push(...textLines(s)),
    virtual_rules: s => void d.virtualRules.push(...textLines(s)),
  }
}

export const textLines = (s: Statement): TextLine[] =>
  (s.block?.statements ?? []).map(line => ({ at: line.keyword.at, text: line.line.text }))

function garpHandlers(f: Fields, d: InstanceDraft): Handlers {
  const wholeSeconds = (s: Statement): Duration | undefined => {
    const n = f.unsigned(s, 0, UINT_MAX)
    return n === undefined ? undefined : seconds(n)
  }
  /** 0 becomes 1, as keepalived does. */
  return {
    garp_master_delay: s => void (d.garpMasterDelayNs = wholeSeconds(s)),
    garp_master_repeat: s => void (d.garpMasterRepeat = f.atLeastOne(s)),
    garp_master_refresh: s => void (d.garpMasterRefreshNs = wholeSeconds(s)),
    garp_master_refresh_repeat: s => void (d.garpMasterRefreshRepeat = f.atLeastOne(s)),
    garp_lower_prio_delay: s => void (d.garpLowerPrioDelayNs = wholeSeconds(s)),
    garp_lower_prio_repeat: s => void (d.garpLowerPrioRepeat = f.unsigned(s, 0, INT_MAX)),
  }
}

function trackHandlers(f: Fields, d: InstanceDraft, known: Trackables): Handlers {
  return {
    dont_track_primary: s => void (d.dontTrackPrimary = f.flag(s)),
    track_interface: s => void d.trackInterfaces.push(...readTracked(f, s, WEIGHT_MAX, undefined)),
    track_script: s => void d.trackScripts.push(...readTracked(f, s, WEIGHT_MAX, known.scripts)),
    track_file: s => void d.trackFiles.push(...readTracked(f, s, FILE_WEIGHT_MAX, known.files)),
    track_process: s => void d.trackProcesses.push(...readTracked(f, s, FILE_WEIGHT_MAX, known.processes)),
  }
}

function notifyHandlers(f: Fields, d: InstanceDraft): Handlers {
  return Object.fromEntries([...VRRP_NOTIFY].map(keyword => [keyword, (s: Statement) => void (d.notify[keyword] = f.command(s))]))
}
