import { afterEach, describe, expect, it } from "vitest";
import { commandOf } from "../../programs.js";
import type { Network } from "../network.js";
import { converse, requests, tally } from "../requests.js";
import { serve } from "../servers.js";
import { succeed, until } from "../shell.js";
import { open } from "../story.js";
import { realServer, twoArms, vip } from "../two-arms.js";

const kept = [
  `-A -t ${vip}:80 -s rr`,
  `-a -t ${vip}:80 -r ${realServer(1)}:80 -m -w 1`,
  `-a -t ${vip}:80 -r ${realServer(2)}:80 -m -w 1`,
  `-A -t ${vip}:7 -s rr`,
  `-a -t ${vip}:7 -r ${realServer(1)}:7 -m -w 1`,
];

/** Services that come, change and go around the kept ones. */
const others = (first: number, weight: number) =>
  Array.from({ length: 100 }, (_, index) => [
    `-A -f ${first + index} -s rr`,
    `-a -f ${first + index} -r ${realServer(3)}:${1000 + index} -m -w ${weight}`,
  ]).flat();

const rules = (lines: readonly string[]) => `${lines.join("\n")}\n`;

describe("apply", () => {
  let network: Network;
  afterEach(() => network.close());

  const apply = async (lines: readonly string[]) => {
    const director = network.host("director");
    const program = [...commandOf("ipvsadm"), "apply", "-"];
    succeed("ipvsadm apply -", await director.run(program, rules(lines)));
  };

  it("changes other services and back again while traffic flows: nothing is lost", async () => {
    network = await open(twoArms(3));
    await serve(network.host("rs1"), "echo", 7);
    await apply([...kept, ...others(1, 1)]);

    const conversation = await converse(network.host("client"), vip, 7);
    expect(await conversation?.echo("before")).toBe("before");

    let changes = 0;
    let busy = true;
    const changing = (async () => {
      while (busy || changes < 4) {
        changes++;
        await apply([...kept, ...(changes % 2 ? others(51, 2) : others(1, 1))]);
      }
    })();
    const answers = await requests(network.host("client"), `${vip}:80`, 120);
    busy = false;
    await changing;

    expect(tally(answers)).toEqual({ rs1: 60, rs2: 60 });
    expect(await conversation?.echo("after")).toBe("after");

    // The kernel adds up its counters every two seconds.
    await until("all requests, and no more, in the counters", async () => {
      const stats = await network.host("director").type(`ipvsadm -L -n --stats -t ${vip}:80`);
      return /TCP +\S+ +120 /.test(stats) || undefined;
    });
    const listing = await network.host("director").type(`ipvsadm -L -n -t ${vip}:7`);
    expect(listing).toMatch(/Masq +1 +1 +0 /);
  });

  it("gives a service a new server and new weights without losing a request", async () => {
    network = await open(twoArms(3));
    await apply(kept);
    const sending = requests(network.host("client"), `${vip}:80`, 100);
    await apply([...kept.with(0, `-A -t ${vip}:80 -s wrr`), `-a -t ${vip}:80 -r ${realServer(3)}:80 -m -w 2`]);
    await sending;
    expect(tally(await requests(network.host("client"), `${vip}:80`, 100))).toEqual({ rs1: 25, rs2: 25, rs3: 50 });
  });
});
