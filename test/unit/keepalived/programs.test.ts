import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.js";
import { service } from "./reading.js";

/** What `ipvsadm` does with a configuration on its standard input; needs no kernel. */
async function run(input: string, ...args: string[]) {
  const said = { stdout: "", stderr: "" };
  const io = {
    env: {},
    readInput: () => input,
    steer() {},
    out(text: string | Uint8Array) {
      said.stdout += text;
    },
    err(text: string) {
      said.stderr += text;
    },
  };
  return { status: await main(["ipvsadm", ...args], io), ...said };
}

const WEB = service("protocol TCP");
const RULES = "-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 1\n";

describe("a keepalived.conf", () => {
  it("is checked, with its warnings", async () => {
    expect(await run(WEB, "check", "-")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run(service("sh-port\nweight x"), "check", "-")).toEqual({
      status: 2,
      stdout: 'line 3: weight: must be a whole number from 1 to 2147483647, not "x"\n',
      stderr:
        "warning: line 2 sh-port counts only behind the line that says the scheduler is sh: keepalived ignores it\n",
    });
    const condition = WEB.replace("protocol", "@a protocol");
    expect((await run(condition, "check", "-")).status).toBe(2);
    expect((await run(condition, "check", "--config-id", "a", "-")).status).toBe(0);
  });

  it("is not read as another one than keepalived reads: other blanks than those of C belong to words", async () => {
    const broken = service("protocol TCP\n\u00a0lb_kind DR", "weight\u20025");
    expect(await run(broken, "check", "-")).toEqual({
      status: 2,
      stdout: 'line 3: there is no word "\u00a0lb_kind" here\nline 5: there is no word "weight\u20025" here\n',
      stderr: "",
    });
    expect((await run(`\uFEFF${WEB}`, "check", "-")).stdout).toMatch(
      /^line 1: a byte order mark \(U\+FEFF\) stands before/,
    );
    expect((await run(`global_defs {\n}\n\uFEFF${WEB}`, "check", "-")).status).toBe(2);
  });

  it("is missed by a line where its first section is misspelt; a rule without its dash still is a rule", async () => {
    for (const args of [
      ["check", "-"],
      ["diff", "-", "/dev/null"],
    ]) {
      const { status, stdout, stderr } = await run(`# web\n${WEB.replace("virtual", "vritual")}`, ...args);
      expect(status).toBe(2);
      expect(stdout + stderr).toContain('line 2: neither a rule nor a section of keepalived.conf: "vritual_server"\n');
    }
    expect((await run("A -t 192.0.2.1:80\n", "check", "-")).stdout).not.toContain("section");
  });

  it("has its long words cut in messages", async () => {
    const { stdout } = await run(service(`protocol ${"x".repeat(10_000)}`), "check", "-");
    expect(stdout).toMatch(/^line 2: protocol: .*x\.\.\."\n$/);
    expect(stdout.length).toBeLessThan(300);
  });

  it("is not applied: keepalived owns its table", async () => {
    for (const args of [
      ["apply", "-"],
      ["apply", "--dry-run", "-"],
    ]) {
      const { status, stdout, stderr } = await run(WEB, ...args);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^this is a keepalived.conf, and keepalived decides .* `ipvsadm export rules FILE` .*\n$/);
    }
  });

  it("becomes rules, and rules become one", async () => {
    expect(await run(`global_defs {\nlvs_timeouts tcp 9\n}\n${WEB}`, "export", "rules", "-")).toEqual({
      status: 0,
      stdout: `--set 9 0 0\n${RULES}`,
      stderr: "",
    });
    const exported = await run(RULES, "export", "keepalived", "-");
    expect(exported.status).toBe(0);
    expect(await run(exported.stdout, "export", "rules", "-")).toEqual({ status: 0, stdout: RULES, stderr: "" });
    expect((await run("-A -t nosuch\n", "export", "keepalived", "-")).status).toBe(2);
    expect((await run(RULES, "export", "nosuch", "-")).status).toBe(2);
  });
});
