/**
 * The releases of keepalived. `2.2` is 2.2.7, which was recorded. `2.3+` is 2.3.4: its source was compared with that of
 * 2.2.7 file by file, and where VRRP differs both programs were run side by side. Each difference is asked for by
 * `isLater` at one place, and is a row of test/protocols/vrrp/releases.test.ts; recorded-2.3.4.test.ts replays runs of 2.3.4:
 *
 * | What | 2.2 | 2.3+ | Since |
 * |---|---|---|---|
 * | another list of VIPs in an advert (packet-check.ts) | rejected: two MASTERs | logged, accepted | – |
 * | adverts during vrrp_startup_delay (receive.ts) | each stretches it | not read | – |
 * | two address owners (owners.ts) | who hears the other is 254 for good | the lower address gives way | 2.3.3 |
 * | owner_ignore_adverts (packet-check.ts) | unknown | an owner reads no advert | 2.3.3 |
 * | timer_expired_backup (late-wake.ts) | unknown | a MASTER that slept too long goes to BACKUP | 2.2.8 |
 * | garp_master_refresh (garp.ts) | with the next advert | a timer, first after the second block, never stopped | – |
 * | vrrp_garp_interval (garp-queue.ts) | repeats that wait are lost | each waits its turn | – |
 * | reload of a MASTER with new VIPs or a refresh (reload.ts) | one block for new VIPs | and a second, and one for the refresh | – |
 * | reload while vrrp_startup_delay runs (reload.ts) | the old delay | the new one | – |
 * | reload with another command in a vrrp_script (reload.ts) | keeps its verdict | is a new script | – |
 * | fractions of a second in vrrp_script (config/keepalived) | cut to whole seconds | milliseconds | 2.3.2 |
 * | TCP_CHECK while the server is down (daemons/keepalived) | goes through its retries | once a delay_loop | – |
 *
 * "Since" is the release whose notes or issues name the change, where one does. A release between 2.2.7 and 2.3.4 has only
 * some of them.
 * Alike in both, although another source says otherwise: `state MASTER` in a sync group and an owner that leaves FAULT
 * wait the full time.
 */
import type { Cause } from '../../trace/contract.ts'
import type { Draft } from './draft.ts'

/** The source of causes that only later releases have. */
export const LATER = 'keepalived 2.3.4'

export const ofLater = (why: Cause): Cause => ({ ...why, source: LATER })

export const isLater = (d: Draft): boolean => d.config.release === '2.3+'
