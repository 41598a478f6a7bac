import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { requests, tally } from "../requests.js";
import { open, play, result } from "../story.js";
import { nat, natWithRoutes, routeBack, trackedMasquerade, untrackedMasquerade, withoutReturnPath } from "./nat.js";

/** Packets that matched the rules of the director's chain, per target. */
async function packetsMatched(network: Network, table: string): Promise<Record<string, number>> {
  const listing = await network.host("director").type(`iptables -t ${table} -L POSTROUTING -v -x -n`);
  return Object.fromEntries(
    [...listing.matchAll(/^ *(\d+) +\d+ (\w+)/gm)].map(([, count, target]) => [target!, Number(count)]),
  );
}

describe("NAT", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(nat);
  });
  afterAll(() => network.close());

  it("times out when the real servers answer the client directly", async () => {
    expect(result(await play(network, nat, withoutReturnPath))).toEqual("timed out");
    const sockets = await network.host("director").type("ss -lnt");
    expect(sockets, "no socket listens for the service").not.toContain(":8080");
  });

  it("times out with MASQUERADE while net.ipv4.vs.conntrack is 0: the rule never sees a packet, mangle does", async () => {
    const director = network.host("director");
    await director.type("iptables -t mangle -A POSTROUTING -m ipvs --vaddr 10.254.0.1 --vport 8080 -j LOG");
    expect(result(await play(network, nat, untrackedMasquerade))).toEqual("timed out");
    expect(await packetsMatched(network, "nat")).toEqual({ LOG: 0, MASQUERADE: 0 });
    expect((await packetsMatched(network, "mangle")).LOG).toBeGreaterThan(0);

    const refused = await director.try(
      "iptables -t mangle -A POSTROUTING -m ipvs --vaddr 10.254.0.1 --vport 8080 -j MASQUERADE",
    );
    expect(refused.code, "mangle has no MASQUERADE").not.toBe(0);
  });

  it("works with net.ipv4.vs.conntrack=1, and the real servers see the director", async () => {
    expect(result(await play(network, nat, trackedMasquerade))).toEqual(trackedMasquerade.expected);
    const answers = await requests(network.host("client"), nat.url, 20);
    expect(tally(answers)).toEqual({ rs1: 10, rs2: 10 });
    expect(answers.map(({ client }) => client)).toEqual(Array(20).fill("10.0.0.161"));
    for (const [index, { server }] of answers.slice(1).entries()) expect(server).not.toBe(answers[index]!.server);
    expect((await packetsMatched(network, "nat")).MASQUERADE).toBeGreaterThanOrEqual(21);
  });
});

describe("NAT with routes back through the director", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(natWithRoutes);
  });
  afterAll(() => network.close());

  it("times out without them", async () => {
    expect(result(await play(network, natWithRoutes, withoutReturnPath))).toEqual("timed out");
  });

  it("works, and the real servers see the client", async () => {
    expect(result(await play(network, natWithRoutes, routeBack))).toEqual(routeBack.expected);
    const answers = await requests(network.host("client"), natWithRoutes.url, 20);
    expect(tally(answers)).toEqual({ rs1: 10, rs2: 10 });
  });
});
