/**
 * Whether an advert is taken seriously: the checks of keepalived 2.2.7 in its order. A packet that fails one is
 * dropped, but the socket has read it, which restarts a MASTER's advert timer all the same (recordings v22–v24, v40).
 */
import { isMulticast } from '../../base/address.ts'
import { SECOND_NS } from '../../base/units.ts'
import type { Cause } from '../../trace/contract.ts'
import { PRIORITY_OWNER, VRRP_TTL, type VrrpInstanceConfig } from './config.ts'
import { because, nameOf } from './draft.ts'
import { secondsText } from './intervals.ts'
import type { VrrpAdvert } from './messages.ts'

const PASSWORD_BYTES = 8
const CENTISECOND_NS = 10_000_000

/** The advert's interval in ns. */
export const advertIntervalNs = (advert: VrrpAdvert): number => advert.advertIntCs * CENTISECOND_NS

/**
 * Whether the packet reaches the instance's socket at all: one socket an interface for the multicast group, one for
 * each unicast source address. What is sent the other way is never seen, not even to be rejected (recording v43).
 */
export function reachesSocket(c: VrrpInstanceConfig, ownIp: number | null, onInterface: string, advert: VrrpAdvert): boolean {
  if (c.interface !== onInterface || c.vrid !== advert.vrid) return false
  if (c.unicastPeers.length === 0) return isMulticast(advert.dst)
  return advert.dst === ownIp
}

/**
 * Why the packet is rejected, or null. `checkVips`: skip_check_adv_addr spares the known master's address list, and
 * releases after 2.2 every one. `ownPriority`: as it is now.
 */
export function rejection(c: VrrpInstanceConfig, advert: VrrpAdvert, checkVips: boolean, ownPriority = c.priority): Cause | null {
  const from = nameOf(advert.srcIp)
  const reject = (text: string): string => `advert of ${from} rejected: ${text}`
  const wrongAuth = (text: string) => because('vrrp-reject-auth', reject(text), { peer: from, expected: c.auth.type, got: advert.authType })
  const unicast = c.unicastPeers.length > 0
  const listed = { peer: from, vips: advert.vips.length, expected_vips: c.vips.length }
  if ((advert.authType === 'ah') !== (c.auth.type === 'ah')) return wrongAuth(`authentication ${advert.authType}, expected ${c.auth.type}`)
  if (!unicast && advert.ttl !== VRRP_TTL)
    return because(
      'vrrp-reject-ttl',
      reject(`TTL ${advert.ttl}, expected ${VRRP_TTL}`),
      { peer: from, ttl: advert.ttl, expected_ttl: VRRP_TTL },
      `${advert.ttl} ≠ ${VRRP_TTL}`,
    )
  if (advert.version !== c.version)
    return because('vrrp-reject-version', reject(`version ${advert.version}, expected ${c.version}`), {
      peer: from,
      expected: `version ${c.version}`,
      got: `version ${advert.version}`,
    })
  if (c.version === 2) {
    if (advert.authType !== c.auth.type) return wrongAuth(`authentication ${advert.authType}, expected ${c.auth.type}`)
    if (c.auth.type === 'pass' && advert.authData.slice(0, PASSWORD_BYTES) !== c.auth.data.slice(0, PASSWORD_BYTES))
      return wrongAuth('the password differs')
    const intervalNs = advertIntervalNs(advert)
    if (intervalNs !== c.advertIntNs)
      return because(
        'vrrp-reject-interval',
        reject(`advert_int ${secondsText(intervalNs)}, ours is ${secondsText(c.advertIntNs)} (version 2 does not learn it)`),
        { peer: from, peer_advert_int_s: intervalNs / SECOND_NS, advert_int_s: c.advertIntNs / SECOND_NS },
        `${secondsText(intervalNs)} ≠ ${secondsText(c.advertIntNs)}`,
      )
  }
  if (c.ownerIgnoresAdverts === true && ownPriority === PRIORITY_OWNER)
    return because('vrrp-reject-owner', reject('owner_ignore_adverts: an address owner reads no advert'), {
      peer: from,
      peer_priority: advert.priority,
      priority: ownPriority,
    })
  if (checkVips && advert.vips.length !== c.vips.length)
    return because('vrrp-reject-vips', reject(`it lists ${advert.vips.length} VIPs, expected ${c.vips.length}`), listed)
  if (unicast && c.checkUnicastSrc && !c.unicastPeers.includes(advert.srcIp))
    return because('vrrp-reject-source', reject('the sender is no unicast_peer (vrrp_check_unicast_src)'), { peer: from })
  if (checkVips) {
    const missing = c.vips.find(v => !advert.vips.includes(v.ip))
    if (missing !== undefined)
      return because('vrrp-reject-vips', reject(`its list of VIPs lacks ${nameOf(missing.ip)}`), { ...listed, vip: nameOf(missing.ip) })
  }
  return null
}
