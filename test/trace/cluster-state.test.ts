/** Goal: who was what at t, told from the happenings, is the same whether one jumps there or walks there. */
import { describe, expect, it } from 'vitest'
import { ClusterStates, type Happening, nextHappening, previousHappening, Trace } from '../../sim-core/trace/index.ts'
import { header } from './synthetic.ts'

const S = 1e9
const h = (t: number, host: string, kind: Happening['kind'], fields: Happening['fields']): Happening => ({
  t: t as never,
  host,
  kind,
  what: '',
  fields,
})

function trace(): Trace {
  const t = new Trace(header(60 * S))
  t.happenings.push(
    h(0, 'b1', 'state', { instance: 'VI_1', state: 'BACKUP', vrid: 51 }),
    h(0, 'b2', 'state', { instance: 'VI_1', state: 'BACKUP', vrid: 51 }),
  )
  t.happenings.push(
    h(4 * S, 'b1', 'state', { instance: 'VI_1', state: 'MASTER' }),
    h(4 * S, 'b1', 'vip', { ip: '10.0.0.1', present: true }),
  )
  for (let n = 80; n < 400; n++) t.happenings.push(h((n * S) / 20, 'b1', 'advert', { vrid: 51, adv_int_s: 1 }))
  t.happenings.push(h(20 * S, 'b1', 'fault', { verb: 'crash' }), h(24 * S, 'b2', 'state', { instance: 'VI_1', state: 'MASTER' }))
  t.happenings.push(h(24 * S, 'b2', 'vip', { ip: '10.0.0.1', present: true }), h(30 * S, 'b1', 'fault', { verb: 'boot' }))
  return t
}

describe('the cluster’s state at an instant', () => {
  it('follows states, VIPs and faults', () => {
    const states = new ClusterStates(trace())
    expect(states.at(3 * S)['b1'].instances['VI_1'].state).toBe('BACKUP')
    expect(states.at(4 * S)['b1']).toMatchObject({ up: true, vips: ['10.0.0.1'], instances: { VI_1: { state: 'MASTER', sinceNs: 4 * S } } })
    expect(states.at(22 * S)['b1']).toMatchObject({ up: false, vips: [], instances: { VI_1: { state: 'STOP' } } })
    expect(states.at(25 * S)['b2'].vips).toEqual(['10.0.0.1'])
    expect(states.at(31 * S)['b1'].up).toBe(true)
  })

  it('a jump back gives what walking gave, and changes nothing later', () => {
    const walking = new ClusterStates(trace())
    const seen = [0, 2, 4, 10, 19.97, 20, 24, 40].map(s => JSON.stringify(walking.at(s * S)))
    const jumping = new ClusterStates(trace())
    for (const i of [7, 0, 5, 3, 6, 1, 4, 2]) expect(JSON.stringify(jumping.at([0, 2, 4, 10, 19.97, 20, 24, 40][i] * S))).toBe(seen[i])
  })

  it('an advert restarts the timers of its group on every host that hears', () => {
    const s = new ClusterStates(trace()).at(10.01 * S)
    expect(s['b2'].instances['VI_1'].advertNs).toBe(10 * S)
    expect(s['b2'].instances['VI_1'].advertIntervalNs).toBe(S)
  })

  it('steps over what is not shown', () => {
    const t = trace()
    const shown = (e: Happening): boolean => e.kind !== 'advert'
    expect(nextHappening(t, 4 * S, shown)?.t).toBe(20 * S)
    expect(previousHappening(t, 20 * S, shown)?.t).toBe(4 * S)
    expect(nextHappening(t, 30 * S, shown)).toBeUndefined()
    expect(previousHappening(t, 0, shown)).toBeUndefined()
  })
})
