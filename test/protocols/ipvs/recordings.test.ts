/**
 * Goal: IPVS alone, fed with the packets that real directors received, shows what real directors showed: each chosen server,
 * each polled table, each state after a raw packet, each appearance, change and disappearance at its 10 ms tick.
 * Method: recorded-case.ts. Counts are those of the recordings, so a line that is no longer compared is noticed.
 */
import { describe, expect, it } from 'vitest'
import { RecordedCase } from './recorded-case.ts'

const EVERYTHING = ['scheduled', 'step', 'ipvs', 'conn', 'new', 'change', 'gone', 'persist', 'sync']

/** Case → lines of each kind in its observed.jsonl that are compared, all of them. */
const EXACT = [
  ...['i01', 'i02', 'i03', 'i04', 'i05', 'i06', 'i07', 'i09', 'i10', 'i11', 'i12'],
  ...['p01', 'p02', 'p03b', 'p04', 'p05', 'p06', 'p07_0', 'p07_1', 'p07_1_nodest', 'p07_2', 'p07_3', 'p08a', 'p08b'],
  ...['s01', 's02', 's03', 's04', 's05', 's06', 's07', 's08', 's09', 's10', 's11', 's12', 's13', 'y01'],
]

describe('recordings of real IPVS', () => {
  it.each(EXACT)('%s: every line', id => {
    const recorded = new RecordedCase(id)
    const comparable = recorded.lines.filter(l => EVERYTHING.includes(l.kind)).length
    const { matched, differences } = recorded.replay(EVERYTHING)
    expect(differences).toEqual([])
    expect(Object.values(matched).reduce((a, b) => a + b, 0)).toBe(comparable)
  })

  it('p03a: a removed server leaves its connections unanswered and gets them back', () => {
    // The connection lists after 8 s hang on when the clients' TCP sends again, which this replay does not have.
    const { matched, differences } = new RecordedCase('p03a').replay(['new', 'ipvs'])
    expect(differences).toEqual([])
    expect(matched).toEqual({ new: 8, ipvs: 4 })
  })

  it('i08: tunnels count as direct routing does (recorded in real time: tables only)', () => {
    const { matched, differences } = new RecordedCase('i08').replay(['ipvs'])
    expect(differences).toEqual([])
    expect(matched).toEqual({ ipvs: 14 })
  })

  it('s15: twos is random; of 120 connections each server gets its share by weight 1:2:3, within 3 standard deviations', () => {
    const recorded = new RecordedCase('s15')
    const { differences } = recorded.replay(['scheduled'])
    const chosen = new Map<string, number>()
    for (const id of recorded.chosenServers()) chosen.set(id.split(':')[0], (chosen.get(id.split(':')[0]) ?? 0) + 1)
    expect(differences.every(d => d.got !== 'null')).toBe(true)
    // A server of share q among n = 120: standard deviation √(n q (1 − q)) = 4.1, 5.2, 5.5; two choices only narrow it.
    expect(Math.abs((chosen.get('10.0.0.21') ?? 0) - 20)).toBeLessThan(12.3)
    expect(Math.abs((chosen.get('10.0.0.22') ?? 0) - 40)).toBeLessThan(15.5)
    expect(Math.abs((chosen.get('10.0.0.23') ?? 0) - 60)).toBeLessThan(16.5)
  })
})
