import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { requests, tally } from "../requests.js";
import { open, play, result } from "../story.js";
import {
  addressOnLoopback,
  dr,
  drWithOneAddress,
  forgottenNeighbours,
  mappedPort,
  ownAddress,
  quietOnEveryInterface,
  withoutAddress,
} from "./dr.js";

/** How many machines claim an address when the client asks the LAN for it. */
async function claimants(network: Network, address: string): Promise<number> {
  const { stdout } = await network
    .host("client")
    .run(["busybox", "arping", "-c", "1", "-w", "3", "-I", "eth0", address]);
  return new Set([...stdout.matchAll(/\[([0-9a-f:]{17})\]/g)].map(([, mac]) => mac)).size;
}

describe("DR", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(dr);
  });
  afterAll(() => network.close());

  it("times out while the address is not on the real servers", async () => {
    expect(result(await play(network, dr, withoutAddress))).toEqual("timed out");
    expect(await claimants(network, "10.0.0.161")).toBe(1);
  });

  it("answers with the address on lo, and the real servers see the client", async () => {
    expect(result(await play(network, dr, addressOnLoopback))).toEqual(addressOnLoopback.expected);
  });

  it("has only the director claim the address once arp_ignore holds where the question comes in", async () => {
    expect(await claimants(network, "10.0.0.161"), "arp_ignore of lo alone hides nothing").toBe(3);
    expect(result(await play(network, dr, quietOnEveryInterface))).toEqual(quietOnEveryInterface.expected);
    expect(await claimants(network, "10.0.0.161")).toBe(1);
    await network.host("client").type("ip neigh flush dev eth0");
    expect(tally(await requests(network.host("client"), dr.url, 20))).toEqual({ rs1: 10, rs2: 10 });
  });

  it("cannot map ports", async () => {
    expect(result(await play(network, dr, mappedPort))).toEqual("refused");
    const listing = await network.host("director").type("ipvsadm -L -n -t 10.0.0.161:8080");
    expect(listing.match(/10\.0\.0\.\d+:\d+(?= +Route)/g)).toEqual(["10.0.0.42:8080", "10.0.0.78:8080"]);
  });
});

describe("DR from a director with no address but the service's", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(drWithOneAddress);
    for (const step of [withoutAddress, addressOnLoopback, quietOnEveryInterface]) await network.type(step.lines);
  });
  afterAll(() => network.close());

  it("cannot find its servers: they do not answer questions asked in the name of an address of their own", async () => {
    expect(result(await play(network, drWithOneAddress, forgottenNeighbours))).toEqual("timed out");
    expect(await network.host("director").type("ip neigh show to 10.0.0.42")).toMatch(/FAILED|INCOMPLETE/);
  });

  it("finds them once it asks in its own name", async () => {
    expect(result(await play(network, drWithOneAddress, ownAddress))).toEqual(ownAddress.expected);
    expect(tally(await requests(network.host("client"), dr.url, 20))).toEqual({ rs1: 10, rs2: 10 });
  });
});
