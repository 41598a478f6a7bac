import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const bin = join(import.meta.dirname, "../../bin");

/** What a shell sees of a command line of ours. */
function shell(line: string) {
  const script = `ipvsadm() { "${bin}/ipvsadm.js" "$@"; }; restore() { "${bin}/ipvsadm-restore.js" "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("standard input that is a directory", () => {
  it.each(["ipvsadm -R", "restore", "ipvsadm apply -", "ipvsadm check -", "ipvsadm diff -"])("%s </", (line) => {
    const { status, stdout, stderr } = shell(`${line} </`);
    expect(stderr).toBe("cannot read standard input: EISDIR: illegal operation on a directory, read\n");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  it("is a mistake as one that is named", () => {
    const { status, stderr } = shell("ipvsadm check /");
    expect([status, stderr]).toEqual([2, "cannot read /: EISDIR: illegal operation on a directory, read\n"]);
  });
});

describe("standard output that is closed", () => {
  it.each([
    ["ipvsadm -h", 1],
    ["ipvsadm -Ln", 1],
    ["ipvsadm -Ln --json", 1],
    ["ipvsadm schema", 2],
    ["restore --help", 1],
  ])("%s >&-", (line, expected) => {
    const { status, stderr } = shell(`${line} >&-`);
    expect([status, stderr]).toEqual([expected, "cannot write to standard output: EBADF\n"]);
  });

  it.each(["ipvsadm -Z", "restore --allow-empty </dev/null", "ipvsadm check /dev/null"])(
    "is all right for what prints nothing: %s >&-",
    (line) => expect(shell(`${line} >&-`)).toEqual({ status: 0, stdout: "", stderr: "" }),
  );
});

describe("standard streams that go nowhere on purpose", () => {
  it.each([">/dev/null", "1<>/dev/null", "<&-", "2>&-"])("ipvsadm -Ln %s", (redirection) => {
    const { status, stderr } = shell(`ipvsadm -Ln ${redirection}`);
    expect([status, stderr]).toEqual([0, ""]);
  });
});
