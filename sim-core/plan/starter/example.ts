/** The cluster that `lvsim init` begins with when there is none: two balancers, one VIP, direct routing. */
const conf = (state: 'MASTER' | 'BACKUP', priority: number, host: string): string => `! keepalived.conf of ${host}

global_defs {
    router_id ${host}
}

vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
        10.0.0.100
    }
}

virtual_server 10.0.0.100 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    protocol TCP

    real_server 10.0.0.31 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
    real_server 10.0.0.32 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
}
`

/** Path in the folder → text. */
export const EXAMPLE_FILES: ReadonlyMap<string, string> = new Map([
  ['b1.keepalived.conf', conf('MASTER', 150, 'b1')],
  ['b2.keepalived.conf', conf('BACKUP', 100, 'b2')],
])
