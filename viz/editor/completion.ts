/** Words that may stand where the cursor is: keys of the scenario's schema by indentation, verbs of events, host names. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { run } from '../state/app.ts'

const TOP_KEYS = ['scenario', 'seed', 'duration', 'hosts', 'links', 'lans', 'traffic', 'events', 'windows', 'expect']
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  hosts: ['address', 'addresses', 'keepalived', 'ipvs', 'serves', 'link', 'interfaces', 'gateway', 'forward', 'sysctl', 'vip_on_lo'],
  links: ['default', 'rate', 'delay', 'queue', 'overhead', 'loss', 'mtu', 'bucket'],
  traffic: [
    'from',
    'to',
    'split',
    'flows',
    'start',
    'stop',
    'udp',
    'curl',
    'http',
    'bulk',
    'rate',
    'size',
    'arrivals',
    'count',
    'interval',
    'method',
    'max_time',
  ],
  events: [
    ...['at', 'crash', 'boot', 'stop', 'start', 'kill', 'freeze', 'thaw', 'link_down', 'link_up', 'partition', 'heal', 'mute', 'unmute'],
    ...['deaf', 'undeaf', 'split', 'join', 'reload', 'script_fail', 'script_ok', 'real_server', 'what', 'ipvsadm', 'args', 'sysctl', 'set'],
  ],
  expect: ['metric', 'of', 'at', 'window', 'stat', 'bin', 'is'],
}

export function completeScenario(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/[\w-]*/)
  if (word === null || (word.from === word.to && !context.explicit)) return null
  const line = context.state.doc.lineAt(context.pos)
  const before = line.text.slice(0, word.from - line.from)
  const names = (run.peek()?.cluster.peek()?.hosts ?? []).map(h => ({ label: h.name, type: 'variable' }))
  if (/:\s*$/.test(before)) return { from: word.from, options: names }
  if (/^\s*$/.test(before) && before === '')
    return { from: word.from, options: TOP_KEYS.map(label => ({ label, type: 'keyword', apply: `${label}: ` })) }
  for (let n = line.number; n >= 1; n--) {
    const m = /^(\w+):/.exec(context.state.doc.line(n).text)
    if (m !== null)
      return { from: word.from, options: (INSIDE[m[1]] ?? []).map(label => ({ label, type: 'property', apply: `${label}: ` })) }
  }
  return null
}
