/**
 * Goal: `2.3+` does what keepalived 2.3.4 did, on the wire, where it differs from 2.2.7.
 * Method: recorded-2.3.4.json: ten runs of the real program in network namespaces on one bridge (Linux 6.18, advert_int 1,
 * VIP 10.9.0.100, frames as tcpdump saw them), replayed with the same configuration and actions. Every advert and every
 * gratuitous ARP in its order; times within 30 ms, most of it the real program's start and re-arming. `2.2` differs in each.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { parseKeepalived } from '../../../sim-core/config/index.ts'
import { processConfigOf, WORK_AS_RECORDED } from '../../../sim-core/daemons/keepalived/index.ts'
import type { KeepalivedRelease } from '../../../sim-core/protocols/vrrp/index.ts'
import { Lan } from './lan.ts'

type Host = readonly [priority: string, state: string, more: string, globals?: string, vips?: string]
type Verb = 'start' | 'kill' | 'freeze' | 'thaw' | 'link_down' | 'link_up' | 'deaf' | 'reload'
interface Recorded {
  readonly what: string
  readonly until_s: number
  readonly hosts: Readonly<Record<string, Host>>
  readonly actions: readonly (readonly [s: number, verb: Verb, host: string])[]
  readonly wire: readonly (readonly [s: number, what: string])[]
}

const RUNS: readonly Recorded[] = JSON.parse(readFileSync('test/protocols/vrrp/recorded-2.3.4.json', 'utf8'))
const TOLERANCE_S = 0.03

function configOf([priority, state, more, globals = '', given]: Host, release: KeepalivedRelease) {
  const vips = given ?? (globals.includes('garp_interval') ? '10.9.0.100\n10.9.0.101' : '10.9.0.100')
  const text = `global_defs {\n${globals.includes('master_repeat') ? '' : 'vrrp_garp_master_repeat 2'}\n${globals}\n}
vrrp_instance VI_1 {\nstate ${state}\ninterface eth0\nvirtual_router_id 51\npriority ${priority}\n${more}\nvirtual_ipaddress {\n${vips}\n}\n}\n`
  const { config, problems } = parseKeepalived('k.conf', mapFiles({ 'k.conf': text }), { release })
  if (release === '2.3+') expect(problems).toEqual([])
  return processConfigOf(config, { ...WORK_AS_RECORDED, release })
}

function replay(run: Recorded, release: KeepalivedRelease): [s: number, what: string][] {
  const names = Object.keys(run.hosts)
  const lan = new Lan(
    names.map(name => ({ name, interfaces: { eth0: `10.9.0.${name.slice(1)}` }, config: configOf(run.hosts[name], release) })),
  )
  const act = (verb: Verb, host: string) => {
    if (verb === 'reload') lan.reload(host, configOf(run.hosts[host], release))
    else if (verb === 'deaf') lan.host(host).deaf = true
    else if (verb === 'link_down' || verb === 'link_up') lan.link(host, 'eth0', verb === 'link_up')
    else lan.input(host, { kind: verb })
  }
  for (const [s, verb, host] of run.actions) lan.at(Math.round(s * 1e9), () => act(verb, host))
  lan.run(Math.round(run.until_s * 1e9))
  return lan.seen.flatMap((e): [number, string][] =>
    e.kind === 'advert'
      ? [[e.t, `advert ${e.host} ${/prio (\d+)/.exec(e.what)?.[1]}`]]
      : e.kind === 'garp'
        ? [[e.t, `garp ${e.what}`]]
        : [],
  )
}

/** The times of each kind of frame. */
function streams(frames: readonly (readonly [s: number, what: string])[]): Map<string, number[]> {
  const out = new Map<string, number[]>()
  for (const [s, what] of frames) out.set(what, [...(out.get(what) ?? []), s])
  return out
}

/** The first difference in words; undefined: every frame in its order, within the tolerance. */
function difference(run: Recorded, release: KeepalivedRelease): string | undefined {
  const recorded = streams(run.wire)
  const seen = streams(replay(run, release))
  for (const what of new Set([...recorded.keys(), ...seen.keys()])) {
    const [then, now] = [recorded.get(what) ?? [], seen.get(what) ?? []]
    const n = then.findIndex((s, k) => now[k] === undefined || Math.abs(s - now[k]) > TOLERANCE_S)
    if (n >= 0) return `${what}: recorded at ${then[n]} s, seen at ${now[n]} s`
    if (now.length > then.length) return `${what}: seen at ${now[then.length]} s, not recorded`
  }
  return undefined
}

describe('keepalived 2.3.4, recorded', () => {
  it.each(RUNS)('$what', run => {
    expect(difference(run, '2.3+')).toBeUndefined()
    expect(difference(run, '2.2')).toBeDefined()
  })
})
