/**
 * The planner's options of the command line: each is a key of the question file (`lvsim help plan`), typed as text and
 * read by the same reader, so that a mistake is told the same way.
 */
import type { Command } from 'commander'
import type { plan } from '../sim-core/index.ts'
import { collect } from './arguments.ts'

interface Flag {
  readonly flag: string
  readonly key: string
  readonly what: string
  /** From what was typed; text unless given. */
  readonly value?: (text: string) => unknown
}

const number = (text: string): unknown => (/^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text)
const countOrNames = (text: string): unknown => {
  const count = number(text)
  return typeof count === 'number' ? count : text.split(',').map(name => name.trim())
}

const FLAGS: readonly Flag[] = [
  { flag: '--balancers <n|names>', key: 'balancers', what: 'how many, or their names: b1,b2,b3', value: countOrNames },
  { flag: '--link <rate>', key: 'link', what: 'wire rate of each balancer’s link, such as 1Gbit' },
  { flag: '--traffic <rate>', key: 'traffic', what: 'requests that arrive, such as 1.5Gbit' },
  { flag: '--survive <n>', key: 'survive', what: 'losses at once that must not degrade anything (1)', value: number },
  { flag: '--vips <n|names>', key: 'vips', what: 'plan exactly these VIPs instead of finding their number', value: countOrNames },
  { flag: '--vips-up-to <n>', key: 'vips_up_to', what: 'how far the curve goes', value: number },
  { flag: '--layer <layer>', key: 'layer', what: 'where the traffic is counted: payload, ip, frame or wire (ip)' },
  { flag: '--packet <size>', key: 'packet', what: 'IP packet of a request (1500B)' },
  { flag: '--headroom <percentage>', key: 'headroom', what: 'part of each link to keep free, such as 20%' },
  { flag: '--forwarding <method>', key: 'forwarding', what: 'DR, TUN or NAT (DR)' },
  { flag: '--response-ratio <n>', key: 'response_ratio', what: 'reply bits per request bit; NAT carries both', value: number },
  { flag: '--servers <n|names>', key: 'servers', what: 'real servers, with links as the balancers’', value: countOrNames },
  { flag: '--failover <time>', key: 'failover', what: 'advert_int, version and priorities that take over within it, such as 1s' },
  { flag: '--growth <percentage>', key: 'growth', what: 'growth of the traffic a year: how long does it fit?' },
  { flag: '--seed <n>', key: 'seed', what: 'of the draws for --skew (1)', value: number },
]

const nameOf = ({ flag }: Flag): string => flag.split(' ')[0].slice(2)

/** Adds the flags; groups and skew have forms of their own. */
export function addQuestionOptions(command: Command, keys?: readonly string[]): void {
  for (const flag of FLAGS) if (keys === undefined || keys.includes(flag.key)) command.option(flag.flag, flag.what)
  if (keys === undefined || keys.includes('groups'))
    command.option('--group <name=b1,b2>', 'balancers that die together, such as a rack (may be repeated)', collect)
  if (keys === undefined || keys.includes('skew'))
    command.option('--skew [zipf]', 'resolvers do not split evenly: how likely is an overload? (1: the r-th weighs 1/r)')
}

export function questionOptions(options: Readonly<Record<string, unknown>>): plan.QuestionOption[] {
  const out: plan.QuestionOption[] = []
  for (const flag of FLAGS) {
    const name = nameOf(flag)
    const typed = options[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]
    if (typeof typed === 'string') out.push({ key: flag.key, value: (flag.value ?? String)(typed), typed: `--${name} ${typed}` })
  }
  const groups = options['group'] as readonly string[] | undefined
  if (groups !== undefined)
    out.push({ key: 'groups', value: Object.fromEntries(groups.map(groupOf)), typed: `--group ${groups.join(' --group ')}` })
  const skew = options['skew']
  if (skew === true) out.push({ key: 'skew', value: true, typed: '--skew' })
  else if (typeof skew === 'string') out.push({ key: 'skew', value: { zipf: number(skew) }, typed: `--skew ${skew}` })
  return out
}

function groupOf(text: string, i: number): [string, string[]] {
  const equals = text.indexOf('=')
  return [
    equals < 0 ? `group ${i + 1}` : text.slice(0, equals),
    text
      .slice(equals + 1)
      .split(',')
      .map(name => name.trim()),
  ]
}
