/** Why VRRP instances of keepalived change their state, send and announce. */
import type { RuleTable } from './rule.ts'

export const VRRP_RULES = {
  'vrrp-start': {
    says: 'an instance begins as BACKUP and waits one Master_Down_Interval for a master',
    source: 'RFC 5798 §6.4.1; keepalived 2.2.7',
    inputs: ['adverts', 'advert_int_s', 'priority', 'skew_s', 'master_down_s'],
    arithmetic: true,
  },
  'vrrp-owner-start': {
    says: 'an instance of priority 255 is BACKUP for a microsecond and then MASTER',
    source: 'keepalived 2.2.7, vrrp.c; recording v10a',
    inputs: ['priority', 'master_down_s'],
  },
  'vrrp-start-unknown': {
    says: 'an instance with trackers of weight 0 is held in FAULT until each has answered once',
    source: 'keepalived 2.2.7, vrrp_track.c',
    inputs: ['scripts_unknown'],
  },
  'vrrp-start-priority': {
    says: 'an instance begins with its priority and the weights of its trackers, kept within 1 to 254',
    source: 'keepalived 2.2.7, vrrp_track.c',
    inputs: ['base_priority', 'weight', 'total_priority', 'priority'],
    arithmetic: true,
  },
  'vrrp-leftover-vip': {
    says: 'VIPs that a killed keepalived left on the interface are taken off at the next start',
    source: 'keepalived 2.2.7, vrrp.c; recording v05a',
    inputs: ['vips'],
  },
  'vrrp-sync-daemon': {
    says: 'lvs_sync_daemon without an instance runs the master and the backup daemon at once',
    source: 'keepalived.conf(5), lvs_sync_daemon',
    inputs: ['sync_id', 'interface'],
  },
  'vrrp-owner': {
    says: 'the owner of the address (priority 255) is MASTER as soon as it starts',
    source: 'RFC 5798 §6.4.1',
    inputs: ['priority'],
  },
  'vrrp-master-down': {
    says: 'a BACKUP that hears no advert that counts for one Master_Down_Interval becomes MASTER',
    source: 'RFC 5798 §6.4.2; keepalived 2.2.7',
    inputs: ['since_s', 'adverts', 'advert_int_s', 'priority', 'skew_s', 'master_down_s', 'expires_s'],
    arithmetic: true,
  },
  'vrrp-preempt': {
    says: 'adverts of lower priority do not restart the down timer of a BACKUP that may preempt, so it becomes MASTER',
    source: 'RFC 5798 §6.4.2; keepalived 2.2.7',
    inputs: ['since_s', 'adverts', 'advert_int_s', 'priority', 'skew_s', 'master_down_s', 'expires_s', 'peer', 'peer_priority'],
    arithmetic: true,
  },
  'vrrp-preempt-delay': {
    says: 'preempt_delay: a better router that hears a MASTER of lower priority waits so long before it takes over',
    source: 'keepalived.conf(5), preempt_delay; recordings v08a–v08c',
    inputs: ['peer', 'peer_priority', 'priority', 'since_s', 'preempt_delay_s', 'expires_s'],
    arithmetic: true,
  },
  'vrrp-goodbye': {
    says: 'after a goodbye (priority 0) a BACKUP waits its skew time only',
    source: 'RFC 5798 §6.4.2; recording v04a',
    inputs: ['peer', 'since_s', 'priority', 'advert_int_s', 'skew_s', 'expires_s'],
    arithmetic: true,
  },
  'vrrp-sync-master': {
    says: 'a sync group becomes MASTER together, when every member wants it',
    source: 'keepalived 2.2.7, vrrp_sync.c; recording v15a',
    inputs: ['group', 'member', 'members'],
  },
  'vrrp-sync-backup': {
    says: 'a sync group becomes BACKUP together, when one member does',
    source: 'keepalived 2.2.7, vrrp_sync.c',
    inputs: ['group', 'member', 'members'],
  },
  'vrrp-sync-fault': {
    says: 'a sync group goes to FAULT together, when one member does',
    source: 'keepalived 2.2.7, vrrp_sync.c',
    inputs: ['group', 'members'],
  },
  'vrrp-higher-priority-heard': {
    says: 'a MASTER gives way to an advert of higher priority, or of the same from a higher address',
    source: 'RFC 5798 §6.4.3',
    inputs: ['peer', 'peer_priority', 'priority', 'own_address'],
    arithmetic: true,
  },
  'vrrp-stop': {
    says: 'at SIGTERM a MASTER says goodbye (priority 0) and takes its VIPs off',
    source: 'RFC 5798 §6.4.3; keepalived 2.2.7, vrrp_daemon.c; recording v04a',
    inputs: ['signal'],
  },
  'vrrp-stopped': {
    says: 'the VRRP child of keepalived ends a second after SIGTERM, so that its goodbye is out',
    source: 'keepalived 2.2.7, vrrp_daemon.c; recording v04a',
    inputs: ['stop_takes_s', 'since_s'],
    arithmetic: true,
  },
  'vrrp-two-owners': {
    says: 'of two address owners (priority 255) that hear each other one must give way',
    source: 'keepalived 2.2.7, vrrp.c; recordings v35, v36',
    inputs: ['peer', 'peer_priority', 'priority', 'own_address'],
    arithmetic: true,
  },
  'vrrp-same-address': {
    says: 'an advert of our priority from our own address is reported; neither side gives way',
    source: 'keepalived 2.2.7, vrrp.c',
    inputs: ['peer', 'peer_priority', 'priority', 'own_address'],
    arithmetic: true,
  },
  'vrrp-timer-expired': {
    says: 'with timer_expired_backup a MASTER that slept so long that another may have taken over goes to BACKUP',
    source: 'keepalived 2.3.4',
    inputs: ['since_s', 'adverts', 'advert_int_s', 'peer_priority', 'priority', 'skew_s', 'master_down_s'],
    arithmetic: true,
  },
  // ---- trackers
  'vrrp-interface-down': {
    says: 'an instance goes to FAULT, or loses weight, while an interface that it tracks has no carrier',
    source: 'keepalived 2.2.7, vrrp_track.c',
    inputs: ['interface'],
  },
  'vrrp-interface-up': {
    says: 'with the carrier back an instance leaves FAULT as BACKUP, or has its weight again',
    source: 'keepalived 2.2.7, vrrp_track.c',
    inputs: ['interface'],
  },
  'vrrp-no-source-address': {
    says: 'an instance goes to FAULT while its interface has no address to send adverts from',
    source: 'keepalived 2.2.7, keepalived_netlink.c',
    inputs: ['interface'],
  },
  'vrrp-source-address': {
    says: 'with an address to send from an instance leaves FAULT',
    source: 'keepalived 2.2.7, keepalived_netlink.c',
    inputs: ['interface'],
  },
  'vrrp-script-good': {
    says: 'a vrrp_script is good after `rise` successes in a row',
    source: 'keepalived 2.2.7, vrrp_track.c; recordings v16a–v16e',
    inputs: ['script', 'rise', 'fall'],
  },
  'vrrp-script-bad': {
    says: 'a vrrp_script is bad after `fall` failures in a row, or runs that took too long',
    source: 'keepalived 2.2.7, vrrp_track.c; recordings v16a–v16e',
    inputs: ['script', 'rise', 'fall'],
  },
  'vrrp-track-file': {
    says: 'a tracked file’s number times its weight counts towards the priority; −254 or less, or a number with weight 0, is FAULT',
    source: 'keepalived 2.2.7, vrrp_track.c',
    inputs: ['file', 'value'],
  },
  'vrrp-track-process': {
    says: 'a tracked process counts as gone or there after its delay',
    source: 'keepalived 2.2.7, track_process.c',
    inputs: ['process', 'terminate_delay_s'],
  },
  'vrrp-tracker-failed': {
    says: 'an instance begins in FAULT while a tracker of weight 0 says so',
    source: 'keepalived 2.2.7, vrrp_track.c',
    inputs: ['instance', 'tracker'],
  },
  // ---- adverts
  'vrrp-advert': {
    says: 'a MASTER advertises every advert_int',
    source: 'RFC 5798 §6.4.3',
    inputs: ['advert_int_s', 'priority'],
  },
  'vrrp-enter-master': {
    says: 'who becomes MASTER advertises at once',
    source: 'RFC 5798 §6.4.2',
    inputs: ['priority'],
  },
  'vrrp-reload-advert': {
    says: 'a MASTER advertises at once after a reload',
    source: 'keepalived 2.2.7; recording v19a',
    inputs: ['priority'],
  },
  'vrrp-answer-goodbye': {
    says: 'a MASTER that hears a goodbye says that it is there',
    source: 'RFC 5798 §6.4.3',
    inputs: ['peer', 'priority'],
  },
  'vrrp-answer-lower-priority': {
    says: 'a MASTER that hears a lower priority advertises at once',
    source: 'RFC 5798 §6.4.3; keepalived 2.2.7, vrrp.c',
    inputs: ['peer', 'peer_priority', 'priority', 'own_address'],
    arithmetic: true,
  },
  'vrrp-higher-prio-send-advert': {
    says: 'with higher_prio_send_advert a MASTER sends a last advert before it gives way',
    source: 'keepalived.conf(5), higher_prio_send_advert',
    inputs: ['peer', 'peer_priority', 'priority'],
  },
  'vrrp-reject-auth': {
    says: 'an advert with other authentication is dropped',
    source: 'RFC 2338 §7.1; keepalived 2.2.7, vrrp.c; recordings v22–v24, v40',
    inputs: ['peer', 'expected', 'got'],
  },
  'vrrp-reject-ttl': {
    says: 'a multicast advert whose TTL is not 255 came through a router and is dropped',
    source: 'RFC 5798 §7.1',
    inputs: ['peer', 'ttl', 'expected_ttl'],
    arithmetic: true,
  },
  'vrrp-reject-version': {
    says: 'an advert of another version is dropped',
    source: 'RFC 5798 §7.1',
    inputs: ['peer', 'expected', 'got'],
  },
  'vrrp-reject-interval': {
    says: 'version 2 drops an advert with another interval; it does not learn it',
    source: 'RFC 3768 §7.1; recording v22',
    inputs: ['peer', 'peer_advert_int_s', 'advert_int_s'],
    arithmetic: true,
  },
  'vrrp-reject-vips': {
    says: 'an advert with another list of VIPs is dropped',
    source: 'RFC 3768 §7.1; keepalived 2.2.7, vrrp.c; recording v24',
    inputs: ['peer', 'vips', 'expected_vips'],
  },
  'vrrp-reject-owner': {
    says: 'with owner_ignore_adverts an address owner reads no advert',
    source: 'keepalived 2.3.4',
    inputs: ['peer', 'peer_priority', 'priority'],
  },
  'vrrp-reject-source': {
    says: 'with vrrp_check_unicast_src an advert from anybody but a unicast_peer is dropped',
    source: 'keepalived.conf(5), vrrp_check_unicast_src',
    inputs: ['peer'],
  },
  // ---- addresses and gratuitous ARP
  'vrrp-master-holds-vip': {
    says: 'the MASTER has the VIPs on its interface',
    source: 'RFC 5798 §6.4.2',
    inputs: ['vips'],
  },
  'vrrp-garp-master': {
    says: 'entering MASTER announces each VIP garp_master_repeat times',
    source: 'RFC 5798 §6.4.2; keepalived 2.2.7, vrrp_arp.c',
    inputs: ['garps', 'vips'],
    arithmetic: true,
  },
  'vrrp-garp-delayed': {
    says: 'garp_master_delay after entering MASTER the VIPs are announced again',
    source: 'keepalived 2.2.7, vrrp_scheduler.c',
    inputs: ['garps', 'vips', 'garp_delay_s'],
    arithmetic: true,
  },
  'vrrp-garp-refresh': {
    says: 'a MASTER announces its VIPs again every garp_master_refresh',
    source: 'keepalived.conf(5), garp_master_refresh',
    inputs: ['garps', 'vips', 'garp_refresh_s'],
    arithmetic: true,
  },
  'vrrp-garp-lower-priority': {
    says: 'a MASTER that hears a lower priority announces its VIPs again, as those of its sync group do',
    source: 'keepalived 2.2.7, vrrp.c, garp_lower_prio_repeat',
    inputs: ['garps', 'vips'],
    arithmetic: true,
  },
  'vrrp-garp-paced': {
    says: 'vrrp_garp_interval keeps two gratuitous ARPs of an interface apart',
    source: 'keepalived.conf(5), vrrp_garp_interval; recording v20d',
    inputs: ['garp_interval_s'],
  },
  'vrrp-garp-unicast-source': {
    says: 'a unicast instance that leaves FAULT announces its own address to its peers',
    source: 'keepalived 2.2.7, vrrp.c',
    inputs: ['own_address'],
  },
  'vrrp-garp-reload': {
    says: 'a reload that added VIPs announces all of them',
    source: 'keepalived 2.2.7; recording v19c',
    inputs: ['garps', 'vips'],
    arithmetic: true,
  },
  'vrrp-reload': {
    says: 'a reload keeps the MASTER, which advertises first, and changes its VIPs to the new list',
    source: 'keepalived 2.2.7; recordings v19a–v19c',
    inputs: ['signal'],
  },
  'vrrp-reload-removed': {
    says: 'an instance that the new configuration does not have says goodbye and ends',
    source: 'keepalived 2.2.7, vrrp_daemon.c',
    inputs: ['instance'],
  },
} as const satisfies RuleTable
