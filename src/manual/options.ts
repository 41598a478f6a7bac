import type { LongOption } from "../options/options.js";

/** What the manual says of options beyond the line in the table. */
export const OPTION_NOTES: Readonly<Partial<Record<LongOption, string>>> = {
  "tcp-service":
    "A virtual service is named by protocol, address and port: 192.0.2.1:80, [2001:db8::1]:80, names.example:http. Names of hosts stand for IPv4 addresses only; they are looked up in /etc/hosts and by DNS, all at once and for at most five seconds.",
  "fwmark-service":
    "A mark that the firewall puts on packets (iptables -j MARK, nft meta mark set) stands for any number of addresses and ports.",
  ipv6: "A mark has two services, one for IPv4 and one for IPv6. Give -6 after -f and before -M.",
  scheduler:
    "The kernel loads the module ip_vs_NAME when it is needed; any scheduler that it has may be named, not only these.",
  persistent:
    "A client that comes again within the time gets the same server. -M says how many leading bits of its address count.",
  netmask:
    "For IPv4 dotted or the number of leading bits, for IPv6 the number of bits. All clients of such a network count as one.",
  "real-server":
    "In changes, HOST[:PORT] of the server. In listings it shows the services (with -c the connections) that have the server, at any port unless one is given; a network such as 10.0.0.0/24 will do too.",
  weight: "A server gets new clients in proportion. With 0 it gets none, and its connections go on.",
  "u-threshold": "A server that has so many connections is full: it gets no new ones before it falls below -y.",
  ops: "One-packet scheduling: no entry of a connection is kept, and every packet may go to another server.",
  pe: "A persistence engine takes something else than the address to recognise clients: sip takes the Call-ID.",
  "sched-flags":
    "sh-fallback, mh-fallback: take another server when the one found is down or has weight 0. sh-port, mh-port: the client's port counts too. flag-1 to flag-3: the same bits for any scheduler.",
  stats: "Counted since the service or server was added, or since -Z.",
  rate: "The kernel's moving averages over some seconds. The subcommand top shows what happens within its interval.",
  exact: "Numbers are not shortened to K, M, G and T (thousands, millions and so on).",
  "persistent-conn": "With -c: what the persistence engine of an entry knows of the client.",
  only: "Kinds of services to show, separated by commas: protocols (or fwmark) and families; of each, one has to match.",
  color:
    "auto, which is what counts without the option: on a terminal, unless NO_COLOR is set or TERM is dumb. Yellow: servers of weight 0. Magenta: servers that are full, whose connections have reached the upper threshold. Red: services without servers. Not with -c and --json.",
  client: "Address, address and port, or network: 198.51.100.7, [2001:db8::7]:40000, 198.51.100.0/24.",
  vip: "The address that clients asked for, as with --client.",
  state: "The kernel's word in any case: ESTABLISHED, SYN_RECV, FIN_WAIT, TIME_WAIT, UDP, NONE.",
  syncid: "A backup with 0 accepts what any master sends; another number has to be the same on both sides.",
  "sync-maxlen": "The largest message; without it the kernel takes what fits the interface's MTU.",
  "tun-type": "ipip: IP in IP. gue: generic UDP encapsulation, needs --tun-port. gre: generic routing encapsulation.",
  raw: "Fields of the kernel's record, which count whatever else is said: protocol, flags, timeout, forwarding, u-threshold, l-threshold, tun-type, tun-port, tun-flags, and port (of the service in -A and -E, of the server in -a and -e), as the numbers of <linux/ip_vs.h>. -S writes them for what other programs installed and no other option can say, such as a server by direct routing with a port of its own.",
  nosort:
    "With -L the kernel's own order, the newest server first; with -S the oldest first, so that a restore into an empty table gives this order again.",
  json: "One shape for everything that is printed and read; ipvsadm schema describes it.",
};
