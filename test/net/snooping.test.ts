/**
 * Goal: who gets a group's frames from a switch that snoops IGMP, with and without a querier.
 * Method: two ports, reports and cable pulls at stated seconds; by hand: a membership lasts 260 s, queries come every 125 s.
 */
import { describe, expect, it } from 'vitest'
import { MAC_SYNC, MAC_VRRP, MEMBERSHIP_NS, Snooping } from '../../sim-core/net/index.ts'

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
    expect(snooping.passes(PORT, MAC_VRRP, 0)).toBe(false)
    expect(snooping.passes(OTHER, MAC_VRRP, 0)).toBe(true)
    snooping.join(PORT, MAC_VRRP, 1 * S)
    expect(snooping.passes(PORT, MAC_VRRP, 1 * S)).toBe(true)
    snooping.leave(PORT, MAC_VRRP)
    expect(snooping.passes(PORT, MAC_VRRP, 2 * S)).toBe(false)
  })

  it('forgets a member after 260 s when nobody asks, and says so once', () => {
    const { snooping, lapsed } = port(false)
    snooping.join(PORT, MAC_VRRP, 10 * S)
    expect(snooping.passes(PORT, MAC_VRRP, 270 * S - 1)).toBe(true)
    expect(snooping.passes(PORT, MAC_VRRP, 270 * S)).toBe(false)
    expect(snooping.passes(PORT, MAC_VRRP, 280 * S)).toBe(false)
    expect(lapsed).toEqual([PORT])
    snooping.join(PORT, MAC_VRRP, 290 * S)
    expect(snooping.passes(PORT, MAC_VRRP, 290 * S)).toBe(true)
  })

  it('with a querier a member stays, and is found again by the query after its cable was pulled', () => {
    const { snooping, lapsed } = port(true)
    snooping.join(PORT, MAC_VRRP, 10 * S)
    expect(snooping.passes(PORT, MAC_VRRP, 1_000 * S)).toBe(true)
    snooping.portDown(PORT, 1_010 * S)
    expect(snooping.passes(PORT, MAC_VRRP, 1_124 * S)).toBe(false)
    expect(snooping.passes(PORT, MAC_VRRP, 1_125 * S)).toBe(true)
    expect(lapsed).toEqual([])
  })

  it('without one a pulled cable loses the member for good', () => {
    const { snooping } = port(false)
    snooping.join(PORT, MAC_VRRP, 0)
    snooping.portDown(PORT, 5 * S)
    expect(snooping.passes(PORT, MAC_VRRP, 6 * S)).toBe(false)
  })

  it('keeps groups apart: who joined one gets nothing of the other', () => {
    const { snooping } = port(true)
    snooping.join(PORT, MAC_VRRP, 0)
    expect(snooping.passes(PORT, MAC_SYNC, 1 * S)).toBe(false)
    snooping.join(PORT, MAC_SYNC, 2 * S)
    snooping.leave(PORT, MAC_VRRP)
    expect([snooping.passes(PORT, MAC_VRRP, 3 * S), snooping.passes(PORT, MAC_SYNC, 3 * S)]).toEqual([false, true])
  })
})
