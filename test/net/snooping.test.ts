/**
 * Goal: who gets a group's frames from a switch that snoops IGMP, with and without a querier.
 * Method: two ports, reports and cable pulls at stated seconds; by hand: a membership lasts 260 s, queries come every 125 s.
 */
import { describe, expect, it } from 'vitest'
import { MEMBERSHIP_NS, Snooping } from '../../sim-core/net/index.ts'

const S = 1e9
const PORT = 1
const OTHER = 3

function port(querier: boolean) {
  const lapsed: number[] = []
  const snooping = new Snooping(new Map([[PORT, { membershipNs: MEMBERSHIP_NS, querier }]]), link => lapsed.push(link))
  return { snooping, lapsed }
}

describe('IGMP snooping', () => {
  it('holds back from a port without a member, and never from one that is not snooped', () => {
    const { snooping } = port(false)
    expect(snooping.passes(PORT, 0)).toBe(false)
    expect(snooping.passes(OTHER, 0)).toBe(true)
    snooping.join(PORT, 1 * S)
    expect(snooping.passes(PORT, 1 * S)).toBe(true)
    snooping.leave(PORT)
    expect(snooping.passes(PORT, 2 * S)).toBe(false)
  })

  it('forgets a member after 260 s when nobody asks, and says so once', () => {
    const { snooping, lapsed } = port(false)
    snooping.join(PORT, 10 * S)
    expect(snooping.passes(PORT, 270 * S - 1)).toBe(true)
    expect(snooping.passes(PORT, 270 * S)).toBe(false)
    expect(snooping.passes(PORT, 280 * S)).toBe(false)
    expect(lapsed).toEqual([PORT])
    snooping.join(PORT, 290 * S)
    expect(snooping.passes(PORT, 290 * S)).toBe(true)
  })

  it('with a querier a member stays, and is found again by the query after its cable was pulled', () => {
    const { snooping, lapsed } = port(true)
    snooping.join(PORT, 10 * S)
    expect(snooping.passes(PORT, 1_000 * S)).toBe(true)
    snooping.portDown(PORT, 1_010 * S)
    expect(snooping.passes(PORT, 1_124 * S)).toBe(false)
    expect(snooping.passes(PORT, 1_125 * S)).toBe(true)
    expect(lapsed).toEqual([])
  })

  it('without one a pulled cable loses the member for good', () => {
    const { snooping } = port(false)
    snooping.join(PORT, 0)
    snooping.portDown(PORT, 5 * S)
    expect(snooping.passes(PORT, 6 * S)).toBe(false)
  })
})
