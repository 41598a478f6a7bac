import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/remote/ssh.js";
import { parseTarget } from "../../src/remote/target.js";
import { Directors } from "./directors.js";
import { clearByOracle, savedByOracle } from "./oracle.js";
import { SILENT_SUCCESS } from "./program.js";

const HASHED = "-A -t 192.0.2.1:80 -s mh -b mh-port\n";
const SERVERS = ["2", "1"].map((last) => `-a -t 192.0.2.1:80 -r 10.0.0.${last}:80 -m -w 1`);
const REST = `-A -t [2001:db8::80]:80 -s rr
-a -t [2001:db8::80]:80 -r 10.0.0.5:80 -i -w 1 --tun-type ipip
-A -f 4294967295 -s rr -p 60
-a -f 4294967295 -r 10.0.0.9:0 -g -w 3 -x 9 -y 5
`;
const TABLE = `${HASHED}${SERVERS.join("\n")}\n${REST}`;
const OTHER_WAY_ROUND = `${HASHED}${[...SERVERS].reverse().join("\n")}\n${REST}`;

let directors: Directors;

beforeAll(async () => {
  directors = await Directors.build();
});
afterAll(async () => {
  clearByOracle();
  await directors.close();
});
beforeEach(clearByOracle);

describe("the table of another director", () => {
  it("is the same with ours and with 1.31 there, thresholds and order of servers included", async () => {
    directors.put("lb1", TABLE);
    directors.put("lb2", TABLE);
    expect(await directors.ipvsadm("diff", "ssh:lb1", "ssh:lb2")).toEqual(SILENT_SUCCESS);
    expect(await directors.ipvsadm("check", "ssh:lb2")).toEqual(SILENT_SUCCESS);
  });

  it("is compared with a file and with a director behind a jump host", async () => {
    directors.put("lb2", OTHER_WAY_ROUND);
    const path = directors.file("rules", TABLE);
    const order = (...last: string[]) => `# order: ${last.map((number) => `10.0.0.${number}:80`).join(" ")}\n`;
    expect(await directors.ipvsadm("diff", "ssh:lb2", path)).toEqual({
      status: 1,
      stdout: `--- ssh:lb2\n+++ ${path}\n ${HASHED}-${order("1", "2")}+${order("2", "1")}`,
      stderr: "",
    });
    directors.put("lb3", TABLE.replace("-x 9", "-x 8"));
    const { status, stdout, stderr } = await directors.ipvsadm("diff", "--json", path, "ssh:root@lb3");
    expect([status, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      differences: [
        {
          service: { before: { fwmark: 4294967295 } },
          destinations: [{ before: { upperThreshold: 9 }, after: { upperThreshold: 8 } }],
        },
      ],
    });
  });

  it("is restored here, and nothing else of that director", async () => {
    directors.put("lb2", `${TABLE}--set 90 0 0\n`);
    expect(await directors.ipvsadm("apply", "ssh:lb2")).toEqual(SILENT_SUCCESS);
    expect(savedByOracle()).toBe(directors.oracle("lb2", "-Sn"));
    expect(await directors.ipvsadm("apply", "--dry-run", "ssh:lb2")).toEqual(SILENT_SUCCESS);
    directors.put("lb2", "");
    expect(await directors.ipvsadm("apply", "ssh:lb2")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("the input holds no service, but the table holds 3: nothing was changed"),
    });
  });
});

describe("what does not answer is named", () => {
  it("with ssh's own words", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    const failures: readonly [name: string, words: string][] = [
      ["ssh:lb1:9", "ssh: connect to host 10.77.1.2 port 9: Connection refused"],
      ["ssh:stranger", "Host key verification failed."],
      ["ssh:locked", "root@10.77.1.2: Permission denied (publickey"],
      ["ssh:lb1:2201", "it has no ipvsadm: /bin/sh: ipvsadm: not found"],
      ["ssh:lb1:2202", "Can't initialize ipvs: Protocol not available"],
      ["ssh:lb1:2203", "it does not run what it is asked to: exit status 3"],
      [`ssh:127.0.0.1:${port}`, "Connection timed out during banner exchange"],
    ];
    await Promise.all(
      failures.map(async ([name, words]) => {
        const { status, stdout, stderr } = await directors.ipvsadm("diff", name);
        expect([name, status, stdout]).toEqual([name, 2, ""]);
        expect(stderr).toContain(`${name}: `);
        expect(stderr).toContain(words);
      }),
    );
    const limited = run(parseTarget(`ssh:127.0.0.1:${port}`), "ipvsadm -v", { seconds: 1 });
    await expect(limited).rejects.toThrow(`ssh:127.0.0.1:${port}: no answer within 1 seconds`);
    silent.close();
  });

  it("also when the connection dies in the middle", async () => {
    const diff = directors.start(["diff", "ssh:lb1:2204"]);
    await directors.appears("hangs");
    directors.run("lb1", "ip", "link", "set", "eth0", "down");
    expect(await diff.outcome).toEqual({
      status: 2,
      stdout: "",
      stderr: "ssh:lb1:2204: the connection broke off: Timeout, server 10.77.1.2 not responding.\n",
    });
    directors.run("lb1", "ip", "link", "set", "eth0", "up");
  });
});

describe("a program that writes the table", () => {
  const KEEPALIVED = "virtual_server 192.0.2.7 80 {\n protocol TCP\n lb_kind NAT\n real_server 10.0.0.7 80 {\n }\n}\n";
  const warning =
    "warning: keepalived runs here. If it writes this table, what is changed by hand does not last: " +
    "then change its configuration (keepalived.conf, and reload it) instead\n";

  it("is warned of before a change, in its own network namespace only", async () => {
    const config = directors.file("keepalived.conf", KEEPALIVED);
    const pid = (name: string) => [`-${name}`, join("/run", `keepalived-test-${name}.pid`)];
    const keepalived = ["-n", "-C", "-f", config, ...pid("p"), ...pid("c")];
    const running = directors.startIn("lb1", "/usr/sbin/keepalived", ...keepalived);
    for (let tries = 0; tries < 100 && !directors.oracle("lb1", "-Sn").includes("10.0.0.7"); tries++) {
      await Promise.race([setTimeout(200), running.outcome.then((outcome) => expect(outcome).toBe("running"))]);
    }
    const rules = directors.file("rules", TABLE);
    expect((await directors.runOurs("lb1", "apply", "--dry-run", rules)).stderr).toBe("");
    expect(await directors.runOurs("lb1", "apply", rules)).toEqual({ ...SILENT_SUCCESS, stderr: warning });
    expect(await directors.runOurs("lb1", "apply", rules)).toEqual(SILENT_SUCCESS);
    expect(await directors.ipvsadm("apply", rules)).toEqual(SILENT_SUCCESS);
    writeFileSync(rules, HASHED);
    const { status, stderr } = await directors.ipvsadm("apply", "--to", "ssh:lb1", rules);
    expect([status, stderr]).toEqual([0, `ssh:lb1: ${warning}ssh:lb1: 4 changes made and read back\n`]);
    running.kill("SIGTERM");
    await running.outcome;
  });
});
