import { describe, expect, it } from "vitest";
import { noNames } from "../../../src/names/names.js";
import { parseRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";
import { formatRules, tableChanges } from "../../../src/rules/write.js";

async function want(text: string) {
  const { rules, mistakes } = await parseRules(text, { names: noNames, program: "ipvsadm" });
  expect(mistakes).toEqual([]);
  return wantedTable(rules);
}

const SERVICE = "-A -t 192.0.2.1:80 -s rr\n";
const SERVER = "-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1\n";

describe("wantedTable", () => {
  it.each([
    ["adds", SERVICE + SERVER, SERVICE + SERVER],
    ["ignores what was said already", SERVICE + SERVICE + SERVER + SERVER, SERVICE + SERVER],
    [
      "edits",
      `${SERVICE}${SERVER}-E -t 192.0.2.1:80 -s wrr\n-e -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 7\n`,
      "-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 7\n",
    ],
    ["deletes servers", `${SERVICE}${SERVER}-d -t 192.0.2.1:80 -r 198.51.100.1:80\n`, SERVICE],
    ["deletes services", `${SERVICE}-D -t 192.0.2.1:80\n`, ""],
    ["starts afresh at -C", `${SERVICE}-C\n`, ""],
  ])("%s", async (_what, text, expected) => {
    const { wanted, mistakes } = await want(text);
    expect(mistakes).toEqual([]);
    expect(formatRules(tableChanges(wanted.table!)).join("")).toBe(expected);
  });

  it("tells which lines repeat earlier ones", async () => {
    const other = SERVER.replace("198.51.100.1:80", "198.51.100.2:80");
    const { mistakes, repetitions } = await want(
      `${SERVICE}${SERVER}${SERVER}\n${other}${SERVICE}${SERVER.replace(" -w 1", "")}-C\n${SERVICE}${SERVER}`,
    );
    expect(mistakes).toEqual([]);
    expect(repetitions).toEqual([
      { line: 3, reason: "repeats line 2: server 198.51.100.1:80" },
      { line: 6, reason: "repeats line 1: service tcp 192.0.2.1:80" },
      { line: 7, reason: "repeats line 2: server 198.51.100.1:80" },
    ]);
  });

  it("takes no edit for a repetition", async () => {
    const { repetitions } = await want(
      `${SERVICE}${SERVER}${SERVICE.replace("-A", "-E")}${SERVER.replace("-a", "-e")}`,
    );
    expect(repetitions).toEqual([]);
  });

  it.each([
    [
      "another service with the same key",
      `${SERVICE}-A -t 192.0.2.1:80 -s wlc\n`,
      "line 2: service tcp 192.0.2.1:80 already exists since line 1",
    ],
    [
      "another server with the same key",
      `${SERVICE}${SERVER}-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 2\n`,
      "line 3: server 198.51.100.1:80 already exists since line 2",
    ],
    ["a server of no service", SERVER, "line 1: there is no service tcp 192.0.2.1:80 in the lines before"],
    ["an edit of nothing", "-E -f 7 -s rr\n", "line 1: there is no service fwmark 7 ipv4 in the lines before"],
    [
      "an edit of no server",
      `${SERVICE}-e -t 192.0.2.1:80 -r 198.51.100.9:80 -m\n`,
      "line 2: service tcp 192.0.2.1:80 has no server 198.51.100.9:80",
    ],
    ["a listing", "-L -n\n", "line 1: only rules that change the table can stand here, not listings, -S or help"],
  ])("refuses %s", async (_what, text, message) => {
    expect((await want(text)).mistakes.map((mistake) => mistake.message)).toEqual([message]);
  });

  it("knows where a change comes from", async () => {
    const { wanted } = await want(`\n${SERVICE}${SERVER}--set 1 2 3\n`);
    const [add, server] = [...tableChanges(wanted.table!)];
    expect([wanted.origin(add!), wanted.origin(server!)]).toEqual(["line 2", "line 3"]);
    expect(wanted.origin({ kind: "delete-service", service: { fwmark: 1, family: "ipv4" } })).toBeUndefined();
    expect(wanted.settings).toEqual([
      { origin: "line 4", change: { kind: "set", timeouts: { tcp: 1, tcpFin: 2, udp: 3 } } },
    ]);
  });
});
