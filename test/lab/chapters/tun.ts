import type { Cable, Line } from "../network.js";
import type { Step, Story } from "../story.js";

// The article's third chapter: IP in IP tunnels to real servers in another subnet, here behind a router.

/**
 * The real servers get packets of a protocol that they do not know. They say so with ICMP, which IPVS passes on to the client:
 * unlike the other chapters, no silence.
 */
export const withoutTunnel: Step = {
  title: "A service whose real servers are in another subnet",
  lines: [
    ["director", "ipvsadm -A -t 10.0.10.13:80 -s rr"],
    ["director", "ipvsadm -a -t 10.0.10.13:80 -r 10.0.0.42:80 -i"],
    ["director", "ipvsadm -a -t 10.0.10.13:80 -r 10.0.0.78:80 -i"],
  ],
  expected: "refused",
};

/** The article has `ifconfig tunl0 10.0.10.13/32`: see dr.ts. */
export const tunnelEnds: Step = {
  title: "The real servers unpack the tunnel, and take the address",
  lines: ["rs1", "rs2"].flatMap((server): Line[] => [
    [server, "modprobe ipip"],
    [server, "ip addr add 10.0.10.13/32 dev tunl0"],
    [server, "ip link set tunl0 up"],
    [server, "sysctl net.ipv4.conf.tunl0.arp_ignore=1"],
    [server, "sysctl net.ipv4.conf.tunl0.arp_announce=2"],
  ]),
  expected: { seen: "10.0.0.8" },
};

const cables = (director: string): readonly Cable[] => [
  ["client", "lan", "10.0.0.8/24"],
  ["director", "uplink", director],
  ["rs1", "lan", "10.0.0.42/24"],
  ["rs2", "lan", "10.0.0.78/24"],
  ["router", "lan", "10.0.0.1/24"],
  ["router", "uplink", "10.0.10.1/24"],
];

const given: readonly Line[] = [
  ["router", "sysctl -q net.ipv4.ip_forward=1"],
  ["director", "ip r add default via 10.0.10.1"],
  ["client", "ip r add default via 10.0.0.1"],
  ["rs1", "ip r add default via 10.0.0.1"],
  ["rs2", "ip r add default via 10.0.0.1"],
];

const url = "10.0.10.13:80";

export const tun: Story = {
  cables: cables("10.0.10.161/24,10.0.10.13/24"),
  given,
  url,
  steps: [withoutTunnel, tunnelEnds],
};

/** Tunnel packets that come from the service's address come from an address of the real server's own: it drops them. */
export const fromServiceAddress: Step = {
  ...tunnelEnds,
  title: "The director has no address but the service's",
  expected: "timed out",
};

export const fromOwnAddress: Step = {
  title: "The director's tunnel starts at an address of its own",
  lines: [
    ["director", "ip addr add 10.0.10.161/24 dev eth0"],
    ["director", "ip r change default via 10.0.10.1 src 10.0.10.161"],
  ],
  expected: { seen: "10.0.0.8" },
};

/** What the article leaves out: its director has another address beside 10.0.10.13. */
export const tunWithOneAddress: Story = {
  cables: cables("10.0.10.13/24"),
  given,
  url,
  steps: [withoutTunnel, fromServiceAddress, fromOwnAddress],
};
