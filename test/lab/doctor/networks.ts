import type { Cable, Line } from "../network.js";

/** Client, director and two real servers on one link, IPv4 and IPv6. */
export const flat: readonly Cable[] = [
  ["client", "lan", "10.0.0.8/24,fd00::8/64"],
  ["director", "lan", "10.0.0.161/24,fd00::161/64"],
  ["rs1", "lan", "10.0.0.42/24,fd00::42/64"],
  ["rs2", "lan", "10.0.0.78/24,fd00::78/64"],
];

/** Client and director here, real servers there, the director between: the textbook's NAT. */
export const twoArms: readonly Cable[] = [
  ["client", "outside", "10.0.0.8/24,fd00::8/64"],
  ["director", "outside", "10.0.0.161/24,fd00::161/64"],
  ["director", "inside", "10.1.0.161/24,fd01::161/64"],
  ["rs1", "inside", "10.1.0.42/24,fd01::42/64"],
  ["rs2", "inside", "10.1.0.78/24,fd01::78/64"],
];

const director = (lines: readonly string[]): Line[] => lines.map((line) => ["director", line]);

/** Types the lines on every real server. */
export const servers = (lines: readonly string[]): Line[] =>
  ["rs1", "rs2"].flatMap((name) => lines.map((line): Line => [name, line]));

/** NAT that works. The service is 10.0.0.100:80. */
export const natWorks: readonly Line[] = [
  ...director([
    "sysctl -q net.ipv4.ip_forward=1",
    "ip addr add 10.0.0.100/32 dev eth0",
    "ipvsadm -A -t 10.0.0.100:80 -s rr",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.78:80 -m",
  ]),
  ...servers(["ip route add default via 10.1.0.161"]),
];

/** The same for IPv6: [fd00::100]:80. */
export const nat6Works: readonly Line[] = [
  ...director([
    "sysctl -q net.ipv6.conf.all.forwarding=1",
    "ip addr add fd00::100/128 dev eth0 nodad",
    "ipvsadm -A -t [fd00::100]:80 -s rr",
    "ipvsadm -a -t [fd00::100]:80 -r [fd01::42]:80 -m",
    "ipvsadm -a -t [fd00::100]:80 -r [fd01::78]:80 -m",
  ]),
  ...servers(["ip -6 route add default via fd01::161"]),
];

/** NAT on one link that works, with routes back. */
export const oneArmWorks: readonly Line[] = [
  ...director([
    "sysctl -q net.ipv4.ip_forward=1",
    "sysctl -q net.ipv4.conf.all.send_redirects=0",
    "sysctl -q net.ipv4.conf.eth0.send_redirects=0",
    "ip addr add 10.0.0.100/32 dev eth0",
    "ipvsadm -A -t 10.0.0.100:80 -s rr",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.42:80 -m",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.78:80 -m",
  ]),
  ...servers(["ip route add 10.0.0.8 via 10.0.0.161"]),
];

/** Direct routing that works. The service is 10.0.0.100:80. */
export const directWorks: readonly Line[] = [
  ...director([
    "ip addr add 10.0.0.100/32 dev eth0",
    "ipvsadm -A -t 10.0.0.100:80 -s rr",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.42:80 -g",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.78:80 -g",
  ]),
  ...servers([
    "sysctl -q net.ipv4.conf.all.arp_ignore=1",
    "sysctl -q net.ipv4.conf.all.arp_announce=2",
    "ip addr add 10.0.0.100/32 dev lo",
  ]),
];

/** Tunnels that work. The service is 10.0.0.100:80. */
export const tunnelWorks: readonly Line[] = [
  ...director([
    "ip addr add 10.0.0.100/32 dev eth0",
    "ipvsadm -A -t 10.0.0.100:80 -s rr",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.42:80 -i",
    "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.78:80 -i",
  ]),
  ...servers([
    "modprobe ipip",
    "ip link set tunl0 up",
    "sysctl -q net.ipv4.conf.all.arp_ignore=1",
    "sysctl -q net.ipv4.conf.all.arp_announce=2",
    "sysctl -q net.ipv4.conf.all.rp_filter=0",
    "sysctl -q net.ipv4.conf.tunl0.rp_filter=0",
    "ip addr add 10.0.0.100/32 dev tunl0",
  ]),
];
