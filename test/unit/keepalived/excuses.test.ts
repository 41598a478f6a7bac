import { describe, expect, it } from "vitest";
import { renderDifferencesJson } from "../../../src/diff/json.js";
import { renderExcused, sortOut } from "../../../src/diff/lenient.js";
import { renderDifferences } from "../../../src/diff/text.js";
import { systemNames } from "../../../src/names/system.js";
import { compareTables } from "../../../src/rules/diff.js";
import { parseRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";
import { readWith } from "./reading.js";

const CHECK = "TCP_CHECK {\n}";
const configured = (words: string, servers: readonly string[] = ["", CHECK, CHECK]) =>
  `virtual_server 192.0.2.1 80 {\nprotocol TCP\nlb_algo mh\n${words}\n${servers
    .map((own, index) => `real_server 10.0.0.${index + 1} 80 {\nweight 5\n${own}\n}`)
    .join("\n")}\n}\n`;

/** A live table: `1 2=0 9=1`, servers by their last number with the weights that are not 5. */
async function table(servers: string) {
  const lines = servers
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => word.split("="))
    .map(([last, weight = "5"]) => `-a -t 192.0.2.1:80 -r 10.0.0.${last}:80 -m -w ${weight}`);
  const { rules } = await parseRules(["-A -t 192.0.2.1:80 -s mh", ...lines].join("\n"), {
    names: systemNames(),
    program: "ipvsadm",
  });
  return wantedTable(rules).wanted.table!;
}

/** What is wrong and what is excused: `+2`, `-4`, `2:0/5`, `order`, the latter with reasons. */
async function outcome(text: string, servers: string, swapped = false) {
  const { wanted, mistakes } = readWith(text);
  expect(mistakes).toEqual([]);
  const live = { table: await table(servers) };
  const intended = { table: wanted!.table!, excuses: wanted!.excuses! };
  const [from, to] = swapped ? [intended, live] : [live, intended];
  const { differences, excused } = sortOut(compareTables(from.table, to.table, { order: true }), from, to);
  const wrong = renderDifferences(differences, "a", "b")
    .join("")
    .split("\n")
    .filter((line) => /^[+-]-a|order/.test(line));
  expect(JSON.parse(renderDifferencesJson(differences, excused)).excused).toHaveLength(excused.length);
  return {
    wrong: wrong.map((line) => (line.includes("order") ? "order" : `${line[0]}${/10\.0\.0\.(\d+)/.exec(line)![1]}`)),
    excused: renderExcused(excused)
      .split("\n")
      .slice(0, -1)
      .map((line) => line.replace("# tcp 192.0.2.1:80", "").trim()),
  };
}

const none = { wrong: [], excused: [] };
const failed = (last: number) => `, server 10.0.0.${last}:80: only in the second table, perhaps failed its check`;

describe("a table that keepalived has changed", () => {
  it.each([
    ["nothing", configured(""), "1 2 3", none],
    ["servers that failed", configured(""), "1 3", { wrong: [], excused: [failed(2)] }],
    ["a server without a check is never gone", configured(""), "2 3", { wrong: ["+1", "order", "order"], excused: [] }],
    ["a weight that nobody set", configured(""), "1 2=4 3", { wrong: ["-2", "+2"], excused: [] }],
    ["weight 0 without inhibit_on_failure", configured(""), "1 2=0 3", { wrong: ["-2", "+2"], excused: [] }],
    [
      "weight 0 under inhibit_on_failure",
      configured("inhibit_on_failure"),
      "1 2=0 3",
      { wrong: [], excused: [", server 10.0.0.2:80: weight 0 and 5, perhaps failed its check"] },
    ],
    [
      "weight 0 of a server that says it itself",
      configured("", ["", `inhibit_on_failure\n${CHECK}`, CHECK]),
      "1 2=0 3",
      { wrong: [], excused: [", server 10.0.0.2:80: weight 0 and 5, perhaps failed its check"] },
    ],
    [
      "weight 0 of a server without a check",
      configured("inhibit_on_failure"),
      "1=0 2 3",
      { wrong: ["-1", "+1"], excused: [] },
    ],
    ["an inhibited server is never gone", configured("inhibit_on_failure"), "1 2", { wrong: ["+3"], excused: [] }],
    [
      "inhibit_on_failure no",
      configured("inhibit_on_failure", ["", CHECK, `inhibit_on_failure no\n${CHECK}`]),
      "1 2",
      { wrong: [], excused: [failed(3)] },
    ],
    [
      "weights of a script",
      configured("", ["", "MISC_CHECK {\nmisc_path /x\nmisc_dynamic\n}", "FILE_CHECK {\ntrack_file x\nweight 3\n}"]),
      "1 2=7 3=9",
      {
        wrong: [],
        excused: [2, 3].map(
          (last) => `, server 10.0.0.${last}:80: weight ${2 * last + 3} and 5, perhaps weighed by its check`,
        ),
      },
    ],
    ["a server that nobody wants", configured("sorry_server 10.0.0.9 80"), "1 2 3 4", { wrong: ["-4"], excused: [] }],
    [
      "the sorry server",
      configured("sorry_server 10.0.0.9 80"),
      "9=1",
      {
        wrong: [],
        excused: [
          ...[1, 2, 3].map((last) => failed(last).replace("perhaps failed its check", "quorum lost")),
          ", server 10.0.0.9:80: only in the first table, quorum lost",
        ],
      },
    ],
    [
      "a sorry server with another weight",
      configured("sorry_server 10.0.0.9 80"),
      "1 2 3 9=2",
      { wrong: ["-9"], excused: [] },
    ],
    [
      "an inhibited sorry server",
      configured("sorry_server 10.0.0.9 80\nsorry_server_inhibit"),
      "9=1",
      {
        wrong: [],
        excused: [
          ...[1, 2, 3].map((last) => failed(last).replace("perhaps failed its check", "quorum lost")),
          ", server 10.0.0.9:80: weight 1 and 0, quorum lost",
        ],
      },
    ],
    [
      "servers that came back",
      configured(""),
      "1 3 2",
      { wrong: [], excused: [": servers in another order, perhaps failed a check and came back"] },
    ],
    ["an order that checks do not make", configured(""), "2 3 1", { wrong: ["order", "order"], excused: [] }],
  ])("%s", async (_what, text, servers, expected) => {
    const found = await outcome(text, servers);
    expect({ ...found, excused: found.excused.sort() }).toEqual({ ...expected, excused: [...expected.excused].sort() });
  });

  it("may be the second of two files", async () => {
    expect(await outcome(configured(""), "1 3", true)).toEqual({
      wrong: [],
      excused: [failed(2).replace("second", "first")],
    });
    expect((await outcome(configured(""), "1 3 2", true)).wrong).toEqual([]);
    expect((await outcome(configured(""), "2 3 1", true)).wrong).toEqual(["order", "order"]);
  });
});
