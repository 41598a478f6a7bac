import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAnswer, words, wrapped } from "../../../src/remote/marks.js";

/** Login shells that are here. */
const SHELLS = ["sh", "bash", "zsh", "fish"].filter((shell) => existsSync(`/bin/${shell}`));

const NOISE = "echo welcome; echo banner >&2; ";

/** What a shell makes of a command line; ssh hands one on. */
function inShell(shell: string, line: string) {
  const { stdout, stderr, status } = spawnSync(shell, ["-c", line], { encoding: "utf8" });
  return readAnswer(stdout, stderr, status);
}

describe("what a script says", () => {
  it.each(SHELLS)("is told from what a login script says: %s", (shell) => {
    const line = `${NOISE}${wrapped('a=$(echo "b c"); echo "$a"; echo no >&2; exit 255')}`;
    expect(inShell(shell, line)).toEqual({ status: 255, stdout: "b c\n", stderr: "no\n" });
  });

  it("may lack the line end", () =>
    expect(inShell("sh", wrapped("printf x"))).toEqual({ status: 0, stdout: "x", stderr: "" }));

  it("finds what stands in the folders of the system", () => {
    const env = { PATH: "/usr/bin:/bin" };
    const { stdout } = spawnSync("sh", ["-c", wrapped("echo $PATH")], { env, encoding: "utf8" });
    expect(stdout).toContain("/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\n");
  });

  it.each(["it's", "a\\b", "a!b", "a\nb"])("%j cannot be quoted", (script) => expect(() => wrapped(script)).toThrow());

  it.each(["a b", "", "$x", "a;b", "*", "~", "é"])("%j is not a plain word", (word) =>
    expect(() => words("ipvsadm", word)).toThrow(),
  );
});

describe("what is not complete", () => {
  const [begin, end] = [/echo (\S+);/.exec(wrapped(""))![1]!, /echo (\S+) \$/.exec(wrapped(""))![1]!];

  it.each([
    [
      "ssh's own failure",
      "",
      "banner\nssh: connect to host lb: refused\n",
      255,
      "banner\nssh: connect to host lb: refused",
    ],
    ["silence", "", "", 255, "ssh failed without a word"],
    ["another shell", "no shell for you\n", "", 1, "it does not run what it is asked to: no shell for you"],
    ["a forced command", "-A -t 192.0.2.1:80\n", "", 0, "it does not run what it is asked to: -A -t 192.0.2.1:80"],
    ["a lost connection", `${begin}\n-A -t`, `banner\n${begin}\nTimeout\n`, 255, "the connection broke off: Timeout"],
    ["a lost end", `${begin}\n-A -t`, `${begin}\n`, null, "the connection broke off"],
  ])("%s", (_, stdout, stderr, status, why) => expect(readAnswer(stdout, stderr, status)).toBe(why));

  it("the last mark counts", () =>
    expect(readAnswer(`${begin}\n${end} 1\n${end} 7\n`, "", 7)).toEqual({
      status: 7,
      stdout: `${end} 1\n`,
      stderr: "",
    }));
});
