/**
 * ARP caches of what clients stand behind. What differs is how long an entry is believed and whether a gratuitous ARP
 * changes it: that, and not VRRP, decides how long a router goes on sending to a balancer that is gone.
 */
import { SECOND_NS } from '../base/units.ts'
import { type ArpSettings, LINUX_ARP } from './arp-settings.ts'

const MINUTE_NS = 60 * SECOND_NS

/** A cache that asks again only when an entry's time is over, and then at once. */
const aged = (lifetimeNs: number): ArpSettings => ({ ...LINUX_ARP, reachableNs: lifetimeNs, delayFirstProbeNs: 0 })

export const ARP_PRESETS = {
  linux: LINUX_ARP,
  /** Cisco IOS: `arp timeout` 14,400 s. */
  'cisco-ios': aged(240 * MINUTE_NS),
  /** Junos: `arp aging-timer` 20 min. */
  junos: aged(20 * MINUTE_NS),
  /** HPE Comware: `arp timer aging` 20 min. */
  comware: aged(20 * MINUTE_NS),
  /** FortiSwitch: `arp-timeout` 180 s. */
  fortiswitch: aged(180 * SECOND_NS),
} as const satisfies Readonly<Record<string, ArpSettings>>

export type ArpPreset = keyof typeof ARP_PRESETS
export const ARP_PRESET_NAMES = Object.keys(ARP_PRESETS) as readonly ArpPreset[]
