import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { requests, tally } from "../requests.js";
import { open, play, result } from "../story.js";
import { fromOwnAddress, fromServiceAddress, tun, tunnelEnds, tunWithOneAddress, withoutTunnel } from "./tun.js";

describe("TUN", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(tun);
  });
  afterAll(() => network.close());

  it("is refused while the real servers do not unpack the tunnel", async () => {
    expect(result(await play(network, tun, withoutTunnel))).toEqual("refused");
  });

  it("works across subnets once they do, and the real servers see the client", async () => {
    expect(result(await play(network, tun, tunnelEnds))).toEqual(tunnelEnds.expected);
    expect(tally(await requests(network.host("client"), tun.url, 20))).toEqual({ rs1: 10, rs2: 10 });
  });
});

describe("TUN from a director with no address but the service's", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(tunWithOneAddress);
  });
  afterAll(() => network.close());

  it("times out: to the real servers the tunnel starts at an address of their own", async () => {
    expect(result(await play(network, tunWithOneAddress, withoutTunnel))).toEqual("refused");
    expect(result(await play(network, tunWithOneAddress, fromServiceAddress))).toEqual("timed out");
  });

  it("works once the tunnel starts at another", async () => {
    expect(result(await play(network, tunWithOneAddress, fromOwnAddress))).toEqual(fromOwnAddress.expected);
    expect(tally(await requests(network.host("client"), tun.url, 20))).toEqual({ rs1: 10, rs2: 10 });
  });
});
