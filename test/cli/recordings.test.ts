/** Goal: `lvsim run --pcap DIR --trace OUT` leaves whole files or none, and says what it could not write. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTrace } from '../../sim-core/trace/index.ts'
import { readCapture } from '../report/pcapng/reader.ts'
import { editedScenario } from '../../cli/edited.ts'
import { lvsim } from './lvsim.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-recordings-'))
  writeFileSync(
    join(folder, 's.yaml'),
    'scenario: two hosts\nduration: 2s\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }\ntraffic: { t: { from: a, to: 10.0.0.2:5000, start: 0s, stop: 1s, udp: { rate: 1Mbit } } }\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const run = (...args: string[]) => lvsim(['run', 's.yaml', ...args], {}, { cwd: folder })

describe('recordings', () => {
  it('hold every packet, in a capture for each interface and in the trace', async () => {
    const ended = await run('--pcap', 'deep/captures', '--trace', 'out.lvsim')
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(readdirSync(join(folder, 'deep/captures'))).toEqual(['a-eth0.pcapng', 'b-eth0.pcapng'])
    const [a, b] = ['a', 'b'].map(h => readCapture(readFileSync(join(folder, `deep/captures/${h}-eth0.pcapng`))))
    expect(a.packets.length).toBe(b.packets.length)
    expect(a.packets.map(p => p.direction).filter(d => d === 2).length).toBeGreaterThan(80)
    const parsed = parseTrace(Uint8Array.from(readFileSync(join(folder, 'out.lvsim'))))
    const flights =
      'trace' in parsed ? parsed.trace.flights.map((list, i) => [parsed.trace.header.links[i].name, list.countUntil(2e9, true)]) : []
    expect(flights).toContainEqual(['a→switch', a.packets.filter(p => p.direction === 2).length])
  })
  it('that cannot be written are told, the run’s answer is printed all the same, and nothing half is left', async () => {
    writeFileSync(join(folder, 'file'), 'kept')
    mkdirSync(join(folder, 'taken/b-eth0.pcapng'), { recursive: true })
    for (const args of [
      ['--pcap', 'file'],
      ['--trace', 'file/out'],
      ['--pcap', 'taken'],
    ]) {
      const ended = await run(...args)
      expect(ended.code).toBe(2)
      expect(ended.stdout).toContain('HOLDS: all that was sent was delivered.')
      expect(ended.stderr).toContain('error[cannot-write]')
    }
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept')
    expect(readdirSync(folder).filter(f => f.endsWith('.new'))).toEqual([])
  })
  it('beyond the limit are counted', async () => {
    const ended = await run('--pcap', 'short', '--set', 'limits.packet_rows=10')
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain('warning[capture-limit]: it holds the first 10 frames')
  })
  it('are of one run', async () => {
    const ended = await run('s.yaml', '--pcap', 'x')
    expect([ended.code, ended.stderr]).toEqual([
      2,
      expect.stringContaining('--pcap, --trace, --series and --html hold one run: give one scenario'),
    ])
  })
  it('--series is every metric over time, one value a row', async () => {
    await run('--series', 'out.csv')
    await run('--series', 'out.json')
    const rows = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n')
    expect(rows[0]).toBe('metric,of,from_s,to_s,value,unit')
    // 1 Mbit/s of 1500-byte packets for one of two seconds: 84 packets, the first at once.
    expect(rows.filter(r => r.startsWith('traffic.sent,'))).toEqual(['traffic.sent,t,0,1,84,packets', 'traffic.sent,t,1,2,0,packets'])
    const { series, seed } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))
    expect(series.find((x: { metric: string }) => x.metric === 'traffic.sent')).toEqual({
      ...{ metric: 'traffic.sent', unit: 'packets', of: 't' },
      points: [
        [0, 1, 84],
        [1, 2, 0],
      ],
    })
    const count = series.reduce((sum: number, x: { points: unknown[] }) => sum + x.points.length, 0)
    expect([seed, count]).toEqual([1, rows.length - 2])
    expect((await run('--series', 'out.txt')).stderr).toContain('write a name that ends in .csv or .json')
  })
})

describe('what the page is given', () => {
  it('has --set and --seed written into it', () => {
    const text = '# about\nscenario: x\nhosts: { a: { address: 10.0.0.1/24 } }\n'
    expect(editedScenario(text, { set: ['hosts.a.link.rate=10Gbit', 'duration=3s'], seed: 7 })).toBe(
      '# about\nscenario: x\nhosts: { a: { address: 10.0.0.1/24, link: { rate: 10Gbit } } }\nduration: 3s\nseed: 7\n',
    )
    expect(editedScenario(text, {})).toBe(text)
  })
  it('is checked with them: what test says to look at a failure is understood', async () => {
    const ended = await lvsim(['view', 's.yaml', '--seed', '7', '--at', '1s', '--set', 'duration=never'], {}, { cwd: folder })
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain('--set duration=never:1:1: error[')
  })
})
