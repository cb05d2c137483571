/**
 * Goal: in lockstep a host that ran late is predicted from when it really acted, and one that acted early or not at all is
 * told.
 * Method: a recording of a lone director with one late advert, changed by hand.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../sim-core/base/files.ts'
import { conform } from '../../sim-core/index.ts'

const CONF = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 55
  priority 100
  advert_int 1
  garp_master_delay 0
  garp_master_repeat 1
  virtual_ipaddress { 10.0.0.9 }
}
`
const CASE = {
  id: 'x',
  title: 'a director alone, in real time',
  group: 'vrrp',
  hosts: { b1: { address: '10.0.0.1/24', keepalived: 'b1.conf' } },
  actions: [{ t: 0, do: 'start', host: 'b1', ready_t: 0.5 }],
  duration_s: 8,
  measured: { engine: 'real time' },
}
const advert = (t: number) => ({
  t,
  kind: 'advert',
  host: 'b1',
  src: '10.0.0.1',
  version: 2,
  vrid: 55,
  prio: 100,
  adv_int_s: 1,
  vips: ['10.0.0.9'],
})
/** Master 3.609 s after it was ready (3 × 1 s + 156/256 s), 12 ms late. */
const BEGIN = [
  { t: 0.5, kind: 'state', host: 'b1', instance: 'VI_1', state: 'BACKUP', init: true },
  advert(4.121),
  { t: 4.122, kind: 'vip', host: 'b1', ip: '10.0.0.9', present: true },
  { t: 4.122, kind: 'garp', host: 'b1', ip: '10.0.0.9' },
  { t: 4.123, kind: 'state', host: 'b1', instance: 'VI_1', state: 'MASTER' },
]
const END = { t: 7.9, kind: 'vip', host: 'nobody', ip: '10.0.0.8', present: false }

function score(adverts: number[]): conform.CaseScore {
  const lines = [...BEGIN, ...adverts.map(advert), END].map(l => JSON.stringify(l)).join('\n')
  const files = mapFiles({ 'x/case.json': JSON.stringify(CASE), 'x/b1.conf': CONF, 'x/observed.jsonl': lines })
  const replayed = conform.replayDirectory(files, 'x')
  if (replayed.score === undefined) throw new Error(JSON.stringify(replayed.problems))
  return replayed.score
}

describe('lockstep', () => {
  it('goes on from when the host really acted: 55 ms late each time is no drift', () => {
    expect(score([5.176, 6.231, 7.286])).toMatchObject({ ok: true, lockstep: true, matched: 8 })
  })

  it('tells an advert that comes later than 60 ms, and only that one', () => {
    const late = score([5.221, 6.222, 7.223])
    expect(late.total - late.matched).toBe(1)
    expect(late.firstDifference?.kind).toBe('advert')
  })

  it('tells an advert that comes early', () => {
    const early = score([5.122, 6.1, 7.101])
    expect(early.total - early.matched).toBe(1)
    expect(early.firstDifference?.got).toMatch(/later/)
  })

  it('tells an advert that is missing, and one too many', () => {
    expect(score([5.122, 7.124]).differences.map(d => d.kind)).toContain('advert')
    expect(score([5.122, 5.5, 6.123, 7.124]).ok).toBe(false)
  })
})
