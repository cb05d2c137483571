/** Goal: what leaves the page is what other programs understand; what comes in is checked. Method: a pcapng reader of our own, tshark's where it is installed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { loadScenario, mapFiles, Simulation, Trace, traceSimulation } from '../../sim-core/index.ts'
import { secondsText, withEvent } from '../../viz/editor/scenario-text.ts'
import { wrongWithLesson } from '../../viz/lessons/check.ts'
import { writePcapng } from '../../viz/share/pcapng.ts'

const walk = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap(e => (e.isDirectory() ? walk(`${dir}/${e.name}`) : [`${dir}/${e.name}`]))
const files = Object.fromEntries(walk('scenarios').map(f => [f, readFileSync(f, 'utf8')]))

function traceOf(path: string, untilNs: number): Trace {
  const { model } = loadScenario(path, mapFiles(files))
  if (model === undefined) throw new Error(`${path} cannot be loaded`)
  const simulation = new Simulation(model)
  const tap = traceSimulation(simulation, { level: 'full', budgetRows: 1e6 })
  simulation.run(untilNs)
  const trace = new Trace(tap.header)
  trace.add(tap.take(simulation.happenings, untilNs))
  return trace
}

interface Frame {
  readonly link: number
  readonly tNs: number
  readonly data: Buffer
  readonly length: number
}

/** Blocks of a little-endian pcapng file. */
function readPcapng(bytes: Buffer): { links: string[]; frames: Frame[] } {
  const links: string[] = []
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; ) {
    const type = bytes.readUInt32LE(at)
    const length = bytes.readUInt32LE(at + 4)
    expect(length % 4).toBe(0)
    expect(bytes.readUInt32LE(at + length - 4)).toBe(length)
    if (type === 1) links.push(bytes.toString('utf8', at + 20, at + 20 + bytes.readUInt16LE(at + 18)))
    if (type === 6) {
      const captured = bytes.readUInt32LE(at + 20)
      const tNs = bytes.readUInt32LE(at + 12) * 2 ** 32 + bytes.readUInt32LE(at + 16)
      frames.push({
        link: bytes.readUInt32LE(at + 8),
        tNs,
        data: bytes.subarray(at + 28, at + 28 + captured),
        length: bytes.readUInt32LE(at + 24),
      })
    }
    at += length
  }
  return { links, frames }
}

describe('pcapng', () => {
  const trace = traceOf('scenarios/coursework/inactconn.yaml', 5.01e9)
  const bytes = Buffer.from(writePcapng(trace))
  const { links, frames } = readPcapng(bytes)

  it('has one interface a link and every packet at its nanosecond, in order', () => {
    expect(links).toEqual(trace.header.links.map(l => l.name))
    expect(frames).toHaveLength(trace.flights.reduce((n, l) => n + l.rows, 0))
    for (let i = 1; i < frames.length; i++) expect(frames[i].tNs).toBeGreaterThanOrEqual(frames[i - 1].tNs)
  })

  it('direct routing is to be seen: the SYN comes out of b1 with another MAC and the same addresses', () => {
    const syns = frames.filter(
      f => f.data.readUInt16BE(12) === 0x0800 && f.data[23] === 6 && (f.data[47] & 0x12) === 2 && f.data[29] === 10,
    )
    const into = syns.find(f => links[f.link] === 'switch→b1')
    const out = syns.find(f => links[f.link] === 'b1→switch')
    expect(into?.data.subarray(26, 34)).toEqual(out?.data.subarray(26, 34))
    expect(into?.data.subarray(0, 6)).not.toEqual(out?.data.subarray(0, 6))
    expect([...(into?.data.subarray(30, 34) ?? [])]).toEqual([172, 28, 128, 200])
  })

  it('IPv4 checksums are right, lengths are those of the packets', () => {
    const ip = frames.filter(f => f.data.readUInt16BE(12) === 0x0800)
    expect(ip.length).toBeGreaterThan(50)
    for (const f of ip) {
      let sum = 0
      for (let i = 14; i < 34; i += 2) sum += f.data.readUInt16BE(i)
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
      expect(sum).toBe(0xffff)
      expect(f.length).toBe(14 + f.data.readUInt16BE(16))
      expect(f.data.length).toBeLessThanOrEqual(f.length)
    }
  })

  it('tshark, where there is one, reads it without complaint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lvsim-pcapng-'))
    try {
      writeFileSync(join(folder, 'x.pcapng'), bytes)
      let text: string
      try {
        text = execFileSync('tshark', ['-r', join(folder, 'x.pcapng'), '-T', 'fields', '-e', '_ws.col.Protocol'], { encoding: 'utf8' })
      } catch (error) {
        // No tshark on this machine: our own reader above has looked at every block.
        expect((error as NodeJS.ErrnoException).code).toBe('ENOENT')
        return
      }
      expect(text).toMatch(/VRRP/)
      expect(text).not.toMatch(/Malformed/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('an event put into the text of a scenario', () => {
  const text = files['scenarios/coursework/failover-stop.yaml']

  it('stands in its place in time; everything else stays as it was written', () => {
    const changed = withEvent(text, 20e9, { crash: 'b2' })
    expect(changed).toContain('{ at: 20s, crash: b2 }')
    const events = (parse(changed ?? '') as { events: { at: string }[] }).events.map(e => e.at)
    expect(events).toEqual(['15.05s', '20s', '25.05s'])
    expect(changed?.split('\n').filter(l => l.startsWith('#'))).toEqual(text.split('\n').filter(l => l.startsWith('#')))
  })

  it('makes the list when there is none, and leaves alone what is no scenario', () => {
    expect(parse(withEvent('scenario: x\nduration: 5s\n', 1.5e9, { stop: 'b1' }) ?? '')).toMatchObject({
      events: [{ at: '1.5s', stop: 'b1' }],
    })
    expect(withEvent('a: [', 1, { stop: 'b1' })).toBeUndefined()
    expect(withEvent('', 1, { stop: 'b1' })).toBeUndefined()
    expect(withEvent('events: nonsense\n', 1, { stop: 'b1' })).toBeUndefined()
  })

  it.each([
    [0, '0s'],
    [12_345_000_000, '12.345s'],
    [1, '0.000000001s'],
    [20e9, '20s'],
  ])('%i ns is %s', (ns, said) => {
    expect(secondsText(ns)).toBe(said)
  })
})

describe('lessons', () => {
  const whole = (): Record<string, unknown> => parse(readFileSync('viz/lessons/failover.yaml', 'utf8')) as Record<string, unknown>

  it('those of the page, and the one in the documentation, are lessons', () => {
    for (const f of readdirSync('viz/lessons').filter(n => n.endsWith('.yaml')))
      expect(wrongWithLesson(parse(readFileSync(`viz/lessons/${f}`, 'utf8')))).toBeUndefined()
    const sample = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/LESSONS.md', 'utf8'))?.[1] ?? ''
    expect(parseDocument(sample).errors).toEqual([])
    expect(wrongWithLesson(parse(sample))).toBeUndefined()
  })

  it.each([
    ['nothing', null, /a lesson is a map/],
    ['no id', { ...whole(), id: 3 }, /^id:/],
    ['no steps', { ...whole(), steps: [] }, /^steps:/],
    ['a step without a time', { ...whole(), steps: [{ text: { en: 'x' } }] }, /^steps\[0\]: at:/],
    ['an end before its begin', { ...whole(), steps: [{ at: 5, until: 4, text: { en: 'x' } }] }, /^steps\[0\]: until:/],
    [
      'two right answers',
      {
        ...whole(),
        steps: [
          {
            at: 1,
            text: { en: 'x' },
            predict: { ask: { en: '?' }, answers: [0, 1].map(() => ({ text: { en: 'a' }, say: { en: 'b' }, right: true })) },
          },
        ],
      },
      /exactly one/,
    ],
  ])('%s is told', (_, raw, said) => {
    expect(wrongWithLesson(raw)).toMatch(said)
  })
})
