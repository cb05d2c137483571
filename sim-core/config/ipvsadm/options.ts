/**
 * An ipvsadm command line as a list of options, the way popt reads it: short ones may be joined (`-At`), carry their
 * value (`-w1`) or be followed by it; long ones may use `=`. The first option is the command. What each command takes
 * is the table of ipvsadm.c 1.31. Tested in test/config/ipvsadm.test.ts.
 */
import { nearest, type Position, type Problem } from '../../base/problem.ts'

export interface Word {
  readonly text: string
  readonly at: Position
}

/** Words of a line with their columns. */
export function words(line: string, at: Position): Word[] {
  const out: Word[] = []
  for (const m of line.matchAll(/\S+/g)) out.push({ text: m[0], at: { ...at, column: at.column + m.index } })
  return out
}

interface OptionKind {
  readonly name: string
  readonly short?: string
  readonly value?: 'needed' | 'optional'
}

const OPTIONS: readonly OptionKind[] = [
  { name: 'add-service', short: 'A' },
  { name: 'edit-service', short: 'E' },
  { name: 'delete-service', short: 'D' },
  { name: 'clear', short: 'C' },
  { name: 'list', short: 'L' },
  { name: 'list', short: 'l' },
  { name: 'zero', short: 'Z' },
  { name: 'add-server', short: 'a' },
  { name: 'edit-server', short: 'e' },
  { name: 'delete-server', short: 'd' },
  { name: 'set' },
  { name: 'help', short: 'h' },
  { name: 'version', short: 'v' },
  { name: 'restore', short: 'R' },
  { name: 'save', short: 'S' },
  { name: 'start-daemon', value: 'needed' },
  { name: 'stop-daemon', value: 'needed' },
  { name: 'tcp-service', short: 't', value: 'needed' },
  { name: 'udp-service', short: 'u', value: 'needed' },
  { name: 'sctp-service', value: 'needed' },
  { name: 'fwmark-service', short: 'f', value: 'needed' },
  { name: 'scheduler', short: 's', value: 'needed' },
  { name: 'persistent', short: 'p', value: 'optional' },
  { name: 'netmask', short: 'M', value: 'needed' },
  { name: 'real-server', short: 'r', value: 'needed' },
  { name: 'masquerading', short: 'm' },
  { name: 'ipip', short: 'i' },
  { name: 'gatewaying', short: 'g' },
  { name: 'weight', short: 'w', value: 'needed' },
  { name: 'u-threshold', short: 'x', value: 'needed' },
  { name: 'l-threshold', short: 'y', value: 'needed' },
  { name: 'mcast-interface', value: 'needed' },
  { name: 'mcast-group', value: 'needed' },
  { name: 'mcast-port', value: 'needed' },
  { name: 'mcast-ttl', value: 'needed' },
  { name: 'sync-maxlen', value: 'needed' },
  { name: 'syncid', value: 'needed' },
  { name: 'ops', short: 'o' },
  { name: 'pe', value: 'needed' },
  { name: 'sched-flags', short: 'b', value: 'needed' },
  { name: 'tun-type', value: 'needed' },
  { name: 'tun-port', value: 'needed' },
  { name: 'tun-nocsum' },
  { name: 'tun-csum' },
  { name: 'tun-remcsum' },
  { name: 'numeric', short: 'n' },
  { name: 'ipv6', short: '6' },
]

const SERVICE = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service']
const SERVICE_SETTINGS = [...SERVICE, 'scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags', 'ipv6']
const TUNNEL = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum']
const SERVER_SETTINGS = [
  ...SERVICE,
  'real-server',
  'masquerading',
  'ipip',
  'gatewaying',
  'weight',
  'u-threshold',
  'l-threshold',
  'ipv6',
  ...TUNNEL,
]

/** Which options a command takes. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  'add-service': SERVICE_SETTINGS,
  'edit-service': SERVICE_SETTINGS,
  'delete-service': [...SERVICE, 'ipv6'],
  clear: [],
  zero: [...SERVICE, 'ipv6'],
  'add-server': SERVER_SETTINGS,
  'edit-server': SERVER_SETTINGS,
  'delete-server': [...SERVICE, 'real-server', 'ipv6'],
  set: [],
  'start-daemon': ['mcast-interface', 'mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen', 'syncid'],
  'stop-daemon': ['syncid'],
}

export const COMMANDS: readonly string[] = Object.keys(TAKES)

export interface Option {
  readonly name: string
  readonly at: Position
  readonly value?: Word
}

export interface CommandLine {
  readonly command: Option
  readonly options: readonly Option[]
  /** Words that belong to no option: the three timeouts of --set. */
  readonly rest: readonly Word[]
}

/** The options of one line, or undefined when there is no command that changes the table. */
export function readCommandLine(line: readonly Word[], at: Position, problems: Problem[]): CommandLine | undefined {
  const error = (where: Position, code: string, message: string, remedy?: string) =>
    problems.push({ at: where, severity: 'error', code, message, ...(remedy === undefined ? {} : { remedy }) })
  const { options, rest } = splitOptions(line, error)
  const command = options[0]
  if (command === undefined || !Object.hasOwn(TAKES, command.name)) {
    const what = command === undefined ? 'the line has no command' : `--${command.name} is no command that changes the table`
    error(command?.at ?? at, 'ipvsadm-command', what, 'begin with -A, -E, -D, -a, -e, -d, -C, -Z or --set')
    return undefined
  }
  const taken: Option[] = []
  for (const option of options.slice(1)) {
    if (Object.hasOwn(TAKES, option.name))
      error(option.at, 'ipvsadm-command', `--${option.name} is a second command`, 'write one command a line')
    else if (!TAKES[command.name].includes(option.name))
      error(option.at, 'ipvsadm-option', `--${option.name} does not go with --${command.name}`, 'remove it')
    else if (taken.some(o => o.name === option.name)) error(option.at, 'ipvsadm-option', `--${option.name} is given twice`, 'remove one')
    else taken.push(option)
  }
  if (command.name !== 'set')
    for (const word of rest)
      error(word.at, 'ipvsadm-option', `"${word.text}" belongs to no option`, 'remove it, or put its option before it')
  return { command, options: taken, rest }
}

type Report = (at: Position, code: string, message: string, remedy?: string) => void

function splitOptions(line: readonly Word[], error: Report): { options: Option[]; rest: Word[] } {
  const options: Option[] = []
  const rest: Word[] = []
  for (let i = 0; i < line.length; i++) {
    const word = line[i]
    const before = options.length
    if (word.text.startsWith('--')) i = longOption(line, i, options, error)
    else if (/^-[^-]/.test(word.text)) i = shortOptions(line, i, options, error)
    else rest.push(word)
    if (options.length === before && /^--?[^-]/.test(word.text) === false && word.text.startsWith('-'))
      error(word.at, 'ipvsadm-option', `"${word.text}" is no option`)
  }
  return { options, rest }
}

function longOption(line: readonly Word[], index: number, options: Option[], error: Report): number {
  const { text, at } = line[index]
  const equals = text.indexOf('=')
  const name = text.slice(2, equals < 0 ? undefined : equals)
  const kind = OPTIONS.find(o => o.name === name)
  if (kind === undefined) {
    const near = nearest(
      name,
      OPTIONS.map(o => o.name),
    )
    error(at, 'ipvsadm-option', `there is no option --${name}`, near === undefined ? undefined : `did you mean --${near}?`)
    return index
  }
  const inline = equals < 0 ? undefined : { text: text.slice(equals + 1), at: { ...at, column: at.column + equals + 1 } }
  return take(kind, at, inline, line, index, options, error)
}

function shortOptions(line: readonly Word[], index: number, options: Option[], error: Report): number {
  const { text, at } = line[index]
  for (let i = 1; i < text.length; i++) {
    const here = { ...at, column: at.column + (i === 1 ? 0 : i) }
    const kind = OPTIONS.find(o => o.short === text[i])
    if (kind === undefined) {
      error(here, 'ipvsadm-option', `there is no option -${text[i]}`)
      return index
    }
    if (kind.value === undefined) take(kind, here, undefined, line, index, options, error)
    else {
      const inline =
        i + 1 < text.length ? { text: text.slice(i + 1).replace(/^=/, ''), at: { ...at, column: at.column + i + 1 } } : undefined
      return take(kind, here, inline, line, index, options, error)
    }
  }
  return index
}

/** Adds the option with its value; the index of the last word it used. */
function take(
  kind: OptionKind,
  at: Position,
  inline: Word | undefined,
  line: readonly Word[],
  index: number,
  options: Option[],
  error: Report,
): number {
  if (kind.value === undefined || inline !== undefined) {
    options.push({ name: kind.name, at, ...(inline === undefined ? {} : { value: inline }) })
    return index
  }
  const next: Word | undefined = line[index + 1]
  if (next === undefined || (kind.value === 'optional' && next.text.startsWith('-'))) {
    if (kind.value === 'needed') error(at, 'ipvsadm-option', `--${kind.name} needs a value`)
    else options.push({ name: kind.name, at })
    return index
  }
  options.push({ name: kind.name, at, value: next })
  return index + 1
}
