import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";

/** Some callers give a program little memory or few descriptors: it must do the same as with plenty. Any kernel will do. */

const made = inject("made");

function outcome(limits: string, program: string, args: readonly string[], input = "") {
  const argv = ["-c", `${limits} exec "$@"`, "sh", join(made, program), ...args];
  const { status, signal, stdout, stderr } = spawnSync("/bin/sh", argv, { input, encoding: "utf8", env: {} });
  return { status, signal, stdout, stderr };
}

const LIMITS = ["ulimit -v 400000;", "ulimit -n 8;", "ulimit -s 256;", "ulimit -v 400000; ulimit -n 16; ulimit -c 0;"];

const RUNS: readonly [program: string, args: readonly string[], input?: string][] = [
  ["ipvsadm", ["-v"]],
  ["ipvsadm", ["-Ln"]],
  ["ipvsadm", ["-R"], "-A -f 1\n"],
  ["ipvsadm", ["check", "-"], "-A -t 192.0.2.1:80 -s rr\n-A -x\n"],
  ["ipvsadm-restore", [], "-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -x\n"],
];

describe.each(LIMITS)("%s", (limits) => {
  it.each(RUNS)("%s %j does what it does without", (program, args, input) => {
    expect(outcome(limits, program, args, input)).toEqual(outcome("", program, args, input));
  });
});

describe("its name", () => {
  const typed = (name: string, ...args: string[]) =>
    spawnSync(join(made, "ipvsadm"), args, { argv0: name, input: "", encoding: "utf8", env: {} });

  it.each(["ipvsadm-save", "/usr/sbin/ipvsadm-save", "./ipvsadm-save"])("%s makes it that program", (name) => {
    expect(typed(name, "-x").stderr).toBe(
      "ipvsadm-save: Script to save the IPVS table to stdout.\n   With the -n option, prints out the table in numeric format.\n",
    );
  });

  it("ipvsadm-restore makes it that program, started through a link too", () => {
    const answer = /^ipvsadm-restore: unknown argument --foo/;
    expect(typed("ipvsadm-restore", "--foo").stderr).toMatch(answer);
    expect(outcome("", "ipvsadm-restore", ["--foo"]).stderr).toMatch(answer);
  });

  it.each(["ipvsadm", "ipvsadm-ts", "", "constructor"])("%j makes it ipvsadm", (name) => {
    expect(typed(name, "-v").stdout).toMatch(/^ipvsadm v1\.31 /);
  });
});
