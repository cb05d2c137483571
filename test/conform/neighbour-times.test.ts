/**
 * Goal: how long a kernel believed a neighbour is read from the SYNs of its checkers to a host that is cut off.
 * Method: a check each 4 s, the last answered at 9 s, the cut at 10 s; what the kernel drew follows by hand.
 */
import { describe, expect, it } from 'vitest'
import type { CaseFile } from '../../sim-core/conform/case-file.ts'
import { reachableNs } from '../../sim-core/conform/neighbour-times.ts'

const CHECKS = { betweenS: 5, connectTimeoutS: 1 }

function recorded(lastProbeS: number, durationS: number): CaseFile {
  const probes = Array.from({ length: Math.floor((lastProbeS - 1) / 4) + 1 }, (_, i) => 1 + 4 * i)
  return {
    hosts: { b1: { address: '10.0.0.11' }, r1: { address: '10.0.0.21' } },
    actions: [{ t: 10, do: 'real_server', host: 'r1', what: 'isolate' }],
    observed: probes.map(t => ({ t, kind: 'probe', host: 'b1', rs: '10.0.0.21:80' })),
    duration_s: durationS,
  } as unknown as CaseFile
}

const readS = (lastProbeS: number, durationS: number, checks = CHECKS) => {
  const ns = reachableNs(recorded(lastProbeS, durationS), 'b1', checks)
  return ns === undefined ? undefined : ns / 1e9
}

describe('the time that a neighbour is believed', () => {
  it('is short where SYNs stop: 33 s was the last, so the entry was too old at 25 s, 16 s after the last answer', () => {
    expect(readS(33, 60)).toBe(15.5) // of 15 to 16
  })
  it('is told by a SYN that was not sent again, too', () => {
    expect(readS(33, 36, { betweenS: 9, connectTimeoutS: 3 })).toBe(15.5)
  })
  it('is long where they do not: at 45 s the entry was still good, or it would be gone at 57 s', () => {
    expect(readS(57, 60)).toBe(40.5) // of 36 to 45
  })
  it('is the usual one where the recording does not tell', () => {
    expect(readS(17, 20)).toBeUndefined()
    expect(readS(49, 70)).toBeUndefined() // 28 to 32 s
  })
})
