import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.js";
import { type Aim, misorderedText, missingOn, openSettings, planFor, refusalOf } from "../../../src/fleet/plan.js";
import { noNames } from "../../../src/names/names.js";
import { formatChange } from "../../../src/options/format.js";
import type { Director } from "../../../src/remote/director.js";
import { parseTarget } from "../../../src/remote/target.js";
import { readSaved } from "../../../src/remote/told.js";
import { parseRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";

const SERVICE = "-A -t 192.0.2.1:80 -s mh\n";
const [ONE, TWO] = ["1", "2"].map((last) => `-a -t 192.0.2.1:80 -r 10.0.0.${last}:80 -m -w 1\n`) as [string, string];
const MASTER = "--start-daemon master --mcast-interface eth0 --syncid 3";

function director(rules: string, ours = true): Director {
  const program = { ours };
  const timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
  return { target: parseTarget("ssh:lb1"), program, writers: [], timeouts, ...readSaved(rules) };
}

async function aim(rules: string, options: Partial<Aim> = {}): Promise<Aim> {
  const { wanted } = wantedTable((await parseRules(rules, { names: noNames, program: "ipvsadm" })).rules);
  return { wanted, order: false, allowEmpty: false, ...options };
}

const lines = (changes: Parameters<typeof formatChange>[0][]) => changes.map((change) => formatChange(change));

describe("the plan of a director", () => {
  it.each([
    ["nothing", `${SERVICE}${ONE}`, `${SERVICE}${ONE}`, []],
    ["the table", SERVICE, `${SERVICE}${ONE}`, [ONE.trim()]],
    ["timeouts that differ", "", "--set 900 0 30\n", ["--set 900 0 30"]],
    ["timeouts that do not", "", "--set 900 0 300\n", []],
    ["a daemon that is missing", "", `${MASTER}\n`, [MASTER]],
    ["a daemon that runs", `${MASTER}\n`, `${MASTER}\n`, []],
    [
      "a daemon that is another",
      `${MASTER}\n`,
      `${MASTER.replace("3", "4")}\n`,
      ["--stop-daemon master --syncid 3", MASTER.replace("3", "4")],
    ],
    ["the end of one that runs", `${MASTER}\n`, "--stop-daemon master\n", ["--stop-daemon master"]],
    ["the end of none", "", "--stop-daemon master\n", []],
  ])("holds %s", async (_, there, wanted, changes) => {
    expect(lines(planFor(director(there), await aim(wanted)))).toEqual(changes);
  });

  it("sends a daemon that is another as the file has it, since the director stops the old one by itself", async () => {
    const { wanted } = await aim(`${MASTER.replace("3", "4")}\n`);
    expect(lines(openSettings(director(`${MASTER}\n`), wanted))).toEqual([MASTER.replace("3", "4")]);
  });

  it("zeroes counters each time, and does not miss that afterwards", async () => {
    const zero = await aim(`${SERVICE}-Z\n`);
    expect(lines(planFor(director(SERVICE), zero))).toEqual(["-Z"]);
    expect(missingOn(director(SERVICE), zero)).toEqual([]);
  });

  it("heeds the order when it is asked to, and else says so", async () => {
    const [there, wanted] = [director(SERVICE + ONE + TWO), SERVICE + TWO + ONE];
    expect(planFor(there, await aim(wanted))).toEqual([]);
    expect(misorderedText(there, await aim(wanted))).toEqual([
      expect.stringMatching(/heeds it; --order moves 1 server$/),
    ]);
    const order = await aim(wanted, { order: true });
    expect(lines(planFor(there, order))).toEqual(["-d -t 192.0.2.1:80 -r 10.0.0.1:80", ONE.trim()]);
    expect(misorderedText(there, order)).toEqual([]);
  });
});

describe("a plan is refused", () => {
  const RAW = "-a -t 192.0.2.1:80 -r 10.0.0.3:8 -g -w 1 --raw port=8\n";
  const refusal = async (there: Director, wanted: Aim) => refusalOf(there, planFor(there, wanted), wanted);

  it("that would empty the table, unless that is meant", async () => {
    const there = director(SERVICE);
    expect(await refusal(there, await aim(""))).toContain("the table there holds 1; say --allow-empty");
    expect(await refusal(there, await aim("", { allowEmpty: true }))).toBeUndefined();
    expect(await refusal(there, await aim("-C\n"))).toBeUndefined();
    expect(await refusal(director(""), await aim(""))).toBeUndefined();
  });

  it("for which 1.31 has no words", async () => {
    const wanted = await aim(SERVICE + RAW);
    expect(await refusal(director(SERVICE, false), wanted)).toBe(
      `ipvsadm 1.31 there has no words for this: ${RAW.trim()}`,
    );
    expect(await refusal(director(SERVICE), wanted)).toBeUndefined();
    expect(await refusal(director(SERVICE + RAW, false), wanted)).toBeUndefined();
  });
});

it.each([
  [["--to", "lb1"], "lb1: not the name of a director: ssh:HOST, "],
  [["--to", "ssh:lb1,ssh:lb1"], "ssh:lb1 is there more than once"],
  [["--to", "ssh:lb1", "--to", "ssh:lb2"], "multiple 'to' options specified"],
  [["--to", "ssh:lb1", "--confirm", "5", "--dry-run"], "--confirm and --dry-run exclude each other"],
])("mistakes of apply: %j", async (args, words) => {
  let stderr = "";
  const err = (text: string) => {
    stderr += text;
  };
  const io = { env: {}, readInput: () => "", out: () => {}, steer: () => {}, err };
  expect(await main(["ipvsadm", "apply", ...args, "-"], io)).toBe(2);
  expect(stderr).toContain(words);
});
