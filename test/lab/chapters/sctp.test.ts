import { afterEach, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { askSctp, tally } from "../requests.js";
import { serveSctp } from "../servers.js";
import { open } from "../story.js";
import { client, realServer, twoArms, vip } from "../two-arms.js";

describe("SCTP", () => {
  let network: Network;
  afterEach(() => network.close());

  it("NAT works, with another port on the real servers", async () => {
    network = await open(twoArms(2));
    for (const server of ["rs1", "rs2"]) await serveSctp(network.host(server), 9001);
    await network.type([
      ["director", `ipvsadm -A --sctp-service ${vip}:9000 -s rr`],
      ["director", `ipvsadm -a --sctp-service ${vip}:9000 -r ${realServer(1)}:9001 -m`],
      ["director", `ipvsadm -a --sctp-service ${vip}:9000 -r ${realServer(2)}:9001 -m`],
    ]);
    const answers = [];
    for (let n = 0; n < 10; n++) answers.push(await askSctp(network.host("client"), vip, 9000));
    expect(tally(answers)).toEqual({ rs1: 5, rs2: 5 });
    expect(new Set(answers.map((answer) => answer.client))).toEqual(new Set([client]));
  });
});
