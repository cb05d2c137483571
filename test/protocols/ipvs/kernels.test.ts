/**
 * Goal: each difference between kernel releases is a sentence here, with both answers.
 * Method: the same commands and packets on a director of each release.
 */
import { describe, expect, it } from 'vitest'
import type { KernelRelease } from '../../../sim-core/protocols/ipvs/index.ts'
import { Workbench } from './bench-director.ts'

const VIP = '10.0.0.100:80'
const WEB = `-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.21:80 -g -w 1`

function bench(kernel: KernelRelease): Workbench {
  const b = new Workbench(100, 0, ['d1'], kernel)
  b.load(WEB)
  return b
}

describe('kernel 4.4 and later', () => {
  it.each<[KernelRelease, string]>([
    ['4.4', '10.0.0.21 0/1'],
    ['5.x', '10.0.0.21 1/0'],
    ['6.x', '10.0.0.21 1/0'],
  ])('%s counts a half-open connection as %s', (kernel, counts) => {
    const b = bench(kernel)
    b.packet('10.0.0.50:2000', VIP, 'S')
    expect(b.counts()).toEqual([counts])
    b.packet('10.0.0.50:2000', VIP, 'A')
    expect(b.counts()).toEqual(['10.0.0.21 1/0'])
  })

  it.each<[KernelRelease, string | undefined]>([
    ['4.4', undefined],
    ['6.x', 'known'],
  ])('%s has mh and twos: %s', (kernel, known) => {
    for (const scheduler of ['mh', 'twos']) {
      const answer = bench(kernel).ipvsadm(`-A -t 10.0.0.101:80 -s ${scheduler}`)
      expect(answer === undefined).toBe(known !== undefined)
    }
  })

  it.each<[KernelRelease, string[]]>([
    ['4.4', ['10.0.0.50:2000 ESTABLISHED 10.0.0.21:80']],
    ['6.x', []],
  ])('%s keeps a removed server’s connections under expire_nodest_conn until they are used: %s', (kernel, left) => {
    const b = bench(kernel)
    b.ipvs.sysctl(0, 'expire_nodest_conn', 1)
    for (const flags of ['S', 'A']) b.packet('10.0.0.50:2000', VIP, flags)
    b.ipvsadm(`-d -t ${VIP} -r 10.0.0.21:80`)
    b.run(1)
    expect(b.connections()).toEqual(left)
  })
})
