/**
 * Goal: the machine does what the real keepalived 2.2.7 did, in every recording.
 * Method: each case's actions and configuration files on a LAN without delay; every advert, gratuitous ARP, state
 * and address is compared, order and times (1 ms).
 */
import { describe, expect, it } from 'vitest'
import { compare, observedOf, recordedCases, replay } from './recording.ts'

describe('recordings of keepalived 2.2.7', () => {
  it('are all here', () => {
    expect(recordedCases()).toHaveLength(98)
  })

  it.each(recordedCases())('%s', id => {
    const observed = observedOf(id)
    const result = compare(observed, replay(id).seen)
    expect(result.firstDifference).toBeNull()
    expect(result.matched).toBe(observed.length)
  })
})
