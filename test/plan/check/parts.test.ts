/** Goal: the parts of the checker by themselves: whose file is whose, priorities with trackers, probe load, costs, facts that are wrong. */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { checkCluster, filesOfFolder, hostOfFile } from '../../../sim-core/plan/index.ts'
import { checkText, PLAIN } from '../../../sim-core/report/index.ts'
import { checkFiles, factsOf, filesIn } from './folders.ts'

describe('files of a folder', () => {
  it.each([
    [
      ['b2.keepalived.conf', 'b1.keepalived.conf', 'ipvsadm.rules', 'plan.yaml', 'README.md', 'balancers.sysctl.conf'],
      ['b1', 'b2'],
      'ipvsadm.rules',
      'plan.yaml',
    ],
    [['b1/etc/keepalived/keepalived.conf', 'b2/keepalived.conf', 'b2/ipvsadm.rules'], ['b1', 'b2'], undefined, undefined],
    [['keepalived-lb1.conf', 'keepalived_lb2.conf', 'lb1.rules', 'cluster.yml'], ['lb1', 'lb2'], 'lb1.rules', 'cluster.yml'],
    [['lb1.conf', 'lb2.conf', 'x.sysctl.conf'], ['lb1', 'lb2'], undefined, undefined],
    [['notes.txt', 'keepalived.conf'], ['keepalived'], undefined, undefined],
  ])('%j', (paths, hosts, rules, facts) => {
    const found = filesOfFolder(paths)
    expect(found.hosts.map(h => h.name)).toEqual(hosts)
    expect(found.hosts[0]?.rules).toBe(rules)
    expect(found.facts).toBe(facts)
  })

  it.each([
    ['old/b1.keepalived.conf', 'b1'],
    ['b1/etc/keepalived/keepalived.conf', 'b1'],
    ['./lb7/keepalived.conf', 'lb7'],
    ['conf/lb1.conf', 'lb1'],
  ])('%s is of %s', (path, host) => {
    expect(hostOfFile(path)).toBe(host)
  })
})

describe('ownership by priorities with trackers', () => {
  it('a positive weight counts while all is well', () => {
    const files = filesIn('scenarios/lint/weight-clamped')
    const { cluster } = checkFiles(files, 'balancers: { b1: { address: 10.10.1.1 }, b2: { address: 10.10.1.2 } }')
    expect(cluster.routers[0].members.map(m => m.priority)).toEqual([254, 254])
    expect(checkFiles(files).matrix[0].owners.get('10.10.1.10')).toEqual(['b2'])
  })
})

describe('keepalived: 2.3+ in plan.yaml', () => {
  const instance = (priority: number, vips: string, more = '') =>
    `vrrp_instance V {\n interface eth0\n virtual_router_id 7\n priority ${priority}\n ${more}\n virtual_ipaddress {\n${vips}\n}\n}\n`
  const files = {
    'b1.keepalived.conf': instance(150, '10.0.0.9'),
    'b2.keepalived.conf': instance(100, '10.0.0.9\n10.0.0.10', 'nopreempt\n timer_expired_backup'),
  }

  it('adverts with another list of VIPs are heard, later keywords are known', () => {
    const owners = (facts: string) => checkFiles(files, facts).matrix[0].owners.get('10.0.0.9')
    expect(owners('')).toEqual(['b1', 'b2'])
    expect(owners('keepalived: 2.3+')).toEqual(['b1'])
    const unknown = (facts: string) =>
      checkFiles(files, facts).findings.filter(f => JSON.stringify(f).includes('timer_expired_backup')).length
    expect(unknown('keepalived: 2.2')).toBe(1)
    expect(unknown('keepalived: 2.3+')).toBe(0)
  })
})

describe('cost', () => {
  it('probes: directors × services × servers / delay_loop', () => {
    const { probes, costs } = checkFiles(filesIn('scenarios/lint/probe-load'))
    // Six services with a check a second, one with a check every five seconds, on two directors.
    expect(probes.byServer.get('10.10.1.11')).toBeCloseTo(2 * (6 + 1 / 5), 12)
    expect(probes.byHost.get('b1')).toBeCloseTo(2 * (6 + 1 / 5), 12)
    // An advert of one VIP in version 2 has 40 bytes and takes the smallest frame.
    expect(costs).toEqual({ instances: 2, advertsPerS: 2, advertsWireBps: 2 * 84 * 8, garpsAtOnce: 5 })
  })
})

describe('copies of /etc/keepalived', () => {
  const instance = (priority: number): string =>
    `vrrp_instance V {\n interface eth0\n virtual_router_id 7\n priority ${priority}\n virtual_ipaddress {\n  10.0.0.9\n }\n}\n`

  it.each([
    ['lb1/etc/keepalived', 'lb2/etc/keepalived'],
    ['lb1', 'lb2'],
  ])('%s: absolute includes mean the copy', (one, two) => {
    const result = checkFiles({
      [`${one}/keepalived.conf`]: 'include /etc/keepalived/conf.d/*.conf\n',
      [`${one}/conf.d/v.conf`]: instance(150),
      [`${two}/keepalived.conf`]: 'include conf.d/*.conf\n',
      [`${two}/conf.d/v.conf`]: instance(100),
      '/etc/keepalived/conf.d/v.conf': instance(254),
    })
    expect([...result.matrix[0].owners]).toEqual([['10.0.0.9', ['lb1']]])
    expect(result.findings.filter(f => f.severity !== 'note')).toEqual([])
  })

  it('what lies elsewhere on the host is found above its etc', () => {
    const result = checkFiles({
      'lb1/etc/keepalived/keepalived.conf': 'include /srv/vrrp.conf\n',
      'lb1/srv/vrrp.conf': instance(150),
      'lb2/etc/keepalived/keepalived.conf': instance(100),
    })
    expect([...result.matrix[0].owners]).toEqual([['10.0.0.9', ['lb1']]])
  })
})

describe('wrong input', () => {
  const codes = (files: Record<string, string>, facts = ''): string[] => {
    const { hosts } = filesOfFolder(Object.keys(files))
    const checked = checkCluster({ hosts, files: mapFiles(files), ...(facts === '' ? {} : { facts: factsOf(facts) }) })
    return checked.ok ? [] : checked.problems.filter(p => p.severity === 'error').map(p => p.code)
  }
  const well = filesIn('test/fixtures/check/well')

  it('every problem of every file at once', () => {
    const wrong = {
      ...well,
      'b1.keepalived.conf': 'vrrp_instance VI_1 {\n',
      'b2.keepalived.conf': well['b2.keepalived.conf'].replace('virtual_router_id 51', 'virtual_router_id 300'),
    }
    expect(codes(wrong)).toEqual(expect.arrayContaining(['brace-unclosed', 'value-out-of-range']))
  })

  it('facts about hosts and VIPs that are not there, and shares that are missing', () => {
    expect(codes(well, 'balancers: { b9: 1Gbit }')).toEqual(['unknown-host'])
    expect(codes(well, 'groups: { rack: [b1, b7] }')).toEqual(['unknown-host'])
    expect(codes(well, 'vips: { 10.10.1.10: 3, 10.10.1.99: 1 }')).toEqual(['unknown-vip', 'vip-missing'])
    expect(codes(well, 'vips: { web: { share: 3, address: 10.10.1.10 }, api: { share: 1, address: 10.10.1.20 } }')).toEqual([])
  })

  it('a mistake that costs a line is a finding, and the rest is judged without the line', () => {
    const files = { ...well, 'b1.rules': '-A -t nonsense\n' }
    const result = checkFiles(files)
    expect(result.misread).toBe(true)
    const errors = result.findings.filter(f => f.severity === 'error').map(f => [f.at.file, f.rule])
    expect(errors).toEqual([['b1.rules', 'ipvsadm-address']])
    expect(result.matrix).toEqual(checkFiles(well).matrix)
    expect(checkFiles(well).misread).toBe(false)
  })

  it('without a VIP, with one host: says so instead of holding', () => {
    const one = checkFiles({ 'b1.keepalived.conf': well['b1.keepalived.conf'] })
    expect(checkText(one, PLAIN)).toMatch(/^ONE HOST: only one was given/m)
    const none = { 'b1.keepalived.conf': 'global_defs {\n}\n', 'b2.keepalived.conf': 'global_defs {\n}\n' }
    expect(checkText(checkFiles(none), PLAIN)).toMatch(/^NO VIP: no vrrp_instance has one, so there is nothing to take over; 0 errors/m)
  })
})

describe('shares and groups', () => {
  it('a failure group is a set of its own, judged as a whole', () => {
    const facts = 'link: 1Gbit\ntraffic: 1.5Gbit\ngroups: { rack: [b1, b3] }'
    const { matrix, findings } = checkFiles(filesIn('scenarios/capacity/conf/three-vips'), facts)
    expect(matrix.map(r => r.failed.join())).toContain('b1,b3')
    expect(findings.map(f => f.message)).toContain(
      'when b1 and b3 are lost, b2 carries 10.10.1.10, 10.10.1.20, 10.10.1.30: 153.8 % of its link, the limit is 100.0 %',
    )
  })

  it('unequal shares weigh unequally', () => {
    const facts = 'link: 1Gbit\ntraffic: 1Gbit\nlayer: wire\nvips: { 10.10.1.10: 3, 10.10.1.20: 1, 10.10.1.30: 1 }'
    const [before] = checkFiles(filesIn('scenarios/capacity/conf/three-vips'), facts).matrix
    expect([...(before.offered?.values() ?? [])].map(x => x.toFixed(3))).toEqual(['0.600', '0.200', '0.200'])
  })
})
