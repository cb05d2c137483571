/**
 * Goal: a run is a function of the scenario and the seed. Twice the same, whatever the order of keys; an idle host
 * changes nobody; stopping, saving and going on changes nothing; another seed changes what was drawn.
 */
import { DROP_NO_SUCH_MAC } from '../../sim-core/net/index.ts'
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../sim-core/compile/index.ts'
import { finished, HOSTS, model, scenarioText } from './cluster.ts'

const base = finished(scenarioText())

describe('a run', () => {
  it('gives the same digest twice', () => {
    expect(finished(scenarioText()).digest()).toBe(base.digest())
  })

  it('does not depend on the order of hosts in the file', () => {
    expect(finished(scenarioText({ hosts: [...HOSTS].reverse() })).digest()).toBe(base.digest())
  })

  it.each(['a0', 'b1x', 'zz'])('an idle host named %s changes no other host', name => {
    const idle = `${name}: { address: 10.0.0.77/24 }`
    const run = finished(scenarioText({ hosts: [...HOSTS, idle] }))
    expect(run.digest()).toBe(base.digest())
    expect(run.hostDigests().filter(h => h.host !== name)).toEqual(base.hostDigests())
    expect(run.hostDigests().find(h => h.host === name)?.idle).toBe(true)
  })

  it('another seed draws other arrivals; constant arrivals draw nothing', () => {
    expect(finished(scenarioText({ seed: 2 })).digest()).not.toBe(base.digest())
    const constant = finished(scenarioText({ arrivals: 'constant' }))
    expect(finished(scenarioText({ arrivals: 'constant', seed: 2 })).digest()).toBe(constant.digest())
  })

  it.each([0.5, 7.999, 8.0001, 11.3])('stopped at %s s, saved, restored into a new simulation and run on, it ends the same', atS => {
    const first = new Simulation(model(scenarioText()))
    first.run(atS * 1e9)
    const saved = first.snapshot()
    first.run()
    expect(first.digest()).toBe(base.digest())
    const second = new Simulation(model(scenarioText()))
    second.restore(saved)
    second.run()
    expect(second.digest()).toBe(base.digest())
    const [ours, theirs] = [second.result(), base.result()]
    for (const key of Object.keys(theirs) as (keyof typeof theirs)[]) expect([key, ours[key]]).toEqual([key, theirs[key]])
  })

  it('no packet is lost sight of: what is neither delivered nor on the way was dropped for a reason', () => {
    const { traffic } = base.result().measurements
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0)
    const dropped = traffic[0].dropped.reduce((all, column) => all + (column === undefined ? 0 : sum(column)), 0)
    expect(sum(traffic[0].sent) - sum(traffic[0].delivered) - sum(traffic[0].unresolved) - dropped).toBe(0)
    // b1 dies at 8 s; b2 has the VIP 3 s + 156/256 s after the last advert: until then the switch floods 20 Mbit/s, for nobody.
    const untaken = sum(traffic[0].dropped[DROP_NO_SUCH_MAC] ?? new Float64Array())
    expect(untaken).toBeGreaterThan(2.6 * (20e6 / 12_000))
    expect(untaken).toBeLessThan(3.7 * (20e6 / 12_000))
  })
})
