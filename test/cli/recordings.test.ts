/** Goal: `lvsim run --pcap DIR --trace OUT` leaves whole files or none, and says what it could not write. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTrace } from '../../sim-core/trace/index.ts'
import { readCapture } from '../report/pcapng/reader.ts'
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
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('--pcap and --trace hold one run: give one scenario')])
  })
})
