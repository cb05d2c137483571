/**
 * MAC addresses as small numbers. The groups come first; every network interface has `FIRST_INTERFACE_MAC + nic`, and
 * those of virtual routers (use_vmac) follow, by VRID. What is shown or exported is derived from what the number stands for.
 */
export const MAC_BROADCAST = 0
/** 01:00:5e:00:00:12, the group of VRRP adverts. */
export const MAC_VRRP = 1
/** 01:00:5e:00:00:51, the group of the IPVS sync daemon. */
export const MAC_SYNC = 2
export const FIRST_INTERFACE_MAC = 8

/** How many numbers virtual routers take: VRIDs are 1 … 255. */
export const VIRTUAL_MACS = 256

export const isGroupMac = (mac: number): boolean => mac < FIRST_INTERFACE_MAC

const byte = (n: number): string => (n & 255).toString(16).padStart(2, '0')

/** A locally administered address made of the interface's IPv4 address (and its number, when it has none). */
export function interfaceMacText(ip: number | undefined, nic: number): string {
  const n = ip ?? nic
  return `02:${ip === undefined ? '01' : '00'}:${byte(n >>> 24)}:${byte(n >>> 16)}:${byte(n >>> 8)}:${byte(n)}`
}

/** 00:00:5e:00:01 and the VRID (RFC 3768 §7.3, RFC 5798 §7.3). */
export const virtualMacText = (vrid: number): string => `00:00:5e:00:01:${byte(vrid)}`
