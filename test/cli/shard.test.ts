/** Goal: a shard is a share of the work that nobody else has; `auto` reads what job arrays set, and refuses to guess. */
import { describe, expect, it } from 'vitest'
import { readShard, type Shard, shareOf } from '../../cli/shard.ts'

describe('--shard', () => {
  it.each([
    ['1/4', {}, { index: 1, count: 4 }],
    ['auto', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' }, { index: 2, count: 3 }],
    ['auto', { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' }, { index: 3, count: 4 }],
    ['auto', { JOB_COMPLETION_INDEX: '0', LVSIM_SHARDS: '8' }, { index: 1, count: 8 }],
  ] as [string, Record<string, string>, Shard][])('%s with %o', (text, env, shard) => {
    expect(readShard(text, env)).toEqual(shard)
  })
  it.each([
    ['0/4', 'write 1/4'],
    ['5/4', 'write 1/4'],
    ['1', 'write i/n'],
    ['auto', 'finds no job array'],
  ])('%s is refused with what to write', (text, remedy) => {
    expect(readShard(text, { CI_NODE_INDEX: '9', CI_NODE_TOTAL: '3' })).toContain(remedy)
  })
  it('shares are disjoint, together everything, and neighbours are spread', () => {
    const all = Array.from({ length: 10 }, (_, i) => i)
    const shares = [1, 2, 3].map(index => shareOf(all, { index, count: 3 }))
    expect(shares).toEqual([
      [0, 3, 6, 9],
      [1, 4, 7],
      [2, 5, 8],
    ])
    expect(shareOf(all, undefined)).toBe(all)
  })
})
