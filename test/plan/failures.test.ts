/** Goal: every set of at most k causes is enumerated once, and those left out of `worst` cannot decide the worst link. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countFailureSets, failureFamily, someSetKillsAll } from '../../sim-core/plan/index.ts'

const lost = (sets: readonly { readonly lost: readonly number[] }[]): string[] => sets.map(set => set.lost.join('+'))

describe('failure sets', () => {
  it('are all non-empty sets of at most k balancers, by size and then by index', () => {
    expect(lost(failureFamily(4, 2).all)).toEqual(['0', '1', '2', '3', '0+1', '0+2', '0+3', '1+2', '1+3', '2+3'])
  })

  it('without groups only those of size k can decide the worst link', () => {
    expect(lost(failureFamily(4, 2).worst)).toEqual(['0+1', '0+2', '0+3', '1+2', '1+3', '2+3'])
    expect(failureFamily(12, 2).worst).toHaveLength(66)
  })

  it('with k = 0 the only set is the empty one', () => {
    expect(failureFamily(3, 0)).toMatchObject({ all: [], worst: [{ lost: [] }] })
  })

  it('a group dies whole, and its members also die alone', () => {
    expect(lost(failureFamily(3, 1, [[0, 1]]).all)).toEqual(['0', '1', '2', '0+1'])
    // A member alone matters for the other member, which the group's loss would take down.
    expect(lost(failureFamily(3, 1, [[0, 1]]).worst)).toEqual(['0', '1', '2', '0+1'])
  })

  it('the count is known before they are enumerated', () => {
    expect(countFailureSets(4, 0, 2)).toBe(10)
    expect(countFailureSets(40, 0, 2)).toBe(40 + 780)
  })

  it('says when nobody would be left', () => {
    expect(someSetKillsAll(3, 2, [])).toBe(false)
    expect(someSetKillsAll(3, 3, [])).toBe(true)
    expect(
      someSetKillsAll(4, 2, [
        [0, 1],
        [2, 3],
      ]),
    ).toBe(true)
    expect(
      someSetKillsAll(4, 1, [
        [0, 1],
        [2, 3],
      ]),
    ).toBe(false)
    expect(someSetKillsAll(4, 2, [[0, 1, 2]])).toBe(true)
  })

  it('whatever a survivor carries in any set, it carries as much or more in some worst set that spares it', () => {
    const family = fc
      .tuple(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 2 }),
        fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 3 }), { maxLength: 2 }),
      )
      .map(([n, k, groups]) => ({ n, k, groups: groups.map(g => g.filter(b => b < n).sort((a, b) => a - b)).filter(g => g.length > 1) }))
      .filter(({ n, k, groups }) => !someSetKillsAll(n, k, groups))
    fc.assert(
      fc.property(family, ({ n, k, groups }) => {
        const { all, worst } = failureFamily(n, k, groups)
        for (const set of all) {
          for (let b = 0; b < n; b++) {
            if (set.down[b] === 1) continue
            expect(worst.some(larger => larger.down[b] === 0 && set.lost.every(l => larger.down[l] === 1))).toBe(true)
          }
        }
      }),
    )
  })
})
