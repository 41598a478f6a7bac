/** A pattern in connections or counters. */
export interface Pattern {
  /** What is seen, in the kernel's words. */
  readonly seen: string;
  readonly means: string;
  /** The checks that report it; none: `reason` says why not. */
  readonly checks: readonly string[];
  readonly reason?: string;
}

/**
 * What /proc/net/ip_vs_conn, the counters and /proc/net/ip_vs_stats can tell, for whoever looks for what is missing here. No
 * part of the program; a test holds it against the list of checks.
 */
export const PATTERNS: readonly Pattern[] = [
  {
    seen: "NAT, TCP: connections stay SYN_RECV, packets in, none out",
    means: "replies do not come back through the director",
    checks: ["nat-no-return-path", "snat-without-conntrack", "forwarding-off", "firewall-drops-replies"],
  },
  {
    seen: "NAT, TCP: connections stay SYN_RECV, at least as many packets out as in",
    means: "replies are lost behind IPVS, or a SYN flood",
    checks: ["replies-lost"],
  },
  {
    seen: "NAT, TCP: connections in CLOSE, as many packets of 40 (IPv6: 60) bytes out as in",
    means: "the server refuses",
    checks: ["server-refuses", "local-not-listening"],
  },
  {
    seen: "connections in CLOSE next to others, other counters",
    means: "a client or server broke off",
    checks: [],
    reason: "as clients that abort do; nothing tells it from a fault",
  },
  {
    seen: "direct routing or tunnel, TCP: connections stay SYN_RECV, more packets in than connections",
    means: "the server does not take packets for the virtual address",
    checks: ["direct-silent", "tunnel-silent", "neighbour-failed", "direct-behind-gateway"],
  },
  {
    seen: "direct routing, TCP: connections stay SYN_RECV, one packet in each",
    means: "the server refuses; its reset passes the director by",
    checks: ["direct-silent"],
  },
  {
    seen: "some clients stay SYN_RECV at a server that others use",
    means: "the client is the server itself, this director, or on the servers' link",
    checks: ["clients-never-served"],
  },
  {
    seen: "SYN_RECV from loopback or link-local clients",
    means: "the service has such an address",
    checks: ["loopback-virtual-address"],
  },
  {
    seen: "SYN_RECV at a server with a loopback address, or one of this host",
    means: "the kernel stops NAT to loopback; OUTPUT rules drop replies",
    checks: ["loopback-server", "firewall-drops-local", "local-silent"],
  },
  {
    seen: "SCTP: INIT or COOKIE_WAIT that stays, REJECTED",
    means: "as SYN_RECV and CLOSE of TCP",
    checks: ["nat-no-return-path", "direct-silent", "tunnel-silent"],
  },
  {
    seen: "NAT: rate of packets in, rate 0 out, while connections are established",
    means: "the server or its way back broke down",
    checks: ["one-sided-traffic"],
  },
  {
    seen: "NAT: rate of packets out, rate 0 in",
    means: "clients' packets take another way",
    checks: ["one-sided-traffic"],
  },
  {
    seen: "NAT, UDP: packets in, none out",
    means: "no way back, or a protocol that only sends",
    checks: ["nat-no-return-path", "one-packet-nat"],
  },
  {
    seen: "direct routing or tunnel: no packets out",
    means: "nothing: replies pass the director by",
    checks: [],
    reason: "normal",
  },
  {
    seen: "UDP: few connections with many packets each, nearly all at one server",
    means: "clients that never change their port",
    checks: ["udp-sticks-to-server"],
  },
  {
    seen: "connections to a server that is not in the table",
    means: "their packets are dropped without a word",
    checks: ["removed-server"],
  },
  {
    seen: "connections to a virtual address that is no service",
    means: "the service was deleted",
    checks: [],
    reason: "data connections of FTP and the connections of a backup director look the same",
  },
  {
    seen: "weight 0, persistent connections",
    means: "persistent clients come back",
    checks: ["persistence-keeps-server"],
  },
  {
    seen: "weight 0, or threshold reached, with sh or mh",
    means: "clients are refused",
    checks: ["hash-without-fallback", "all-weights-zero", "all-over-threshold"],
  },
  {
    seen: "a service with a mark: 0 packets in",
    means: "nothing sets the mark, or marked packets go elsewhere",
    checks: ["fwmark-not-set", "fwmark-not-local"],
  },
  {
    seen: "a service with an address: 0 packets in",
    means: "no client asks, or packets do not arrive",
    checks: ["vip-not-local", "firewall-drops-requests"],
    reason: "alone it says nothing: new services have no clients",
  },
  {
    seen: "a server with 0 connections next to busy ones",
    means: "it was added just now, or the scheduler does not choose it",
    checks: [],
    reason: "counters do not tell since when it is there",
  },
  {
    seen: "persistent or sh services with nearly all clients at one server",
    means: "many clients behind one address",
    checks: [],
    reason: "it is what was asked for",
  },
  {
    seen: "many TIME_WAIT, many new connections of the same clients",
    means: "ports are used again soon",
    checks: ["connection-reuse-stall"],
    reason: "a fault on kernels before 5.9 only",
  },
  {
    seen: "many FIN_WAIT, CLOSE_WAIT or LAST_ACK",
    means: "programs that do not close their end, or firewalls that drop FIN",
    checks: ["firewall-drops-invalid"],
    reason: "without such a rule it is a matter of the programs",
  },
  {
    seen: "NONE, port 0 of the client",
    means: "a template of persistence",
    checks: [],
    reason: "no connection",
  },
  {
    seen: "many connections for the buckets; as many as conn_max",
    means: "slow look-ups; new connections fail",
    checks: ["connection-table-small", "connection-limit"],
  },
  {
    seen: "counters and rates stand still while connections come",
    means: "estimation is off",
    checks: ["estimation-off"],
  },
  {
    seen: "/proc/net/ip_vs_stats: totals above the sum of all services",
    means: "services were deleted since the counters were zeroed",
    checks: [],
    reason: "normal",
  },
  {
    seen: "/proc/net/ip_vs_stats_percpu: all packets on one processor",
    means: "the interface has one queue",
    checks: [],
    reason: "a matter of speed; traffic flows",
  },
  {
    seen: "bytes per packet above the MTU",
    means: "the interface merges packets (GRO)",
    checks: [],
    reason: "normal on today's kernels",
  },
];
