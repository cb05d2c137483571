/**
 * Goal: what keepalived 2.2.7 and 2.3.4 read differently, as their own dumps and `keepalived -t` show it.
 * Method: the same text read as each release.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { type KeepalivedConfig, parseKeepalived, printKeepalived, type ReaderRelease } from '../../sim-core/config/index.ts'

const read = (text: string, release: ReaderRelease) => {
  const { config, problems, ignored } = parseKeepalived('k.conf', mapFiles({ 'k.conf': text }), { release })
  return { config, codes: problems.map(p => p.code), remedies: problems.map(p => p.remedy), ignored: ignored.map(i => i.keyword) }
}
const script = (lines: string) => `vrrp_script s {\nscript "/bin/true"\n${lines}\n}\n`
const instance = (lines: string) =>
  `vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n10.0.0.1\n}\n${lines}\n}\n`
const first = (config: KeepalivedConfig) => config.instances[0]

describe('vrrp_script: interval and timeout', () => {
  const times = (lines: string, release: ReaderRelease) => {
    const { config, codes } = read(script(lines), release)
    return [config.scripts[0].intervalNs / 1e9, config.scripts[0].timeoutNs / 1e9, ...codes]
  }

  it.each([
    ['interval 2.5\ntimeout 1.5', [2, 1, 'value-corrected', 'value-corrected'], [2.5, 1.5]],
    ['interval 0.25', [1, 1, 'value-corrected'], [0.25, 0.25]],
    ['interval 1.2346\ntimeout 2.0006', [1, 2, 'value-corrected', 'value-corrected'], [1.235, 2.001, 'value-corrected', 'value-corrected']],
    ['interval 3\ntimeout 0', [3, 1, 'value-corrected'], [3, 1, 'value-corrected']],
    ['interval 4294\ntimeout 4295', [4294, 4294, 'value-out-of-range'], [4294, 4294, 'value-out-of-range']],
  ])('%j', (lines, old, later) => {
    expect(times(lines, '2.2')).toEqual(old)
    expect(times(lines, '2.3+')).toEqual(later)
  })

  it('says which release counts fractions', () => {
    expect(read(script('interval 0.5'), '2.2').remedies).toEqual(['write whole seconds; since 2.3.2 (keepalived: 2.3+) fractions count'])
  })
})

describe('keywords that came after 2.2.7', () => {
  it('are unknown to 2.2, and it is said who knows them', () => {
    const { config, codes, remedies } = read(instance('nopreempt\ntimer_expired_backup 90\nowner_ignore_adverts'), '2.2')
    expect(codes).toEqual(['unknown-keyword', 'unknown-keyword'])
    expect(remedies[0]).toBe('releases after 2.2 know it: say keepalived: 2.3+ in the scenario, or remove it')
    expect(first(config)).not.toHaveProperty('timerExpiredBackup')
  })

  it.each([
    ['nopreempt\ntimer_expired_backup', 254, []],
    ['nopreempt\ntimer_expired_backup 90', 90, []],
    ['nopreempt\nthread_timer_expired 90', 90, ['keyword-renamed']],
    ['nopreempt\ntimer_expired_backup 255', undefined, ['value-out-of-range']],
    ['timer_expired_backup 90', undefined, ['timer-expired-cleared']],
    ['state MASTER\npriority 100\nnopreempt\ntimer_expired_backup 90', undefined, ['nopreempt-cleared', 'timer-expired-cleared']],
  ])('timer_expired_backup needs nopreempt: %j', (lines, expected, problems) => {
    const { config, codes } = read(instance(lines), '2.3+')
    expect(first(config).timerExpiredBackup).toBe(expected)
    expect([...codes].sort()).toEqual([...problems].sort())
  })

  it.each([
    ['priority 255\nowner_ignore_adverts', '', true, []],
    ['priority 255', 'vrrp_owner_ignore_adverts', true, []],
    ['priority 255', '', undefined, []],
    ['priority 255\nstrict_mode on', '', true, []],
    ['priority 255\nowner_ignore_adverts off', '', true, ['owner-ignored']],
    ['priority 100\nowner_ignore_adverts', '', undefined, ['owner-ignored']],
    ['priority 100', 'vrrp_owner_ignore_adverts', undefined, []],
  ])('owner_ignore_adverts is for owners: %j, global %j', (lines, globals, expected, problems) => {
    const { config, codes } = read(`global_defs {\n${globals}\n}\n${instance(lines)}`, '2.3+')
    expect(first(config).ownerIgnoresAdverts).toBe(expected)
    expect(codes).toEqual(problems)
  })

  it('those that a simulation does not need are listed, as those of 2.2 are', () => {
    const text = `global_defs {\nstate_dump_file /x\n}\n${instance('v3_checksum_as_v2')}`
    expect(read(text, '2.3+')).toMatchObject({ codes: [], ignored: ['state_dump_file', 'v3_checksum_as_v2'] })
    expect(read(text, '2.2').codes).toEqual(['unknown-keyword', 'unknown-keyword'])
  })

  it('are printed so that they read the same', () => {
    const text = `global_defs {\nvrrp_owner_ignore_adverts\n}\n${script('interval 0.25\ntimeout 0.1')}${instance('nopreempt\ntimer_expired_backup 90')}`
    const { config } = read(text, '2.3+')
    const printed = printKeepalived(config)
    const again = read(printed, '2.3+')
    expect(again.codes).toEqual([])
    expect(printKeepalived(again.config)).toBe(printed)
    expect(first(again.config)).toMatchObject({ nopreempt: true, timerExpiredBackup: 90 })
    expect(again.config.globals.ownerIgnoresAdverts).toBe(true)
    expect(again.config.scripts[0]).toMatchObject({ intervalNs: 250_000_000, timeoutNs: 100_000_000 })
  })
})
