/**
 * Goal: keepalived's checkers as recorded: every probe, every journal line of theirs, every server taken out or brought back.
 * Method: the recorded cases as simulations. The random first phase is read from the recording (first-checks.ts);
 * the rest of the run follows from the actions. Probes are compared as SYNs that reach the switch.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FileSource } from '../../../sim-core/base/files.ts'
import { Simulation } from '../../../sim-core/compile/index.ts'
import { readCase } from '../../../sim-core/conform/case-file.ts'
import { modelOf } from '../../../sim-core/conform/case-model.ts'
import { firstChecks } from '../../../sim-core/conform/first-checks.ts'
import { type LinkTap, PACKET_TCP, TCP_ACK, TCP_SYN } from '../../../sim-core/net/index.ts'
import { formatIpv4 } from '../../../sim-core/base/address.ts'
import type { Observed } from '../../../sim-core/conform/observed.ts'

/** Links of the lab take 50 µs ± 1 µs and code some, so that 40 checks in a row drift by this much. */
const TOLERANCE_S = 0.0005
/** What the checkers write; the other lines are the VRRP child's and the parent's. */
const OURS =
  /^(TCP connection|TCP_CHECK|HTTP_CHECK|HTTP status|Gained quorum|Lost quorum|Adding alive|Removing alive|Activating healthchecker)/

const files: FileSource = {
  read: path => ({ ok: true, text: readFileSync(`test/conformance/ipvs/${path}`, 'utf8') }),
  glob: () => [],
}

interface Line {
  readonly t: number
  readonly text: string
}

function replay(id: string): { recorded: Line[]; ours: Line[] } {
  const { case: recorded } = readCase(files, id)
  if (recorded === undefined) throw new Error(`${id} cannot be read`)
  const { model } = modelOf(recorded, files)
  if (model === undefined) throw new Error(`${id} makes no model`)
  const simulation = new Simulation(model, { warmup: firstChecks(recorded) })
  const probes: Line[] = []
  const begun = new Set<string>()
  const directors = new Set(simulation.directors.hosts)
  const tap: LinkTap = {
    sent(link, p, _start, arrivalNs) {
      const { packets, addresses, nics, stack } = simulation.network
      const host = nics[link >> 1]?.host
      if ((link & 1) === 1 || !directors.has(host) || packets.kind[p] !== PACKET_TCP) return
      if ((packets.flags[p] & (TCP_SYN | TCP_ACK)) !== TCP_SYN || packets.src[p] !== stack.sourceFor(host, packets.dst[p])) return
      const connection = `${host} ${packets.srcPort[p]} ${packets.seq[p]}`
      if (begun.has(connection)) return // a SYN that is sent again was recorded once
      begun.add(connection)
      probes.push({
        t: arrivalNs / 1e9,
        text: `${stack.hostNames[host]} probe ${formatIpv4(addresses.value[packets.dst[p]])}:${packets.dstPort[p]}`,
      })
    },
    lost: () => undefined,
  }
  simulation.network.links.tap = tap
  simulation.run()
  const withProbes = recorded.observed.some(o => o.kind === 'probe')
  const told = simulation.happenings.flatMap((h): Line[] => {
    if (h.kind === 'check')
      return [{ t: h.t / 1e9, text: `${h.host} ${h.fields['rs']} ${h.fields['up'] === true ? 'UP' : 'DOWN'} ${h.fields['log']}` }]
    return h.kind === 'log' && OURS.test(h.what) ? [{ t: h.t / 1e9, text: `${h.host} ${h.what}` }] : []
  })
  return { recorded: recorded.observed.flatMap(lineOf), ours: [...(withProbes ? probes : []), ...told] }
}

function lineOf(o: Observed): Line[] {
  if (o.kind === 'probe') return [{ t: o.t, text: `${o.host} probe ${o.rs}` }]
  if (o.kind === 'check') return [{ t: o.t, text: `${o.host} ${o.rs} ${o.up ? 'UP' : 'DOWN'} ${o.log}` }]
  return o.kind === 'log' && OURS.test(o.line) ? [{ t: o.t, text: `${o.host} ${o.line}` }] : []
}

/** Each text's times beside the recorded ones. */
function byText(lines: readonly Line[]): Map<string, number[]> {
  const out = new Map<string, number[]>()
  for (const l of [...lines].sort((a, b) => a.t - b.t || (a.text < b.text ? -1 : 1))) out.set(l.text, [...(out.get(l.text) ?? []), l.t])
  return out
}

/** Case → lines compared; a case that loses lines shows it here. */
const CASES: Readonly<Record<string, number>> = {
  ...{ h01: 94, h02: 88, h03: 71, h04: 163 },
  ...{ e01: 10, e02: 15, e02b: 20, e03: 10, e04: 15, e05: 15, e06: 15, e07: 15, y02: 15, y03: 15, y04: 15 },
}

describe('recorded checkers', () => {
  for (const [id, count] of Object.entries(CASES))
    it(`${id}: ${count} probes, verdicts and lines, within ${TOLERANCE_S * 1000} ms`, () => {
      const { recorded, ours } = replay(id)
      const theirs = byText(recorded)
      const mine = byText(ours)
      expect([...mine.keys()].sort()).toEqual([...theirs.keys()].sort())
      let compared = 0
      for (const [text, times] of theirs) {
        const found = mine.get(text) ?? []
        expect(found.length, text).toBe(times.length)
        for (const [i, t] of times.entries()) expect(Math.abs(found[i] - t), `${text} at ${t}`).toBeLessThan(TOLERANCE_S)
        compared += times.length
      }
      expect(compared).toBe(count)
    })
})
