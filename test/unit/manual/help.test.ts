import { describe, expect, it } from "vitest";
import { SUBCOMMANDS } from "../../../src/cli/subcommands.js";
import { renderHelp } from "../../../src/manual/help.js";
import { COMMANDS, OPTIONS } from "../../../src/options/options.js";
import { OPTION_READERS } from "../../../src/options/readers.js";

const help = renderHelp(SUBCOMMANDS);
const lines = help.trimEnd().split("\n");

describe("help", () => {
  it.each([...COMMANDS, ...OPTIONS].map((row) => row.long))("has a line for --%s", (long) =>
    expect(lines.filter((line) => new RegExp(`^ {2}(?: {4}|(?:-., )+)--${long}( |$)`).test(line))).toHaveLength(1),
  );

  it.each(Object.keys(SUBCOMMANDS))("has a line for the subcommand %s", (name) =>
    expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1),
  );

  it("tells letters, arguments, ranges and defaults", () => {
    expect(help).toMatch(/^ {2}-L, -l, --list /m);
    expect(help).toMatch(/^ {2}-p, --persistent \[SECONDS\] .*\(1\.\.2678400, default 360\)$/m);
    expect(help).toMatch(/^ {6}--mcast-ttl N .*\(1\.\.255, default 1\)$/m);
    expect(help).toMatch(/^ {6}--start-daemon master\|backup \[options\] /m);
  });

  it("fits a terminal", () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(help.endsWith("\n")).toBe(true);
  });
});

describe("the table of options", () => {
  it("has a reader for every argument", () => {
    const unread = OPTIONS.filter((row) => "argument" in row && OPTION_READERS[row.long] === undefined);
    expect(unread).toEqual([]);
  });

  it("uses every name and letter once", () => {
    const all = [...COMMANDS, ...OPTIONS];
    const letters = all.flatMap((row) => ("short" in row ? [...row.short] : []));
    expect(new Set(letters).size).toBe(letters.length);
    expect(new Set(all.map((row) => row.long)).size).toBe(all.length);
  });
});
