import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clearByOracle, oracle } from "./oracle.js";
import { ipvsadm, type Outcome, runProgram } from "./program.js";

/** Whatever others wrote, nothing that the built programs print steers a terminal. */

const ESC = "\x1b[31m";
const DEL_CSI = "\x7f\x9b31m";
let folder: string;

beforeAll(() => {
  clearByOracle();
  oracle(..."-A -t 192.0.2.1:80 -s rr".split(" "));
  folder = mkdtempSync(join(tmpdir(), "control-"));
});
afterAll(() => {
  clearByOracle();
  rmSync(folder, { recursive: true });
});

const file = (text: string, name = "rules") => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

it.each<[string, () => Outcome, RegExp]>([
  ["a flag in a rule", () => ipvsadm("check", file(`-A -t 192.0.2.1:80 -b ${ESC}\n`)), /line 1: .*\\u001b\[31m/],
  ["an option in a rule", () => runProgram("ipvsadm-restore", [], `-A --${DEL_CSI}\n`), /\\u007f\\u009b31m/],
  ["a key of JSON", () => ipvsadm("check", file(JSON.stringify({ [`a${ESC}\nb`]: 1 }))), /a\\u001b\[31m\\u000ab: /],
  ["a value of JSON", () => ipvsadm("diff", file(`{"services": ${ESC}}`)), /not JSON.*\\u001b/],
  ["a file name", () => ipvsadm("check", join(folder, ESC)), /\\u001b\[31m/],
  ["a topic", () => ipvsadm("help", ESC), /\\u001b\[31m/],
  ["an option of a subcommand", () => ipvsadm("drain", `--${ESC}`), /\\u001b\[31m/],
  ["a shell", () => ipvsadm("completion", ESC), /\\u001b\[31m/],
  ["an argument of ipvsadm-restore", () => runProgram("ipvsadm-restore", [ESC]), /\\u001b\[31m/],
  ["a scheduler", () => ipvsadm("-A", "-f", "9", "-s", ESC), /has no scheduler \\u001b\[31m/],
  ["a sync interface", () => ipvsadm("--start-daemon", "master", "--mcast-interface", ESC), /no interface \\u001b/],
])("%s", (_, run, shown) => {
  const { stdout, stderr } = run();
  expect(stdout + stderr).toMatch(shown);
  expect(stdout + stderr).not.toMatch(/[^\P{Cc}\t\n]/u);
});

it("no rule has a scheduler or an engine that the kernel cannot hold", () => {
  for (const [options, bytes] of [
    [`-s rr${ESC}`, 15],
    [`-s rr${DEL_CSI}`, 15],
    ["-s caf\u00e9", 15],
    ["-s sixteencharacter", 15],
    [`-s rr -p 60 --pe sip${ESC}`, 16],
  ] as const) {
    const path = file(`-A -t 192.0.2.1:80 ${options}\n`);
    const name = options.includes("--pe") ? "pe" : "scheduler";
    const message = `line 1: illegal ${name} specified: a name has at most ${bytes} characters, all of ASCII\n`;
    expect(ipvsadm("check", path)).toEqual({ status: 2, stdout: message, stderr: "" });
    expect(ipvsadm("diff", path)).toEqual({ status: 2, stdout: "", stderr: `${path}:\n${message}` });
    expect(runProgram("ipvsadm", ["-R"], `-A -t 192.0.2.1:80 ${options}\n`)).toMatchObject({
      status: 2,
      stderr: message,
    });
  }
});

it("JSON still says what it was", () => {
  const name = `a${DEL_CSI}`;
  execFileSync("ip", ["link", "add", name, "type", "dummy"]);
  try {
    execFileSync("ip", ["link", "set", name, "up"]);
    execFileSync("ip", ["addr", "add", "203.0.113.9/24", "dev", name]);
    oracle("--start-daemon", "master", "--mcast-interface", name);
    const listed = ipvsadm("-L", "--daemon", "--json").stdout;
    expect(listed).not.toMatch(/[^\P{Cc}\t\n]/u);
    expect(JSON.parse(listed)).toMatchObject({ daemons: [{ interface: name }] });
    expect(ipvsadm("-L", "--daemon").stdout).toContain("a\\u007f\\u009b31m");
  } finally {
    oracle("--stop-daemon", "master");
    execFileSync("ip", ["link", "del", name]);
  }
});
