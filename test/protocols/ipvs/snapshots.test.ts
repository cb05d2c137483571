/**
 * Goal: a director put back from a snapshot goes on exactly as if nothing had happened.
 * Method: templates, sync, thresholds, random scheduling and expiring entries at once; run on from a snapshot twice and compare
 * everything that can be seen.
 */
import { describe, expect, it } from 'vitest'
import { captureState, reinstateState } from '../../../sim-core/base/tables.ts'
import { Workbench } from './bench-director.ts'

const RULES = `-A -t 10.0.0.100:80 -s twos
-a -t 10.0.0.100:80 -r 10.0.0.21:80 -g -w 1
-a -t 10.0.0.100:80 -r 10.0.0.22:80 -g -w 2 -x 40
-A -t 10.0.0.101:80 -s wrr -p 30
-a -t 10.0.0.101:80 -r 10.0.0.21:80 -i -w 3
-a -t 10.0.0.101:80 -r 10.0.0.22:80 -i -w 1
-A -u 10.0.0.102:53 -s mh
-a -u 10.0.0.102:53 -r 10.0.0.21:53 -m -w 3
-a -u 10.0.0.102:53 -r 10.0.0.22:53 -m -w 1`

function drive(b: Workbench, fromS: number, toS: number): void {
  for (let s = fromS; s < toS; s++) {
    b.run(s + 0.123)
    const port = 2000 + s
    for (const f of ['S', 'A', 'A', s % 3 === 0 ? 'A' : 'FA']) b.packet(`10.0.0.50:${port}`, '10.0.0.100:80', f)
    for (const f of ['S', 'A', 'FA']) b.packet(`10.0.0.${50 + (s % 4)}:${port}`, '10.0.0.101:80', f)
    b.packet(`10.0.0.50:${3000 + (s % 50)}`, '10.0.0.102:53', null)
    if (s === 70) b.ipvsadm('-d -t 10.0.0.100:80 -r 10.0.0.21:80')
    if (s === 90) b.ipvsadm('-a -t 10.0.0.100:80 -r 10.0.0.21:80 -g -w 5')
  }
}

const seen = (b: Workbench): unknown => ({ tables: [b.tables(0), b.tables(1)], sent: b.sent.length, last: b.sent.slice(-200) })

describe('snapshots of IPVS', () => {
  it.each([10, 64, 100])('from second %i', at => {
    const b = new Workbench(250, 0)
    b.load(RULES)
    b.ipvsadm('--start-daemon master --mcast-interface eth0')
    b.ipvs.sysctl(0, 'drop_entry', 3)
    drive(b, 0, at)
    const parts = [b.engine, b.engine.timers, b.packets, b.addresses, b.ipvs]
    const taken = parts.map(captureState)
    const sentThen = b.sent.length
    drive(b, at, 200)
    const first = seen(b)
    parts.forEach((part, i) => {
      reinstateState(part, taken[i])
    })
    b.sent.length = sentThen
    drive(b, at, 200)
    expect(seen(b)).toEqual(first)
  })

  it('a director that boots has empty tables, and jiffies that began again', () => {
    const b = new Workbench(250, 12_345)
    b.load(RULES)
    drive(b, 0, 20)
    b.ipvs.reset(0)
    expect(b.tables()).toEqual({ services: [], connections: [] })
    b.load(RULES)
    drive(b, 20, 30)
    b.run(400)
    expect(b.connections().filter(c => c.includes('FIN_WAIT'))).toEqual([])
    const fresh = new Workbench(250)
    expect(b.director.clock.fireAt(500e9, 30_000) - 500e9).toBeGreaterThan(120e9)
    expect(fresh.director.clock.fireAt(0, 30_000)).toBe(b.director.clock.fireAt(19_123_000_000, 30_000) - 19_120_000_000)
  })
})
