/**
 * Gratuitous ARPs: blocks of them on entering MASTER and after a lower-priority advert, and their pacing.
 *
 * Order is round-robin over the addresses (recording v50). With vrrp_garp_interval an address that waits is only
 * marked, not counted, so that its repeats are lost (recording v20d); releases after 2.2 count them (garp-queue.ts). A delayed block is not cancelled when the
 * instance leaves MASTER: it looks, when its time has come, whether the VIPs are there (recording v51).
 */
import { SECOND_NS } from '../../base/units.ts'
import type { Cause } from '../../trace/contract.ts'
import { addressesOf } from './config.ts'
import { because, configOf, type Draft, memoryOf } from './draft.ts'
import { announceInTurn } from './garp-queue.ts'
import { secondsText } from './intervals.ts'
import { isLater, ofLater } from './releases.ts'
import type { GarpTimer } from './state.ts'

/** Of a block of `repeat` announcements of each VIP, as inputs of a cause. */
export const garpInputs = (d: Draft, i: number, repeat: number) => ({ garps: repeat, vips: addressesOf(configOf(d, i)).length })

/** `5 × 2 = 10`: gratuitous ARPs in a block. */
export function garpArithmetic(d: Draft, i: number, repeat: number): string {
  const { garps, vips } = garpInputs(d, i, repeat)
  return `${garps} × ${vips} = ${garps * vips}`
}

/** `repeat` announcements of each address now, or marked for later when the interface is paced. */
export function announce(d: Draft, i: number, repeat: number, why: Cause): void {
  if (!memoryOf(d, i).vipsInstalled) return
  const addresses = addressesOf(configOf(d, i))
  const counted = isLater(d) && d.config.garpIntervalNs > 0
  for (let r = 0; r < repeat; r++)
    for (let a = 0; a < addresses.length; a++) counted ? announceInTurn(d, i, a, repeat, why) : announceOne(d, i, a, why)
}

/** A second block of `repeat`, `delayNs` from now; delay 0 means none. */
export function announceLater(d: Draft, i: number, delayNs: number, repeat: number, reason: GarpTimer['reason']): void {
  if (delayNs === 0) return
  d.state.garpTimers.push({ id: d.state.nextGarpTimer++, atNs: d.nowNs + delayNs, instance: i, repeat, reason })
}

/**
 * garp_master_refresh after 2.2: its own timer, first `delayNs` + refresh from now. Nothing ever stops it, so each time
 * the instance enters MASTER there is one more (seen with 2.3.4); 2.2 looks when it advertises (masterTick).
 */
export function refreshLater(d: Draft, i: number, delayNs: number): void {
  const { refreshNs, refreshRepeat } = configOf(d, i).garp
  if (isLater(d) && refreshNs > 0) announceLater(d, i, delayNs + refreshNs, refreshRepeat, 'refresh')
}

export function serveGarpTimer(d: Draft, timer: GarpTimer): void {
  d.state.garpTimers = d.state.garpTimers.filter(t => t.id !== timer.id)
  const garp = configOf(d, timer.instance).garp
  const inputs = garpInputs(d, timer.instance, timer.repeat)
  const sum = garpArithmetic(d, timer.instance, timer.repeat)
  if (timer.reason === 'refresh') {
    const text = `garp_master_refresh, every ${secondsText(garp.refreshNs)} since it entered MASTER`
    const refresh = because('vrrp-garp-refresh', text, { ...inputs, garp_refresh_s: garp.refreshNs / SECOND_NS }, sum)
    announce(d, timer.instance, timer.repeat, ofLater(refresh))
    refreshLater(d, timer.instance, 0)
    return
  }
  const why =
    timer.reason === 'entered'
      ? because(
          'vrrp-garp-delayed',
          `second block of ${timer.repeat}, garp_master_delay ${secondsText(garp.delayNs)} after entering MASTER`,
          { ...inputs, garp_delay_s: garp.delayNs / SECOND_NS },
          sum,
        )
      : because(
          'vrrp-garp-lower-priority',
          `block of ${timer.repeat}, garp_lower_prio_delay ${secondsText(garp.lowerPrioDelayNs)} after an advert of lower priority`,
          { ...inputs, garp_delay_s: garp.lowerPrioDelayNs / SECOND_NS },
          sum,
        )
  announce(d, timer.instance, timer.repeat, why)
}

/** One frame for each address whose interface may send again. */
export function serveGarpQueue(d: Draft): void {
  const intervalNs = d.config.garpIntervalNs
  const why = because('vrrp-garp-paced', `its turn: vrrp_garp_interval ${secondsText(intervalNs)} between two frames of an interface`, {
    garp_interval_s: intervalNs / SECOND_NS,
  })
  let next: number | null = null
  d.state.garpQueueAtNs = null
  d.state.instances.forEach((m, i) => {
    if (m.state !== 'MASTER' || !m.vipsInstalled) return
    addressesOf(configOf(d, i)).forEach((address, a) => {
      if (!m.garpPending[a]) return
      const out = interfaceOf(d, address.interface)
      if (out === undefined || d.nowNs >= out.garpNextNs) {
        memoryOf(d, i).garpPending[a] = false
        send(d, i, a, why)
      } else next = next === null ? out.garpNextNs : Math.min(next, out.garpNextNs)
    })
  })
  d.state.garpQueueAtNs = next
}

const interfaceOf = (d: Draft, name: string) => d.state.interfaces.find(f => f.name === name)

function announceOne(d: Draft, i: number, a: number, why: Cause): void {
  const out = interfaceOf(d, addressesOf(configOf(d, i))[a].interface)
  if (d.config.garpIntervalNs === 0 || out === undefined || d.nowNs >= out.garpNextNs) {
    send(d, i, a, why)
    return
  }
  memoryOf(d, i).garpPending[a] = true
  const turn = d.nowNs + d.config.garpIntervalNs
  if (d.state.garpQueueAtNs === null || turn < d.state.garpQueueAtNs) d.state.garpQueueAtNs = turn
}

function send(d: Draft, i: number, a: number, why: Cause): void {
  const address = addressesOf(configOf(d, i))[a]
  const out = interfaceOf(d, address.interface)
  if (out !== undefined && d.config.garpIntervalNs > 0) out.garpNextNs = d.nowNs + d.config.garpIntervalNs
  const { prefixLength: _, ...where } = address
  d.effects.push({ kind: 'sendGarp', instance: configOf(d, i).name, ...where, cause: why })
}
