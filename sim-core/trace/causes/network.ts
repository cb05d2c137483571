/** Why packets end before they arrive, who answers them with RST or ICMP, and what switches do. */
import type { RuleTable } from './rule.ts'

export const NETWORK_RULES = {
  'scenario-event': { says: 'the scenario says so', source: 'docs/SCENARIOS.md, events', inputs: ['file', 'line'] },
  'switch-unknown-destination': {
    says: 'a switch that knows no port for a MAC sends the frame to every port',
    source: 'IEEE 802.1D §7.7',
    inputs: ['mac'],
  },
  'igmp-membership-lapsed': {
    says: 'a snooping switch forgets a member that was not asked again',
    source: 'RFC 3376 §8.4, RFC 4541 §2.1',
    inputs: ['host', 'group', 'membership_s'],
  },
  // ---- lost on a link
  'loss-queue-full': {
    says: 'a packet that finds the queue at its limit is dropped (tail drop)',
    source: 'tc-pfifo(8), tc-tbf(8); recordings c01–c05',
    inputs: ['link', 'queue_packets', 'packet_bytes', 'rate_bps'],
    arithmetic: true,
  },
  'loss-no-carrier': { says: 'a link without carrier takes nothing', source: 'docs/SCENARIOS.md, link_down', inputs: ['link'] },
  'loss-cut-off': {
    says: 'frames of a host that is cut off vanish, while its carrier stays',
    source: 'docs/SCENARIOS.md, partition, mute, deaf, split',
    inputs: ['link'],
  },
  'loss-line': {
    says: 'the line loses a share of the frames',
    source: 'docs/SCENARIOS.md, links, loss',
    inputs: ['link', 'loss_share'],
    arithmetic: true,
  },
  'loss-too-large': {
    says: 'a packet above the MTU that may not be fragmented is dropped',
    source: 'RFC 1191 §3; ip_vs_xmit.c',
    inputs: ['packet_bytes', 'mtu_bytes'],
    arithmetic: true,
  },
  // ---- lost in a host
  'loss-host-down': { says: 'a host without power takes nothing', source: 'docs/SCENARIOS.md, crash', inputs: ['host'] },
  'loss-silent': {
    says: 'a host that was told to be silent takes everything and answers nothing',
    source: 'docs/SCENARIOS.md, crash, silent',
    inputs: ['host'],
  },
  'loss-no-such-mac': {
    says: 'a frame to a MAC that no interface with carrier has is flooded and taken by nobody',
    source: 'IEEE 802.1D §7.7; RFC 826',
    inputs: ['host', 'dst', 'mac'],
  },
  'loss-no-route': { says: 'no interface leads to the destination', source: 'RFC 1812 §5.2.4', inputs: ['host', 'dst'] },
  'loss-not-local': {
    says: 'a host that has not the address and does not forward drops the packet',
    source: 'ip_forward, ip-sysctl of Linux',
    inputs: ['host', 'dst', 'ip_forward'],
  },
  'loss-ttl': {
    says: 'a packet whose TTL is used up is dropped',
    source: 'RFC 791 §3.2',
    inputs: ['host', 'dst', 'ttl'],
    arithmetic: true,
  },
  'loss-port-closed': {
    says: 'nobody listens on the port: dropped, and UDP’s sender is told by ICMP',
    source: 'RFC 1122 §4.1.3.1',
    inputs: ['host', 'dst', 'port'],
  },
  'loss-server-hangs': {
    says: 'a server that hangs takes segments and never answers',
    source: 'docs/SCENARIOS.md, real_server hang',
    inputs: ['host', 'port'],
  },
  'loss-arp-failed': {
    says: 'without an answer to its ARP requests a host drops what waited for it',
    source: 'arp(7), mcast_solicit',
    inputs: ['host', 'dst', 'arp_tries'],
  },
  'loss-arp-queue': {
    says: 'only so much waits for one ARP answer; the oldest packet goes first',
    source: 'arp(7), unres_qlen_bytes',
    inputs: ['host', 'dst', 'queue_limit_bytes'],
  },
  'loss-not-accepted': {
    says: 'keepalived does not accept packets to the VIP (no_accept, vrrp_strict)',
    source: 'RFC 5798 §6.1, Accept_Mode',
    inputs: ['host', 'dst'],
  },
  // ---- answers
  'rst-port-closed': {
    says: 'a SYN to a port that nobody listens on is answered with RST',
    source: 'RFC 9293 §3.10.7.1',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'rst-port-refuses': {
    says: 'a SYN to a service whose socket was closed is answered with RST',
    source: 'RFC 9293 §3.10.7.1; docs/SCENARIOS.md, real_server refuse',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'rst-unknown-connection': {
    says: 'a segment that belongs to no connection of the host is answered with RST',
    source: 'RFC 9293 §3.10.7.1; recording p08a',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'rst-wrong-ack': {
    says: 'an ACK of what was never sent, during the handshake, is answered with RST',
    source: 'RFC 9293 §3.10.7.3, §3.10.7.4',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'rst-data-after-close': {
    says: 'data for an application that has closed its socket is answered with RST',
    source: 'RFC 9293 §3.6.1',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'rst-time-wait': {
    says: 'a connection in TIME-WAIT answers what cannot belong to it with RST',
    source: 'RFC 9293 §3.10.7.4',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'rst-aborted': {
    says: 'an application that aborts, or a checker that has seen enough, sends RST',
    source: 'socket(7), SO_LINGER 0; recording i04',
    inputs: ['host', 'peer', 'port', 'flags'],
  },
  'icmp-port-unreachable': {
    says: 'nobody takes the packet: its sender is told port unreachable',
    source: 'RFC 792; RFC 1122 §4.1.3.1',
    inputs: ['host', 'src', 'dst', 'port', 'icmp_type', 'icmp_code'],
  },
  'icmp-host-unreachable': {
    says: 'nobody answered ARP: the sender is told host unreachable',
    source: 'RFC 792; RFC 1812 §5.2.7.1',
    inputs: ['host', 'src', 'dst', 'port', 'icmp_type', 'icmp_code'],
  },
  'icmp-fragmentation-needed': {
    says: 'the packet is too large for the way on: its sender is told the MTU',
    source: 'RFC 1191 §3',
    inputs: ['host', 'src', 'dst', 'port', 'icmp_type', 'icmp_code', 'packet_bytes', 'mtu_bytes'],
    arithmetic: true,
  },
} as const satisfies RuleTable
