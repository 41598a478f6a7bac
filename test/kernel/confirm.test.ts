import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandOf } from "../programs.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { ipvsadm, runProgram, SILENT_SUCCESS, start, startIpvsadm, startProgram, typed } from "./program.js";
import { Terminal } from "./terminal.js";

const STATE = "/run/ipvsadm";
const OLD = "-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1\n";
const NEW = `${OLD.replace("-w 1", "-w 5")}-a -t 192.0.2.1:80 -r 198.51.100.2:80 -m -w 5\n-A -u 192.0.2.1:53 -s rr\n`;
const WAITS = "`ipvsadm confirm` keeps the new table";
const STAYS = "confirmed: the new table stays\n";
const CHANGE = "the change of [-0-9T:.Z]+ \\(ipvsadm(-restore| apply)\\)";
const backText = (why: string, changes = 3) => new RegExp(`${why}: ${CHANGE} was taken back, ${changes} changes\\n$`);

const put = (text: string) => execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: text });

let folder: string;
let file: string;

beforeEach(() => {
  clearByOracle();
  oracle("--set", "900", "120", "300");
  rmSync(STATE, { recursive: true, force: true });
  put(OLD);
  folder = mkdtempSync(join(tmpdir(), "confirm-"));
  file = join(folder, "new.rules");
  writeFileSync(file, NEW);
});
afterEach(() => {
  rmSync(STATE, { recursive: true, force: true });
  rmSync(folder, { recursive: true });
});

/** Waits until the kernel's table is as wanted; fails, with the table, when that takes too long. */
async function becomes(table: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (savedByOracle() === table) return;
    await setTimeout(200);
  }
  expect(savedByOracle()).toBe(table);
}

/** Resolves when a process says something; rejects when it ends before. */
function says(child: ChildProcessWithoutNullStreams, stream: "stdout" | "stderr", text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child[stream].on("data", (part) => {
      said += part;
      if (said.includes(text)) resolve();
    });
    child.once("close", () => reject(new Error(`ended before it said ${text}: ${said}`)));
  });
}

/** The content of a file of the only network namespace that has changes. */
function kept(name: string): string {
  const [namespace] = readdirSync(STATE);
  return readFileSync(join(STATE, namespace!, name), "utf8");
}
const waiterOf = (number: number): number => JSON.parse(kept(`waiter.${number}`)).process.pid;

/** Whoever counts down ends when all is decided. */
async function ends(pid: number): Promise<void> {
  for (let tries = 0; tries < 300 && isRunning(pid); tries++) await setTimeout(100);
  expect(isRunning(pid)).toBe(false);
}
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

describe("without a terminal", () => {
  it("it goes back when the time is up, and exits with 3", () => {
    writeFileSync(file, `${NEW}--set 100 0 50\n`);
    const { status, stdout, stderr } = ipvsadm("apply", "--confirm", "1", file);
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(backText("not confirmed within 1 seconds", 4));
    expect(savedByOracle()).toBe(OLD);
    expect(oracle("-L", "--timeout")).toBe("Timeout (tcp tcpfin udp): 900 120 300\n");
  });

  it("so does ipvsadm-restore, whose rules come on standard input", () => {
    for (const args of [["--confirm", "1"], ["--confirm=1"]]) {
      const { status, stderr } = runProgram("ipvsadm-restore", args, NEW);
      expect([status, stderr]).toEqual([3, expect.stringMatching(backText("not confirmed within 1 seconds"))]);
      expect(savedByOracle()).toBe(OLD);
    }
  });

  it("`ipvsadm confirm` keeps it", async () => {
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    const waiter = waiterOf(1);
    const confirm = ipvsadm("confirm");
    expect(confirm).toEqual({ ...SILENT_SUCCESS, stdout: expect.stringMatching(`^confirmed: ${CHANGE} stays\n$`) });
    expect(await apply.outcome).toMatchObject({ status: 0, stderr: expect.stringContaining(STAYS) });
    await ends(waiter);
    expect(savedByOracle()).toBe(NEW);
    expect(ipvsadm("confirm")).toEqual({ status: 1, stdout: "", stderr: "no change waits for a confirmation\n" });
  });

  it("`ipvsadm revert` takes it back at once", async () => {
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    const dry = ipvsadm("revert", "--dry-run");
    expect(dry).toEqual({
      ...SILENT_SUCCESS,
      stdout: OLD.split("\n")[1]!
        .replace("-a", "-e")
        .concat("\n-d -t 192.0.2.1:80 -r 198.51.100.2:80\n-D -u 192.0.2.1:53\n"),
    });
    expect(savedByOracle()).toBe(NEW);
    const revert = ipvsadm("revert");
    expect(revert).toEqual({ ...SILENT_SUCCESS, stdout: expect.stringMatching(backText("^`ipvsadm revert`")) });
    expect(await apply.outcome).toMatchObject({ status: 3, stderr: expect.stringContaining(revert.stdout) });
    expect(savedByOracle()).toBe(OLD);
  });

  it("a table that is as wanted already needs no confirmation", () => {
    put("-C\n");
    put(NEW);
    expect(ipvsadm("apply", "--confirm", "600", file)).toEqual(SILENT_SUCCESS);
  });

  it("what the kernel refuses is told, and the rest waits", async () => {
    writeFileSync(file, `${NEW}-A -t 192.0.2.9:80 -s nosuch\n`);
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    ipvsadm("confirm");
    expect(await apply.outcome).toMatchObject({ status: 255, stderr: expect.stringContaining("line 5: ") });
  });

  it.each([
    [["apply", "--confirm", "0", "-"], "invalid confirm value `0' specified: seconds, from 1 to 86400\n"],
    [["apply", "--confirm", "5", "--dry-run", "-"], "--confirm and --dry-run exclude each other\n"],
  ])("mistakes: %j", (args, stderr) => {
    expect(runProgram("ipvsadm", args, NEW)).toEqual({ status: 2, stdout: "", stderr });
    const own = args.slice(1, -1);
    expect(runProgram("ipvsadm-restore", own, NEW)).toEqual({ status: 2, stdout: "", stderr });
    expect(savedByOracle()).toBe(OLD);
  });
});

describe("while a change waits", () => {
  it("every other one is refused, and nothing is changed", async () => {
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    for (const [program, args] of [
      ["ipvsadm", ["apply", "-"]],
      ["ipvsadm", ["apply", "--confirm", "5", "-"]],
      ["ipvsadm-restore", []],
      ["ipvsadm-restore", ["--confirm", "5"]],
    ] as const) {
      const { status, stderr } = runProgram(program, args, OLD);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^the change of .* waits for its confirmation: nothing/),
      ]);
    }
    expect(typed("apply --dry-run -", OLD).status).toBe(0);
    expect(savedByOracle()).toBe(NEW);
    ipvsadm("revert");
    expect((await apply.outcome).status).toBe(3);
    expect(typed("apply -", NEW)).toEqual(SILENT_SUCCESS);
  });

  it("of two that begin at once one is refused", async () => {
    for (let round = 0; round < 3; round++) {
      const both = [startIpvsadm("apply", "--confirm", "600", file), startIpvsadm("apply", "--confirm", "600", file)];
      await Promise.any(both.map((apply) => apply.says(WAITS)));
      const loser = await Promise.race(both.map(({ outcome }) => outcome));
      expect(loser).toMatchObject({ status: 2, stderr: expect.stringContaining("waits for its confirmation") });
      expect(ipvsadm("revert").status).toBe(0);
      const statuses = await Promise.all(both.map(({ outcome }) => outcome));
      expect(statuses.map(({ status }) => status).sort()).toEqual([2, 3]);
      expect(savedByOracle()).toBe(OLD);
    }
  });

  it("another network namespace has its own", async () => {
    execFileSync("ip", ["netns", "add", "second"]);
    // Without any route the kernel takes every address for a broadcast address.
    execFileSync("ip", ["-n", "second", "link", "set", "lo", "up"]);
    try {
      const apply = startIpvsadm("apply", "--confirm", "600", file);
      await apply.says(WAITS);
      const inside = ["netns", "exec", "second", ...commandOf("ipvsadm")];
      const other = start("ip", [...inside, "apply", "--confirm", "600", file]);
      await other.says(WAITS);
      expect(readdirSync(STATE)).toHaveLength(2);
      execFileSync("ip", [...inside, "confirm"]);
      expect((await other.outcome).status).toBe(0);
      expect(ipvsadm("revert").status).toBe(0);
      expect((await apply.outcome).status).toBe(3);
      expect(execFileSync("ip", ["netns", "exec", "second", "/usr/sbin/ipvsadm", "-Sn"], { encoding: "utf8" })).toBe(
        NEW,
      );
    } finally {
      execFileSync("ip", ["netns", "delete", "second"]);
    }
  });
});

describe("on a terminal", () => {
  const command = (seconds: number) =>
    `${commandOf("ipvsadm").join(" ")} apply --confirm ${seconds} ${file}; echo "status $?"`;
  const QUESTION = "Keep the new table? It goes back in";

  async function asked(seconds: number): Promise<Terminal> {
    const terminal = new Terminal(100, 20);
    terminal.enter(command(seconds));
    await terminal.shows(QUESTION);
    return terminal;
  }

  it("it asks, counts down, and takes yes for an answer", async () => {
    const terminal = await asked(600);
    await terminal.shows("goes back in 597 s. [y/n]");
    terminal.enter("what");
    terminal.enter("y");
    const lines = await terminal.shows("status 0");
    expect(lines).toContain(STAYS.trim());
    expect(savedByOracle()).toBe(NEW);
    terminal.close();
  });

  it.each([
    ["no", "the answer was no"],
    ["Ctrl-C", "interrupted"],
  ])("%s takes it back", async (answer, why) => {
    const terminal = await asked(600);
    if (answer === "no") terminal.enter("no");
    else terminal.press("C-c");
    const lines = await terminal.shows("status 3");
    expect(lines.join("\n")).toContain(`${why}: the change of`);
    expect(savedByOracle()).toBe(OLD);
    terminal.close();
  });

  it("it goes back when nobody answers, also where the rules come on standard input", async () => {
    const terminal = new Terminal(100, 20);
    terminal.enter(`${commandOf("ipvsadm-restore").join(" ")} --confirm 3 < ${file}; echo "status $?"`);
    await terminal.shows(QUESTION);
    await terminal.shows("status 3");
    expect(savedByOracle()).toBe(OLD);
    terminal.close();
  });

  it("it goes back although the terminal is closed", async () => {
    const terminal = await asked(5);
    terminal.close();
    expect(savedByOracle()).toBe(NEW);
    await becomes(OLD);
  });

  it("it goes back although the connection ends, as sshd does it", async () => {
    const session = spawn("python3", [
      "test/kernel/connection.py",
      ...commandOf("ipvsadm"),
      "apply",
      "--confirm",
      "5",
      file,
    ]);
    await says(session, "stdout", QUESTION);
    session.stdin.end("close\n");
    const waiter = waiterOf(1);
    expect(savedByOracle()).toBe(NEW);
    await becomes(OLD);
    await ends(waiter);
  });

  it("in the background it does not ask", async () => {
    const terminal = new Terminal(100, 20);
    terminal.enter(command(600).replace(";", " &"));
    await terminal.shows(WAITS);
    expect(ipvsadm("confirm").status).toBe(0);
    terminal.close();
  });
});

describe("whatever ends", () => {
  it("a hangup does not end the command", async () => {
    const apply = startIpvsadm("apply", "--confirm", "3", file);
    await apply.says(WAITS);
    apply.kill("SIGHUP");
    expect((await apply.outcome).status).toBe(3);
    expect(savedByOracle()).toBe(OLD);
  });

  it("SIGTERM ends the command, and the countdown goes on", async () => {
    const apply = startIpvsadm("apply", "--confirm", "3", file);
    await apply.says(WAITS);
    apply.kill("SIGTERM");
    expect(await apply.outcome).toMatchObject({
      status: 143,
      stderr: expect.stringContaining("the countdown goes on"),
    });
    expect(savedByOracle()).toBe(NEW);
    await becomes(OLD);
  });

  it("the shell and the command may be killed", async () => {
    const words = [...commandOf("ipvsadm"), "apply", "--confirm", "4", file];
    const shell = spawn("sh", ["-c", `echo $$; "$@"; :`, "sh", ...words], { detached: true });
    await says(shell, "stderr", WAITS);
    process.kill(-shell.pid!, "SIGKILL");
    expect(savedByOracle()).toBe(NEW);
    await becomes(OLD);
    expect(JSON.parse(kept("outcome.1")).report).toMatch(backText("not confirmed within 4 seconds"));
  });

  it("the process that counts down goes back at once when a session ends it", async () => {
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.kill(waiterOf(1), signal);
    expect(await apply.outcome).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(backText("the process that counts down was ended")),
    });
    expect(savedByOracle()).toBe(OLD);
  });

  it("when it is killed, another one counts down", async () => {
    const apply = startIpvsadm("apply", "--confirm", "8", file);
    await apply.says(WAITS);
    process.kill(waiterOf(1), "SIGKILL");
    expect(await apply.outcome).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(backText("not confirmed within 8 seconds")),
    });
    expect(savedByOracle()).toBe(OLD);
  });

  it("when all are killed, the next restore says so, and the picture is there", async () => {
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    apply.kill("SIGKILL");
    await apply.outcome;
    process.kill(waiterOf(1), "SIGKILL");
    const third = `${NEW}-A -f 7 -s rr\n`;
    const next = typed("apply -", third);
    const never = new RegExp(
      `^warning: ${CHANGE} was never confirmed; \`ipvsadm confirm\` keeps it, \`ipvsadm revert\` goes back\n$`,
    );
    expect(next).toEqual({ ...SILENT_SUCCESS, stderr: expect.stringMatching(never) });
    expect(savedByOracle()).toBe(third);
    expect(ipvsadm("revert").status).toBe(0);
    expect(savedByOracle()).toBe(NEW);
    expect(ipvsadm("revert")).toMatchObject({ status: 0 });
    expect(savedByOracle()).toBe(OLD);
    expect(ipvsadm("revert")).toEqual({ status: 1, stdout: "", stderr: "there is no change to take back\n" });
  });

  it("a change whose command was killed can be confirmed", async () => {
    const apply = startIpvsadm("apply", "--confirm", "600", file);
    await apply.says(WAITS);
    apply.kill("SIGKILL");
    await apply.outcome;
    const waiter = waiterOf(1);
    expect(ipvsadm("confirm").status).toBe(0);
    await ends(waiter);
    expect(savedByOracle()).toBe(NEW);
    expect(runProgram("ipvsadm-restore", [], OLD)).toEqual(SILENT_SUCCESS);
  });

  it("interrupted while it changes the table, it goes back", async () => {
    const many = Array.from(
      { length: 3000 },
      (_, index) => `-A -f ${index + 1} -s rr\n-a -f ${index + 1} -r 198.51.100.1:0 -m -w 1\n`,
    );
    const apply = startProgram("ipvsadm-restore", ["--confirm", "600"], many.join(""));
    while (!savedByOracle().includes("-A -f")) await setTimeout(20);
    apply.kill("SIGINT");
    const { status } = await apply.outcome;
    expect(status).toBe(3);
    expect(savedByOracle()).toBe(OLD);
  });
});

describe("where no picture can be kept", () => {
  const warning = (why: string) => `warning: \`ipvsadm revert\` will not take this back: ${why}\n`;

  async function check(why: string): Promise<void> {
    const refused = ipvsadm("apply", "--confirm", "5", file);
    expect(refused).toEqual({ status: 2, stdout: "", stderr: expect.stringContaining(why) });
    expect(runProgram("ipvsadm-restore", ["--confirm", "5"], NEW)).toEqual(refused);
    expect(savedByOracle()).toBe(OLD);
    const plain = ipvsadm("apply", file);
    expect(plain).toEqual({ ...SILENT_SUCCESS, stderr: warning(refused.stderr.trim()) });
    expect(savedByOracle()).toBe(NEW);
  }

  it("since the folder is a link", async () => {
    execFileSync("ln", ["-s", folder, STATE]);
    await check(`${STATE} is not a folder`);
    expect(readdirSync(folder)).toEqual(["new.rules"]);
  });

  it("since the folder of the namespace is one", async () => {
    put("-C\n");
    expect(ipvsadm("apply", file)).toEqual(SILENT_SUCCESS);
    const [namespace] = readdirSync(STATE);
    rmSync(join(STATE, namespace!), { recursive: true });
    execFileSync("ln", ["-s", folder, join(STATE, namespace!)]);
    put("-C\n");
    put(OLD);
    await check(`${STATE}/${namespace} is not a folder`);
    expect(readdirSync(folder)).toEqual(["new.rules"]);
  });

  it("since others can write to it, or it is not ours", async () => {
    execFileSync("mkdir", ["-m", "777", STATE]);
    await check(`${STATE} can be changed by others: what it says is not believed`);
    put("-C\n");
    put(OLD);
    execFileSync("chmod", ["700", STATE]);
    execFileSync("chown", ["nobody", STATE]);
    await check(`${STATE} can be changed by others: what it says is not believed`);
  });

  it.each([
    ["it can only be read", "ro", "EROFS: read-only file system"],
    ["the disk is full", "size=4k", "ENOSPC: no space left on device"],
  ])("since %s", async (_, options, why) => {
    execFileSync("mkdir", ["-m", "700", STATE]);
    execFileSync("mount", ["-t", "tmpfs", "-o", `mode=700,${options}`, "tmpfs", STATE]);
    try {
      if (options !== "ro") execFileSync("sh", ["-c", `head -c 8192 /dev/zero > ${STATE}/full || :`]);
      await check(why);
    } finally {
      execFileSync("umount", [STATE]);
    }
  });

  it("records that are links are not followed", async () => {
    expect(ipvsadm("apply", file)).toEqual(SILENT_SUCCESS);
    const [namespace] = readdirSync(STATE);
    execFileSync("ln", ["-s", file, join(STATE, namespace!, "change.2")]);
    expect(ipvsadm("revert")).toMatchObject({ status: 2, stderr: expect.stringContaining("ELOOP") });
    expect(savedByOracle()).toBe(NEW);
  });
});
