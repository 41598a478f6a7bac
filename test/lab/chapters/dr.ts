import type { Cable, Line } from "../network.js";
import type { Step, Story } from "../story.js";

// The article's second chapter: direct routing.

/** The real servers get packets for an address that is not theirs. */
export const withoutAddress: Step = {
  title: "A service whose packets are routed to the real servers as they are",
  lines: [
    ["director", "ipvsadm -A -t 10.0.0.161:80 -s rr"],
    ["director", "ipvsadm -a -t 10.0.0.161:80 -r 10.0.0.78:80 -g"],
    ["director", "ipvsadm -a -t 10.0.0.161:80 -r 10.0.0.42:80 -g"],
  ],
  expected: "timed out",
};

/** The article has `ifconfig lo:0 10.0.0.161/32`, which makes it /0 with the ifconfig of today (net-tools 2.10). */
export const addressOnLoopback: Step = {
  title: "The real servers take the address, and keep quiet about it",
  lines: ["rs1", "rs2"].flatMap((server): Line[] => [
    [server, "ip addr add 10.0.0.161/32 dev lo label lo:0"],
    [server, "sysctl net.ipv4.conf.lo.arp_ignore=1"],
    [server, "sysctl net.ipv4.conf.lo.arp_announce=2"],
  ]),
  expected: { seen: "10.0.0.8" },
};

/** What the article leaves out: the kernel goes by `all` and by the interface that hears the question, eth0, never by lo. */
export const quietOnEveryInterface: Step = {
  title: "And quiet on the interface where the question comes in",
  lines: ["rs1", "rs2"].flatMap((server): Line[] => [
    [server, "sysctl net.ipv4.conf.all.arp_ignore=1"],
    [server, "sysctl net.ipv4.conf.all.arp_announce=2"],
  ]),
  expected: { seen: "10.0.0.8" },
};

/** Nobody looks at the port on the way: the real servers get packets for their own port 8080. */
export const mappedPort: Step = {
  title: "Ports cannot be mapped",
  lines: [
    ["director", "ipvsadm -A -t 10.0.0.161:8080 -s rr"],
    ["director", "ipvsadm -a -t 10.0.0.161:8080 -r 10.0.0.78:80 -g"],
    ["director", "ipvsadm -a -t 10.0.0.161:8080 -r 10.0.0.42:80 -g"],
  ],
  expected: "refused",
  url: "10.0.0.161:8080",
};

const cables = (director: string): readonly Cable[] => [
  ["client", "lan", "10.0.0.8/24"],
  ["director", "lan", director],
  ["rs1", "lan", "10.0.0.42/24"],
  ["rs2", "lan", "10.0.0.78/24"],
];

const url = "10.0.0.161:80";

export const dr: Story = {
  cables: cables("10.0.0.2/24,10.0.0.161/24"),
  given: [],
  url,
  steps: [withoutAddress, addressOnLoopback, quietOnEveryInterface, mappedPort],
};

/** The director asks for its servers' link addresses in the name of 10.0.0.161, which is now their own: they do not answer. */
export const forgottenNeighbours: Step = {
  title: "The director has no address but the service's, and forgets where its servers are, as it does after a while",
  lines: [["director", "ip neigh flush dev eth0"]],
  expected: "timed out",
};

export const ownAddress: Step = {
  title: "The director asks in its own name",
  lines: [
    ["director", "ip addr del 10.0.0.161/24 dev eth0"],
    ["director", "ip addr add 10.0.0.2/24 dev eth0"],
    ["director", "ip addr add 10.0.0.161/32 dev eth0"],
  ],
  expected: { seen: "10.0.0.8" },
};

/** What the article leaves out: its director works for as long as it remembers its servers' link addresses. */
export const drWithOneAddress: Story = {
  cables: cables("10.0.0.161/24"),
  given: [],
  url,
  steps: [withoutAddress, addressOnLoopback, quietOnEveryInterface, forgottenNeighbours, ownAddress],
};
