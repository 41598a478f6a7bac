import { afterEach, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { requests, tally } from "../requests.js";
import { open } from "../story.js";
import { client6, realServer6, twoArms, vip6 } from "../two-arms.js";

describe("IPv6", () => {
  let network: Network;
  afterEach(() => network.close());

  it("NAT works, with another port on the real servers", async () => {
    network = await open(twoArms(2));
    await network.type([
      ["director", `ipvsadm -A -t [${vip6}]:8080 -s rr`],
      ["director", `ipvsadm -a -t [${vip6}]:8080 -r [${realServer6(1)}]:80 -m`],
      ["director", `ipvsadm -a -t [${vip6}]:8080 -r [${realServer6(2)}]:80 -m`],
    ]);
    const answers = await requests(network.host("client"), `[${vip6}]:8080`, 20);
    expect(tally(answers)).toEqual({ rs1: 10, rs2: 10 });
    expect(new Set(answers.map(({ client }) => client))).toEqual(new Set([client6]));
  });
});
