/** Everything that can be wrong with a planning question, each with what to write instead. Tested in test/plan/model.test.ts. */
import type { Position, Problem } from '../base/problem.ts'
import { nearest } from '../base/problem.ts'
import { countFailureSets, FAILURE_SETS_MAX, someSetKillsAll } from './failures.ts'
import type { PlanQuestion } from './model.ts'
import { FORWARDING_METHODS, LAYERS } from './wire.ts'
import { greatestCommonDivisor } from './instance.ts'

/** Where a path of the question (`balancers.2.linkBps`) was written. */
export type Placement = (path: string) => Position

const NOWHERE: Placement = () => ({ file: 'plan', line: 1, column: 1 })

export const BALANCERS_MAX = 100
export const VIPS_MAX = 4_000
/** Packets of IPv4: a header at least, 16 bits of length at most. */
const PACKET_BYTES_MIN = 20
const PACKET_BYTES_MAX = 65_535
/** Largest link in units of the common divisor, so that ratios compare exactly. */
const LINK_UNITS_MAX = 2 ** 28

type Report = (path: string, code: string, message: string, remedy?: string) => void

export function checkQuestion(question: PlanQuestion, placement: Placement = NOWHERE): Problem[] {
  const problems: Problem[] = []
  const report: Report = (path, code, message, remedy) =>
    problems.push({
      at: placement(path),
      severity: 'error',
      code,
      message: `${path}: ${message}`,
      ...(remedy === undefined ? {} : { remedy }),
    })
  checkBalancers(question, report)
  checkGroups(question, report)
  checkSurvive(question, report)
  checkTraffic(question, report)
  checkVips(question, report)
  checkServers(question, report)
  return problems
}

const positive = (value: number): boolean => Number.isFinite(value) && value > 0

function checkBalancers(question: PlanQuestion, report: Report): void {
  const { balancers } = question
  if (balancers.length === 0) report('balancers', 'no-balancers', 'there is none', 'name at least one, with the rate of its link')
  if (balancers.length > BALANCERS_MAX) report('balancers', 'too-many-balancers', `${balancers.length} are more than ${BALANCERS_MAX}`)
  const rates: number[] = []
  balancers.forEach((balancer, i) => {
    if (balancer.name === '') report(`balancers.${i}.name`, 'name-missing', 'a balancer needs a name')
    if (balancers.findIndex(other => other.name === balancer.name) < i)
      report(`balancers.${i}.name`, 'duplicate-name', `"${balancer.name}" is named twice`)
    if (!positive(balancer.linkBps) || balancer.linkBps < 1)
      report(`balancers.${i}.linkBps`, 'bad-rate', `${balancer.linkBps} is no link rate`, 'write a rate such as 1Gbit')
    else rates.push(Math.round(balancer.linkBps))
  })
  if (rates.length > 0 && Math.max(...rates) / greatestCommonDivisor(rates) > LINK_UNITS_MAX) {
    report('balancers', 'rates-too-fine', 'the link rates have no common unit', 'round them to whole Mbit/s')
  }
}

function checkGroups(question: PlanQuestion, report: Report): void {
  const names = question.balancers.map(b => b.name)
  for (const [g, group] of (question.groups ?? []).entries()) {
    group.members.forEach((member, m) => {
      const path = `groups.${g}.members.${m}`
      if (!names.includes(member)) {
        const near = nearest(member, names)
        report(
          path,
          'unknown-balancer',
          `there is no balancer "${member}"`,
          near === undefined ? `balancers are: ${names.join(', ')}` : `did you mean "${near}"?`,
        )
      }
      if (group.members.indexOf(member) < m) report(path, 'duplicate-name', `"${member}" is in "${group.name}" twice`)
    })
  }
}

function checkSurvive(question: PlanQuestion, report: Report): void {
  const { survive, balancers } = question
  if (!Number.isInteger(survive) || survive < 0) {
    report('survive', 'bad-survive', `${survive} is no number of losses`, 'write 0, 1, 2 …')
    return
  }
  const groups = (question.groups ?? [])
    .map(g => g.members.map(name => balancers.findIndex(b => b.name === name)))
    .filter(g => g.every(b => b >= 0))
  if (survive >= balancers.length || countFailureSets(balancers.length, groups.length, survive) > FAILURE_SETS_MAX) {
    if (survive >= balancers.length && balancers.length > 0) {
      report(
        'survive',
        'nothing-survives',
        `losing ${survive} of ${balancers.length} balancers leaves none`,
        `at most ${balancers.length - 1}`,
      )
    } else if (balancers.length > 0) {
      report(
        'survive',
        'too-many-failure-sets',
        `${survive} losses of ${balancers.length} make more than ${FAILURE_SETS_MAX} failure sets`,
        'ask for fewer losses',
      )
    }
  } else if (someSetKillsAll(balancers.length, survive, groups)) {
    report(
      'groups',
      'nothing-survives',
      `the loss of ${survive} ${survive === 1 ? 'group' : 'groups'} leaves no balancer`,
      'spread the balancers over more groups',
    )
  }
}

function checkTraffic(question: PlanQuestion, report: Report): void {
  if (!positive(question.trafficBps)) report('trafficBps', 'bad-rate', `${question.trafficBps} is no rate`, 'write a rate such as 1.5Gbit')
  const { layer, forwarding, packetBytes = 1500, headerBytes = 40, headroom = 0, responseRatio } = question
  if (layer !== undefined && !LAYERS.includes(layer))
    report('layer', 'unknown-layer', `"${layer}" is no layer`, `layers are: ${LAYERS.join(', ')}`)
  if (forwarding !== undefined && !FORWARDING_METHODS.includes(forwarding)) {
    report('forwarding', 'unknown-forwarding', `"${forwarding}" is no forwarding method`, `methods are: ${FORWARDING_METHODS.join(', ')}`)
  }
  if (!Number.isInteger(packetBytes) || packetBytes < PACKET_BYTES_MIN || packetBytes > PACKET_BYTES_MAX) {
    report(
      'packetBytes',
      'bad-packet-size',
      `${packetBytes} is no IP packet`,
      `${PACKET_BYTES_MIN} to ${PACKET_BYTES_MAX} bytes, header included`,
    )
  } else if (layer === 'payload' && !(headerBytes >= 20 && headerBytes < packetBytes)) {
    report(
      'headerBytes',
      'no-payload',
      `packets of ${packetBytes} bytes with ${headerBytes} of headers carry no payload`,
      'larger packets, or count at layer ip',
    )
  }
  if (!(headroom >= 0 && headroom < 1)) report('headroom', 'bad-headroom', `${headroom} is not between 0 and 1`, 'such as 20 %')
  if (responseRatio !== undefined && !(Number.isFinite(responseRatio) && responseRatio >= 0)) {
    report('responseRatio', 'bad-ratio', `${responseRatio} is no ratio`, 'reply bits per request bit, 0 or more')
  }
  if (forwarding === 'NAT' && responseRatio === undefined) {
    report(
      'responseRatio',
      'ratio-missing',
      'with NAT the replies cross the balancers too',
      'say how many reply bits there are per request bit, such as 20',
    )
  }
}

function checkVips(question: PlanQuestion, report: Report): void {
  const { vips } = question
  if (vips === undefined) return
  if (vips.length === 0) report('vips', 'no-vips', 'the list is empty', 'name at least one, or leave it out to have the number found')
  if (vips.length > VIPS_MAX) report('vips', 'too-many-vips', `${vips.length} are more than ${VIPS_MAX}`)
  vips.forEach((vip, i) => {
    if (vip.share !== undefined && !positive(vip.share))
      report(`vips.${i}.share`, 'bad-share', `${vip.share} is no share`, 'a positive number; only proportions matter')
    if (vip.name !== undefined && vips.findIndex(other => other.name === vip.name) < i)
      report(`vips.${i}.name`, 'duplicate-name', `"${vip.name}" is named twice`)
  })
}

function checkServers(question: PlanQuestion, report: Report): void {
  for (const [i, server] of (question.servers ?? []).entries()) {
    if (!positive(server.linkBps))
      report(`servers.${i}.linkBps`, 'bad-rate', `${server.linkBps} is no link rate`, 'write a rate such as 1Gbit')
    if (server.weight !== undefined && !(Number.isFinite(server.weight) && server.weight >= 0))
      report(`servers.${i}.weight`, 'bad-weight', `${server.weight} is no weight`)
  }
}
