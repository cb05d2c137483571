/**
 * Just enough of keepalived.conf to read the recordings' VRRP configurations, for tests that must not depend on the
 * reader. The whole syntax is config/keepalived/.
 */
import { parseIpv4 } from '../../../sim-core/base/address.ts'
import type { KeepalivedProcessConfig } from '../../../sim-core/daemons/keepalived/index.ts'
import {
  MASTER_ENTRY_WORK_NS,
  VRRP_MULTICAST_GROUP,
  type VrrpConfig,
  type VrrpInstanceConfig,
  type VrrpTracker,
} from '../../../sim-core/protocols/vrrp/index.ts'

interface Node {
  readonly words: string[]
  readonly children: Node[]
}

function readTree(text: string): Node[] {
  const root: Node = { words: [], children: [] }
  const stack = [root]
  for (const raw of text.split('\n')) {
    const line = raw.replace(/[!#].*$/, '').replace(/"([^"]*)"/g, (_, s: string) => s.replaceAll(' ', '\u0000'))
    for (const piece of line.split(/([{}])/)) {
      const words = piece
        .split(/\s+/)
        .filter(w => w !== '')
        .map(w => w.replaceAll('\u0000', ' '))
      const top = stack[stack.length - 1]
      if (piece === '{') stack.push(top.children[top.children.length - 1])
      else if (piece === '}') stack.pop()
      else if (words.length > 0) top.children.push({ words, children: [] })
    }
  }
  return root.children
}

const SECOND = 1_000_000_000
const ns = (s: string): number => Math.round(Number(s) * SECOND)

/** Options of a block by keyword; flags are ''. */
const options = (node: Node | undefined): Map<string, Node> => new Map((node?.children ?? []).map(c => [c.words[0], c]))

function instanceOf(node: Node, globals: Map<string, Node>, scriptWeights: Map<string, number>): VrrpInstanceConfig {
  const o = options(node)
  const word = (key: string): string | undefined => o.get(key)?.words[1]
  const number = (key: string, fallback: number): number => Number(word(key) ?? fallback)
  const duration = (key: string, fallback: number): number => (word(key) === undefined ? fallback : ns(word(key) as string))
  const strict = globals.has('vrrp_strict')
  const version = Number(word('version') ?? globals.get('vrrp_version')?.words[1] ?? 2) === 3 ? 3 : 2
  const state = word('state') ?? 'BACKUP'
  const priority = number('priority', state === 'MASTER' ? 255 : 100)
  const master = strict ? priority === 255 : state === 'MASTER'
  const advertS = number('advert_int', 1)
  const device = word('interface') ?? 'eth0'
  const auth = options(o.get('authentication'))
  const tracked = (kind: VrrpTracker['kind'], key: string): VrrpTracker[] =>
    (o.get(key)?.children ?? []).map(c => ({
      kind,
      name: c.words[0],
      weight: Number(c.words[c.words.indexOf('weight') + 1 || -1] ?? scriptWeights.get(c.words[0]) ?? 0),
      reverse: c.words.includes('reverse'),
    }))
  const [globalDelay, globalRepeat] = [5 * SECOND, 5]
  return {
    name: node.words[1],
    vrid: number('virtual_router_id', 0),
    interface: device,
    initialState: master ? 'MASTER' : 'BACKUP',
    priority,
    advertIntNs: version === 2 ? Math.max(1, Math.floor(advertS + 0.5)) * SECOND : Math.round(advertS * 100) * 10_000_000,
    version,
    auth:
      version === 2 && auth.has('auth_pass') ? { type: 'pass', data: auth.get('auth_pass')?.words[1] ?? '' } : { type: 'none', data: '' },
    vips: (o.get('virtual_ipaddress')?.children ?? []).map(c => {
      const [ip, length] = c.words[0].split('/')
      return { ip: parseIpv4(ip) as number, interface: device, prefixLength: Number(length ?? 32) }
    }),
    excludedVips: [],
    nopreempt: o.has('nopreempt') && !master,
    preemptDelayNs: master || strict ? 0 : duration('preempt_delay', 0),
    downTimerAdverts: strict ? 3 : number('down_timer_adverts', 3),
    garp: {
      delayNs: duration('garp_master_delay', globalDelay),
      repeat: number('garp_master_repeat', globalRepeat),
      refreshNs: duration('garp_master_refresh', 0),
      refreshRepeat: number('garp_master_refresh_repeat', 1),
      lowerPrioDelayNs: strict ? 0 : duration('garp_lower_prio_delay', globalDelay),
      lowerPrioRepeat: strict ? 0 : number('garp_lower_prio_repeat', globalRepeat),
    },
    lowerPrioNoAdvert: strict || o.has('lower_prio_no_advert'),
    higherPrioSendAdvert: o.has('higher_prio_send_advert'),
    sourceIp: word('unicast_src_ip') === undefined ? null : (parseIpv4(word('unicast_src_ip') as string) ?? null),
    unicastPeers: (o.get('unicast_peer')?.children ?? []).map(c => parseIpv4(c.words[0]) as number),
    checkUnicastSrc: false,
    skipCheckAdvAddr: false,
    trackPrimary: !o.has('dont_track_primary'),
    trackers: [...tracked('interface', 'track_interface'), ...tracked('script', 'track_script')],
  }
}

export function readMiniConf(text: string): KeepalivedProcessConfig {
  const tree = readTree(text)
  const globals = options(tree.find(n => n.words[0] === 'global_defs'))
  const blocks = (keyword: string): Node[] => tree.filter(n => n.words[0] === keyword)
  const scripts = blocks('vrrp_script')
  const of = (node: Node, key: string): string | undefined => options(node).get(key)?.words[1]
  const weights = new Map(scripts.map(s => [s.words[1], Number(of(s, 'weight') ?? 0)]))
  const instances = blocks('vrrp_instance').map(n => instanceOf(n, globals, weights))
  const vrrp: VrrpConfig = {
    instances,
    groups: blocks('vrrp_sync_group').map(g => ({
      name: g.words[1],
      members: (options(g).get('group')?.children ?? []).flatMap(c => c.words).map(name => instances.findIndex(i => i.name === name)),
    })),
    scripts: scripts.map(s => ({
      name: s.words[1],
      intervalNs: ns(of(s, 'interval') ?? '1'),
      timeoutNs: ns(of(s, 'interval') ?? '1'),
      rise: Number(of(s, 'rise') ?? 1),
      fall: Number(of(s, 'fall') ?? 1),
      initFail: options(s).has('init_fail'),
    })),
    files: [],
    processes: [],
    syncDaemon: null,
    startupDelayNs: ns(globals.get('vrrp_startup_delay')?.words[1] ?? '0'),
    garpIntervalNs: ns(globals.get('vrrp_garp_interval')?.words[1] ?? '0'),
    multicastGroup: VRRP_MULTICAST_GROUP,
    masterEntryWorkNs: MASTER_ENTRY_WORK_NS,
    receiveWorkNs: 0,
  }
  return { vrrp, virtualServers: [], virtualServerGroups: [], lvsFlush: false, lvsFlushOnStop: false }
}
