/**
 * Goal: `keepalived:` and `kernel:` of a scenario reach the reader of its files, the processes and the directors.
 * Method: the small cluster. Its b1 stands still for 4 s while it is MASTER, b2 takes over after 3.61 s; 2.3+ then keeps
 * b1 in BACKUP, which nopreempt alone does not.
 */
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../sim-core/compile/index.ts'
import { FILES, HOSTS, keepalivedConf, model, RULES, scenarioText } from './cluster.ts'

const WORDS = '  nopreempt\n  timer_expired_backup 100\n'
const EVENTS = ['{ at: 7.9s, freeze: b1 }', '{ at: 11.9s, thaw: b1 }']

function run(head: string, events: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const read = model(`${head}\n${scenarioText({ hosts: HOSTS, events })}`, { ...FILES, ...files })
  const simulation = new Simulation(read)
  simulation.run()
  return { read, simulation }
}

const holders = (simulation: Simulation): string[] =>
  ['b1', 'b2'].filter((_, host) => simulation.keepalived.stateOf(host)?.state.vrrp.instances.some(i => i.state === 'MASTER'))

describe('a scenario’s releases', () => {
  const watching = { 'b1.conf': keepalivedConf(110).replace('  advert_int', `${WORDS}  advert_int`) }

  it.each([
    ['keepalived: 2.2', ['unknown-keyword'], ['b1']],
    ['keepalived: 2.3+', [], ['b2']],
  ])('%s: a MASTER that stood still, with timer_expired_backup', (head, problems, owner) => {
    const { read, simulation } = run(head, EVENTS, watching)
    expect(read.problems.map(p => p.code)).toEqual(problems)
    expect(holders(simulation)).toEqual(owner)
  })

  it.each([
    ['kernel: 5.x', 0],
    ['kernel: 6.x', 1],
  ])('%s: services with twos', (head, services) => {
    const { simulation } = run(head, ['{ at: 8s, crash: b1 }'], { rules: RULES.replace('-s rr', '-s twos') })
    expect(simulation.tables(1).services).toHaveLength(services)
  })
})
