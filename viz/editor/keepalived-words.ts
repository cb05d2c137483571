/** Keywords of keepalived.conf(5) that lvsim simulates, by block, for completion. What else is legal is no mistake. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const CHECK = words('connect_ip connect_port bindto connect_timeout retry delay_before_retry warmup delay_loop')

export const KEEPALIVED: {
  readonly blocks: Readonly<Record<string, readonly string[]>>
  readonly values: Readonly<Record<string, readonly string[]>>
} = {
  blocks: {
    '': words('global_defs vrrp_script vrrp_sync_group vrrp_instance virtual_server virtual_server_group include'),
    global_defs: words(`router_id vrrp_version vrrp_garp_master_delay vrrp_garp_master_repeat vrrp_garp_master_refresh vrrp_strict
      vrrp_startup_delay lvs_sync_daemon lvs_flush enable_script_security script_user`),
    vrrp_script: words('script interval timeout weight rise fall user init_fail'),
    vrrp_sync_group: words('group track_script sync_group_tracking_weight global_tracking'),
    vrrp_instance: words(`state interface virtual_router_id priority advert_int version nopreempt preempt_delay accept authentication
      virtual_ipaddress virtual_ipaddress_excluded unicast_src_ip unicast_peer mcast_src_ip track_interface track_script
      garp_master_delay garp_master_repeat garp_master_refresh garp_lower_prio_delay garp_lower_prio_repeat higher_prio_send_advert
      lower_prio_no_advert down_timer_adverts dont_track_primary skip_check_adv_addr use_vmac`),
    authentication: words('auth_type auth_pass'),
    virtual_server: words(`delay_loop lb_algo lvs_sched lb_kind lvs_method protocol persistence_timeout persistence_granularity ops
      quorum hysteresis alpha omega sorry_server real_server ha_suspend inhibit_on_failure`),
    real_server: words('weight inhibit_on_failure TCP_CHECK HTTP_GET SSL_GET MISC_CHECK UDP_CHECK PING_CHECK uthreshold lthreshold'),
    TCP_CHECK: CHECK,
    UDP_CHECK: CHECK,
    PING_CHECK: CHECK,
    HTTP_GET: [...CHECK, ...words('url virtualhost fast_recovery')],
    SSL_GET: [...CHECK, ...words('url virtualhost fast_recovery')],
    MISC_CHECK: words('misc_path misc_timeout misc_dynamic warmup'),
    url: words('path digest status_code virtualhost'),
  },
  values: {
    state: words('MASTER BACKUP'),
    auth_type: words('PASS AH'),
    lb_algo: words('rr wrr lc wlc lblc lblcr sh dh sed nq fo ovf mh twos'),
    lvs_sched: words('rr wrr lc wlc lblc lblcr sh dh sed nq fo ovf mh twos'),
    lb_kind: words('DR NAT TUN'),
    lvs_method: words('DR NAT TUN'),
    protocol: words('TCP UDP SCTP'),
    version: words('2 3'),
    vrrp_version: words('2 3'),
  },
}
