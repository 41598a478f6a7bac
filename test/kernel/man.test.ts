import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { SUBCOMMANDS } from "../../src/cli/subcommands.js";
import { COMMANDS, OPTIONS } from "../../src/options/options.js";

// Not about the kernel: this is where the programs that read manual pages are installed.

const page = (name: string) => fileURLToPath(new URL(`../../dist/man/${name}.8`, import.meta.url));

function run(program: string, ...args: string[]) {
  const env = { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "80", MAN_KEEP_FORMATTING: "", PAGER: "cat" };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
  return { status, stdout, stderr };
}

describe.each(["ipvsadm", "ipvsadm-save", "ipvsadm-restore"])("%s(8)", (name) => {
  it("has nothing that mandoc would object to", () =>
    expect(run("mandoc", "-T", "lint", "-W", "style", page(name))).toEqual({ status: 0, stdout: "", stderr: "" }));

  it("is shown by man without a warning, and fits a terminal", () => {
    const { status, stdout, stderr } = run("man", "--warnings", "-l", page(name));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^NAME\\n +${name} - `, "m"));
    const examples = /^ +(ipvsadm|source) /;
    expect(stdout.split("\n").filter((line) => line.length > 80 && !examples.test(line))).toEqual([]);
  });
});

describe("ipvsadm(8)", () => {
  const source = readFileSync(page("ipvsadm"), "utf8").replaceAll("\\-", "-");

  it.each([...COMMANDS, ...OPTIONS].map(({ long }) => long))("explains --%s", (long) =>
    expect(source).toMatch(new RegExp(`^\\.TP\\n.*\\\\fB--${long}\\\\fR`, "m")),
  );

  it.each(Object.keys(SUBCOMMANDS))("explains the subcommand %s", (name) =>
    expect(source).toMatch(new RegExp(`^\\.SS ipvsadm ${name} `, "m")),
  );
});
