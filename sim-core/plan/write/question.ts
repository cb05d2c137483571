/**
 * The question beside the files that answer it: `lvsim plan plan.yaml` gives the plan again, `lvsim check .` takes from
 * it what a keepalived.conf cannot say. Tested in test/plan/question.test.ts: it reads back as it was.
 */
import type { Instance } from '../instance.ts'
import type { PlanModel } from '../model.ts'
import type { Deployment } from './deployment.ts'
import { rateText } from './quantities.ts'

export function questionYaml(model: PlanModel, instance: Instance, d: Deployment): string {
  const { question } = model
  const given = <T>(key: string, value: T | undefined, text: (value: T) => string = String): string[] =>
    value === undefined ? [] : [`${key}: ${text(value)}`]
  const lines = [
    '# What was planned for; lvsim plan and lvsim check read it.',
    `traffic: ${rateText(question.trafficBps)}`,
    `layer: ${model.layer}`,
    `packet: ${model.packetBytes}B`,
    ...given('header', question.headerBytes, bytes => `${bytes}B`),
    ...given('headroom', question.headroom, percentage),
    `forwarding: ${model.forwarding}`,
    ...given('response_ratio', question.responseRatio),
    `survive: ${model.family.survive}`,
    'balancers:',
    ...question.balancers.map((b, i) => `  ${key(b.name)}: { link: ${rateText(b.linkBps)}, address: ${d.balancers[i]} }`),
    ...(question.groups === undefined || question.groups.length === 0
      ? []
      : ['groups:', ...question.groups.map(g => `  ${key(g.name)}: [${g.members.map(key).join(', ')}]`)]),
    'vips:',
    ...d.vips.map((vip, v) => `  ${key(model.vipNames?.[v] ?? vip)}: { ${share(instance, v)}address: ${vip} }`),
    'servers:',
    ...d.servers.map(s => `  ${key(s.name)}: { link: ${rateText(s.linkBps)}, weight: ${s.weight}, address: ${s.address} }`),
    'deploy:',
    `  interface: ${key(d.interface)}`,
    `  ports: [${d.ports.join(', ')}]`,
    `  scheduler: ${d.scheduler}`,
    ...(d.unicast ? ['  unicast: true'] : []),
  ]
  return `${lines.join('\n')}\n`
}

const share = (instance: Instance, v: number): string =>
  instance.shares.every(s => s === instance.shares[0]) ? '' : `share: ${instance.shares[v]}, `

const percentage = (ratio: number): string => `${Number((100 * ratio).toPrecision(12))} %`

/** Names that YAML would read as something else are quoted. */
const key = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9_.-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off)$/i.test(name) ? name : JSON.stringify(name)
