import { afterEach, describe, expect, it } from "vitest";
import type { Line, Network } from "../network.js";
import { requests, tally } from "../requests.js";
import { open } from "../story.js";
import { tun } from "./tun.js";

// The article's tunnel network with the kernel's other two kinds of tunnel.

const service = (tunnel: string): Line[] => [
  ["director", "ipvsadm -A -t 10.0.10.13:80 -s rr"],
  ["director", `ipvsadm -a -t 10.0.10.13:80 -r 10.0.0.42:80 -i ${tunnel}`],
  ["director", `ipvsadm -a -t 10.0.10.13:80 -r 10.0.0.78:80 -i ${tunnel}`],
];

const onRealServers = (lines: readonly string[]): Line[] =>
  ["rs1", "rs2"].flatMap((server) => lines.map((line): Line => [server, line]));

/** GUE: IP in IP in UDP. */
const gueEnds = onRealServers([
  "modprobe -a ipip fou",
  "ip fou add port 6080 gue",
  "ip addr add 10.0.10.13/32 dev tunl0",
  "ip link set tunl0 up",
]);

/** A tunnel takes packets with checksums only if told to expect them, and then no others. */
const greEnds = (checksums = "") =>
  onRealServers([
    "modprobe ip_gre",
    `ip link add lvs type gre remote 10.0.10.161 local any ${checksums}`,
    "ip addr add 10.0.10.13/32 dev lvs",
    "ip link set lvs up",
  ]);

describe("Tunnels", () => {
  let network: Network;
  afterEach(() => network.close());

  it.each([
    ["gue", "--tun-type gue --tun-port 6080", gueEnds],
    ["gue with checksums", "--tun-type gue --tun-port 6080 --tun-csum", gueEnds],
    ["gue with remote checksum offload", "--tun-type gue --tun-port 6080 --tun-remcsum", gueEnds],
    ["gre", "--tun-type gre", greEnds()],
    ["gre with checksums", "--tun-type gre --tun-csum", greEnds("icsum")],
  ])("%s works across subnets, and the real servers see the client", async (_, tunnel, ends) => {
    network = await open(tun);
    await network.type(service(tunnel));
    await network.type(ends);
    const answers = await requests(network.host("client"), tun.url, 20);
    expect(tally(answers)).toEqual({ rs1: 10, rs2: 10 });
    expect(new Set(answers.map(({ client }) => client))).toEqual(new Set(["10.0.0.8"]));
  });
});
