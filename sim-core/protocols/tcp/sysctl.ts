/**
 * TCP's sysctls: which of the settings each one changes, and what it may be. Names may be written with dots or slashes, as
 * for sysctl(8). One that lvsim does not model is not known here, and the caller says so.
 */
import { CONGESTION_NAMES } from './congestion/index.ts'
import type { TcpSettings } from './types.ts'

export type SysctlReading =
  | { readonly ok: true; readonly settings: Partial<TcpSettings> }
  | { readonly ok: false; readonly reason: string; readonly remedy: string }

interface Rule {
  readonly min: number
  readonly max: number
  readonly settings: (value: number) => Partial<TcpSettings>
}

const flag = (settings: (on: boolean) => Partial<TcpSettings>): Rule => ({ min: 0, max: 255, settings: v => settings(v !== 0) })
const number = (min: number, max: number, settings: Rule['settings']): Rule => ({ min, max, settings })

/** By the name after net.ipv4. */
const RULES: Readonly<Record<string, Rule>> = {
  tcp_sack: flag(sack => ({ sack })),
  tcp_timestamps: flag(timestamps => ({ timestamps })),
  tcp_slow_start_after_idle: flag(slowStartAfterIdle => ({ slowStartAfterIdle })),
  tcp_early_retrans: number(0, 4, v => ({ lossProbe: v >= 3 })),
  tcp_syn_retries: number(1, 127, synRetries => ({ synRetries })),
  tcp_synack_retries: number(0, 255, synAckRetries => ({ synAckRetries })),
  tcp_retries2: number(0, 255, retries => ({ retries })),
  tcp_keepalive_time: number(1, 32_767, keepaliveS => ({ keepaliveS })),
  tcp_keepalive_intvl: number(1, 32_767, keepaliveIntervalS => ({ keepaliveIntervalS })),
  tcp_keepalive_probes: number(1, 127, keepaliveProbes => ({ keepaliveProbes })),
}

/** Sizes of a buffer as the kernel writes them: least, default, most. The kernel keeps half of it for its own bookkeeping. */
const BUFFERS: Readonly<Record<string, (initial: number, most: number) => Partial<TcpSettings>>> = {
  tcp_rmem: (initial, most) => ({ receiveMaxBytes: most >> 1, receiveBytes: initial >= most ? most >> 1 : 0 }),
  tcp_wmem: (_initial, most) => ({ sendBytes: most >> 1 }),
}

const PREFIX = 'net.ipv4.'

export const TCP_SYSCTLS: readonly string[] = [...Object.keys(RULES), ...Object.keys(BUFFERS), 'tcp_congestion_control']
  .map(name => PREFIX + name)
  .sort()

/** undefined: not a sysctl of TCP that lvsim knows. */
export function readTcpSysctl(key: string, value: string | number): SysctlReading | undefined {
  const dotted = key.replaceAll('/', '.')
  if (!dotted.startsWith(PREFIX)) return undefined
  const name = dotted.slice(PREFIX.length)
  if (name === 'tcp_congestion_control') return readCongestion(String(value))
  if (Object.hasOwn(BUFFERS, name)) return readBuffer(name, String(value))
  if (!Object.hasOwn(RULES, name)) return undefined
  const rule = RULES[name]
  const n = typeof value === 'number' ? value : Number(value.trim() === '' ? Number.NaN : value)
  if (!Number.isInteger(n) || n < rule.min || n > rule.max)
    return { ok: false, reason: `${name} is ${value}`, remedy: `write a whole number from ${rule.min} to ${rule.max}` }
  return { ok: true, settings: rule.settings(n) }
}

function readCongestion(congestion: string): SysctlReading {
  if (CONGESTION_NAMES.includes(congestion)) return { ok: true, settings: { congestion } }
  return { ok: false, reason: `there is no congestion control ${congestion}`, remedy: `write ${CONGESTION_NAMES.join(' or ')}` }
}

function readBuffer(name: string, text: string): SysctlReading {
  const sizes = text.trim().split(/\s+/).map(Number)
  const [least, initial, most] = sizes
  if (sizes.length === 3 && sizes.every(n => Number.isInteger(n) && n >= 4096) && least <= initial && initial <= most)
    return { ok: true, settings: BUFFERS[name](initial, most) }
  return { ok: false, reason: `${name} is "${text}"`, remedy: 'write three sizes in bytes, ascending, such as 4096 131072 6291456' }
}
