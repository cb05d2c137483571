/**
 * A plan as files: path → text. Nothing is written here; the command line does that, to a temporary name first.
 *
 * Every file says what an administrator of the cluster would want to know, and lvsim reads all of them back: `run` the
 * scenario, `check` the folder. Tested in test/plan/write.test.ts.
 */
import type { Problem } from '../../base/problem.ts'
import { instanceOf } from '../model.ts'
import type { PlanModel } from '../model.ts'
import type { PlanAnswer } from '../solve.ts'
import type { DeploymentOptions } from './deployment.ts'
import { makeDeployment } from './deployment.ts'
import { balancerSysctl, dnsZone, ipvsadmRules, serverAddresses, serverSysctl } from './hosts.ts'
import type { VrrpGroup } from './instances.ts'
import { distinctOrders, groupByOrder, VRIDS } from './instances.ts'
import { keepalivedConf } from './keepalived.ts'
import { questionYaml } from './question.ts'
import { readme } from './readme.ts'
import { scenarioYaml } from './scenario.ts'

export type { Deployment, DeploymentOptions } from './deployment.ts'
export { ADVERTISED_MAX, type VrrpGroup } from './instances.ts'

export type Written =
  | {
      readonly ok: true
      readonly files: ReadonlyMap<string, string>
      readonly groups: readonly VrrpGroup[]
      readonly problems: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const problem = (severity: 'error' | 'warning', code: string, message: string, remedy: string): Problem => ({
  at: { file: 'plan', line: 1, column: 1 },
  severity,
  code,
  message,
  remedy,
})

export function writePlan(model: PlanModel, answer: PlanAnswer, options: DeploymentOptions = {}): Written {
  const instance = instanceOf(model, model.shares === undefined ? answer.orders.length : undefined)
  const { deployment: d, problems } = makeDeployment(model, answer, options)
  if (d.vips.length !== answer.orders.length) {
    problems.push(problem('error', 'address-count', `${d.vips.length} addresses for ${answer.orders.length} VIPs`, 'give one each'))
  }
  const groups = groupByOrder(instance, answer, d.failover.priorities.length, options.firstVrid)
  if (groups === undefined) {
    const remedy = 'put part of the VIPs into another segment (VLAN) with balancers of its own, or plan fewer VIPs'
    problems.push(
      problem(
        'error',
        'too-many-instances',
        `${distinctOrders(answer)} orders need more than the ${VRIDS} virtual_router_ids of a segment`,
        remedy,
      ),
    )
  }
  if (problems.some(p => p.severity === 'error') || groups === undefined) return { ok: false, problems }
  if (model.forwarding === 'NAT' && model.names.length > 1) {
    const remedy = 'use DR, or give each balancer real servers of its own whose gateway it is'
    problems.push(problem('warning', 'nat-several-active', 'with NAT a reply must pass the balancer that its request passed', remedy))
  }
  const conf = (name: string): string => `${name}.keepalived.conf`
  const files = new Map<string, string>([
    ['README.md', readme(model, instance, answer, d, groups)],
    ['plan.yaml', questionYaml(model, instance, d)],
    ...model.names.map((name, b): [string, string] => [conf(name), keepalivedConf(model, d, groups, b)]),
    ['ipvsadm.rules', ipvsadmRules(model, d, ['-t'])],
    ['balancers.sysctl.conf', balancerSysctl(model)],
    ['real-servers.sysctl.conf', serverSysctl(model)],
    ['real-servers.sh', serverAddresses(model, d)],
    ['dns.zone', dnsZone(model, d)],
    ['scenario.rules', ipvsadmRules(model, d, ['-t', '-u'])],
    ['scenario.yaml', scenarioYaml(model, instance, answer, d, { keepalived: model.names.map(conf), rules: 'scenario.rules' })],
  ])
  return { ok: true, files, groups, problems }
}
