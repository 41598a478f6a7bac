import { isDeepStrictEqual } from "node:util";
import { nat, untrackedMasquerade, withoutReturnPath } from "./chapters/nat.js";
import type { Witness } from "./host.js";
import type { Network } from "./network.js";
import { impatient, request, requests, tally } from "./requests.js";
import { pause } from "./shell.js";
import { open, play, result, type Step } from "./story.js";

// The article's NAT chapter, shown as it is typed, with what its author would have given an evening for: the doctor. Ends with an
// exit code other than 0 when anything goes another way than told.

const show: Witness = (host, line, { stdout, stderr }) =>
  console.log(`${host.name}# ${line}\n${stdout}${stderr}`.trimEnd());
const tell = (text: string) => console.log(`\n=== ${text}`);

function expect(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

/** Plays a step of the story that fails, and returns what the doctor says about it. */
async function failing(network: Network, step: Step): Promise<string> {
  tell(step.title);
  expect(step.title, result(await play(network, nat, step)), step.expected);
  await request(network.host("client"), nat.url, impatient);
  tell("Why is nothing answering?");
  const { code, stdout } = await network.host("director").try("ipvsadm doctor");
  expect("exit code of a doctor who finds something wrong", code, 1);
  return stdout;
}

const network = await open(nat, show);
try {
  const first = await failing(network, withoutReturnPath);
  expect("the doctor's first finding", /\((.+)\)\n/.exec(first)?.[1], "nat-no-return-path");

  const second = await failing(network, untrackedMasquerade);
  expect("the doctor's first finding", /\((.+)\)\n/.exec(second)?.[1], "snat-without-conntrack");

  tell("What the doctor prescribes");
  const remedy = /On this director:\n((?: {4}.+\n)+)/.exec(second)?.[1]?.trimEnd().split("\n") ?? [];
  for (const line of remedy) await network.host("director").type(line.trim());

  tell("Both real servers answer, and see the director");
  const answers = await requests(network.host("client"), nat.url, 10);
  expect("answers of each server", tally(answers), { rs1: 5, rs2: 5 });
  expect("clients seen", [...new Set(answers.map(({ client }) => client))], ["10.0.0.161"]);

  tell("The table, and what went through it");
  // The kernel adds up its counters every two seconds.
  await pause(3000);
  await network.host("director").type("ipvsadm -L -n");
  const counters = await network.host("director").type("ipvsadm -L -n --stats --exact");
  const [connections, , packetsOut] = /TCP +10\.254\.0\.1:8080 +(\d+) +(\d+) +(\d+)/
    .exec(counters)!
    .slice(1)
    .map(Number);
  expect("connections counted: the failed ones and ten", connections! > 10, true);
  expect("packets out", packetsOut! > 0, true);
  expect(
    "exit code of a doctor who finds nothing wrong",
    (await network.host("director").try("ipvsadm doctor")).code,
    0,
  );
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await network.close();
}
