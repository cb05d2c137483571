/**
 * /proc/sys/net/ipv4/vs of one director, and the timeouts that `ipvsadm --set` changes.
 *
 * Memory is never short here, so modes 1 and 2 of the three defences (which wait for it to be) do nothing; mode 3 is "always".
 */
import { TCP_ESTABLISHED, TCP_FIN_WAIT } from './tcp-states.ts'

/** Every setting with the kernel's default. Those that only matter for memory, CPU or hardware are read and have no effect. */
export const SYSCTL_DEFAULTS = {
  am_droprate: 10,
  amemthresh: 1024,
  backup_only: 0,
  cache_bypass: 0,
  conn_reuse_mode: 1,
  conntrack: 0,
  drop_entry: 0,
  drop_packet: 0,
  est_cpulist: 0,
  est_nice: 0,
  expire_nodest_conn: 0,
  expire_quiescent_template: 0,
  ignore_tunneled: 0,
  nat_icmp_send: 0,
  pmtu_disc: 1,
  run_estimation: 1,
  schedule_icmp: 0,
  secure_tcp: 0,
  sloppy_sctp: 0,
  sloppy_tcp: 0,
  snat_reroute: 1,
  sync_persist_mode: 0,
  sync_ports: 1,
  sync_qlen_max: 0,
  sync_refresh_period: 0,
  sync_retries: 0,
  sync_sock_size: 0,
  sync_version: 1,
  /** First number of sync_threshold; the second is sync_period. */
  sync_threshold: 3,
  sync_period: 50,
} as const

/** Read and listed, but what they change is not simulated. */
export const SYSCTLS_WITHOUT_EFFECT: readonly (keyof typeof SYSCTL_DEFAULTS)[] = [
  ...(['amemthresh', 'cache_bypass', 'est_cpulist', 'est_nice', 'ignore_tunneled', 'run_estimation', 'schedule_icmp'] as const),
  ...(['sloppy_sctp', 'snat_reroute', 'sync_ports', 'sync_qlen_max', 'sync_sock_size'] as const),
]

export type SysctlName = keyof typeof SYSCTL_DEFAULTS
export type Settings = Record<SysctlName, number>

export const defaultSettings = (): Settings => ({ ...SYSCTL_DEFAULTS })

/** A defence (drop_entry, drop_packet, secure_tcp) is on. */
export const DEFENCE_ALWAYS = 3

/**
 * Writes one setting, named with or without `net.ipv4.vs.`. Returns false for a name that IPVS does not have.
 * `sync_threshold` takes the kernel's pair "3 50".
 */
export function writeSetting(settings: Settings, key: string, value: number | string): boolean {
  const name = key.replaceAll('/', '.').replace(/^(net\.ipv4\.)?vs\./, '')
  if (name === 'sync_threshold') {
    const [threshold, period] = String(value).trim().split(/\s+/).map(Number)
    settings.sync_threshold = threshold
    if (period !== undefined) settings.sync_period = period
    return true
  }
  if (!Object.hasOwn(SYSCTL_DEFAULTS, name) || name === 'sync_period') return false
  settings[name as SysctlName] = Number(value)
  return true
}

/** `ipvsadm --set tcp tcpfin udp` (seconds, 0 keeps a value): only ESTABLISHED, FIN_WAIT and UDP can be set. */
export function setTimeouts(tcp: Int32Array, hz: number, seconds: { readonly tcpS: number; readonly tcpFinS: number }): void {
  if (seconds.tcpS > 0) tcp[TCP_ESTABLISHED] = seconds.tcpS * hz
  if (seconds.tcpFinS > 0) tcp[TCP_FIN_WAIT] = seconds.tcpFinS * hz
}

/** Seconds; 0 keeps a value. */
export interface TimeoutSeconds {
  readonly tcpS: number
  readonly tcpFinS: number
  readonly udpS: number
}

/** What `ipvsadm -L --timeout` prints. */
export const timeoutsOf = (tcp: Int32Array, udpJiffies: number, hz: number): TimeoutSeconds => ({
  tcpS: tcp[TCP_ESTABLISHED] / hz,
  tcpFinS: tcp[TCP_FIN_WAIT] / hz,
  udpS: udpJiffies / hz,
})
