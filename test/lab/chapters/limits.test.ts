import { afterEach, describe, expect, it } from "vitest";
import type { Network } from "../network.js";
import { type Conversation, converse } from "../requests.js";
import { serve } from "../servers.js";
import { open } from "../story.js";
import { realServer, twoArms, vip } from "../two-arms.js";

describe("Limits", () => {
  let network: Network;
  afterEach(() => network.close());

  /** A service of two real servers whose connections last. `limits`: options of each. */
  async function build(limits: readonly string[]): Promise<void> {
    network = await open(twoArms(limits.length));
    await network.host("director").type(`ipvsadm -A -t ${vip}:7 -s rr`);
    for (const [index, limit] of limits.entries()) {
      await serve(network.host(`rs${index + 1}`), "echo", 7);
      await network.host("director").type(`ipvsadm -a -t ${vip}:7 -r ${realServer(index + 1)}:7 -m ${limit}`);
    }
  }

  const edit = (n: number, options: string) =>
    network.host("director").type(`ipvsadm -e -t ${vip}:7 -r ${realServer(n)}:7 -m ${options}`);

  /** Opens connections, one after the other, and leaves them open. */
  async function connect(count: number): Promise<(Conversation | undefined)[]> {
    const conversations = [];
    for (let n = 0; n < count; n++) conversations.push(await converse(network.host("client"), vip, 7));
    return conversations;
  }

  const servers = (conversations: readonly (Conversation | undefined)[]) =>
    conversations.map((conversation) => conversation?.server).sort();

  it("-x: a server that has its connections gets no new one", async () => {
    await build(["-x 2 -y 1", ""]);
    expect(servers(await connect(6))).toEqual(["rs1", "rs1", "rs2", "rs2", "rs2", "rs2"]);
  });

  it("-x: when all servers have theirs, clients are refused, until there is room again", async () => {
    await build(["-x 2"]);
    const [first, second, third] = await connect(3);
    expect(third).toBeUndefined();
    expect(await first!.echo("still there?")).toBe("still there?");
    expect(await second!.echo("you too?")).toBe("you too?");
    await edit(1, "-x 3");
    expect(servers(await connect(2))).toEqual(["rs1", undefined]);
  });

  it("weight 0: a server keeps its connections and gets no new ones", async () => {
    await build(["", ""]);
    const old = await connect(2);
    expect(servers(old)).toEqual(["rs1", "rs2"]);
    await edit(1, "-w 0");
    expect(servers(await connect(5))).toEqual(Array(5).fill("rs2"));
    for (const conversation of old) expect(await conversation!.echo("hello")).toBe("hello");

    const listing = await network.host("director").type(`ipvsadm -L -n -t ${vip}:7`);
    const columns = [...listing.matchAll(/-> (\S+) +Masq +(\d+) +(\d+) +(\d+)/g)].map(([, ...column]) => column);
    expect(columns).toEqual([
      [`${realServer(1)}:7`, "0", "1", "0"],
      [`${realServer(2)}:7`, "1", "6", "0"],
    ]);
  });
});
