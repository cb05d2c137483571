/**
 * Recordings in real time, replayed in lockstep. Timers of a real process are late by milliseconds, so a run of its own
 * would drift away from the recording. Here each host is alone with what it really received: every output is predicted
 * from there, looked up in the recording, and the host goes on from the moment at which it really acted.
 *
 * A timer that is due fires when the recording shows its output; when an input came in between and there is no such
 * output, the input came first. Tested in test/conform/lockstep.test.ts.
 */
import { formatIpv4, isMulticast, parseIpv4 } from '../base/address.ts'
import { SECOND_NS } from '../base/units.ts'
import {
  type KeepalivedEffect,
  type KeepalivedInput,
  type KeepalivedProcessConfig,
  keepalivedOff,
  type KeepalivedState,
  nextKeepalivedDeadline,
  processConfigOf,
  stepKeepalived,
} from '../daemons/keepalived/index.ts'
import type { CaseConfigs } from './case-configs.ts'
import type { CaseFile } from './case-file.ts'
import { ADDRESSES, ADVERTS, GARPS, STATES } from './compare/vrrp.ts'
import type { Seen, TimedKind } from './compare/timed.ts'
import { showTime } from './compare/words.ts'
import { withLateness } from './lateness.ts'
import { inputsOf, type TimedInput } from './lockstep-inputs.ts'
import type { Observed, ObservedKind } from './observed.ts'
import type { Comparison, Difference } from './score.ts'
import type { Tolerances } from './tolerances.ts'

const KINDS = [ADVERTS, GARPS, STATES, ADDRESSES].map(k => k as unknown as TimedKind<Observed>)
const kindOf = (o: Observed) => KINDS.find(k => k.kind === o.kind) as TimedKind<Observed>

export function compareInLockstep(recorded: CaseFile, configs: CaseConfigs, tolerances: Tolerances): Comparison[] {
  const hosts = Object.keys(recorded.hosts).sort()
  const results = hosts.map(host => new Lockstep(recorded, configs, host, tolerances).run())
  return KINDS.map(({ kind }) => {
    const own = results.map(r => r.of(kind))
    return {
      kind,
      matched: own.reduce((n, r) => n + r.matched, 0),
      total: own.reduce((n, r) => n + r.matched + r.differences.length, 0),
      differences: own.flatMap(r => r.differences).sort((a, b) => a.tS - b.tS),
      errorsS: own.flatMap(r => r.errorsS),
    }
  })
}

interface LabWork {
  readonly earlyS: number
  readonly lateS: number
}

/** The lab's own work: it flushes the addresses of a crashed host, and a starting process removes its leftovers, within these. */
const LAB_WORK_S: Readonly<Partial<Record<KeepalivedInput['kind'], LabWork>>> = {
  crash: { earlyS: 0, lateS: 0.5 },
  start: { earlyS: 0.5, lateS: 0 },
  boot: { earlyS: 0.5, lateS: 0 },
}
/** An output that comes later than the tolerance is a difference, but the host goes on from it. */
const RESYNC_S = 0.4
/** A journal line came this much after what it tells of at most. */
const JOURNAL_LATE_MAX_S = 0.06

class Lockstep {
  private readonly recorded: CaseFile
  private readonly host: string
  private readonly tolerances: Tolerances
  private readonly outputs: Outputs
  private readonly inputs: TimedInput[]
  private config: KeepalivedProcessConfig | undefined
  private state: KeepalivedState
  private readonly carrier = new Map<string, boolean>()

  constructor(recorded: CaseFile, configs: CaseConfigs, host: string, tolerances: Tolerances) {
    this.recorded = recorded
    this.host = host
    this.tolerances = tolerances
    this.outputs = new Outputs(recorded, host, tolerances)
    this.inputs = inputsOf(recorded, configs, host)
    const { address, interfaces, keepalived } = recorded.hosts[host]
    const read = keepalived === undefined ? undefined : configs.keepalived(host, keepalived)
    this.config = read === undefined ? undefined : processConfigOf(read)
    const nics = Object.entries({ eth0: address, ...interfaces })
    for (const [name] of nics) this.carrier.set(name, true)
    this.state = keepalivedOff(nics.map(([name, cidr]) => ({ name, up: true, ip: parseIpv4(cidr.split('/')[0]) ?? null })))
  }

  run(): Outputs {
    const endNs = this.recorded.duration_s * SECOND_NS
    for (;;) {
      const input = this.inputs[0]
      const due = this.config === undefined ? null : nextKeepalivedDeadline(this.config, this.state)
      if (due !== null && due <= Math.min(input?.atNs ?? endNs, endNs)) this.fire(due)
      else if (input !== undefined && input.atNs <= endNs) this.take(this.inputs.shift() as TimedInput)
      else break
    }
    this.outputs.reportUnpredicted()
    return this.outputs
  }

  /**
   * A timer is due. An input that came in soon after may have been first: it was, when the recording lacks what the
   * timer would have done, or has what both would have done only once.
   */
  private fire(dueNs: number): void {
    const step = this.step({ kind: 'timer', nowNs: dueNs })
    const next = this.inputs[0]
    if (next?.input !== undefined && next.atNs <= dueNs + this.tolerances.lateS * SECOND_NS) {
      const timer = this.visibleOf(step, dueNs)
      const after = stepKeepalived(this.config as KeepalivedProcessConfig, step.state, {
        ...next.input,
        nowNs: next.atNs,
      } as KeepalivedInput)
      const both = [...timer, ...this.visibleOf(after, next.atNs)]
      const inputAlone = this.visibleOf(this.step({ ...next.input, nowNs: next.atNs } as KeepalivedInput), next.atNs)
      if (timer.length > 0 && !this.outputs.have(both) && (this.outputs.have(inputAlone) || !this.outputs.have(timer))) {
        this.take(this.inputs.shift() as TimedInput)
        return
      }
    }
    this.accept(step, dueNs)
  }

  private visibleOf(step: { readonly effects: readonly KeepalivedEffect[] }, atNs: number): Seen[] {
    return step.effects.flatMap(e => this.visible(e, atNs) ?? [])
  }

  private take(input: TimedInput): void {
    if (input.config !== undefined) {
      const previous = this.config
      this.config = input.config
      if (previous === undefined || this.state.phase === 'off') return
      this.apply({ kind: 'reload', nowNs: input.atNs, previous }, input.atNs)
      return
    }
    if (input.input === undefined || this.config === undefined) return
    if (input.input.kind === 'carrier') this.carrier.set(input.input.interface, input.input.up)
    this.apply({ ...input.input, nowNs: input.atNs } as KeepalivedInput, input.atNs)
  }

  private apply(input: KeepalivedInput, givenNs: number): void {
    const starts = input.kind === 'start' || input.kind === 'boot'
    const atNs = starts ? this.startNs(input, givenNs) : givenNs
    this.accept(this.step({ ...input, nowNs: atNs }), starts ? givenNs : atNs, LAB_WORK_S[input.kind])
  }

  /**
   * A process was ready when its journal said so, or a little before: the journal may be late, the process never is
   * early. So it began as late as its first advert of any instance allows.
   */
  private startNs(input: KeepalivedInput, readyNs: number): number {
    const config = this.config as KeepalivedProcessConfig
    const { instances } = this.step(input).state.vrrp
    const earlyNs = instances.map((instance, i) => {
      if (instance.expiresNs === null) return 0
      const firstS = this.outputs.firstAdvert(config.vrrp.instances[i].vrid, readyNs / SECOND_NS)
      return firstS === undefined ? 0 : instance.expiresNs - firstS * SECOND_NS
    })
    const early = Math.max(0, ...earlyNs)
    return early <= JOURNAL_LATE_MAX_S * SECOND_NS ? Math.round(readyNs - early) : readyNs
  }

  private step(input: KeepalivedInput) {
    return stepKeepalived(this.config as KeepalivedProcessConfig, this.state, input)
  }

  /** Looks the outputs up; what the step armed counts from the last of them that was really sent. */
  private accept(
    step: { readonly state: KeepalivedState; readonly effects: readonly KeepalivedEffect[] },
    predictedNs: number,
    work?: LabWork,
  ): void {
    const reals: number[] = []
    for (const effect of step.effects) {
      const seen = this.visible(effect, predictedNs)
      if (seen === undefined) continue
      const realS = this.outputs.predict(seen, work)
      if (realS !== undefined && (seen.kind === 'advert' || seen.kind === 'garp')) reals.push(Math.round(realS * SECOND_NS))
    }
    this.state = withLateness(this.state, step.state, this.latenessOf(reals, predictedNs))
  }

  /** What is armed anew counts from between the first and the last of what was sent, and never from long after the first. */
  private latenessOf(realsNs: readonly number[], predictedNs: number): number {
    if (realsNs.length === 0) return 0
    const first = Math.min(...realsNs)
    const last = Math.max(...realsNs)
    return Math.min(last, first + this.tolerances.earlyS * SECOND_NS) - predictedNs
  }

  /** What a recorder would see of an effect. */
  private visible(effect: KeepalivedEffect, atNs: number): Seen | undefined {
    const at = { t: atNs / SECOND_NS, host: this.host }
    const rule = 'cause' in effect ? effect.cause?.rule : undefined
    if (effect.kind === 'sendAdvert') {
      if (this.carrier.get(effect.interface) === false) return undefined
      const a = effect.advert
      return {
        kind: 'advert',
        ...at,
        src: formatIpv4(a.srcIp),
        version: a.version,
        vrid: a.vrid,
        prio: a.priority,
        advIntS: a.advertIntCs / 100,
        vips: a.vips.map(formatIpv4),
        dst: isMulticast(a.dst) ? undefined : formatIpv4(a.dst),
        if: effect.interface,
        rule,
      }
    }
    if (effect.kind === 'sendGarp')
      return this.carrier.get(effect.interface) === false
        ? undefined
        : { kind: 'garp', ...at, ip: formatIpv4(effect.ip), if: effect.interface, rule }
    if (effect.kind === 'addVip' || effect.kind === 'removeVip')
      return { kind: 'vip', ...at, ip: formatIpv4(effect.ip), present: effect.kind === 'addVip', rule }
    if (effect.kind === 'stateChange' && effect.logged)
      return { kind: 'state', ...at, instance: effect.instance, state: effect.to, ...(effect.init ? { init: true } : {}), rule }
    return undefined
  }
}

/** What a host really sent and did, ticked off as it is predicted. */
class Outputs {
  private readonly left: Map<string, Observed[]>
  private readonly tolerances: Tolerances
  private readonly endS: number
  private readonly matched = new Map<ObservedKind, number[]>()
  private readonly wrong: Difference[] = []

  constructor(recorded: CaseFile, host: string, tolerances: Tolerances) {
    this.tolerances = tolerances
    // Nothing is known of what came after the last line.
    this.endS = Math.min(recorded.duration_s, recorded.observed.at(-1)?.t ?? 0)
    this.left = new Map()
    for (const o of recorded.observed) {
      if (!('host' in o) || o.host !== host || kindOf(o) === undefined) continue
      const key = this.keyOf(o)
      const list = this.left.get(key)
      if (list === undefined) this.left.set(key, [o])
      else list.push(o)
    }
  }

  of(kind: ObservedKind): { matched: number; differences: readonly Difference[]; errorsS: readonly number[] } {
    const errorsS = this.matched.get(kind) ?? []
    return { matched: errorsS.length, differences: this.wrong.filter(d => d.kind === kind), errorsS }
  }

  /** Whether all of these were seen, each one for itself. */
  have(predicted: readonly Seen[]): boolean {
    const used = new Set<Observed>()
    return predicted.every(p => {
      const real = this.left.get(this.keyOf(p))?.find(o => !used.has(o) && this.near(p, o))
      if (real !== undefined) used.add(real)
      return real !== undefined
    })
  }

  firstAdvert(vrid: number, afterS: number): number | undefined {
    let first: number | undefined
    for (const list of this.left.values())
      for (const o of list) if (o.kind === 'advert' && o.vrid === vrid && o.t > afterS && (first === undefined || o.t < first)) first = o.t
    return first
  }

  /** When it was really seen, if it was; a difference when that was not within the tolerance. */
  predict(predicted: Seen, work?: LabWork): number | undefined {
    const list = this.left.get(this.keyOf(predicted)) ?? []
    const ofLab = predicted.kind === 'vip' ? work : undefined
    const i = list.findIndex(o => this.near(predicted, o, ofLab))
    if (i >= 0) {
      const [real] = list.splice(i, 1)
      const errors = this.matched.get(predicted.kind)
      const errorS = ofLab === undefined ? predicted.t - real.t : 0
      if (errors === undefined) this.matched.set(predicted.kind, [errorS])
      else errors.push(errorS)
      return real.t
    }
    const far = list.findIndex(o => o.t >= predicted.t - RESYNC_S && o.t <= predicted.t + RESYNC_S)
    if (far >= 0) {
      const [real] = list.splice(far, 1)
      const late = real.t - predicted.t
      this.differ(
        predicted,
        `${kindOf(real).describe(real)} at ${showTime(real.t)}`,
        `predicted ${showTime(Math.abs(late))} ${late > 0 ? 'earlier' : 'later'}`,
      )
      return real.t
    }
    if (predicted.t <= this.endS) this.differ(predicted, 'nothing of the kind', 'predicted')
    return undefined
  }

  /** What the machine did not foresee. */
  reportUnpredicted(): void {
    for (const list of this.left.values()) for (const o of list) if (o.t < this.endS) this.differ(o, undefined, 'not predicted')
  }

  private differ(o: Seen, expected: string | undefined, got: string): void {
    const of = kindOf(o)
    const words = `${of.describe(o)} at ${showTime(o.t)}`
    this.wrong.push({
      kind: o.kind,
      tS: o.t,
      host: of.hostOf(o),
      expected: expected ?? words,
      got: expected === undefined ? got : `${words} ${got}`,
      rule: o.rule ?? of.rule,
    })
  }

  private near(predicted: Observed, real: Observed, work?: LabWork): boolean {
    const earlyS = Math.max(this.tolerances.earlyS, work?.earlyS ?? 0)
    const lateS = Math.max(this.tolerances.lateS, work?.lateS ?? 0)
    return real.t >= predicted.t - earlyS && real.t <= predicted.t + lateS
  }

  private keyOf(o: Observed): string {
    return `${o.kind} ${kindOf(o).keyOf(o)}`
  }
}
