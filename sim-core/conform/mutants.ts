/**
 * Rules, each changed in one place, with the recording that notices. A comparison that lets one of them pass would be
 * worth nothing; test/conform/mutants.test.ts builds lvsim with each change and replays the catcher.
 */
export interface Mutant {
  readonly change: string
  /** Below sim-core/. */
  readonly file: string
  /** Stands once in the file. */
  readonly from: string
  readonly to: string
  readonly caughtBy: string
}

const mutant = (change: string, file: string, from: string, to: string, caughtBy: string): Mutant => ({ change, file, from, to, caughtBy })

const VRRP: readonly Mutant[] = [
  mutant(
    'skew counts from 255',
    'protocols/vrrp/intervals.ts',
    'const steps = 256 - priority',
    'const steps = 255 - priority',
    'vrrp/v02a',
  ),
  mutant(
    'version 2 skew scales with the interval',
    'protocols/vrrp/intervals.ts',
    'if (version === 2) return',
    'if (version === 2 && masterAdvertIntNs === 1e9) return',
    'vrrp/v11a',
  ),
  mutant(
    'one advert fewer makes a takeover',
    'protocols/vrrp/intervals.ts',
    'adverts * masterAdvertIntNs +',
    '(adverts - 1) * masterAdvertIntNs +',
    'vrrp/v02a',
  ),
  mutant(
    'one gratuitous ARP fewer',
    'protocols/vrrp/garp.ts',
    'for (let r = 0; r < repeat; r++)',
    'for (let r = 1; r < repeat; r++)',
    'vrrp/v06a',
  ),
  mutant(
    'the second block of gratuitous ARPs comes at once',
    'protocols/vrrp/garp.ts',
    'atNs: d.nowNs + delayNs,',
    'atNs: d.nowNs,',
    'vrrp/v06a',
  ),
  mutant(
    'priority 0 counts as any advert',
    'protocols/vrrp/receive.ts',
    'm.downTimerNs = skewNs(c.version, timerPriority(d, i), m.masterAdvertIntNs)',
    'm.downTimerNs = fullDownNs(d, i)',
    'vrrp/v04a',
  ),
  mutant(
    'a backup obeys lower priorities',
    'protocols/vrrp/receive.ts',
    'c.nopreempt || advert.priority >= m.priority ||',
    'c.nopreempt || advert.priority > 0 ||',
    'vrrp/v05a',
  ),
  mutant(
    'rejected adverts do not restart the advert timer',
    'protocols/vrrp/receive.ts',
    "if (memoryOf(d, i).state !== 'MASTER' || !configOf(d, i).lowerPrioNoAdvert)",
    "if (memoryOf(d, i).state !== 'MASTER')",
    'vrrp/v22',
  ),
  mutant(
    'another list of VIPs is accepted',
    'protocols/vrrp/packet-check.ts',
    '  const from = nameOf(advert.srcIp)\n  const reject',
    '  checkVips = false\n  const from = nameOf(advert.srcIp)\n  const reject',
    'vrrp/v24',
  ),
  mutant(
    'a wrong interval is accepted',
    'protocols/vrrp/packet-check.ts',
    'if (intervalNs !== c.advertIntNs)',
    'if (intervalNs < 0)',
    'vrrp/v23',
  ),
  mutant(
    'between equal priorities the lower address wins',
    'protocols/vrrp/receive.ts',
    'const order = advert.srcIp - (sourceIp(d, i) ?? 0)',
    'const order = (sourceIp(d, i) ?? 0) - advert.srcIp',
    'vrrp/v09a',
  ),
  mutant(
    'FAULT says nothing',
    'protocols/vrrp/transitions.ts',
    "if (to === 'FAULT') sendAdvert(d, i, 0, why)",
    "if (to === 'INIT') sendAdvert(d, i, 0, why)",
    'vrrp/v17a',
  ),
  mutant(
    'a change of weight does not move the deadline',
    'protocols/vrrp/tracking.ts',
    'm.expiresNs += m.downTimerNs - loadedNs',
    'm.expiresNs += 0',
    'vrrp/v16a',
  ),
  mutant(
    'an ignored advert forgets what was loaded',
    'protocols/vrrp/receive.ts',
    'm.downTimerNs = Math.max(0, (m.expiresNs ?? d.nowNs) - d.nowNs)',
    'm.downTimerNs = fullDownNs(d, i)',
    'vrrp/v45',
  ),
  mutant(
    'preempt_delay never runs out',
    'protocols/vrrp/receive.ts',
    '(m.preemptAtNs === null || m.preemptAtNs > d.nowNs)',
    '(m.preemptAtNs === null || m.preemptAtNs > 0)',
    'vrrp/v08a',
  ),
]

const IPVS: readonly Mutant[] = [
  mutant(
    'new servers go to the end of the list',
    'protocols/ipvs/control.ts',
    'service.servers.unshift(dest)',
    'service.servers.push(dest)',
    'ipvs/s01',
  ),
  mutant(
    'FIN_WAIT lasts 60 s',
    'protocols/ipvs/tcp-states.ts',
    '[2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120]',
    '[2, 900, 120, 60, 60, 120, 10, 60, 30, 120, 120]',
    'ipvs/i01',
  ),
  mutant(
    'a cell of INPUT_ONLY: FIN in ESTABLISHED',
    'protocols/ipvs/tcp-states.ts',
    'CL FW SS TW FW TW CL CW LA LI TW\n  ES ES SS ES FW TW CL CW CL LI ES\n  CL CL CL SR CL CL CL CL LA LI CL`\n\nconst DOS',
    'CL CW SS TW FW TW CL CW LA LI TW\n  ES ES SS ES FW TW CL CW CL LI ES\n  CL CL CL SR CL CL CL CL LA LI CL`\n\nconst DOS',
    'ipvs/i04',
  ),
  mutant(
    'a cell of OUTPUT: FIN in ESTABLISHED',
    'protocols/ipvs/tcp-states.ts',
    'TW FW SS TW FW TW CL TW LA LI TW\n  ES ES SS ES FW TW CL CW LA ES ES\n  CL CL SS CL CL TW CL CL CL CL CL\n\n  SR',
    'TW CW SS TW FW TW CL TW LA LI TW\n  ES ES SS ES FW TW CL CW LA ES ES\n  CL CL SS CL CL TW CL CL CL CL CL\n\n  SR',
    'ipvs/i09',
  ),
  mutant(
    'SYN_RECV is not active',
    'protocols/ipvs/tcp-states.ts',
    's === TCP_SYN_SENT || s === TCP_SYN_RECV || s === TCP_SYNACK',
    's === TCP_SYN_SENT || s === TCP_SYNACK',
    'ipvs/i05',
  ),
  mutant(
    'SYN counts before RST',
    'protocols/ipvs/tcp-states.ts',
    '  if (flags & TCP_RST) return ROW_RST\n  if (flags & TCP_SYN) return ROW_SYN\n',
    '  if (flags & TCP_SYN) return ROW_SYN\n  if (flags & TCP_RST) return ROW_RST\n',
    'ipvs/i06',
  ),
  mutant(
    'timers run when they are due, not at the wheel’s step',
    'base/timer-wheel.ts',
    'return (Math.floor((armedJiffy + timeoutJiffies) / step) + 1) * step',
    'return armedJiffy + timeoutJiffies + 0 * step',
    'ipvs/e02',
  ),
  mutant('the wheel’s steps are finer', 'base/timer-wheel.ts', 'level++) step *= 8', 'level++) step *= 4', 'ipvs/i01'),
  mutant(
    'UDP entries last 60 s',
    'protocols/ipvs/tcp-states.ts',
    'export const UDP_TIMEOUT_S = 300',
    'export const UDP_TIMEOUT_S = 60',
    'ipvs/i11',
  ),
  mutant(
    'a template stays 30 s while it is needed',
    'protocols/ipvs/entries.ts',
    'const UNUSED_TEMPLATE_S = 60',
    'const UNUSED_TEMPLATE_S = 30',
    'ipvs/p01',
  ),
  mutant('thresholds clear at one half', 'protocols/ipvs/entries.ts', 'total * 4 < upper * 3', 'total * 4 < upper * 2', 'ipvs/p04'),
  mutant('five refusals at once', 'protocols/ipvs/refusal-limit.ts', 'REFUSALS_AT_ONCE = 6', 'REFUSALS_AT_ONCE = 5', 'ipvs/s12'),
  mutant(
    'mh hashes with another key',
    'protocols/ipvs/schedulers/mh.ts',
    'const KEY_OFFSET = 2654435761',
    'const KEY_OFFSET = 2654435769',
    'ipvs/s13',
  ),
  mutant('sh hashes with another constant', 'protocols/ipvs/schedulers/hashing.ts', '0x61c88647', '0x9e3779b9', 'ipvs/s07'),
  mutant(
    'wrr begins at the largest weight',
    'protocols/ipvs/schedulers/wrr.ts',
    'else if (state.step > 1)',
    'else if (state.current === 1) state.current = state.first\n    else if (state.step > 1)',
    'ipvs/s02',
  ),
  mutant(
    'wlc ignores weights',
    'protocols/ipvs/schedulers/least-connection.ts',
    'bestLoad * dests.weight[dest] > l * dests.weight[best]',
    'bestLoad > l',
    'ipvs/s04',
  ),
  mutant('sync at the second packet', 'protocols/ipvs/settings.ts', '  sync_threshold: 3,', '  sync_threshold: 2,', 'ipvs/y01'),
  mutant('sync buffers leave after 1 s', 'protocols/ipvs/sync-daemons.ts', 'const FLUSH_S = 2', 'const FLUSH_S = 1', 'ipvs/y01'),
]

const HOSTS: readonly Mutant[] = [
  mutant(
    'a SYN is sent again after 3 s',
    'protocols/tcp/constants.ts',
    'export const TIMEOUT_INITIAL_S = 1',
    'export const TIMEOUT_INITIAL_S = 3',
    'ipvs/e02',
  ),
  mutant(
    'timers of one tick run in the order of arming',
    'protocols/tcp/tcp.ts',
    'b.level - a.level || b.armed - a.armed',
    'a.armed - b.armed',
    'ipvs/e02b',
  ),
  mutant(
    'a checker gives up one retry earlier',
    'daemons/keepalived/checkers/retry-cycle.ts',
    's.retries >= c.retry &&',
    's.retries >= c.retry - 1 &&',
    'ipvs/h01',
  ),
  mutant(
    'HTTP_GET is up at its first success',
    'daemons/keepalived/checkers/http-get.ts',
    'const complete = last && s.failedUrl === null',
    'const complete = last',
    'ipvs/h02',
  ),
  mutant(
    'a token bucket counts 38 bytes a frame',
    'compile/network-options.ts',
    'const TBF_OVERHEAD_BYTES = 14',
    'const TBF_OVERHEAD_BYTES = 38',
    'ipvs/c01',
  ),
]

export const MUTANTS: readonly Mutant[] = [...VRRP, ...IPVS, ...HOSTS]
