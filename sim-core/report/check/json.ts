/** What `lvsim check --json` prints. Ratios are of the wire rate of a link; keys end in their unit. */
import { asSeconds } from '../../base/units.ts'
import type { Duration } from '../../base/units.ts'
import type { CheckResult, Comparison, FailureRow, Finding } from '../../plan/index.ts'
import { SCHEMA_VERSION } from '../json-schema.ts'
import { answerOf } from './words.ts'

export function checkJson(result: CheckResult, comparison?: Comparison): object {
  const { cluster, matrix, findings, proposal, costs, probes } = result
  return {
    schema_version: SCHEMA_VERSION,
    hosts: cluster.hosts.map(h => h.name),
    vips: cluster.vips,
    holds: answerOf(result).holds,
    matrix: matrix.map(rowJson),
    findings: findings.map(findingJson),
    ...(proposal === undefined
      ? {}
      : {
          proposal: {
            survive: proposal.survive,
            plans: proposal.plans.map(p => ({
              vips: p.vips,
              worst_before: p.worstBefore,
              worst_after: p.worstAfter,
              even: p.even,
              same_vips: p.sameVips,
              orders: Object.fromEntries(p.orders.map(o => [o.vip, o.hosts])),
            })),
            changes: proposal.changes,
          },
        }),
    costs: {
      virtual_routers: costs.instances,
      adverts_per_s: costs.advertsPerS,
      adverts_wire_bps: costs.advertsWireBps,
      garps_at_once: costs.garpsAtOnce,
      probes_per_s: { servers: Object.fromEntries(probes.byServer), directors: Object.fromEntries(probes.byHost) },
    },
    assumed_addresses: cluster.assumedAddresses,
    ...(comparison === undefined
      ? {}
      : {
          against: {
            changes: comparison.changes,
            fixed: comparison.fixed.map(findingJson),
            introduced: comparison.introduced.map(findingJson),
          },
        }),
  }
}

const s = (ns: number): number => asSeconds(ns as Duration)

function rowJson(row: FailureRow): object {
  const several = [...row.owners].filter(([, owners]) => owners.length > 1)
  return {
    failed: row.failed,
    owners: Object.fromEntries([...row.owners].map(([vip, owners]) => [vip, owners[0] ?? null])),
    ...(several.length === 0 ? {} : { several_owners: Object.fromEntries(several) }),
    links: Object.fromEntries([...(row.offered ?? [])].map(([host, offered]) => [`switch→${host}`, { offered }])),
    takeovers: Object.fromEntries(
      row.takeovers.map(t => [
        t.vip,
        { from: t.from, to: t.to, crash_s: { least: s(t.crashNs.least), most: s(t.crashNs.most) }, stop_s: s(t.stopNs) },
      ]),
    ),
    holds: row.holds,
  }
}

const findingJson = (f: Finding): object => ({
  rule: f.rule,
  severity: f.severity,
  file: f.at.file,
  line: f.at.line,
  column: f.at.column,
  message: f.message,
  fix: f.fix,
})
