/** Quantities, addresses and ranges: values, refusals that say what to write, and that nothing makes them throw. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NEVER } from '../../sim-core/base/units.ts'
import * as c from '../../sim-core/config/index.ts'

const value = (r: c.Reading<unknown>) => (r.ok ? r.value : `refused: ${r.reason}`)
const refusal = (r: c.Reading<unknown>) => (r.ok ? 'taken' : `${r.reason}; ${r.remedy}`)

describe('values', () => {
  it.each([
    ['20us', 20_000],
    ['20 µs', 20_000],
    ['1.5ms', 1_500_000],
    ['10s', 10_000_000_000],
    ['3.606s', 3_606_000_000],
    ['5min', 300_000_000_000],
    ['2h', 7_200_000_000_000],
    ['7ns', 7],
    [0, 0],
    ['0', 0],
  ])('duration %s', (text, ns) => expect(value(c.readDuration(text))).toBe(ns))

  it.each([
    ['1Gbit', 1e9],
    ['1.5Gbit', 1.5e9],
    ['100 Mbit/s', 1e8],
    ['100Mbps', 1e8],
    ['64kbit', 64_000],
    ['9600bit', 9600],
  ])('rate %s', (text, bps) => expect(value(c.readRate(text))).toBe(bps))

  it.each([
    ['1500B', 1500],
    ['64kB', 64_000],
    ['64KiB', 65_536],
    ['1.5kB', 1500],
    ['2MiB', 2_097_152],
  ])('size %s', (text, bytes) => expect(value(c.readSize(text))).toBe(bytes))

  it('queues count packets or bytes', () => {
    expect(value(c.readQueue('1000 packets'))).toEqual({ unit: 'packets', limit: 1000 })
    expect(value(c.readQueue('1 packet'))).toEqual({ unit: 'packets', limit: 1 })
    expect(value(c.readQueue('64kB'))).toEqual({ unit: 'bytes', limit: 64_000 })
  })

  it('frequencies, percentages, counts', () => {
    expect(value(c.readPerSecond('100/s'))).toBe(100)
    expect(value(c.readPerSecond('2k / s'))).toBe(2000)
    expect(value(c.readPerSecond('30/min'))).toBe(0.5)
    expect(value(c.readPercentage('97.5 %'))).toBe(0.975)
    expect(value(c.readPercentage('102.5%', 10))).toBeCloseTo(1.025, 12)
    expect(value(c.readCount(50))).toBe(50)
    expect(value(c.readCount('50'))).toBe(50)
  })

  it('windows are [from, to); end is open', () => {
    expect(value(c.readWindow('10s..20s'))).toEqual({ fromNs: 10e9, toNs: 20e9 })
    expect(value(c.readWindow('1500ms .. end'))).toEqual({ fromNs: 1.5e9, toNs: NEVER })
  })

  it('addresses and ports', () => {
    expect(value(c.readAddress('10.10.1.1'))).toBe('10.10.1.1')
    expect(value(c.readCidr('10.10.1.1/24'))).toEqual({ address: '10.10.1.1', prefixLength: 24 })
    expect(value(c.readAddressRange('10.10.1.200-209'))).toEqual({ first: '10.10.1.200', last: '10.10.1.209', count: 10 })
    expect(value(c.readAddressRange('10.10.1.250-10.10.2.5'))).toMatchObject({ count: 12 })
    expect(value(c.readAddressRange('10.10.1.7'))).toMatchObject({ count: 1 })
    expect(c.addressesOf({ first: '10.0.0.255', last: '10.0.1.1', count: 3 })).toEqual(['10.0.0.255', '10.0.1.0', '10.0.1.1'])
    expect(value(c.readPortRange('1024-65535'))).toEqual({ first: 1024, last: 65535 })
    expect(value(c.readPortRange(80))).toEqual({ first: 80, last: 80 })
    expect(value(c.readEndpoint('10.0.0.1:80'))).toEqual({ address: '10.0.0.1', port: 80 })
  })

  it('IPv4 text and number are inverse', () => {
    fc.assert(fc.property(fc.nat(0xffffffff), n => c.parseIpv4(c.formatIpv4(n)) === n))
    expect(c.parseIpv4('010.0.0.1')).toBeUndefined()
    expect(c.netmaskOf(24)).toBe('255.255.255.0')
    expect(c.netmaskOf(0)).toBe('0.0.0.0')
    expect(c.isMulticast(c.parseIpv4('224.0.0.18')!)).toBe(true)
  })
})

describe('refusals say what to write instead', () => {
  it.each([
    [c.readRate(1000), '"1000" has no unit; write 1000Mbit or 1Gbit'],
    [c.readRate('10'), '"10" has no unit; write 10Mbit or 10Gbit'],
    [c.readRate('10MB/s'), '"10MB/s" counts bytes; write bits per second: 80Mbit'],
    [c.readRate('-1Gbit'), '"-1Gbit" is negative; write a rate of 0 or more, such as 100Mbit, 1Gbit or 1.5Gbit'],
    [c.readRate('0Gbit'), '"0Gbit" is no rate at all; write a rate above 0, such as 100Mbit, 1Gbit or 1.5Gbit'],
    [c.readRate('1 gig'), '"1 gig" has the unknown unit "gig"; write a rate such as 100Mbit, 1Gbit or 1.5Gbit'],
    [c.readDuration(20), '"20" has no unit; write 20s or 20ms'],
    [c.readDuration('soon'), '"soon" is not a duration; write a number and a unit, such as 20us, 1.5ms, 10s, 5min or 2h'],
    [c.readDuration('9999h'), '"9999h" is longer than 104 days; write a duration of at most 2500h'],
    [c.readWindow('20s..10s'), '"20s..10s" ends before it begins; write the earlier time first, such as 10s..20s'],
    [c.readWindow('10..20s'), '"10..20s": its beginning "10" has no unit; write 10s or 10ms'],
    [c.readSize('1.5B'), '"1.5B" is not a whole number of bytes; write 2B'],
    [c.readSize('1Mbit'), '"1Mbit" counts bits; write bytes, such as 1500B or 64kB'],
    [c.readQueue(1000), '"1000" has no unit; write 1000 packets or 1000B'],
    [c.readPercentage(0.02), '"0.02" has no unit; write 0.02 % (or 2 % if it is a ratio)'],
    [c.readPercentage('120 %'), '"120 %" is outside 0 % to 100 %; write a percentage from 0 % to 100 %, such as 2.5 %'],
    [c.readCount(1.5), '"1.5" is not a whole number; write a whole number of 0 or more'],
    [c.readCount(300, 1, 255), '"300" is out of range; write a whole number from 1 to 255'],
    [c.readAddress('10.0.0.1/24'), '"10.0.0.1/24" has a prefix length; write the address alone: 10.0.0.1'],
    [c.readAddress('fe80::1'), '"fe80::1" is an IPv6 address, which is not simulated; write an IPv4 address such as 10.10.1.1'],
    [c.readCidr('10.0.0.1'), '"10.0.0.1" has no prefix length; write 10.0.0.1/24'],
    [c.readAddressRange('10.0.0.9-3'), '"10.0.0.9-3" ends before it begins; write 10.0.0.3-10.0.0.9'],
    [c.readEndpoint('10.0.0.1'), '"10.0.0.1" has no port; write 10.0.0.1:80'],
    [c.readPortRange('0'), '"0" is not a port or a range of ports; write ports from 1 to 65535, such as 80 or 1024-65535'],
  ])('refusal %#', (reading, text) => expect(refusal(reading)).toBe(text))

  it('nothing makes a reader throw, and a refusal always has both parts', () => {
    const readers = [
      c.readDuration,
      c.readInstant,
      c.readWindow,
      c.readRate,
      c.readSize,
      c.readQueue,
      c.readPerSecond,
      c.readPercentage,
      c.readCount,
    ]
    const addressReaders = [c.readAddress, c.readCidr, c.readAddressRange, c.readPortRange, c.readEndpoint]
    const words = fc.array(fc.constantFrom('1', '0', '.', '-', '..', 's', 'Gbit', '%', '/', ':', ' ', 'B', '10.0.0.1', 'e9'), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          words.map(w => w.join('')),
        ),
        input => {
          for (const read of [...readers, ...addressReaders]) {
            const r = (read as (i: unknown) => c.Reading<unknown>)(input)
            if (!r.ok) expect(r.reason.length * r.remedy.length).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
