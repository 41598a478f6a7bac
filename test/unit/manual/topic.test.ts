import { describe, expect, it } from "vitest";
import { SUBCOMMANDS } from "../../../src/cli/subcommands.js";
import { COMMAND_PAGES } from "../../../src/manual/commands.js";
import { renderTopic } from "../../../src/manual/topic.js";
import { noNames } from "../../../src/names/names.js";
import { COMMANDS, OPTIONS } from "../../../src/options/options.js";
import { parseCommand } from "../../../src/options/parse.js";
import { SCHEDULER_NAMES } from "../../../src/options/schedulers.js";

const ROWS = [...COMMANDS, ...OPTIONS];

describe("topics", () => {
  it.each(ROWS.map(({ long }) => long))("--%s, with and without dashes", (long) => {
    const text = renderTopic(`--${long}`)!;
    expect(text).toContain(`--${long}`);
    expect(text.split("\n").filter((line) => line.length > 80 && !line.startsWith("  ipvsadm "))).toEqual([]);
    expect(renderTopic(long)).toBe(text);
  });

  it.each(ROWS.flatMap(({ long, ...row }) => ("short" in row ? [[row.short, long] as const] : [])))(
    "-%s is --%s",
    (letters, long) => {
      for (const letter of letters) {
        expect(renderTopic(`-${letter}`)).toBe(renderTopic(`--${long}`));
        expect(renderTopic(letter)).toBe(renderTopic(`--${long}`));
      }
    },
  );

  it("are known by 1.31's names for commands too", () => expect(renderTopic("flush")).toBe(renderTopic("-C")));

  it.each(["", "-", "--", "-q", "--A", "nothing", "-add-service-", "toString"])("%j is none", (topic) =>
    expect(renderTopic(topic)).toBeUndefined(),
  );
});

describe("commands", () => {
  it("show the options that they take, under their headings", () => {
    const text = renderTopic("-a")!;
    expect(text).toMatch(/^Usage: ipvsadm -a, --add-server SERVICE -r HOST \[options\]\n/);
    expect(text).toMatch(/^ {2}-w, --weight N /m);
    expect(text).toMatch(/^ {2}-6, --ipv6 /m);
    expect(text).not.toMatch(/^ {2}-s, --scheduler/m);
    expect(renderTopic("-C")).not.toContain("--ipv6");
  });

  /** Words of a shell's line up to a redirection. */
  const words = (line: string) => line.replace(/ [<>].*/, "").split(" ");
  const examples = Object.entries(COMMAND_PAGES).flatMap(([name, { examples }]) =>
    examples.map(({ line }) => [name, line] as const),
  );

  it.each(examples)("%s: the example %s is right", (name, line) => {
    const [first, ...rest] = words(line);
    if (first === "help") expect(renderTopic(rest[0]!) ?? SUBCOMMANDS[rest[0]!]).toBeDefined();
    else if (Object.hasOwn(SUBCOMMANDS, first!)) expect(["edit-service", "edit-server"]).toContain(name);
    else expect(parseCommand(words(line), { names: noNames, program: "ipvsadm" }).kind).toBe(name);
  });
});

describe("options", () => {
  it("tell the commands that take them", () => {
    const text = renderTopic("-w")!;
    expect(text).toMatch(/^Usage: ipvsadm COMMAND -w, --weight N\n/);
    expect(text.match(/^ {2}-\w, --[\w-]+/gm)).toEqual(["  -a, --add-server", "  -e, --edit-server"]);
  });

  it("tell what every scheduler does", () => {
    for (const name of [...SCHEDULER_NAMES, "twos"])
      expect(renderTopic("-s")).toMatch(new RegExp(`^ {2}${name} `, "m"));
  });
});
