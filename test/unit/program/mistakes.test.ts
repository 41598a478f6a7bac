import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { define } from "../../../src/check/subcommand.js";
import type { Names } from "../../../src/names/names.js";
import { noNames } from "../../../src/names/names.js";
import { MistakeReport } from "../../../src/program/report.js";
import { readWanted } from "../../../src/program/wanted-file.js";

const TEXT = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.2:80 -r 10.0.0.1
-A -t 192.0.2.1:80 -w x
-a -t 192.0.2.1:80 -r 10.0.0.1 -w "
-L
`;
const LINES = [2, 3, 4, 5].map((line) => `line ${line}`);

describe("mistakes of a rule file", () => {
  it("are told in the order of the lines, whatever they are about", async () => {
    const told: string[] = [];
    expect(await readWanted(TEXT, noNames, "ipvsadm", ({ where }) => told.push(where))).toBeUndefined();
    expect(told).toEqual(LINES);
  });

  it("are told once, and behind a name only when it is known", async () => {
    let loaded = false;
    let wanted = false;
    const told: string[] = [];
    const toldBefore: string[][] = [];
    const names: Names = {
      ...noNames,
      addressOf: (host) => {
        if (!loaded) wanted = true;
        return loaded && host === "web" ? "192.0.2.9" : undefined;
      },
      get pending() {
        return wanted && !loaded;
      },
      load: async () => {
        loaded = true;
        toldBefore.push([...told]);
      },
    };
    const text = `-A -t 192.0.2.1:80 -w x\n-A -t web:80\n-a -t web:80 -r 10.0.0.1:80 -m\n-A -t nosuch:80\n`;
    await readWanted(text, names, "ipvsadm", ({ where }) => told.push(where));
    expect(toldBefore).toEqual([["line 1"]]);
    expect(told).toEqual(["line 1", "line 4"]);
  });
});

/** What `ipvsadm check -` writes, and its exit status. */
async function check(text: string, ...options: string[]) {
  let out = "";
  let status: number | undefined;
  const io = { readInput: () => text, out: (part: unknown) => (out += part), err() {}, env: {} };
  const context = { program: "ipvsadm", io, subcommands: {}, exit: (code: number) => (status = code) };
  await define(new Command("check"), context as never).parseAsync(["-", ...options], { from: "user" });
  return { out, status };
}

describe("ipvsadm check", () => {
  it("prints every mistake on a line", async () => {
    const { out, status } = await check(TEXT);
    expect(status).toBe(2);
    expect(out.split("\n").map((line) => line.split(":")[0])).toEqual([...LINES, ""]);
  });

  it.each([TEXT, "-L\n", "-C\n", "", "-A -f 1\n".repeat(3), `${TEXT}-A -f 1\n-A -f 1\n`])(
    "prints JSON as JSON.stringify does: %j",
    async (text) => {
      const mistakes: unknown[] = [];
      const warnings: unknown[] = [];
      const [report, warn] = [mistakes, warnings].map((list) => (one: unknown) => void list.push(one));
      await readWanted(text, noNames, "ipvsadm", report!, warn);
      const { out, status } = await check(text, "--json");
      expect(out).toBe(`${JSON.stringify({ mistakes, warnings }, undefined, 2)}\n`);
      expect(status).toBe(mistakes.length > 0 ? 2 : 0);
    },
  );
});

describe("a report of mistakes", () => {
  it("shows twenty and counts the others", () => {
    let err = "";
    const io = { readInput: () => "", out() {}, err: (text: string) => (err += text), env: {} };
    const report = new MistakeReport(io as never, "FILE:\n");
    for (let line = 1; line <= 25; line++) report.add({ where: `line ${line}`, reason: "wrong" });
    expect(report.end()).toBe(2);
    const shown = Array.from({ length: 20 }, (_, n) => `line ${n + 1}: wrong\n`);
    expect(err).toBe(`FILE:\n${shown.join("")}and 5 more mistakes\n`);
  });
});
