import { afterEach, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { type Answer, askUdp, tally } from "../requests.js";
import { serve } from "../servers.js";
import { open } from "../story.js";
import { client, realServer, twoArms, vip } from "../two-arms.js";
import { addressOnLoopback, dr, quietOnEveryInterface } from "./dr.js";

describe("UDP", () => {
  let network: Network;
  afterEach(() => network.close());

  async function ask(count: number, address: string, sourcePort?: number): Promise<Answer[]> {
    const answers = [];
    for (let n = 0; n < count; n++) answers.push(await askUdp(network.host("client"), address, 53, sourcePort));
    return answers;
  }

  it("NAT works, a source port being a connection", async () => {
    network = await open(twoArms(2));
    for (const server of ["rs1", "rs2"]) await serve(network.host(server), "udp", 5353);
    await network.type([
      ["director", `ipvsadm -A -u ${vip}:53 -s rr`],
      ["director", `ipvsadm -a -u ${vip}:53 -r ${realServer(1)}:5353 -m`],
      ["director", `ipvsadm -a -u ${vip}:53 -r ${realServer(2)}:5353 -m`],
    ]);
    const answers = await ask(10, vip);
    expect(tally(answers)).toEqual({ rs1: 5, rs2: 5 });
    expect(new Set(answers.map((answer) => answer.client))).toEqual(new Set([client]));
    expect(Object.values(tally(await ask(6, vip, 4000))), "one source port, one server").toEqual([6]);
  });

  it("-o schedules every packet, whatever its source port", async () => {
    network = await open(dr);
    await network.type([...addressOnLoopback.lines, ...quietOnEveryInterface.lines]);
    for (const server of ["rs1", "rs2"]) await serve(network.host(server), "udp", 53, "10.0.0.161");
    await network.type([
      ["director", "ipvsadm -A -u 10.0.0.161:53 -s rr"],
      ["director", "ipvsadm -a -u 10.0.0.161:53 -r 10.0.0.42:53 -g"],
      ["director", "ipvsadm -a -u 10.0.0.161:53 -r 10.0.0.78:53 -g"],
    ]);
    expect(Object.values(tally(await ask(6, "10.0.0.161", 4000))), "without it").toEqual([6]);
    await network.type([["director", "ipvsadm -E -u 10.0.0.161:53 -s rr -o"]]);
    expect(tally(await ask(10, "10.0.0.161", 4001))).toEqual({ rs1: 5, rs2: 5 });
    expect(await network.host("director").type("ipvsadm -L -n -c"), "and remembers none").not.toContain(":4001");
  });
});
