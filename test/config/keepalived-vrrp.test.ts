// biome-ignore-all lint/suspicious/noTemplateCurlyInString: definitions of keepalived.conf look like that
/**
 * What keepalived 2.2.7 makes of a vrrp_instance. Each row was compared with the program's own dump of its
 * configuration (`keepalived -d`), and each warning with what it logs.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { milliseconds, seconds } from '../../sim-core/base/units.ts'
import { parseKeepalived, type VrrpInstance } from '../../sim-core/config/index.ts'

const parse = (text: string) => parseKeepalived('k.conf', mapFiles({ 'k.conf': text }))
const block = (body: string, name = 'V', vrid = 5, vip = '10.0.0.1') =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\nvirtual_ipaddress {\n${vip}\n}\n${body}\n}\n`

type Row = [body: string, expected: Partial<VrrpInstance>, codes?: string[]]

const check = ([body, expected, codes = []]: Row, globals = ''): void => {
  const { config, problems } = parse(globals + block(body))
  for (const [field, value] of Object.entries(expected)) expect(config.instances[0][field as keyof VrrpInstance]).toEqual(value)
  expect(problems.map(p => p.code)).toEqual(codes)
  for (const p of problems) expect([p.severity, p.remedy === undefined]).toEqual(['warning', false])
}

describe('defaults', () => {
  it('are those of keepalived 2.2.7', () => {
    const { config, problems } = parse(block(''))
    expect(problems).toEqual([])
    expect(config.instances[0]).toMatchObject({
      name: 'V',
      state: 'BACKUP',
      interface: 'eth0',
      vrid: 5,
      priority: 100,
      advertIntNs: seconds(1),
      version: 2,
      nopreempt: false,
      preemptDelayNs: 0,
      garpMasterDelayNs: seconds(5),
      garpMasterRepeat: 5,
      garpMasterRefreshNs: 0,
      garpMasterRefreshRepeat: 1,
      garpLowerPrioDelayNs: seconds(5),
      garpLowerPrioRepeat: 5,
      lowerPrioNoAdvert: false,
      higherPrioSendAdvert: false,
      downTimerAdverts: 3,
      unicastPeers: [],
      accept: true,
      strictMode: false,
    })
    expect(config.instances[0].auth).toBeUndefined()
  })
})

describe('one instance', () => {
  it.each<Row>([
    ['state MASTER', { state: 'MASTER', priority: 255 }, ['priority-owner']],
    ['priority 255', { state: 'MASTER', priority: 255 }],
    ['priority 255\nstate BACKUP', { state: 'BACKUP', priority: 255 }],
    ['priority 300', { state: 'BACKUP', priority: 100 }, ['priority-default']],
    ['priority 0', { priority: 100 }, ['priority-default']],
    ['priority 100\npriority 110', { priority: 110 }, ['keyword-repeated']],
    ['state BACKUP\nstate MASTER\npriority 9', { state: 'MASTER' }, ['keyword-repeated']],
    ['state MASTER\nstate BACKUP\npriority 9', { state: 'MASTER' }, ['keyword-repeated', 'state-ignored']],
    [
      'state MASTER\npriority 100\nnopreempt\npreempt_delay 5',
      { nopreempt: false, preemptDelayNs: milliseconds(0) },
      ['nopreempt-cleared', 'preempt-delay-cleared'],
    ],
    ['priority 255\nnopreempt', { nopreempt: false }, ['nopreempt-cleared']],
    ['nopreempt\npreempt_delay 5.5', { nopreempt: true, preemptDelayNs: milliseconds(0) }, ['preempt-delay-cleared']],
    ['preempt_delay 5.5', { preemptDelayNs: milliseconds(5500) }],
    ['nopreempt\npreempt', { nopreempt: false }],
    ['advert_int 1.4', { advertIntNs: seconds(1) }, ['advert-int-rounded']],
    ['advert_int 1.5', { advertIntNs: seconds(2) }, ['advert-int-rounded']],
    ['advert_int 2.5', { advertIntNs: seconds(3) }, ['advert-int-rounded']],
    ['advert_int 0.01', { advertIntNs: seconds(1) }, ['advert-int-rounded']],
    ['version 3\nadvert_int 0.5', { version: 3, advertIntNs: milliseconds(500) }],
    ['version 3\nadvert_int 0.015', { advertIntNs: milliseconds(20) }, ['advert-int-rounded']],
    ['version 3\nadvert_int 0.014', { advertIntNs: milliseconds(10) }, ['advert-int-rounded']],
    ['version 3\nadvert_int 41', { advertIntNs: milliseconds(40_950) }, ['advert-int-rounded']],
    ['authentication {\nauth_type PASS\nauth_pass 123456789012\n}', { auth: { type: 'PASS', password: '12345678' } }, ['auth-truncated']],
    ['authentication {\nauth_type PASS\nauth_pass "a b"\n}', { auth: { type: 'PASS', password: 'a b' } }],
    ['authentication {\nauth_type PASS\n}', { auth: undefined }, ['auth-ignored']],
    ['version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}', { auth: undefined }, ['auth-ignored']],
    [
      'authentication {\nauth_type AH\nauth_pass a\n}\nstate MASTER\npriority 100',
      { state: 'BACKUP', auth: { type: 'AH', password: 'a' } },
      ['state-corrected'],
    ],
    ['unicast_src_ip 10.0.0.11', { sourceIp: '10.0.0.11', unicastPeers: [] }, ['unicast-without-peers']],
    ['unicast_peer {\n}', { unicastPeers: [] }, ['unicast-without-peers']],
    ['mcast_src_ip 10.0.0.99', { sourceIp: '10.0.0.99' }],
    [
      'garp_master_delay 2\ngarp_master_repeat 3',
      { garpMasterDelayNs: seconds(2), garpMasterRepeat: 3, garpLowerPrioDelayNs: seconds(5), garpLowerPrioRepeat: 5 },
    ],
    ['garp_master_repeat 0', { garpMasterRepeat: 1 }, ['value-corrected']],
    [
      'garp_master_refresh 10\ngarp_master_refresh_repeat 0',
      { garpMasterRefreshNs: seconds(10), garpMasterRefreshRepeat: 1 },
      ['value-corrected'],
    ],
    ['garp_lower_prio_repeat 0', { garpLowerPrioRepeat: 0 }],
    ['lower_prio_no_advert', { lowerPrioNoAdvert: true }],
    ['higher_prio_send_advert yes', { higherPrioSendAdvert: true }],
    ['down_timer_adverts 5', { downTimerAdverts: 5 }],
    ['no_accept', { accept: false }],
    [
      'track_interface {\neth0\neth1 weight 10 reverse\n}',
      { trackInterfaces: [expect.objectContaining({ name: 'eth1', weight: 10, reverse: true })] },
      ['tracked-twice'],
    ],
  ])('%j', (...row) => check(row))

  it('reads peers', () => {
    const { config, ignored } = parse(block('unicast_src_ip 10.0.0.11\nunicast_peer {\n10.0.0.12 min_ttl 3\n10.0.0.13\n}'))
    expect(config.instances[0].unicastPeers.map(p => p.address)).toEqual(['10.0.0.12', '10.0.0.13'])
    expect(ignored.map(i => i.keyword)).toEqual(['min_ttl'])
  })
})

describe('strict mode', () => {
  it.each<Row>([
    [
      'strict_mode',
      { accept: false, lowerPrioNoAdvert: true, garpLowerPrioDelayNs: seconds(0), garpLowerPrioRepeat: 0, garpMasterRepeat: 5 },
    ],
    ['strict_mode\nstate MASTER\npriority 100', { state: 'BACKUP' }, ['strict-state']],
    ['strict_mode\npriority 255', { state: 'MASTER', accept: true }],
    ['strict_mode\nauthentication {\nauth_type PASS\nauth_pass x\n}', { auth: undefined }, ['auth-ignored']],
    ['strict_mode\nunicast_peer {\n10.0.0.9\n}', { unicastPeers: [expect.objectContaining({ address: '10.0.0.9' })] }, ['strict-unicast']],
    ['strict_mode\naccept', { accept: false }, ['strict-accept']],
    [
      'strict_mode\npreempt_delay 4\ndown_timer_adverts 5\ngarp_lower_prio_repeat 4\ngarp_lower_prio_delay 3\nhigher_prio_send_advert\nlower_prio_no_advert no',
      {
        preemptDelayNs: seconds(0),
        downTimerAdverts: 3,
        garpLowerPrioDelayNs: seconds(0),
        garpLowerPrioRepeat: 0,
        higherPrioSendAdvert: false,
        lowerPrioNoAdvert: true,
      },
      ['preempt-delay-cleared', 'strict-down-timer', 'strict-garp', 'strict-garp', 'strict-advert', 'strict-advert'],
    ],
  ])('%j', (...row) => check(row))

  it('may be set for all, and cleared for one', () => {
    check(['strict_mode off', { accept: true, strictMode: false, garpLowerPrioRepeat: 0 }], 'global_defs {\nvrrp_strict\n}\n')
  })
})

describe('global_defs', () => {
  it('gives instances what they do not set', () => {
    const globals =
      'global_defs {\nvrrp_version 3\nvrrp_garp_master_delay 7\nvrrp_garp_master_repeat 2\nvrrp_garp_master_refresh 3\nvrrp_garp_interval 0.1\nvrrp_down_timer_adverts 4\nvrrp_startup_delay 2.5\n}\n'
    check(
      [
        '',
        {
          version: 3,
          garpMasterDelayNs: seconds(7),
          garpMasterRepeat: 2,
          garpMasterRefreshNs: seconds(3),
          garpLowerPrioDelayNs: seconds(7),
          garpLowerPrioRepeat: 2,
          downTimerAdverts: 4,
        },
      ],
      globals,
    )
    expect(parse(globals).config.globals).toMatchObject({ garpIntervalNs: milliseconds(100), startupDelayNs: milliseconds(2500) })
  })

  it('vrrp_min_garp changes only what is not set', () => {
    const min = {
      garpMasterDelayNs: seconds(7),
      garpMasterRepeat: 1,
      garpMasterRefreshRepeat: 0,
      garpLowerPrioDelayNs: seconds(7),
      garpLowerPrioRepeat: 1,
    }
    check(['', min], 'global_defs {\nvrrp_min_garp\nvrrp_garp_master_delay 7\n}\n')
  })

  it('reads the sync daemon in the old form and the new one', () => {
    const daemon = (line: string) => parse(`global_defs {\n${line}\n}\n${block('')}`).config.globals.lvsSyncDaemon
    expect(daemon('lvs_sync_daemon eth0 V id 51')).toMatchObject({
      interface: 'eth0',
      instance: 'V',
      syncId: 51,
      port: 8848,
      ttl: 1,
      group: '224.0.0.81',
    })
    expect(daemon('lvs_sync_daemon eth0 inst V port 9000')).toMatchObject({ instance: 'V', port: 9000 })
    expect(daemon('lvs_sync_daemon eth0')).not.toHaveProperty('instance')
  })

  it('reads timeouts in any order; the others keep the kernel value', () => {
    expect(parse('global_defs {\nlvs_timeouts udp 30 tcp 900\n}\n').config.globals.lvsTimeouts).toEqual({ tcpS: 900, tcpFinS: 0, udpS: 30 })
  })
})

describe('addresses', () => {
  const addresses = (lines: string) => parse(block(`virtual_ipaddress_excluded {\n${lines}\n}`))

  it('with prefix, device, label and scope', () => {
    expect(
      addresses('10.0.0.77/24 brd 10.0.0.255 dev eth1 label eth1:7 scope global no_track').config.instances[0].excludedVips,
    ).toMatchObject([{ address: '10.0.0.77', prefixLength: 24, device: 'eth1', label: 'eth1:7', scope: 'global' }])
  })

  it.each([
    ['10.0.0.78/33', 32, 'prefix-length', 'warning'],
    ['10.0.0.79/255.255.255.0', 32, 'prefix-length', 'warning'],
    ['10.0.0.80 foo', 32, 'address-option', 'error'],
    ['10.0.0.81 10.0.0.82', 32, 'address-option', 'error'],
    ['10.0.0.300', undefined, 'address-malformed', 'error'],
    ['fe80::1/64', undefined, 'ipv6-not-simulated', 'warning'],
  ])('%s', (line, prefixLength, code, severity) => {
    const { config, problems } = addresses(line)
    expect(config.instances[0].excludedVips[0]?.prefixLength).toBe(prefixLength)
    expect(problems).toMatchObject([{ code, severity, at: { line: 8 } }])
  })

  it('more than an advert carries become excluded ones', () => {
    const { config, problems } = parse(block('virtual_ipaddress {\n~SEQ(N, 1, 255) 10.1.0.${N}\n}'))
    expect(config.instances[0].vips.length).toBe(255)
    expect(config.instances[0].excludedVips.map(v => v.address)).toEqual(['10.1.0.255'])
    expect(problems.map(p => p.code)).toEqual(['too-many-vips'])
  })
})

describe('trackers', () => {
  const script =
    'vrrp_script s {\nscript "/bin/true"\nweight 10\ninterval 2\n}\ntrack_file tf {\nfile /tmp/tf\n}\nvrrp_track_process p {\nprocess nginx\n}\n'

  it('scripts, processes and files with their defaults', () => {
    const { config, problems } = parse(script)
    expect(problems).toEqual([])
    expect(config.scripts[0]).toMatchObject({
      command: '"/bin/true"',
      intervalNs: seconds(2),
      timeoutNs: seconds(2),
      weight: 10,
      rise: 1,
      fall: 1,
      initFail: false,
    })
    expect(config.trackFiles[0]).toMatchObject({ file: '/tmp/tf', weight: 1 })
    expect(config.trackProcesses[0]).toMatchObject({ process: 'nginx', weight: 0, quorum: 1 })
  })

  it('a weight in the list wins over the own one', () => {
    const { config } = parse(script + block('track_script {\ns weight -5 reverse\n}\ntrack_file {\ntf\n}\ntrack_process {\np weight 3\n}'))
    expect(config.instances[0].trackScripts).toMatchObject([{ name: 's', weight: -5, reverse: true }])
    expect(config.instances[0].trackFiles).toMatchObject([{ name: 'tf', weight: 1, reverse: false }])
    expect(config.instances[0].trackProcesses).toMatchObject([{ name: 'p', weight: 3 }])
  })

  it('an owner tracks nothing with a weight', () => {
    const { config, problems } = parse(script + block('priority 255\ntrack_script {\ns\n}\ntrack_file {\ntf\n}'))
    expect(config.instances[0].trackScripts).toEqual([])
    expect(config.instances[0].trackFiles).toMatchObject([{ weight: 0 }])
    expect(problems.map(p => p.code)).toEqual(['weight-ignored', 'weight-ignored'])
  })

  it('members of a sync group neither, unless it allows weights', () => {
    const two = script + block('track_script {\ns\n}', 'A', 1, '10.0.0.1') + block('', 'B', 2, '10.0.0.2')
    const group = (more: string) => `vrrp_sync_group G {\ngroup { A B }\n${more}\n}\n`
    const dropped = parse(two + group(''))
    expect(dropped.config.instances[0].trackScripts).toEqual([])
    expect(dropped.problems.map(p => p.code)).toEqual(['weight-ignored'])
    const kept = parse(two + group('sync_group_tracking_weight'))
    expect(kept.config.instances[0].trackScripts).toMatchObject([{ weight: 10 }])
    expect(kept.config.syncGroups[0].members.map(m => m.name)).toEqual(['A', 'B'])
    expect(kept.problems).toEqual([])
  })
})

describe('what is read but not simulated', () => {
  it('is listed once, at its first place', () => {
    const { ignored, problems } = parse(
      `global_defs {\nsmtp_server 127.0.0.1\n}\n${block('notify_master /bin/a\nsmtp_alert', 'A', 1)}${block('notify_master /bin/b', 'B', 2, '10.0.0.2')}`,
    )
    expect(problems).toEqual([])
    expect(ignored.map(i => [i.keyword, i.at.line])).toEqual([
      ['smtp_server', 2],
      ['notify_master', 10],
      ['smtp_alert', 11],
    ])
  })
})
