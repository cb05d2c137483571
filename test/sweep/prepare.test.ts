/** Goal: what a sweep is asked is checked before the first run, every point of it. Method: questions about a small scenario. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareSweep, type SweepQuestion } from '../../cli/sweep/prepare.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvsim-prepare-'))
  writeFileSync(
    join(folder, 's.yaml'),
    'scenario: two hosts\nduration: 2s\nhosts: { a: { address: 10.0.0.1/24 }, b: { address: 10.0.0.2/24, serves: ["udp 5000"] } }\ntraffic: { t: { from: a, to: 10.0.0.2:5000, udp: { rate: 1Mbit } } }\nexpect: [{ metric: traffic.loss, is: 0 }]\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ask = (more: Partial<SweepQuestion>) =>
  prepareSweep({ file: join(folder, 's.yaml'), vary: [], set: [], metrics: [], seeds: 3, ...more })
const problems = (more: Partial<SweepQuestion>): string => {
  const asked = ask(more)
  return 'design' in asked ? '' : asked.map(p => `${p.message} / ${p.remedy}`).join('\n')
}

describe('a question that is refused', () => {
  it.each<[Partial<SweepQuestion>, string]>([
    [{ vary: ['nonsense=1,2'] }, '(at nonsense=1)'],
    [{ vary: ['links.default.rate=1Gbit,2'] }, '(at links.default.rate=2)'],
    [{ vary: ['vips=2'] }, 'no host has a keepalived.conf'],
    [{ vary: ['links.default.rate=1Gbit', 'links.default.rate=2Gbit'] }, 'it is varied twice'],
    [{ vary: ['phase=0s..1s/1ms'], seeds: 1_000_000 }, 'that is 1001 points and 1001000000 runs'],
    [{ metrics: ['traffic.los:t'] }, 'did you mean "traffic.loss"?'],
    [{ metrics: ['traffic.loss:t:later'] }, 'there is no window "later"'],
    [{ metrics: ['traffic.delay:t:run:p98'] }, 'traffic.delay has no p98'],
    [{ metrics: ['traffic.loss:t:run:mean:x'] }, 'it has too many parts'],
    [{ metrics: ['vip.owner:10.0.0.9@soon'] }, '"soon"'],
    [{ metrics: [''], vary: [''] }, 'there is no name of a metric'],
  ])('%j', (question, message) => expect(problems(question)).toContain(message))
})

describe('a design', () => {
  const prepared = (more: Partial<SweepQuestion> = {}) => {
    const asked = ask(more)
    if (!('design' in asked)) throw new Error(asked[0].message)
    return asked
  }
  it('measures what is expected, then what was asked for, in the words of expectations', () => {
    const [point] = prepared({ metrics: ['traffic.delay:t:run:p99', 'link.offered:a->switch@1s', 'traffic.sent'] }).design.points
    expect(point.measures.map(m => m.text)).toEqual(
      ['traffic.loss: 0', 'traffic.delay of t, window run, p99', 'link.offered of a→switch, at 1 s', 'traffic.sent'].map(text =>
        text.replace(/^traffic.(loss|sent)/, 'traffic.$1 of t'),
      ),
    )
  })
  it('is named by what decides its runs: files, values, seeds', () => {
    const same = [prepared(), prepared()].map(p => p.config)
    const others = [
      prepared({ seeds: 4 }),
      prepared({ seedFirst: 2 }),
      prepared({ set: ['duration=3s'] }),
      prepared({ metrics: ['traffic.sent'] }),
      prepared({ precision: 0.1 }),
    ]
    expect(same[0]).toBe(same[1])
    expect(new Set([same[0], ...others.map(p => p.config)]).size).toBe(6)
  })
  it('a point keeps its name when others come along, so that its runs can be used again', () => {
    const few = prepared({ vary: ['links.default.rate=1Gbit'] }).design.points[0].hash
    const more = prepared({ vary: ['links.default.rate=1Gbit,2Gbit'], seeds: 50 }).design.points[0].hash
    expect(more).toBe(few)
  })
})
