import { afterEach, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { requests, tally } from "../requests.js";
import { open } from "../story.js";
import { client, realServer, twoArms, vip } from "../two-arms.js";

const neighbour = "192.0.2.9";

describe("Persistence", () => {
  let network: Network;
  afterEach(() => network.close());

  /** The servers that answer ten requests from an address. */
  const serversOf = async (address: string) =>
    Object.keys(tally(await requests(network.host("client"), `${vip}:80`, 10, address)));

  async function build(persistence: string): Promise<void> {
    network = await open(twoArms(2, [neighbour]));
    await network.type([
      ["director", `ipvsadm -A -t ${vip}:80 -s rr ${persistence}`],
      ["director", `ipvsadm -a -t ${vip}:80 -r ${realServer(1)}:80 -m`],
      ["director", `ipvsadm -a -t ${vip}:80 -r ${realServer(2)}:80 -m`],
    ]);
  }

  it("keeps a client on its server and gives the next client the next one", async () => {
    await build("-p 300");
    const [first, ...more] = await serversOf(client);
    expect(more).toEqual([]);
    expect(await serversOf(neighbour)).toEqual([first === "rs1" ? "rs2" : "rs1"]);
    expect(await serversOf(client)).toEqual([first]);
  });

  it("with -M keeps a whole network on one server", async () => {
    await build("-p 300 -M 255.255.255.0");
    const servers = await serversOf(client);
    expect(servers).toHaveLength(1);
    expect(await serversOf(neighbour)).toEqual(servers);
  });
});
