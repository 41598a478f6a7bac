import type { Severity } from "../../../src/doctor/finding.js";
import type { Cable, Line, Network } from "../network.js";
import { askUdp, request } from "../requests.js";
import { serve } from "../servers.js";
import { until } from "../shell.js";
import * as networks from "./networks.js";

/** A check of the doctor on the real kernel: a network where it has something to say, and what ends that. */
export interface Case {
  readonly check: string;
  /** What tells this case from others of the same check. */
  readonly about?: string;
  readonly severity: Severity;
  readonly cables: readonly Cable[];
  readonly given: readonly Line[];
  /** What goes wrong. */
  readonly broken: readonly Line[];
  /** Traffic that shows it. */
  readonly traffic?: (network: Network) => Promise<unknown>;
  /** What a request comes to while it is wrong; absent: not tried. */
  readonly request?: "unanswered" | "answered";
  readonly url?: string;
  /** A line that the evidence has to show. */
  readonly evidence?: RegExp;
  /** What puts it right; absent: the first remedy of the finding, as printed. */
  readonly mended?: readonly Line[];
}

/** For requests that are expected to fail; one try is enough. */
export const impatient = "curl -m 2 -sSL";

const url = "10.0.0.100:80";
const oneRequest = (network: Network) => request(network.host("client"), url, impatient);
const answered = async (network: Network) => {
  for (let count = 0; count < 4; count++) await request(network.host("client"), url);
};

const nat = { cables: networks.twoArms, given: networks.natWorks, url } as const;
const nat6 = { cables: networks.twoArms, given: networks.nat6Works, url: "[fd00::100]:80" } as const;
const oneArm = { cables: networks.flat, given: networks.oneArmWorks, url } as const;
const direct = { cables: networks.flat, given: networks.directWorks, url } as const;
const tunnel = { cables: networks.flat, given: networks.tunnelWorks, url } as const;
const mark = {
  cables: networks.twoArms,
  given: [
    ["director", "sysctl -q net.ipv4.ip_forward=1"],
    ["director", "ipvsadm -A -f 7 -s rr"],
    ["director", "ipvsadm -a -f 7 -r 10.1.0.42:80 -m"],
    ["rs1", "ip route add default via 10.1.0.161"],
    ["client", "ip route add 10.77.0.1 via 10.0.0.161"],
  ],
  url: "10.77.0.1:80",
} as const;

const setMark = "iptables -t mangle -A PREROUTING -d 10.77.0.1 -p tcp --dport 80 -j MARK --set-mark 7";
/** Servers see the director's address; the kernel then routes packets anew once IPVS has given them the server's. */
const masqueraded = ["sysctl -q net.ipv4.vs.conntrack=1", "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE"];

const director = (...lines: string[]): Line[] => lines.map((line) => ["director", line]);

/** Gives weight 0 to the server that answers this client. */
const closeServer = async (network: Network) => {
  const reply = await request(network.host("client"), url);
  const address = typeof reply === "object" && reply.server === "rs1" ? "10.1.0.42" : "10.1.0.78";
  await network.host("director").type(`ipvsadm -e -t 10.0.0.100:80 -r ${address}:80 -m -w 0`);
};

/** The director is a server itself. The service is 10.0.0.100:80. */
const here = (server: string, ...lines: string[]) =>
  ({
    cables: networks.twoArms,
    given: director(
      "ip addr add 10.0.0.100/32 dev eth0",
      "ip addr add fd00::100/128 dev eth0 nodad",
      "ipvsadm -A -t 10.0.0.100:80 -s rr",
    ),
    url,
    broken: director(`ipvsadm -a -t 10.0.0.100:80 -r ${server}`, ...lines),
  }) as const;
const serveHere = (port: number) => (network: Network) => serve(network.host("director"), "http", port);

/** Sends datagrams of one socket, one after the other, whatever comes back. */
const SENDER = `
const [count] = process.argv.slice(1).map(Number);
const socket = require("node:dgram").createSocket("udp4").bind(5555);
const send = (left) => socket.send("hello", 53, "10.0.0.100", () => (left > 1 ? send(left - 1) : socket.close()));
socket.on("listening", () => send(count));`;

/** Datagrams to port 53, all from one port, until the counters show them. */
const datagrams = async (network: Network, count: number) => {
  await network.host("client").run([process.execPath, "-e", SENDER, String(count)]);
  await until("the packets in the counters", async () => {
    const listing = await network.host("director").type("ipvsadm -Ln --stats --exact -u 10.0.0.100:53");
    return new RegExp(`UDP .* ${count} `).test(listing) ? true : undefined;
  });
};

/** Until the kernel has given up on a neighbour. */
const neighbourFails = async (network: Network) => {
  await oneRequest(network);
  await until("a failed neighbour", async () =>
    (await network.host("director").type("ip neigh show nud failed")).includes("10.1.0.99") ? true : undefined,
  );
};

export const CASES: readonly Case[] = [
  {
    check: "no-servers",
    severity: "error",
    ...nat,
    broken: director("ipvsadm -d -t 10.0.0.100:80 -r 10.1.0.42:80", "ipvsadm -d -t 10.0.0.100:80 -r 10.1.0.78:80"),
    request: "unanswered",
    mended: director("ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m"),
  },
  {
    check: "all-weights-zero",
    severity: "error",
    ...nat,
    broken: director(
      "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.42:80 -m -w 0",
      "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.78:80 -m -w 0",
    ),
    request: "unanswered",
  },
  {
    check: "all-over-threshold",
    severity: "error",
    ...nat,
    broken: director(
      "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.42:80 -m -x 1",
      "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.78:80 -m -x 1",
    ),
    traffic: async (network) => {
      for (let count = 0; count < 2; count++) await request(network.host("client"), url);
    },
    request: "unanswered",
    mended: director(
      "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.42:80 -m -x 0",
      "ipvsadm -e -t 10.0.0.100:80 -r 10.1.0.78:80 -m -x 0",
    ),
  },
  {
    check: "vip-not-local",
    severity: "error",
    ...nat,
    broken: [...director("ip addr del 10.0.0.100/32 dev eth0"), ["client", "ip route add 10.0.0.100 via 10.0.0.161"]],
    request: "unanswered",
  },
  {
    check: "backup-only",
    severity: "error",
    ...nat,
    broken: director(
      "ipvsadm --start-daemon master --mcast-interface eth0",
      "ipvsadm --start-daemon backup --mcast-interface eth0",
      "sysctl -q net.ipv4.vs.backup_only=1",
    ),
    request: "unanswered",
  },
  {
    check: "fwmark-not-local",
    severity: "error",
    ...mark,
    broken: director(setMark),
    request: "unanswered",
  },
  {
    check: "fwmark-not-local",
    about: "replies are masqueraded",
    severity: "error",
    ...mark,
    broken: director(setMark, ...masqueraded),
    request: "unanswered",
  },
  {
    check: "fwmark-not-local",
    about: "the rule leads to the wrong table",
    severity: "error",
    ...mark,
    broken: director(
      setMark,
      "ip rule add iif eth0 fwmark 7 lookup 101",
      "ip route add local 0.0.0.0/0 dev lo table 100",
    ),
    request: "unanswered",
    evidence: /^rule \d+: from all fwmark 0x7 iif eth0 lookup 101$/,
  },
  {
    check: "fwmark-not-local",
    about: "the rule is for another interface",
    severity: "error",
    ...mark,
    broken: director(
      setMark,
      "ip rule add iif eth9 fwmark 7 lookup 100",
      "ip route add local default dev lo table 100",
    ),
    request: "unanswered",
    evidence: /^rule \d+: from all fwmark 0x7 iif eth9 lookup 100$/,
  },
  {
    check: "fwmark-not-local",
    about: "IPv6",
    severity: "error",
    cables: networks.twoArms,
    given: [
      ...director("sysctl -q net.ipv6.conf.all.forwarding=1", "ipvsadm -A -f 7 -6 -s rr"),
      ...director("ipvsadm -a -f 7 -6 -r [fd01::42]:80 -m"),
      ["rs1", "ip -6 route add default via fd01::161"],
      ["client", "ip route add fd77::1 via fd00::161"],
    ],
    url: "[fd77::1]:80",
    broken: director("ip6tables -t mangle -A PREROUTING -d fd77::1 -p tcp --dport 80 -j MARK --set-mark 7"),
    request: "unanswered",
  },
  {
    check: "fwmark-catches-servers",
    severity: "error",
    ...mark,
    broken: director(
      setMark,
      ...masqueraded,
      "ip rule add fwmark 7 lookup 100",
      "ip route add local 0.0.0.0/0 dev lo table 100",
    ),
    request: "unanswered",
  },
  {
    check: "fwmark-not-set",
    severity: "warning",
    ...mark,
    broken: director("ip addr add 10.77.0.1/32 dev lo"),
    request: "unanswered",
    mended: director(setMark),
  },
  {
    check: "firewall-drops-requests",
    severity: "error",
    ...nat,
    broken: director(
      "iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
      "iptables -P INPUT DROP",
    ),
    request: "unanswered",
  },
  {
    check: "local-not-listening",
    severity: "error",
    ...here("10.0.0.161:8080 -m"),
    request: "unanswered",
    mended: [
      ...director(
        "sysctl -q net.ipv4.ip_forward=1",
        "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m",
        "ipvsadm -d -t 10.0.0.100:80 -r 10.0.0.161:8080",
      ),
      ["rs1", "ip route add default via 10.1.0.161"],
    ],
  },
  {
    check: "local-not-listening",
    about: "direct routing does not map ports",
    severity: "error",
    ...here("10.0.0.161 -g"),
    traffic: serveHere(8080),
    request: "unanswered",
    mended: director("ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.100:8080 -m", "ipvsadm -d -t 10.0.0.100:80 -r 10.0.0.161"),
  },
  {
    check: "firewall-drops-local",
    about: "NAT, INVALID",
    severity: "error",
    ...here("10.0.0.161:8080 -m", "iptables -A OUTPUT -m conntrack --ctstate INVALID -j DROP"),
    traffic: serveHere(8080),
    request: "unanswered",
  },
  {
    check: "firewall-drops-local",
    about: "NAT, INVALID in the table mangle",
    severity: "error",
    ...here("10.0.0.161:8080 -m", "iptables -t mangle -A OUTPUT -m conntrack --ctstate INVALID -j DROP"),
    traffic: serveHere(8080),
    request: "unanswered",
  },
  {
    check: "firewall-drops-local",
    about: "direct routing, only ESTABLISHED",
    severity: "error",
    ...here(
      "10.0.0.161 -g",
      "iptables -A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
      "iptables -P OUTPUT DROP",
    ),
    traffic: serveHere(80),
    request: "unanswered",
  },
  {
    check: "local-silent",
    severity: "error",
    // A condition that the doctor does not know, so that it cannot tell what becomes of the packets.
    ...here("10.0.0.161:8080 -m", "iptables -A OUTPUT -p tcp -m u32 --u32 0>>28=4 -j DROP"),
    traffic: serveHere(8080),
    request: "unanswered",
    mended: director("iptables -F OUTPUT"),
  },
  {
    check: "firewall-drops-invalid",
    about: "a server on the director",
    severity: "warning",
    ...here("10.0.0.161:8080 -m", "iptables -A INPUT -m conntrack --ctstate INVALID -j DROP"),
    traffic: serveHere(8080),
    request: "answered",
  },
  {
    check: "loopback-server",
    severity: "error",
    ...here("127.0.0.1:8080 -m"),
    traffic: serveHere(8080),
    request: "unanswered",
  },
  {
    check: "loopback-virtual-address",
    severity: "error",
    ...nat,
    broken: director("ipvsadm -A -t 127.0.0.1:80 -s rr", "ipvsadm -a -t 127.0.0.1:80 -r 10.1.0.42:80 -m"),
    traffic: (network) => request(network.host("director"), "127.0.0.1:80", impatient),
    mended: director("ipvsadm -D -t 127.0.0.1:80"),
  },
  {
    check: "loopback-virtual-address",
    about: "IPv6",
    severity: "error",
    ...nat6,
    broken: director("ipvsadm -A -t [::1]:80 -s rr", "ipvsadm -a -t [::1]:80 -r [fd01::42]:80 -m"),
    traffic: (network) => request(network.host("director"), "[::1]:80", impatient),
    mended: director("ipvsadm -D -t [::1]:80"),
  },
  {
    check: "loopback-virtual-address",
    about: "link-local",
    severity: "error",
    ...nat6,
    broken: director(
      "ip addr add fe80::100/64 dev eth0 nodad",
      "ipvsadm -A -t [fe80::100]:80 -s rr",
      "ipvsadm -a -t [fe80::100]:80 -r [fd01::42]:80 -m",
    ),
    traffic: (network) => request(network.host("client"), "http://[fe80::100%25eth0]:80", impatient),
    mended: director("ipvsadm -D -t [fe80::100]:80"),
  },
  {
    check: "server-unreachable",
    severity: "error",
    ...nat,
    broken: director("ipvsadm -a -t 10.0.0.100:80 -r 10.9.0.1:80 -m"),
    mended: director("ipvsadm -d -t 10.0.0.100:80 -r 10.9.0.1:80"),
  },
  {
    check: "server-link-down",
    severity: "error",
    ...nat,
    broken: director(
      "ip link add there type veth peer name back",
      "ip link set there up",
      "ip addr add 10.9.0.161/24 dev there",
      "ipvsadm -a -t 10.0.0.100:80 -r 10.9.0.1:80 -m",
    ),
    mended: director("ip link set back up"),
  },
  {
    check: "neighbour-failed",
    severity: "error",
    ...nat,
    broken: director(
      "ipvsadm -C",
      "ipvsadm -A -t 10.0.0.100:80 -s rr",
      "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.99:80 -m",
    ),
    traffic: neighbourFails,
    mended: director("ipvsadm -d -t 10.0.0.100:80 -r 10.1.0.99:80", "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m"),
    request: "unanswered",
  },
  {
    check: "neighbour-failed",
    about: "the director asks from the virtual address",
    severity: "error",
    ...direct,
    broken: [
      ...director("ip addr del 10.0.0.161/24 dev eth0", "ip addr add 10.0.0.100/24 dev eth0", "ip neigh flush all"),
      ["client", "ip neigh flush all"],
    ],
    traffic: async (network) => {
      await oneRequest(network);
      await oneRequest(network);
      await until("failed neighbours", async () => {
        const failed = await network.host("director").type("ip neigh show nud failed");
        return failed.includes("10.0.0.42") && failed.includes("10.0.0.78") ? true : undefined;
      });
    },
    request: "unanswered",
  },
  {
    check: "direct-behind-gateway",
    severity: "error",
    ...direct,
    broken: director("ip route add 10.9.0.1 via 10.0.0.42", "ipvsadm -a -t 10.0.0.100:80 -r 10.9.0.1:80 -g"),
    mended: director("ipvsadm -d -t 10.0.0.100:80 -r 10.9.0.1:80"),
  },
  {
    check: "forwarding-off",
    severity: "error",
    ...nat,
    broken: director("sysctl -q net.ipv4.ip_forward=0"),
    request: "unanswered",
  },
  {
    check: "forwarding-off",
    about: "the interface towards the servers",
    severity: "error",
    ...nat,
    broken: director("sysctl -q net.ipv4.conf.eth1.forwarding=0"),
    request: "unanswered",
  },
  {
    check: "forwarding-off",
    about: "IPv6",
    severity: "error",
    ...nat6,
    broken: director("sysctl -q net.ipv6.conf.all.forwarding=0"),
    request: "unanswered",
  },
  {
    check: "firewall-drops-replies",
    severity: "error",
    ...nat,
    broken: director("iptables -P FORWARD DROP"),
    request: "unanswered",
  },
  {
    check: "firewall-drops-replies",
    about: "of untracked connections",
    severity: "error",
    ...nat,
    broken: director("iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP"),
    request: "unanswered",
  },
  {
    check: "firewall-drops-replies",
    about: "IPv6",
    severity: "error",
    ...nat6,
    broken: director("ip6tables -P FORWARD DROP"),
    request: "unanswered",
  },
  {
    check: "firewall-drops-invalid",
    about: "direct routing, tracked",
    severity: "error",
    ...direct,
    broken: director("sysctl -q net.ipv4.vs.conntrack=1", "iptables -A INPUT -m conntrack --ctstate INVALID -j DROP"),
    request: "unanswered",
  },
  {
    check: "firewall-drops-invalid",
    about: "untracked",
    severity: "warning",
    ...direct,
    broken: director("iptables -A INPUT -m conntrack --ctstate INVALID -j DROP"),
    request: "answered",
  },
  {
    check: "snat-without-conntrack",
    about: "a rule for all that leaves the interface",
    severity: "error",
    cables: networks.flat,
    given: networks.oneArmWorks.filter(([host]) => host === "director"),
    url,
    broken: director("iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE"),
    traffic: oneRequest,
    request: "unanswered",
  },
  {
    check: "nat-no-return-path",
    about: "IPv6",
    severity: "error",
    ...nat6,
    broken: networks.servers(["ip -6 route del default"]),
    traffic: (network) => request(network.host("client"), "[fd00::100]:80", impatient),
    request: "unanswered",
  },
  {
    check: "nat-no-return-path",
    about: "UDP",
    severity: "info",
    ...oneArm,
    broken: [
      ...networks.servers(["ip route del 10.0.0.8"]),
      ...director("ipvsadm -A -u 10.0.0.100:53 -s rr", "ipvsadm -a -u 10.0.0.100:53 -r 10.0.0.42:53 -m"),
    ],
    traffic: async (network) => {
      await network.host("client").run(["socat", "-u", "-", "UDP:10.0.0.100:53"], "hello\n");
      await until("a packet in the counters", async () =>
        / +1 +1 +0 /.test(await network.host("director").type("ipvsadm -Ln --stats -u 10.0.0.100:53"))
          ? true
          : undefined,
      );
    },
    mended: director("ipvsadm -D -u 10.0.0.100:53"),
  },
  {
    check: "tunnel-silent",
    about: "no interface unpacks",
    severity: "error",
    ...tunnel,
    broken: networks.servers(["ip addr del 10.0.0.100/32 dev tunl0", "ip link set tunl0 down"]),
    traffic: oneRequest,
    request: "unanswered",
  },
  {
    check: "tunnel-silent",
    about: "rp_filter",
    severity: "error",
    ...tunnel,
    broken: networks.servers(["ip addr del 10.0.0.100/32 dev tunl0", "sysctl -q net.ipv4.conf.all.rp_filter=1"]),
    traffic: oneRequest,
    request: "unanswered",
  },
  ...["gue --tun-port 6080", "gre"].map(
    (type): Case => ({
      check: "tunnel-silent",
      about: type,
      severity: "error",
      cables: networks.flat,
      given: [],
      url,
      broken: director(
        "ip addr add 10.0.0.100/32 dev eth0",
        "ipvsadm -A -t 10.0.0.100:80 -s rr",
        `ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.42:80 -i --tun-type ${type}`,
        `ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.78:80 -i --tun-type ${type}`,
      ),
      traffic: oneRequest,
      request: "unanswered",
    }),
  ),
  {
    check: "server-refuses",
    severity: "error",
    ...nat,
    broken: director(
      "ipvsadm -C",
      "ipvsadm -A -t 10.0.0.100:80 -s rr",
      "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:81 -m",
    ),
    traffic: async (network) => {
      for (let count = 0; count < 3; count++) await oneRequest(network);
    },
    request: "unanswered",
    mended: director("ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m", "ipvsadm -d -t 10.0.0.100:80 -r 10.1.0.42:81"),
  },
  {
    check: "replies-lost",
    severity: "error",
    ...nat,
    broken: director("iptables -t mangle -A POSTROUTING -s 10.0.0.100 -j DROP"),
    traffic: oneRequest,
    request: "unanswered",
    evidence: /^iptables-legacy mangle POSTROUTING: /,
    mended: director("iptables -t mangle -F POSTROUTING"),
  },
  {
    check: "clients-never-served",
    about: "a server is a client",
    severity: "warning",
    ...oneArm,
    broken: networks.servers(["ip route add 10.0.0.100 via 10.0.0.161"]),
    traffic: async (network) => {
      await answered(network);
      for (let count = 0; count < 2; count++) await request(network.host("rs1"), url, impatient);
    },
    request: "answered",
  },
  {
    check: "clients-never-served",
    about: "the director is a client, direct routing",
    severity: "warning",
    ...direct,
    broken: [],
    traffic: async (network) => {
      await answered(network);
      for (let count = 0; count < 2; count++) await request(network.host("director"), url, impatient);
    },
    request: "answered",
    mended: director(
      "ipvsadm -e -t 10.0.0.100:80 -r 10.0.0.42:80 -m",
      "ipvsadm -e -t 10.0.0.100:80 -r 10.0.0.78:80 -m",
    ),
  },
  {
    check: "udp-sticks-to-server",
    severity: "warning",
    ...direct,
    broken: director(
      "ipvsadm -A -u 10.0.0.100:53 -s rr",
      "ipvsadm -a -u 10.0.0.100:53 -r 10.0.0.42:53 -g",
      "ipvsadm -a -u 10.0.0.100:53 -r 10.0.0.78:53 -g",
    ),
    traffic: (network) => datagrams(network, 60),
  },
  {
    check: "one-packet-nat",
    severity: "info",
    ...oneArm,
    broken: director("ipvsadm -A -u 10.0.0.100:53 -s rr -o", "ipvsadm -a -u 10.0.0.100:53 -r 10.0.0.42:53 -m"),
    traffic: async (network) => {
      await serve(network.host("rs1"), "udp", 53);
      await datagrams(network, 2);
    },
  },
  {
    check: "overload-defence",
    severity: "warning",
    ...nat,
    broken: director("sysctl -q net.ipv4.vs.drop_packet=3", "sysctl -q net.ipv4.vs.drop_entry=3"),
  },
  {
    check: "overload-defence",
    about: "a choice",
    severity: "info",
    ...nat,
    broken: director("sysctl -q net.ipv4.vs.secure_tcp=3"),
  },
  {
    check: "send-redirects",
    severity: "warning",
    ...oneArm,
    broken: director("sysctl -q net.ipv4.conf.eth0.send_redirects=1"),
    traffic: answered,
    request: "answered",
  },
  ...["sh", "mh"].map(
    (scheduler): Case => ({
      check: "hash-without-fallback",
      about: scheduler,
      severity: "warning",
      ...nat,
      broken: director(`ipvsadm -E -t 10.0.0.100:80 -s ${scheduler}`),
      traffic: closeServer,
      request: "unanswered",
    }),
  ),
  {
    check: "removed-server",
    severity: "warning",
    ...oneArm,
    broken: director("ipvsadm -A -u 10.0.0.100:53 -s rr", "ipvsadm -a -u 10.0.0.100:53 -r 10.0.0.42:53 -m"),
    traffic: async (network) => {
      await serve(network.host("rs1"), "udp", 53);
      await askUdp(network.host("client"), "10.0.0.100", 53, 5555);
      await network.host("director").type("ipvsadm -d -u 10.0.0.100:53 -r 10.0.0.42:53");
      await network.host("director").type("ipvsadm -a -u 10.0.0.100:53 -r 10.0.0.78:53 -m");
    },
  },
  {
    check: "persistence-keeps-server",
    severity: "warning",
    ...nat,
    broken: director("ipvsadm -E -t 10.0.0.100:80 -s rr -p 300"),
    traffic: closeServer,
    request: "answered",
  },
  {
    check: "sync-message-size",
    severity: "info",
    ...nat,
    broken: director("ipvsadm --start-daemon master --mcast-interface eth0 --sync-maxlen 4000"),
    mended: director("ipvsadm --stop-daemon master"),
  },
  {
    check: "sync-seldom",
    severity: "info",
    ...nat,
    broken: director("ipvsadm --start-daemon master --mcast-interface eth0"),
    request: "answered",
    evidence: /^net\.ipv4\.vs\.sync_threshold = 3 50$/,
  },
  {
    check: "sync-interface",
    severity: "error",
    ...nat,
    broken: director(
      "ip link add sync0 type dummy",
      "ip link set sync0 up",
      "ipvsadm --start-daemon master --mcast-interface sync0",
      "ip link set sync0 down",
    ),
  },
  {
    check: "backup-schedules",
    severity: "warning",
    ...direct,
    broken: director("ipvsadm --start-daemon backup --mcast-interface eth0"),
  },
  {
    check: "ftp-helper-missing",
    severity: "warning",
    ...nat,
    broken: director(
      "modprobe -r ip_vs_ftp",
      "ipvsadm -A -t 10.0.0.100:21 -s rr",
      "ipvsadm -a -t 10.0.0.100:21 -r 10.1.0.42:21 -m",
    ),
  },
  { check: "estimation-off", severity: "info", ...nat, broken: director("sysctl -q net.ipv4.vs.run_estimation=0") },
  {
    check: "reverse-path-filter",
    severity: "info",
    ...nat,
    broken: [],
    traffic: async (network) => {
      // The client and the director have to know each other: ARP is not answered to forged sources.
      await request(network.host("client"), url);
      await network.type(director("sysctl -q net.ipv4.conf.all.rp_filter=1", "ip route add 10.0.0.8 dev eth1"));
    },
    request: "unanswered",
    mended: director("ip route del 10.0.0.8 dev eth1", "sysctl -q net.ipv4.conf.all.rp_filter=0"),
  },
  { check: "tunnel-mtu", severity: "info", ...tunnel, broken: [] },
  { check: "tcp-timeout", severity: "info", ...nat, broken: [] },
  {
    check: "direct-from-virtual-address",
    severity: "info",
    ...direct,
    broken: director("ip addr del 10.0.0.161/24 dev eth0", "ip addr add 10.0.0.100/24 dev eth0"),
    mended: director("ip addr del 10.0.0.100/24 dev eth0", "ip addr add 10.0.0.161/24 dev eth0"),
  },
  {
    check: "empty-table",
    severity: "info",
    ...nat,
    broken: director("ipvsadm -C"),
    mended: director("ipvsadm -A -t 10.0.0.100:80 -s rr", "ipvsadm -a -t 10.0.0.100:80 -r 10.1.0.42:80 -m"),
  },
];
