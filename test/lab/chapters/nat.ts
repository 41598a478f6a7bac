import type { Cable, Line } from "../network.js";
import type { Step, Story } from "../story.js";

// The article's first chapter: NAT. Its hosts and its commands, as it has them.

const cables: readonly Cable[] = [
  ["client", "lan", "10.0.0.8/24"],
  ["director", "lan", "10.0.0.161/24"],
  ["rs1", "lan", "10.0.0.42/24"],
  ["rs2", "lan", "10.0.0.78/24"],
];

const given: readonly Line[] = [["director", "sysctl -q net.ipv4.ip_forward=1"]];

/** The real servers answer the client directly, from an address that it never wrote to. */
export const withoutReturnPath: Step = {
  title: "A service with two real servers",
  lines: [
    ["director", "ip addr add 10.254.0.1/24 dev eth0"],
    ["director", "ipvsadm -A -t 10.254.0.1:8080 -s rr"],
    ["director", "ipvsadm -a -t 10.254.0.1:8080 -r 10.0.0.42:80 -m"],
    ["director", "ipvsadm -a -t 10.254.0.1:8080 -r 10.0.0.78:80 -m"],
    ["client", "ip r add 10.254.0.1 via 10.0.0.161 dev eth0"],
    ["client", "ping -c 2 -w 20 10.254.0.1"],
  ],
  expected: "timed out",
};

/** IPVS marks its packets as not to be tracked, so the nat table never sees them. */
export const untrackedMasquerade: Step = {
  title: "The director should change the source address too",
  lines: [
    [
      "director",
      "iptables -t nat -A POSTROUTING -m ipvs --vaddr 10.254.0.1 --vport 8080 -j LOG --log-prefix '[int32bit ipvs]'",
    ],
    ["director", "iptables -t nat -A POSTROUTING -m ipvs --vaddr 10.254.0.1 --vport 8080 -j MASQUERADE"],
  ],
  expected: "timed out",
};

export const trackedMasquerade: Step = {
  title: "IPVS has to let connection tracking see its packets",
  lines: [["director", "sysctl net.ipv4.vs.conntrack=1"]],
  expected: { seen: "10.0.0.161" },
};

export const routeBack: Step = {
  title: "Instead: the real servers reach the client through the director",
  lines: [
    // All are on one link: the director's redirects would tell the real servers the direct way, and clients got no answer.
    ["director", "sysctl -q net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0"],
    ["rs1", "ip r add 10.0.0.8 via 10.0.0.161 dev eth0"],
    ["rs2", "ip r add 10.0.0.8 via 10.0.0.161 dev eth0"],
  ],
  expected: { seen: "10.0.0.8" },
};

const url = "10.254.0.1:8080";

export const nat: Story = { cables, given, url, steps: [withoutReturnPath, untrackedMasquerade, trackedMasquerade] };
export const natWithRoutes: Story = { cables, given, url, steps: [withoutReturnPath, routeBack] };
