/** The LVS half of keepalived.conf as text. Tested by reading it back in test/config/keepalived-print.test.ts. */
import { seconds } from '../../base/units.ts'
import { DEFAULT_DELAY_LOOP, DEFAULT_RETRY } from './read-checkers.ts'
import { serviceName } from './read-lvs.ts'
import type { Checker, HttpUrl, RealServer, SorryServer, VirtualServer, VirtualServerGroup } from './types-lvs.ts'
import { rawText, type Writer, word } from './writer.ts'

export function printGroup(w: Writer, g: VirtualServerGroup): void {
  w.block(`virtual_server_group ${word(g.name)}`, () => {
    for (const e of g.entries) {
      if (e.kind === 'fwmark') w.line(`fwmark ${e.mark}`)
      else w.line(`${e.first === e.last ? e.first : `${e.first}-${e.last}`} ${e.port}`)
    }
  })
}

const notify = (w: Writer, commands: Readonly<Record<string, string>>): void => {
  for (const [keyword, command] of Object.entries(commands)) w.line(`${keyword} ${rawText(command)}`)
}

export function printVirtualServer(w: Writer, v: VirtualServer): void {
  w.block(`virtual_server ${v.service.kind === 'group' ? `group ${word(v.service.name)}` : serviceName(v.service)}`, () => {
    w.timer('delay_loop', v.delayLoopNs, DEFAULT_DELAY_LOOP)
    w.line(`lb_algo ${v.scheduler}`)
    for (const flag of v.schedulerFlags) w.line(flag)
    w.line(`lb_kind ${v.forward}`)
    if (v.service.kind !== 'fwmark') w.line(`protocol ${v.protocol}`)
    w.flag('ops', v.onePacket)
    if (v.persistence !== undefined) {
      w.line(`persistence_timeout ${v.persistence.timeoutS}`)
      w.value('persistence_granularity', v.persistence.granularity, '255.255.255.255')
    }
    w.value('quorum', v.quorum, 1)
    w.value('hysteresis', v.hysteresis, 0)
    w.flag('alpha', v.alpha)
    w.flag('omega', v.omega)
    w.flag('ha_suspend', v.haSuspend)
    w.flag('inhibit_on_failure', v.inhibitOnFailure)
    w.value('virtualhost', v.virtualhost)
    if (v.sorryServer !== undefined) sorry(w, v.sorryServer, v)
    notify(w, v.notify)
    for (const r of v.realServers) realServer(w, r, v)
  })
}

function sorry(w: Writer, s: SorryServer, v: VirtualServer): void {
  w.line(`sorry_server ${s.address} ${s.port}`)
  w.flag('sorry_server_inhibit', s.inhibit)
  w.value('sorry_server_lvs_method', s.forward, v.forward)
}

function realServer(w: Writer, r: RealServer, v: VirtualServer): void {
  w.block(`real_server ${r.address} ${r.port}`, () => {
    w.line(`weight ${r.weight}`)
    w.value('lvs_method', r.forward, v.forward)
    w.value('uthreshold', r.uthreshold, 0)
    w.value('lthreshold', r.lthreshold, 0)
    w.bool('inhibit_on_failure', r.inhibitOnFailure, v.inhibitOnFailure)
    w.bool('alpha', r.alpha, v.alpha)
    w.value('virtualhost', r.virtualhost, v.virtualhost)
    notify(w, r.notify)
    for (const c of r.checkers) checker(w, c, r, v)
  })
}

const TAKES_CONNECTION: ReadonlySet<Checker['kind']> = new Set([
  'TCP_CHECK',
  'HTTP_GET',
  'SSL_GET',
  'SMTP_CHECK',
  'DNS_CHECK',
  'PING_CHECK',
  'UDP_CHECK',
])

function checker(w: Writer, c: Checker, r: RealServer, v: VirtualServer): void {
  w.block(c.kind, () => {
    specific(w, c, r)
    if (TAKES_CONNECTION.has(c.kind)) {
      w.value('connect_ip', c.connectIp, r.address)
      w.value('connect_port', c.connectPort, r.port)
      w.value('bindto', c.bindIp)
      w.value('bind_port', c.bindPort)
      w.timer('connect_timeout', c.connectTimeoutNs, seconds(5))
    }
    if (c.kind === 'FILE_CHECK' || c.kind === 'BFD_CHECK') return
    w.timer('delay_loop', c.delayLoopNs, v.delayLoopNs)
    w.value('retry', c.retry, DEFAULT_RETRY[c.kind])
    const http = c.kind === 'HTTP_GET' || c.kind === 'SSL_GET'
    w.timer('delay_before_retry', c.delayBeforeRetryNs, http ? seconds(3) : c.kind === 'DNS_CHECK' ? c.delayLoopNs : seconds(1))
    w.timer('warmup', c.warmupNs, c.delayLoopNs)
    w.bool('alpha', c.alpha, r.alpha)
  })
}

function specific(w: Writer, c: Checker, r: RealServer): void {
  switch (c.kind) {
    case 'HTTP_GET':
    case 'SSL_GET':
      for (const u of c.urls) url(w, u)
      w.bool('fast_recovery', c.fastRecovery, false)
      w.value('http_protocol', c.httpProtocol, '1.0')
      w.value('virtualhost', c.virtualhost, r.virtualhost)
      return
    case 'SMTP_CHECK':
      w.line(`helo_name ${word(c.heloName)}`)
      return
    case 'DNS_CHECK':
      w.line(`type ${c.recordType}`)
      w.line(`name ${word(c.name)}`)
      return
    case 'MISC_CHECK':
      w.line(`misc_path ${rawText(c.path)}`)
      w.timer('misc_timeout', c.timeoutNs, c.delayLoopNs)
      w.flag('misc_dynamic', c.dynamic)
      return
    case 'UDP_CHECK':
      if (c.payload !== undefined) w.line(`payload ${c.payload}`)
      w.flag('require_reply', c.requireReply)
      return
    case 'FILE_CHECK':
      w.line(`track_file ${word(c.trackFile)}`)
      if (c.weight !== 1 || c.reverse) w.line(`weight ${c.weight}${c.reverse ? ' reverse' : ''}`)
      return
    case 'BFD_CHECK':
      w.line(`name ${word(c.name)}`)
      return
    case 'TCP_CHECK':
    case 'PING_CHECK':
      return
  }
}

function url(w: Writer, u: HttpUrl): void {
  w.block('url', () => {
    w.line(`path ${word(u.path)}`)
    w.value('digest', u.digest)
    w.line(`status_code ${u.statusCodes.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(' ')}`)
    if (u.regex !== undefined) w.line(`regex "${u.regex.replace(/["\\]/g, '\\$&')}"`)
    w.value('virtualhost', u.virtualhost)
  })
}
