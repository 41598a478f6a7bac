import { afterEach, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { requests, requestsFrom, tally } from "../requests.js";
import { open } from "../story.js";
import { realServer, twoArms, vip } from "../two-arms.js";

const addresses = Array.from({ length: 30 }, (_, index) => `192.0.2.${11 + index}`);

describe("Schedulers", () => {
  let network: Network;
  afterEach(() => network.close());

  /** A service of three real servers. */
  async function build(scheduler: string, weights: readonly number[]): Promise<void> {
    network = await open(twoArms(3, addresses));
    await network.host("director").type(`ipvsadm -A -t ${vip}:80 -s ${scheduler}`);
    for (const [index, weight] of weights.entries()) {
      await network.host("director").type(`ipvsadm -a -t ${vip}:80 -r ${realServer(index + 1)}:80 -m -w ${weight}`);
    }
  }

  /** The server of each client address. */
  async function assignment(): Promise<Map<string, string>> {
    const answers = await requestsFrom(network.host("client"), addresses, `${vip}:80`);
    return new Map(answers.map(({ server, client }) => [client, server]));
  }

  /** The clients of other servers than rs2 that were given another server. */
  const moved = (before: Map<string, string>, after: Map<string, string>) =>
    addresses.filter((address) => before.get(address) !== "rs2" && before.get(address) !== after.get(address));

  it("wrr goes by weight", async () => {
    await build("wrr", [3, 2, 1]);
    expect(tally(await requests(network.host("client"), `${vip}:80`, 24))).toEqual({ rs1: 12, rs2: 8, rs3: 4 });
  });

  it("sh gives a client the same server every time, and with sh-fallback leaves the others alone when one is drained", async () => {
    await build("sh -b sh-fallback", [1, 1, 1]);
    const before = await assignment();
    expect(new Set(before.values())).toEqual(new Set(["rs1", "rs2", "rs3"]));
    expect(await assignment()).toEqual(before);

    await network.host("director").type(`ipvsadm -e -t ${vip}:80 -r ${realServer(2)}:80 -m -w 0`);
    const drained = await assignment();
    expect([...drained.values()]).not.toContain("rs2");
    expect(moved(before, drained)).toEqual([]);
  });

  it("mh gives a client the same server every time, and moves hardly any client of the others when one leaves", async () => {
    await build("mh -b mh-fallback", [1, 1, 1]);
    const before = await assignment();
    expect(new Set(before.values())).toEqual(new Set(["rs1", "rs2", "rs3"]));
    expect(await assignment()).toEqual(before);

    await network.host("director").type(`ipvsadm -e -t ${vip}:80 -r ${realServer(2)}:80 -m -w 0`);
    const drained = await assignment();
    expect([...drained.values()]).not.toContain("rs2");
    expect(moved(before, drained)).toEqual([]);

    await network.host("director").type(`ipvsadm -d -t ${vip}:80 -r ${realServer(2)}:80`);
    const left = await assignment();
    expect([...left.values()]).not.toContain("rs2");
    expect(moved(before, left).length).toBeLessThanOrEqual(2);
  });
});
