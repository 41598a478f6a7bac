import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Directors } from "./directors.js";
import { SILENT_SUCCESS } from "./program.js";
import { Terminal } from "./terminal.js";

const STATE = "/run/ipvsadm";
const OLD = `-A -t 192.0.2.1:80 -s mh
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1
-A -u 192.0.2.1:53 -s rr
`;
const NEW = `-A -t 192.0.2.1:80 -s mh
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5
-A -t 192.0.2.9:80 -s rr
-a -t 192.0.2.9:80 -r 10.0.0.9:80 -m -w 1 -x 7
`;
const PLAN = `-A -t 192.0.2.9:80 -s rr
-a -t 192.0.2.9:80 -r 10.0.0.9:80 -m -w 1 -x 7
-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5
-D -u 192.0.2.1:53
`;
/** A daemon on an interface that lb1 alone has. */
const ON_LB1_ALONE = `${NEW}--start-daemon master --mcast-interface eth9 --syncid 3\n`;
const MISORDERED =
  "tcp 192.0.2.1:80: the servers are in another order than in the input, and mh heeds it; --order moves 1 server\n";
const LIMITS = "ipvsadm 1.31 there gets the changes one by one, and keeps nothing for `ipvsadm revert`";
const BOTH = ["--to", "ssh:lb1,ssh:lb2"];

let directors: Directors;
let file: string;

beforeAll(async () => {
  directors = await Directors.build();
  directors.run("lb1", "ip", "link", "add", "eth9", "up", "type", "dummy");
});
afterAll(async () => {
  rmSync(STATE, { recursive: true, force: true });
  await directors.close();
});
beforeEach(() => {
  rmSync(STATE, { recursive: true, force: true });
  for (const name of ["lb1", "lb2"]) directors.put(name, OLD);
  file = directors.file("new.rules", NEW);
});

const apply = (...args: string[]) => directors.ipvsadm("apply", ...args);
const saved = (name: string) => directors.oracle(name, "-Sn");
/** As 1.31 saves the new table: without thresholds, sorted. */
const NEW_SAVED = `-A -t 192.0.2.1:80 -s mh
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1
-A -t 192.0.2.9:80 -s rr
-a -t 192.0.2.9:80 -r 10.0.0.9:80 -m -w 1
`;
const areAll = (table: string) => expect([saved("lb1"), saved("lb2")]).toEqual([table, table]);

describe("several directors", () => {
  it("are planned, then changed one after the other, and read back", async () => {
    expect(await apply("--dry-run", ...BOTH, file)).toEqual({
      status: 0,
      stdout: `# ssh:lb1: 4 changes\n${PLAN}# ssh:lb2: 4 changes\n${PLAN}`,
      stderr: `ssh:lb1: ${MISORDERED}ssh:lb2: ${MISORDERED}`,
    });
    areAll(OLD);
    const made = "4 changes made and read back\n";
    expect(await apply(...BOTH, file)).toEqual({
      ...SILENT_SUCCESS,
      stderr: `ssh:lb2: ${LIMITS}\nssh:lb1: ${MISORDERED}ssh:lb1: ${made}ssh:lb2: ${MISORDERED}ssh:lb2: ${made}`,
    });
    areAll(NEW_SAVED);
    expect(directors.oracle("lb2", "-Ln", "--thresholds")).toMatch(/10\.0\.0\.9:80 +7 +0 /);
    const order = await apply("--order", ...BOTH, file);
    expect(order.stderr).toContain("ssh:lb1: 2 changes made and read back\n");
    expect(order.stderr).toContain("ssh:lb2: 2 changes made and read back\n");
  });

  it("are left alone where one of them does not answer, or may not be emptied", async () => {
    const nothing = "nothing was changed on any director\n";
    expect(await apply("--to", "ssh:lb1,ssh:lb2:9", file)).toEqual({
      ...{ status: 2, stdout: "" },
      stderr: `ssh:lb2:9: ssh: connect to host 10.77.2.2 port 9: Connection refused\n${nothing}`,
    });
    const refused = "the input holds no service, but the table there holds 2; say --allow-empty to empty it";
    const empty = directors.file("empty.rules", "");
    expect(await apply("--to", "ssh:lb2", empty)).toEqual({
      ...{ status: 2, stdout: "" },
      stderr: `ssh:lb2: ${refused}\n${nothing}`,
    });
    expect(await apply("--to", "ssh:lb2,ssh:lb2:22", file)).toEqual({
      ...{ status: 2, stdout: "" },
      stderr: `ssh:lb2 and ssh:lb2:22 are the same director\n${nothing}`,
    });
    areAll(OLD);
    // The table of lb3 is empty, and that of lb1 becomes so.
    expect(await apply("--allow-empty", "--to", "ssh:lb1", "ssh:lb3")).toEqual({
      ...SILENT_SUCCESS,
      stderr: "ssh:lb1: 2 changes made and read back\n",
    });
    expect(saved("lb1")).toBe("");
  });

  it("are left as they are behind the first that fails", async () => {
    const onOne = directors.file("daemon.rules", ON_LB1_ALONE);
    const { status, stdout, stderr } = await apply("--to", "ssh:lb1,ssh:lb2,ssh:lb3", onOne);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("ssh:lb2: No such device\n");
    expect(stderr).toContain(
      "read back, these changes are missing:\nssh:lb2:   --start-daemon master --mcast-interface eth9",
    );
    expect(stderr).toMatch(/\ndone: ssh:lb1; failed, perhaps changed in part: ssh:lb2; not begun: ssh:lb3\n$/);
    areAll(NEW_SAVED);
    expect(directors.oracle("lb1", "-L", "--daemon")).toContain("master sync daemon (mcast=eth9, syncid=3");
    expect(saved("lb3")).toBe("");
    directors.oracle("lb1", "--stop-daemon", "master");
  });
});

it("an interruption ends it behind the director that is under way", async () => {
  const running = directors.start(["apply", ...BOTH, file]);
  await running.says(LIMITS);
  running.kill("SIGINT");
  const { status, stderr } = await running.outcome;
  expect([status, stderr]).toEqual([130, expect.stringMatching(/\ndone: ssh:lb1; not begun: ssh:lb2\n$/)]);
  expect([saved("lb1"), saved("lb2")]).toEqual([NEW_SAVED, OLD]);
});

describe("with --confirm", () => {
  it("all keep the new table when the director that waits is told so", async () => {
    const { says, outcome } = directors.start(["apply", "--confirm", "600", ...BOTH, "-"], NEW);
    await says("`ipvsadm confirm` on ssh:lb1 keeps the new tables; all go back in 600 seconds\n");
    expect((await directors.runOurs("lb1", "confirm")).status).toBe(0);
    const { status, stderr } = await outcome;
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining("ssh:lb1: the new table stays\nssh:lb2: the new table stays\n"),
    ]);
    expect(stderr).toContain(
      `ssh:lb2: ${LIMITS}; only this command takes it back, while it runs and reaches the director\n`,
    );
    areAll(NEW_SAVED);
  });

  it("all go back when the time is up, and when one of them fails", async () => {
    const late = await apply("--confirm", "1", ...BOTH, file);
    expect([late.status, late.stderr]).toEqual([
      3,
      expect.stringMatching(
        /\nnot confirmed within 1 seconds: all go back\nssh:lb2: taken back\nssh:lb1: taken back\n$/,
      ),
    ]);
    areAll(OLD);
    const onOne = directors.file("daemon.rules", ON_LB1_ALONE);
    const failed = await apply("--confirm", "600", ...BOTH, onOne);
    expect([failed.status, failed.stderr]).toEqual([
      3,
      expect.stringContaining(
        "\ndone: ssh:lb1; failed, perhaps changed in part: ssh:lb2\nnot all are done: all go back\nssh:lb2: taken back\nssh:lb1: taken back\n",
      ),
    ]);
    areAll(OLD);
    expect(directors.oracle("lb1", "-L", "--daemon")).toBe("");
  });

  it("a terminal is asked", async () => {
    const terminal = new Terminal(120, 30);
    const enter = (...to: string[]) =>
      terminal.enter(`${directors.commandLine("apply", "--confirm", "600", ...to, file)}; echo "status $?"`);
    enter("--to", "ssh:lb1");
    await terminal.shows("Keep the new table? It goes back in");
    terminal.press("C-c");
    expect((await terminal.shows("status 3")).join("\n")).toContain("interrupted: all go back");
    areAll(OLD);
    enter("--to", "ssh:lb2");
    await terminal.shows("Keep the new table? It goes back in");
    terminal.enter("y");
    await terminal.shows("status 0");
    expect(saved("lb2")).toBe(NEW_SAVED);
    terminal.close();
  });

  it("a director that is cut off while it waits goes back by itself", async () => {
    const running = directors.start(["apply", "--confirm", "2", "--to", "ssh:lb1", file]);
    await running.says("`ipvsadm confirm` on ssh:lb1 keeps");
    directors.run("lb1", "ip", "link", "set", "eth0", "down");
    const { status, stderr } = await running.outcome;
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/\nssh:lb1: .*\nssh:lb1: what was changed goes back by itself within \d+ seconds\n$/),
    ]);
    directors.run("lb1", "ip", "link", "set", "eth0", "up");
    expect(saved("lb1")).toBe(NEW_SAVED);
    // Its own process still counts down.
    expect((await directors.runOurs("lb1", "revert")).stdout).toContain("was taken back, 3 changes\n");
    expect(saved("lb1")).toBe(OLD);
  });

  it("1.31 alone cannot wait where nobody can be asked", async () => {
    const { status, stderr } = await apply("--confirm", "5", "--to", "ssh:lb2", file);
    expect([status, stderr]).toEqual([
      2,
      "ipvsadm 1.31 cannot wait for a confirmation, and there is no terminal to ask on\nnothing was changed on any director\n",
    ]);
    areAll(OLD);
  });
});
