/**
 * Goal: when each kind of checker probes, gives up and comes back, and what that does to the pool (semantics.md §3).
 * Method: the keepalived process alone, its clock run from deadline to deadline; a script says what each check finds.
 * Times of h01, h02 and h04 as recorded, with checks that take no time.
 */
import { describe, expect, it } from 'vitest'
import { mapFiles } from '../../../sim-core/base/files.ts'
import { parseKeepalived } from '../../../sim-core/config/keepalived/index.ts'
import {
  type KeepalivedEffect,
  type KeepalivedInput,
  type KeepalivedState,
  keepalivedOff,
  nextKeepalivedDeadline,
  type ProbeOutcome,
  processConfigOf,
  stepKeepalived,
  WORK_AS_RECORDED,
} from '../../../sim-core/daemons/keepalived/index.ts'
import type { KeepalivedRelease } from '../../../sim-core/protocols/vrrp/index.ts'
import { ip } from '../../protocols/vrrp/configs.ts'

const S = 1_000_000_000
const at = (s: number): number => Math.round(s * S)

const conf = (checkers: readonly string[], more = '', server = '') => `virtual_server 10.0.0.100 80 {
  delay_loop 2
  lb_algo rr
  lb_kind DR
  protocol TCP
  ${more}
  ${checkers.map((c, i) => `real_server 10.0.0.${21 + i} 80 {\n weight ${i + 1}\n ${server}\n ${c}\n }`).join('\n')}
}`
const tcp = (retry = 2) => `TCP_CHECK {\n connect_timeout 1\n retry ${retry}\n delay_before_retry 1\n }`

/** What a check finds at a time; it takes `tookNs`. */
type World = (checker: number, s: number) => ProbeOutcome & { readonly tookNs?: number }
const OK: ProbeOutcome = { ok: true, what: 'fine' }
const FAILED: ProbeOutcome = { ok: false, what: 'refused' }

interface Line {
  readonly s: number
  readonly text: string
}

interface Run {
  readonly state: KeepalivedState
  readonly lines: readonly Line[]
  /** Start of each check of a checker, s. */
  probes(checker: number): number[]
  texts(pattern: RegExp): string[]
}

/** Runs the process to `untilS`; first checks begin at 1 s plus `fraction` of the warm-up. */
function run(
  text: string,
  world: World,
  untilS: number,
  inputs: readonly [number, Partial<KeepalivedInput>][] = [],
  fraction = 0.5,
  release: KeepalivedRelease = '2.2',
): Run {
  const { config: read } = parseKeepalived('k.conf', mapFiles({ 'k.conf': text }))
  const config = processConfigOf(read, { ...WORK_AS_RECORDED, release })
  let state = keepalivedOff([{ name: 'eth0', up: true, ip: ip('10.0.0.2') }])
  const lines: Line[] = []
  const answers: { atNs: number; input: Partial<KeepalivedInput> }[] = [
    { atNs: 0, input: { kind: 'start' } },
    ...inputs.map(([s, input]) => ({ atNs: at(s), input })),
  ]
  const perform = (e: KeepalivedEffect, nowNs: number): void => {
    const s = nowNs / S
    if (e.kind === 'startProbe') {
      const { tookNs, ...outcome } = world(e.checker, s)
      lines.push({ s, text: `probe ${e.checker}` })
      answers.push({ atNs: nowNs + (tookNs ?? 0), input: { kind: 'probed', checker: e.checker, outcome } })
    } else if (e.kind === 'cancelProbes') {
      for (let i = answers.length - 1; i >= 0; i--) if (answers[i].input.kind === 'probed') answers.splice(i, 1)
    } else if (e.kind === 'drawWarmups') {
      answers.push({ atNs: nowNs, input: { kind: 'warmups', fractions: Array.from({ length: e.count }, () => fraction) } })
    } else if (e.kind === 'check') lines.push({ s, text: `${e.up ? 'UP' : 'DOWN'} ${e.realServer}: ${e.cause.text}` })
    else if (e.kind === 'ipvsAddDest' || e.kind === 'ipvsEditDest' || e.kind === 'ipvsDelDest')
      lines.push({ s, text: `${e.kind.slice(4)} .${e.dest.ip % 256} w${e.dest.weight}` })
    else if (e.kind === 'log') lines.push({ s, text: `log ${e.text}` })
  }
  for (;;) {
    const deadline = nextKeepalivedDeadline(config, state) ?? Number.POSITIVE_INFINITY
    answers.sort((a, b) => a.atNs - b.atNs)
    const answer = answers[0]
    const nowNs = Math.min(deadline, answer?.atNs ?? Number.POSITIVE_INFINITY)
    if (nowNs > at(untilS)) break
    const input = answer !== undefined && answer.atNs <= deadline ? (answers.shift() as typeof answer).input : { kind: 'timer' as const }
    const step = stepKeepalived(config, state, { ...input, nowNs } as KeepalivedInput)
    state = step.state
    for (const e of step.effects) perform(e, nowNs)
  }
  return {
    state,
    lines,
    probes: checker => lines.filter(l => l.text === `probe ${checker}`).map(l => l.s),
    texts: pattern => lines.filter(l => pattern.test(l.text)).map(l => `${l.s} ${l.text}`),
  }
}

const upUntil =
  (downS: number, upS: number): World =>
  (_, s) =>
    s >= downS && s < upS ? FAILED : OK

describe('TCP_CHECK', () => {
  it('comes first 1 s and a random part of the warm-up after the start, then a delay_loop after each check', () => {
    expect(run(conf([tcp()]), () => OK, 9, [], 0.25).probes(0)).toEqual([1.5, 3.5, 5.5, 7.5])
    expect(run(conf([tcp().replace('TCP_CHECK {', 'TCP_CHECK {\n warmup 0\n')]), () => OK, 4, [], 0.9).probes(0)).toEqual([1, 3])
    expect(run(conf([tcp()]), () => ({ ...OK, tookNs: at(0.5) }), 9).probes(0)).toEqual([2, 4.5, 7])
  })

  it('of 2.3+ checks a server that is down once a delay_loop, without retries', () => {
    const silent: World = (_, s) => (s >= 5 && s < 18 ? { ...FAILED, tookNs: at(1) } : OK)
    const { probes, texts } = run(conf([tcp()]), silent, 22, [], 0.5, '2.3+')
    expect(probes(0)).toEqual([2, 4, 6, 8, 10, 13, 16, 19, 21])
    expect(texts(/^(DOWN|UP)/).map(t => t.slice(0, 7))).toEqual(['11 DOWN', '19 UP 1'])
  })

  it('takes a silent server out after retry + 1 failures, and repeats the cycle while it is down (h01)', () => {
    const silent: World = (_, s) => (s >= 5 && s < 18 ? { ...FAILED, tookNs: at(1) } : OK)
    const { probes, texts } = run(conf([tcp()]), silent, 22)
    expect(probes(0)).toEqual([2, 4, 6, 8, 10, 13, 15, 17, 20, 22])
    expect(texts(/^(DOWN|UP|DelDest|AddDest)/)).toEqual([
      '0 AddDest .21 w1',
      '11 DOWN 10.0.0.21:80: TCP_CHECK: refused, 3 times in a row: the check of 6 s and 2 retries after delay_before_retry 1 s each',
      '11 DelDest .21 w1',
      '20 UP 10.0.0.21:80: TCP_CHECK: fine; one success is enough',
      '20 AddDest .21 w1',
    ])
  })

  it('forgives nothing at the first check', () => {
    const { texts } = run(conf([tcp()]), upUntil(0, 3), 4)
    expect(texts(/^(DOWN|UP)/)).toEqual([
      '2 DOWN 10.0.0.21:80: TCP_CHECK: refused since 2 s; the first check after the start has no retries',
      '4 UP 10.0.0.21:80: TCP_CHECK: fine; one success is enough',
    ])
    expect(texts(/^log TCP/)).toEqual([
      '2 log TCP_CHECK on service [10.0.0.21]:tcp:80 failed.',
      '4 log TCP connection to [10.0.0.21]:tcp:80 success.',
    ])
  })

  it('counts failures in a row only', () => {
    const flaky: World = (_, s) => ([6, 7, 10].includes(s) ? FAILED : OK)
    const { probes, texts } = run(conf([tcp()]), flaky, 13)
    expect(probes(0)).toEqual([2, 4, 6, 7, 8, 10, 11, 13])
    expect(texts(/^DOWN/)).toEqual([])
  })
})

describe('HTTP_GET', () => {
  const get = (paths: readonly string[], more = '') =>
    `HTTP_GET {\n ${paths.map(p => `url {\n path ${p}\n status_code 200\n }`).join('\n')}\n connect_timeout 2\n retry 1\n delay_before_retry 1\n ${more}\n }`
  const answers =
    (from: number, to: number, status: number): World =>
    (_, s) => ({
      ok: true,
      what: 'an answer',
      status: s >= from && s < to ? status : 200,
    })

  it('is up only at the second success, and probes a server that is down once a delay_loop (h02)', () => {
    const { probes, texts } = run(conf([get(['/'])]), answers(5, 12, 503), 18)
    expect(probes(0)).toEqual([2, 4, 6, 7, 9, 11, 13, 15, 17])
    expect(texts(/^(DOWN|UP)/)).toEqual([
      '7 DOWN 10.0.0.21:80: HTTP_GET: status 503, 2 times in a row: the check of 6 s and 1 retry after delay_before_retry 1 s each',
      '15 UP 10.0.0.21:80: HTTP_GET: an answer: every URL has answered since the one that failed did so again',
    ])
    expect(texts(/^log HTTP/)).toEqual([
      '7 log HTTP_CHECK on service [10.0.0.21]:tcp:80 failed after 1 retries.',
      '13 log HTTP status code success to [10.0.0.21]:tcp:80 url(/)',
      '15 log HTTP status code success to [10.0.0.21]:tcp:80 url(/)',
    ])
  })

  it('asks for one URL a delay_loop, and after a failure for all of them again', () => {
    // The second URL fails from 8 s on: 8, 9 → DOWN; it alone is asked for until it answers at 11 s; then both: 13, 15 s.
    const { texts } = run(conf([get(['/a', '/b'])]), answers(7, 10, 404), 16)
    expect(texts(/^(DOWN|UP) /).map(t => t.split(':')[0])).toEqual(['9 DOWN 10.0.0.21', '15 UP 10.0.0.21'])
  })

  it('fast_recovery does not wait between the successes', () => {
    const { texts } = run(conf([get(['/'], 'fast_recovery')]), answers(5, 12, 503), 18)
    expect(texts(/^UP/).map(t => t.split(' ')[0])).toEqual(['13'])
  })

  it('waits the longer of delay_before_retry and delay_loop while it is down', () => {
    const slow = get(['/']).replace('delay_before_retry 1', 'delay_before_retry 5')
    expect(run(conf([slow]), answers(5, 99, 500), 22).probes(0)).toEqual([2, 4, 6, 11, 16, 21])
  })
})

describe('the other checkers', () => {
  it('DNS_CHECK, UDP_CHECK and PING_CHECK check a server that is down once a delay_loop', () => {
    for (const kind of ['DNS_CHECK', 'UDP_CHECK', 'PING_CHECK']) {
      const block = `${kind} {\n retry 1\n delay_before_retry 1\n }`
      expect(run(conf([block]), upUntil(5, 12), 15).probes(0), kind).toEqual([2, 4, 6, 7, 9, 11, 13, 15])
    }
  })

  it('SMTP_CHECK retries as TCP_CHECK does', () => {
    const block = 'SMTP_CHECK {\n retry 1\n delay_before_retry 1\n }'
    expect(run(conf([block]), upUntil(5, 12), 16).probes(0)).toEqual([2, 4, 6, 7, 9, 10, 12, 14, 16])
  })

  it('MISC_CHECK goes by the exit status of its script, which is known at once', () => {
    const script = (s: number, ok: boolean): [number, Partial<KeepalivedInput>] => [s, { kind: 'script', script: '/bin/check', ok }]
    const block = 'MISC_CHECK {\n misc_path /bin/check\n }'
    const { texts } = run(conf([block]), () => OK, 12, [script(5, false), script(9, true)])
    expect(texts(/^(UP|DOWN|log Misc)/)).toEqual([
      '2 log Misc check to [10.0.0.21]:tcp:80 for [/bin/check] succeeded.',
      '6 log Misc check to [10.0.0.21]:tcp:80 for [/bin/check] failed (exited with status 1).',
      '6 DOWN 10.0.0.21:80: MISC_CHECK: the script ended with 1 since 6 s; retry is 0',
      '10 log Misc check to [10.0.0.21]:tcp:80 for [/bin/check] succeeded.',
      '10 UP 10.0.0.21:80: MISC_CHECK: the script ended with 0; one success is enough',
    ])
  })
})

describe('the pool', () => {
  it('keeps a failed server with weight 0 under inhibit_on_failure (h03)', () => {
    const { texts } = run(conf([tcp(), tcp()], '', 'inhibit_on_failure'), (c, s) => (c === 0 && s >= 5 && s < 9 ? FAILED : OK), 12)
    expect(texts(/Dest/)).toEqual(['0 AddDest .21 w1', '0 AddDest .22 w2', '8 EditDest .21 w0', '10 EditDest .21 w1'])
  })

  it('puts the sorry server in when the quorum is lost, and takes it out when it is gained (h04)', () => {
    const down: World = (c, s) => (c === 1 && s >= 5 && s < 9 ? FAILED : OK)
    const { texts } = run(conf([tcp(0), tcp(0)], 'quorum 3\n hysteresis 0\n sorry_server 10.0.0.29 80'), down, 12)
    expect(texts(/Dest|quorum|sorry|alive/).filter(t => !t.startsWith('0 '))).toEqual([
      '6 DelDest .22 w2',
      '6 log Lost quorum 3-0=3 > 1 for VS [10.0.0.100]:tcp:80',
      '6 UP 10.0.0.29:80: the quorum is lost: the living servers weigh 1 < 3 − 0 = 3 (quorum − hysteresis); the sorry server stands in for the servers left',
      '6 log Removing alive servers from the pool for VS [10.0.0.100]:tcp:80',
      '6 DelDest .21 w1',
      '6 AddDest .29 w1',
      '10 log Gained quorum 3+0=3 <= 3 for VS [10.0.0.100]:tcp:80',
      '10 DOWN 10.0.0.29:80: the quorum is gained: the living servers weigh 3 ≥ 3 + 0 = 3 (quorum + hysteresis); the sorry server is no longer needed',
      '10 log Adding alive servers to the pool for VS [10.0.0.100]:tcp:80',
      '10 DelDest .29 w1',
      '10 AddDest .21 w1',
      '10 AddDest .22 w2',
    ])
  })

  it('loses the quorum below quorum − hysteresis only, and gains it at quorum + hysteresis', () => {
    // Weights 1, 2, 3; quorum 4, hysteresis 1: up at 6; 3 is not below 3; 2 is; 5 at last is enough.
    const down: World = (c, s) => ((c === 2 && s >= 5 && s < 13) || (c === 0 && s >= 7) ? FAILED : OK)
    const { texts } = run(conf([tcp(0), tcp(0), tcp(0)], 'quorum 4\n hysteresis 1'), down, 16)
    expect(texts(/quorum/)).toEqual([
      '0 log Gained quorum 4+1=5 <= 6 for VS [10.0.0.100]:tcp:80',
      '8 log Lost quorum 4-1=3 > 2 for VS [10.0.0.100]:tcp:80',
      '14 log Gained quorum 4+1=5 <= 5 for VS [10.0.0.100]:tcp:80',
    ])
  })

  it('begins without alpha servers, and adds each at its first success', () => {
    const { texts } = run(conf([tcp(), tcp()], 'alpha'), (c, s) => (c === 0 || s > 5 ? OK : FAILED), 7)
    expect(texts(/Dest/)).toEqual(['2 AddDest .21 w1', '6 AddDest .22 w2'])
  })

  it('needs every checker of a server', () => {
    const both = `${tcp(0)}\n PING_CHECK {\n retry 0\n }`
    const { texts } = run(conf([both]), (c, s) => ((c === 0 && s >= 5 && s < 7) || (c === 1 && s >= 5 && s < 9) ? FAILED : OK), 12)
    expect(texts(/Dest/)).toEqual(['0 AddDest .21 w1', '6 DelDest .21 w1', '10 AddDest .21 w1'])
  })

  it('does not check while the VIP is elsewhere under ha_suspend', () => {
    const held = conf([tcp()], 'ha_suspend').replace('10.0.0.100 80', '10.0.0.2 80')
    expect(run(conf([tcp()], 'ha_suspend'), () => OK, 9).probes(0)).toEqual([])
    expect(run(held, () => OK, 5).probes(0)).toEqual([2, 4])
  })

  it('is emptied at SIGTERM of what is in the table then', () => {
    const { texts, state } = run(conf([tcp(0), tcp(0)]), (c, s) => (c === 0 && s > 5 ? FAILED : OK), 9, [[8, { kind: 'stop' }]])
    expect(texts(/DelDest/)).toEqual(['6 DelDest .21 w1', '8 DelDest .22 w2'])
    expect(state.health.checkers).toEqual([])
  })

  it.each<[KeepalivedRelease, number[]]>([
    ['2.2', [1.25, 3.25, 4.25, 6.5, 7.5, 9.5, 10.5]],
    ['2.3+', [1.25, 3.25, 4.25, 6.5, 8.5, 10.5]],
  ])('%s: the first checks of a server that is down, after a reload: %j', (release, probes) => {
    // Down at 4.25 s, reloaded at 5.25 s; the first check then comes 1.25 s later.
    const text = conf([tcp(1)])
    const previous = processConfigOf(parseKeepalived('k.conf', mapFiles({ 'k.conf': text })).config)
    const failing: World = (_, s) => (s > 3 ? FAILED : OK)
    expect(run(text, failing, 11, [[5.25, { kind: 'reload', previous }]], 0.125, release).probes(0)).toEqual(probes)
  })

  it('keeps verdicts over a reload, and warms up again', () => {
    const text = conf([tcp(0), tcp(0)])
    const previous = processConfigOf(parseKeepalived('k.conf', mapFiles({ 'k.conf': text })).config)
    const { texts, probes } = run(text, (c, s) => (c === 0 && s > 5 && s < 11 ? FAILED : OK), 13, [[8.5, { kind: 'reload', previous }]])
    expect(texts(/Dest/)).toEqual(['0 AddDest .21 w1', '0 AddDest .22 w2', '6 DelDest .21 w1', '12.5 AddDest .21 w1'])
    expect(probes(1)).toEqual([2, 4, 6, 8, 10.5, 12.5])
  })

  it('leaves servers without checkers alone', () => {
    expect(run(conf(['']), () => FAILED, 9).lines.map(l => l.text)).toEqual([
      'AddDest .21 w1',
      'log Gained quorum 1+0=1 <= 1 for VS [10.0.0.100]:tcp:80',
    ])
  })
})
