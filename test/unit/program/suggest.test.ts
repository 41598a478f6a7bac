import { describe, expect, it } from "vitest";
import { SUBCOMMANDS } from "../../../src/cli/subcommands.js";
import { UnknownOptionError } from "../../../src/errors.js";
import { dashHint, suggestion, suggestTopic } from "../../../src/program/suggest.js";
import { parse, words } from "../options/parsing.js";

/** What is suggested after the message for a line that cannot be understood. */
function suggested(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UnknownOptionError) return suggestion(error, Object.keys(SUBCOMMANDS));
    throw error;
  }
  throw new Error(`accepted: ${words(line)}`);
}

describe("options", () => {
  it.each([
    ["-A -t 10.0.0.1:80 --schduler rr", "--scheduler"],
    ["-a -t 10.0.0.1:80 --wieght=5", "--weight"],
    ["-L --num", "--numeric"],
    ["-L --stat", "--stats or --state"],
  ])("%s", (line, meant) => expect(suggested(line)).toBe(`  did you mean ${meant}?\n`));

  it.each(["-L --frobnicate", "-LQ"])("nothing for %s", (line) => expect(suggested(line)).toBe(""));
});

describe("the first word", () => {
  it.each([
    ["--ad-service -t 10.0.0.1:80", "--add-service"],
    ["--lst", "--list"],
    ["docter", "doctor"],
    ["aply file", "apply"],
  ])("%s", (line, meant) => expect(suggested(line)).toBe(`  did you mean ${meant}?\n`));

  it.each(["frobnicate", "-Q", "--numerci", "-"])("nothing for %s", (line) => expect(suggested(line)).toBe(""));
});

it.each([
  ["wieght", "; did you mean weight?"],
  ["--ad-server", "; did you mean add-server?"],
  ["drian", "; did you mean drain?"],
  ["frobnicate", ""],
])("the topic %s", (topic, end) => expect(suggestTopic(topic, Object.keys(SUBCOMMANDS))).toBe(end));

describe("dashes that are no hyphens", () => {
  it.each([
    [["-L", "–n"], "–n begins with U+2013, which is not a hyphen: type -n"],
    [["—weight=5"], "—weight=5 begins with U+2014, which is not a hyphen: type --weight=5"],
    [["-‑set"], "-‑set begins with U+2011, which is not a hyphen: type --set"],
    [["−w5"], "−w5 begins with U+2212, which is not a hyphen: type -w5"],
  ])("%j", (args, hint) => expect(dashHint(args)).toBe(`  ${hint}\n`));

  it.each([[["-L", "-n"]], [["web–1"]], [["--weight", "5"]], [[""]], [[]]])("nothing for %j", (args) => {
    expect(dashHint(args)).toBe("");
  });
});
