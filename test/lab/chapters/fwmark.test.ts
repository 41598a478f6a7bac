import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { impatient, request, requests, tally } from "../requests.js";
import { serve } from "../servers.js";
import { open } from "../story.js";
import { realServer, twoArms, vip } from "../two-arms.js";

describe("A firewall mark", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(twoArms(2));
    for (const server of ["rs1", "rs2"]) await serve(network.host(server), "http", 8080);
    await network.type([
      [
        "director",
        `iptables -t mangle -A PREROUTING -d ${vip} -p tcp -m multiport --dports 80,8080 -j MARK --set-mark 7`,
      ],
      ["director", "ipvsadm -A -f 7 -s rr"],
      ["director", `ipvsadm -a -f 7 -r ${realServer(1)} -m`],
      ["director", `ipvsadm -a -f 7 -r ${realServer(2)} -m`],
    ]);
  });
  afterAll(() => network.close());

  it("makes two ports one service", async () => {
    const client = network.host("client");
    expect(tally(await requests(client, `${vip}:80`, 10))).toEqual({ rs1: 5, rs2: 5 });
    expect(tally(await requests(client, `${vip}:8080`, 10))).toEqual({ rs1: 5, rs2: 5 });
    expect(await request(client, `${vip}:81`, impatient), "a port without the mark").toBe("refused");
  });

  it("with persistence, keeps a client of both ports on one server", async () => {
    await network.type([["director", "ipvsadm -E -f 7 -s rr -p 300"]]);
    const client = network.host("client");
    const answers = [...(await requests(client, `${vip}:80`, 5)), ...(await requests(client, `${vip}:8080`, 5))];
    expect(Object.values(tally(answers))).toEqual([10]);
  });
});
