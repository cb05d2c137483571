/**
 * Every keyword of keepalived 2.2.7's configuration (keepalived.conf(5)) that lvsim does not simulate, by block: they
 * are no mistakes, and the report lists those that a file uses. What is simulated stands in the readers' tables.
 * Keywords that came after 2.2.7 (up to 2.3.4) are apart: to a file that is read as 2.2's they are unknown.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Blocks that can only stand at the top: inside another block they show that a brace is missing. */
export const TOP_LEVEL_ONLY: ReadonlySet<string> = new Set(
  words(`global_defs vrrp_instance vrrp_sync_group vrrp_script vrrp_track_process vrrp_track_file virtual_server virtual_server_group
    static_ipaddress static_routes static_rules garp_group bfd_instance linkbeat_interfaces interface_up_down_delays`),
)

export const TOP_IGNORED = words(`
  net_namespace net_namespace_ipvs namespace_with_ipsets instance use_pid_dir linkbeat_use_polling child_wait_time
  linkbeat_interfaces track_group static_track_group bfd_instance garp_group interface_up_down_delays SSL nftables nftables_ipvs`)

export const GLOBAL_IGNORED = words(`
  tmp_config_directory config_save_dir process_names process_name vrrp_process_name checker_process_name bfd_process_name
  startup_script startup_script_timeout shutdown_script shutdown_script_timeout notification_email notification_email_from
  smtp_server smtp_helo_name smtp_connect_timeout smtp_alert smtp_alert_vrrp smtp_alert_checker checker_log_all_failures
  no_email_faults vrrp_mcast_group6 vrrp_garp_extra_if nftables nftables_priority nftables_counters nftables_ifindex nftables_ipvs
  nftables_ipvs_priority nftables_ipvs_start_fwmark vrrp_iptables vrrp_ipsets disable_local_igmp vrrp_notify_priority_changes
  max_auto_priority min_auto_priority_delay vrrp_priority checker_priority bfd_priority vrrp_no_swap checker_no_swap bfd_no_swap
  vrrp_cpu_affinity checker_cpu_affinity bfd_cpu_affinity vrrp_rt_priority checker_rt_priority bfd_rt_priority vrrp_rlimit_rttime
  checker_rlimit_rttime bfd_rlimit_rttime vrrp_rlimit_rtime checker_rlimit_rtime bfd_rlimit_rtime snmp_socket enable_snmp_keepalived
  enable_snmp_vrrp enable_snmp_checker enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 enable_traps enable_dbus dbus_service_name
  notify_fifo notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script lvs_notify_fifo lvs_notify_fifo_script
  fifo_write_vrrp_states_on_reload vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs
  vrrp_netlink_monitor_rcv_bufs_force lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs
  lvs_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs process_monitor_rcv_bufs_force vrrp_rx_bufs_policy
  vrrp_rx_bufs_multiplier rs_init_notifies no_checker_emails umask log_unknown_vrids vmac_prefix vmac_addr_prefix random_seed
  reload_check_config include_check reload_time_file reload_repeat reload_file data_use_instance linkbeat_use_polling
  net_namespace net_namespace_ipvs namespace_with_ipsets instance use_pid_dir child_wait_time`)

const NOTIFY = words(`notify notify_master notify_backup notify_fault notify_stop notify_deleted notify_master_rx_lower_pri`)
/** Command lines that keepalived runs: kept in the tree as text, not run. */
export const VRRP_NOTIFY: ReadonlySet<string> = new Set(NOTIFY)
export const LVS_NOTIFY: ReadonlySet<string> = new Set(words(`notify_up notify_down quorum_up quorum_down`))

export const INSTANCE_IGNORED = words(`
  vrf use_ipvlan native_ipv6 track_bfd track_src_ip mcast_dst_ip unicast_fault_no_peer unicast_ttl old_unicast_checksum
  garp_extra_if promote_secondaries debug notify_priority_changes smtp_alert kernel_rx_buf_size linkbeat_use_polling
  lvs_sync_daemon_interface`)

export const INSTANCE_IGNORED_LATER = words(`no_virtual_ipaddress v3_checksum_as_v2`)
export const GLOBAL_IGNORED_LATER = words(`
  dbus_no_interface_name iproute_etc_dir iproute_usr_dir json_dump_file json_version snmp_rs_stats_update_interval
  snmp_vs_stats_update_interval state_dump_file stats_dump_file use_symlink_paths`)
export const URL_IGNORED_LATER = words(`tls_compliant`)

/** All that a later keepalived knows and 2.2.7 does not. */
export const LATER_KEYWORDS: ReadonlySet<string> = new Set([
  ...INSTANCE_IGNORED_LATER,
  ...GLOBAL_IGNORED_LATER,
  ...URL_IGNORED_LATER,
  ...words(`timer_expired_backup thread_timer_expired owner_ignore_adverts vrrp_owner_ignore_adverts`),
])

export const SYNC_GROUP_IGNORED = words(`notify_priority_changes smtp_alert track_bfd`)

export const VIRTUAL_SERVER_IGNORED = words(`persistence_engine smtp_alert snmp_name ip_family`)
export const REAL_SERVER_IGNORED = words(`smtp_alert snmp_name`)
export const CHECKER_IGNORED = words(`bind_if fwmark log_all_failures user enable_sni`)
export const URL_IGNORED = words(`regex_no_match regex_options regex_stack regex_min_offset regex_max_offset`)

/** Read into the tree, but without effect in the simulation. */
export const READ_NOT_SIMULATED: ReadonlySet<string> = new Set([
  ...NOTIFY,
  ...LVS_NOTIFY,
  ...words(`script_user enable_script_security virtual_routes virtual_rules static_ipaddress static_routes static_rules`),
])
