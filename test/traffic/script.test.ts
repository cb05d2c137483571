/**
 * Goal: a script does what it lists when it lists it, and says what became of each request, echo line and connection.
 * Method: a client and two real servers behind a director; a few actions by hand, timed on cables of 50 µs.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { Simulation } from '../../sim-core/compile/index.ts'
import { conform } from '../../sim-core/index.ts'
import type { ScriptOutcome } from '../../sim-core/traffic/index.ts'

const LINK = { delay_us: 50 }
const VIP = '10.0.0.100'
const RULES = [80, 7000]
  .flatMap(port => [`-A -t ${VIP}:${port} -s rr`, ...[21, 22].map(r => `-a -t ${VIP}:${port} -r 10.0.0.${r}:${port} -g -w 1`)])
  .join('\n')
const client = { host: 'c1', src: '10.0.0.50:30000' }

/** Runs the actions; `told` are lines of the recording that the actions need (an answer makes a connect a request). */
function run(actions: object[], told: object[] = []): readonly ScriptOutcome[] {
  const recorded = {
    id: 'x',
    title: 'by hand',
    group: 'ipvs',
    hosts: {
      c1: { address: '10.0.0.50', link: LINK },
      d1: { address: '10.0.0.11', link: LINK, ipvsadm: 'd1.rules' },
      r1: { address: '10.0.0.21', link: LINK, vip_on_lo: [VIP] },
      r2: { address: '10.0.0.22', link: LINK, vip_on_lo: [VIP] },
    },
    actions,
    duration_s: 10,
    measured: { engine: 'virtual time', hz: 100, jiffies_at_t0: 0 },
  }
  const files = mapFiles({
    'x/case.json': JSON.stringify(recorded),
    'x/d1.rules': RULES,
    'x/observed.jsonl': told.map(t => JSON.stringify(t)).join('\n'),
  })
  const { case: file, problems } = conform.readCase(files, 'x')
  if (file === undefined) throw new Error(JSON.stringify(problems))
  const { model } = conform.modelOf(file, files)
  if (model === undefined) throw new Error('no model')
  const simulation = new Simulation(model)
  simulation.run()
  return simulation.applications.traffic.script.outcomes
}

const answer = (id: string, t: number, more: object = {}) => ({
  t: t + 1,
  kind: 'response',
  client: 'c1',
  id,
  t_start: t,
  elapsed_s: 1,
  status: 200,
  server: 'r1',
  ...more,
})
const connect = (t: number, id: string, port = 80, src = client.src) => ({ t, do: 'connect', host: 'c1', to: `${VIP}:${port}`, id, src })

describe('a script', () => {
  it('asks as soon as it is connected, and is answered by the server that rr has next', () => {
    const outcomes = run([connect(1, 'a'), connect(2, 'b', 80, '10.0.0.50:30001')], [answer('a', 1), answer('b', 2)])
    expect(outcomes.map(o => [o.id, o.fate, o.status])).toEqual([
      ['a', 'ok', 200],
      ['b', 'ok', 200],
    ])
    expect(outcomes[0].server).not.toBe(outcomes[1].server)
    // SYN and request cross two cables to the director and two from it, answers two: 300 µs each; ARP: client, director, server.
    expect(outcomes[0].endNs - outcomes[0].sinceNs).toBe(3 * 200_000 + 2 * 300_000)
  })

  it('only opens a connection when nothing answers in the recording', () => {
    expect(run([connect(1, 'a')])).toEqual([])
  })

  it('sends echo lines when it is connected, not before', () => {
    const outcomes = run([connect(1, 'e', 7000), { t: 1.00001, do: 'send', host: 'c1', id: 'e', n: 1, size: 5 }])
    expect(outcomes.map(o => [o.id, o.fate])).toEqual([['e#1', 'ok']])
    expect(outcomes[0].endNs - outcomes[0].sinceNs).toBe(300_000)
  })

  it('gives up when the recorded tool did, and notes the answer that comes later', () => {
    const hang = { t: 0.5, do: 'sysctl', host: 'd1', key: 'net.ipv4.ip_forward', value: 1 }
    const cut = (t: number, yes: boolean) => ({ t, do: 'partition', host: 'd1', cut: yes })
    const outcomes = run(
      [hang, connect(1, 'e', 7000), cut(2, true), { t: 3, do: 'send', host: 'c1', id: 'e', n: 1, size: 5 }, cut(4, false)],
      [{ ...answer('e#1', 3), elapsed_s: 0.5, error: 'timed out', status: undefined, server: undefined }],
    )
    expect(outcomes.map(o => [o.id, o.fate])).toEqual([
      ['e#1', 'timed out'],
      ['e#1.late', 'ok'],
    ])
    expect(outcomes[0].endNs).toBe(3.5e9)
  })

  it('is reset by a director that does not know its connection', () => {
    const expire = { t: 0.5, do: 'sysctl', host: 'd1', key: 'net.ipv4.vs.expire_nodest_conn', value: 1 }
    const removed = { t: 2, do: 'ipvsadm', host: 'd1', args: `-D -t ${VIP}:7000`, t_end: 2 }
    const outcomes = run([expire, connect(1, 'e', 7000), removed, { t: 3, do: 'send', host: 'c1', id: 'e', n: 1, size: 5 }])
    expect(outcomes.map(o => o.fate)).toEqual(['reset'])
  })

  it('closes when it has its answer, or at once', () => {
    const outcomes = run(
      [connect(1, 'a'), { t: 1.0001, do: 'close', host: 'c1', id: 'a', how: 'fin' }, { t: 3, do: 'request', host: 'c1', id: 'a' }],
      [answer('a', 1, { t: 1.00005 })],
    )
    expect(outcomes.map(o => o.fate)).toEqual(['ok', 'reset'])
  })
})
