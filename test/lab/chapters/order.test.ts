import { afterEach, expect, it } from "vitest";
import type { Cable, Line, Network } from "../network.js";
import { requestsFrom } from "../requests.js";
import { succeed } from "../shell.js";
import { open, realServers } from "../story.js";

// Two directors with the same file, as behind routers that spread clients over both: a client whose route changes to the other
// director should find its server there.

const directors = { one: "10.0.0.161", two: "10.0.0.162" };
const services = { sh: "192.0.2.1", mh: "192.0.2.2" };
const clients = Array.from({ length: 200 }, (_, index) => `10.0.1.${index + 1}`);
const servers = [1, 2, 3, 4, 5];

const cables: Cable[] = [
  ["client", "lan", clients.map((address) => `${address}/16`).join(",")],
  ...Object.entries(directors).map(([name, address]): Cable => [name, "lan", `${address}/16`]),
  ...servers.map((n): Cable => [`rs${n}`, "lan", `10.0.0.${n}/16`]),
];

const given: Line[] = [...Object.keys(directors), ...realServers({ cables })].flatMap((host) =>
  Object.values(services).map((address): Line => [host, `ip a add ${address}/32 dev lo`]),
);

const rules = (order: readonly number[]) =>
  Object.entries(services)
    .flatMap(([scheduler, address]) => [
      `-A -t ${address}:80 -s ${scheduler}\n`,
      ...order.map((n) => `-a -t ${address}:80 -r 10.0.0.${n}:80 -g -w 1\n`),
    ])
    .join("");

let network: Network;
afterEach(() => network.close());

async function apply(director: string, order: readonly number[], ...options: string[]): Promise<string> {
  const program = [process.execPath, `${import.meta.dirname}/../../../bin/ipvsadm.js`, "apply", ...options, "-"];
  const outcome = await network.host(director).run(program, rules(order));
  succeed("ipvsadm apply", outcome);
  return outcome.stderr;
}

/** How many clients get another server from the second director than from the first one. */
async function strayClients(address: string): Promise<number> {
  const answers = [];
  for (const gateway of Object.values(directors)) {
    await network.host("client").type(`ip r replace 192.0.2.0/24 via ${gateway}`);
    answers.push(await requestsFrom(network.host("client"), clients, `${address}:80`));
  }
  const [one, two] = answers as [(typeof answers)[0], (typeof answers)[0]];
  expect(new Set(one.map(({ server }) => server)).size).toBe(servers.length);
  return one.filter(({ server }, index) => server !== two[index]!.server).length;
}

it("directors with the same file and different histories agree on the server of every client after --order", async () => {
  network = await open({ cables, given });
  await apply("one", servers);
  // The other one was built in several steps.
  await apply("two", [5, 3, 1]);
  expect(await apply("two", servers)).toContain("another order");

  const before = { sh: await strayClients(services.sh), mh: await strayClients(services.mh) };
  console.log(`of ${clients.length} clients, other servers before --order: sh ${before.sh}, mh ${before.mh}`);
  expect(before.sh).toBeGreaterThan(clients.length / 4);

  expect(await apply("two", servers, "--order")).toBe("");
  expect(await apply("one", servers, "--order")).toBe("");
  expect([await strayClients(services.sh), await strayClients(services.mh)]).toEqual([0, 0]);
});
