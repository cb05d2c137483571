/**
 * What health checks cost and how late they notice. Every director checks every real server of every service: load =
 * directors × servers × services / delay_loop. A silent death is noticed after delay_loop + retry × delay_before_retry +
 * (retry + 1) × connect_timeout at worst: 71 s with keepalived's defaults (semantics §3.3).
 * Tested in test/plan/check/parts.test.ts.
 */
import type { Checker } from '../../config/index.ts'
import type { Cluster } from './cluster.ts'
import { servicesOf } from './services.ts'

const SECOND_NS = 1e9

/** How long one try may take before it counts as failed. */
const timeoutNs = (c: Checker): number => (c.kind === 'MISC_CHECK' ? c.timeoutNs : c.connectTimeoutNs)

export const slowestNoticeNs = (c: Checker): number => c.delayLoopNs + c.retry * c.delayBeforeRetryNs + (c.retry + 1) * timeoutNs(c)

/** The first of several checkers that fails decides. */
export const noticeNs = (checkers: readonly Checker[]): number => Math.min(...checkers.map(slowestNoticeNs))

export interface ProbeLoad {
  /** Probes a second that each real server gets from all directors together. */
  readonly byServer: ReadonlyMap<string, number>
  /** Probes a second that each director sends. */
  readonly byHost: ReadonlyMap<string, number>
}

export function probesOf(cluster: Cluster): ProbeLoad {
  const byServer = new Map<string, number>()
  const byHost = new Map<string, number>()
  for (const host of cluster.hosts)
    for (const service of servicesOf(host))
      for (const server of service.servers)
        for (const checker of server.checkers ?? []) {
          const perS = SECOND_NS / checker.delayLoopNs
          byServer.set(server.address, (byServer.get(server.address) ?? 0) + perS)
          byHost.set(host.name, (byHost.get(host.name) ?? 0) + perS)
        }
  return { byServer, byHost }
}
