/** printKeepalived: what is printed reads back to the same tree, and printing again gives the same text. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { type Duration, milliseconds, seconds } from '../../sim-core/base/units.ts'
import { type KeepalivedConfig, parseKeepalived, printKeepalived, type VrrpInstance } from '../../sim-core/config/index.ts'

const folder = new URL('../fixtures/config/keepalived/', import.meta.url)
const recorded = readdirSync(new URL('recorded/', folder)).sort()
const fixture = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const read = (text: string) => parseKeepalived('k.conf', mapFiles({ 'k.conf': text }))

/** The tree without places, which printing moves. */
const bare = (config: KeepalivedConfig): unknown =>
  JSON.parse(JSON.stringify(config, (key, value) => (key === 'at' || key === 'where' ? undefined : value)))

describe('printKeepalived', () => {
  it.each(['everything.conf', ...recorded.map(f => `recorded/${f}`)])('%s survives', name => {
    const first = read(fixture(name))
    const text = printKeepalived(first.config)
    const second = read(text)
    expect(second.problems.filter(p => p.code !== 'strict-garp')).toEqual([])
    expect(bare(second.config)).toEqual(bare(first.config))
    expect(printKeepalived(second.config)).toBe(text)
  })

  it('everything.conf is read without a problem', () => expect(read(fixture('everything.conf')).problems).toEqual([]))

  it('writes only what differs from the defaults', () => {
    const { config } = read(fixture('recorded/v01-b1.conf'))
    expect(printKeepalived({ ...config, instances: config.instances.slice(0, 1) })).toBe(`global_defs {
    router_id b1
}

vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 55
    priority 102
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass s3cr3t
    }
    virtual_ipaddress {
        10.10.1.10/24
    }
}
`)
  })

  it('any instance survives', () => {
    const base = read(fixture('recorded/v01-b1.conf')).config
    const name = fc.string({
      unit: fc.constantFrom('a', 'B', '1', '_', ' ', '#', '!', '{', '}', '@', '$', '~'),
      minLength: 1,
      maxLength: 8,
    })
    const ms = (max: number) => fc.nat(max).map(n => milliseconds(n))
    const instance = fc.record({
      name,
      state: fc.constant('BACKUP' as const),
      vrid: fc.integer({ min: 1, max: 255 }),
      priority: fc.integer({ min: 1, max: 254 }),
      advertIntNs: fc.integer({ min: 1, max: 4095 }).map(cs => (cs * 10_000_000) as Duration),
      version: fc.constant(3 as const),
      preemptDelayNs: ms(1_000_000),
      garpMasterDelayNs: fc.nat(100).map(n => seconds(n)),
      garpMasterRepeat: fc.integer({ min: 1, max: 9 }),
      lowerPrioNoAdvert: fc.boolean(),
      higherPrioSendAdvert: fc.boolean(),
      downTimerAdverts: fc.integer({ min: 1, max: 100 }),
      dontTrackPrimary: fc.boolean(),
      accept: fc.boolean(),
    })
    fc.assert(
      fc.property(instance, drawn => {
        const one: VrrpInstance = { ...base.instances[0], ...drawn }
        delete (one as { auth?: unknown }).auth
        const config: KeepalivedConfig = { ...base, instances: [one] }
        const back = read(printKeepalived(config))
        expect(back.problems).toEqual([])
        expect(bare(back.config)).toEqual(bare(config))
      }),
      { numRuns: 200 },
    )
  })
})
