import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { commandOf } from "../programs.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { ipvsadm, start, startIpvsadm } from "./program.js";
import {
  addAddresses,
  GreetingServers,
  removeAddresses,
  SERVER_A,
  SERVER_B,
  sendDatagrams,
  VIP,
  type Visit,
  visit,
} from "./traffic.js";

const WEB = `${VIP}:80`;
const A = `${SERVER_A}:80 of tcp ${WEB}`;

let servers: GreetingServers;
let guest: Visit;

beforeAll(addAddresses);
afterAll(() => {
  oracle("--set", "900", "120", "300");
  removeAddresses();
});

/** A service with two servers, and a client that is connected to the first. */
beforeEach(async () => {
  clearByOracle();
  servers = new GreetingServers();
  await servers.open(80, SERVER_A, SERVER_B);
  oracle("-A", "-t", WEB, "-s", "rr");
  oracle("-a", "-t", WEB, "-r", SERVER_A, "-m", "-w", "7", "-x", "1000");
  guest = await visit(80);
  expect(guest.server).toBe(SERVER_A);
  oracle("-a", "-t", WEB, "-r", SERVER_B, "-m", "-w", "2");
});
afterEach(async () => {
  guest.abandon();
  await servers.close();
});

const weightOfA = () => savedByOracle().match(new RegExp(`${SERVER_A}:80 -m -w (\\d+)`))?.[1];

describe("a server with a client", () => {
  it("gets no new ones and is drained when the client has left; then gets its weight back", async () => {
    const drain = startIpvsadm("drain", "-t", WEB, "-r", SERVER_A);
    await drain.says(`${A}: weight 7 -> 0; 1 active\n`);
    expect(weightOfA()).toBe("0");
    for (let turn = 0; turn < 3; turn++) {
      const other = await visit(80);
      expect(other.server).toBe(SERVER_B);
      await other.close();
    }
    await guest.close();
    const { status, stdout, stderr } = await drain.outcome;
    expect(stdout).toMatch(new RegExp(`^${A}: weight 7 -> 0; 1 active\\n${A}: drained after 0:\\d\\d\\n$`));
    expect([status, stderr]).toEqual([0, ""]);

    expect(ipvsadm("drain", "--list").stdout).toMatch(
      new RegExp(`\n${SERVER_A}:80 +tcp ${WEB} +\\d{4}-\\S*Z +7 +0 +\\d +0\n$`),
    );
    const back = ipvsadm("drain", "-t", WEB, "-r", SERVER_A, "--restore-weight");
    expect(back).toEqual({ status: 0, stdout: `${A}: weight 0 -> 7\n`, stderr: "" });
    expect(weightOfA()).toBe("7");
    expect(oracle("-Ln", "--thresholds")).toMatch(new RegExp(`${SERVER_A}:80 +1000 `));
    expect(ipvsadm("drain", "--list").stdout).toBe("");
  });

  it("keeps weight 0 when the time is up; the next run goes on and deletes it", async () => {
    const first = ipvsadm("drain", "-t", WEB, "-r", SERVER_A, "--timeout", "2");
    expect(first).toEqual({
      status: 1,
      stdout: `${A}: weight 7 -> 0; 1 active\n`,
      stderr:
        `time is up: not drained, the weight stays 0:\n  ${A}: 1 active\n` +
        "the same command goes on with it; with --restore-weight it puts the weight back\n",
    });
    expect(weightOfA()).toBe("0");
    await guest.close();
    const second = ipvsadm("drain", "-t", WEB, "-r", SERVER_A, "--delete");
    expect(second.stdout).toMatch(
      new RegExp(`^${A}: weight is 0 already, was 7; 0 active\\n${A}: drained .*, deleted\\n$`),
    );
    expect([second.status, second.stderr]).toEqual([0, ""]);
    expect(weightOfA()).toBeUndefined();
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("keeps weight 0 after %s, and remembers", async (signal, status) => {
    const drain = startIpvsadm("drain", "-r", SERVER_A);
    await drain.says("weight 7 -> 0");
    drain.kill(signal);
    const outcome = await drain.outcome;
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(`${signal}: not drained, the weight stays 0:\n  ${A}: 1 active\n`);
    expect(weightOfA()).toBe("0");
    expect(ipvsadm("drain", "--restore-weight").stdout).toBe(`${A}: weight 0 -> 7\n`);
    expect(weightOfA()).toBe("7");
  });

  it("is left alone when another program gives it weight again", async () => {
    const drain = startIpvsadm("drain", "-t", WEB, "-r", SERVER_A);
    await drain.says("weight 7 -> 0");
    oracle("-e", "-t", WEB, "-r", SERVER_A, "-m", "-w", "3");
    const { status, stdout } = await drain.outcome;
    expect(stdout).toContain(`${A}: not drained: another program gave it weight again\n`);
    expect(status).toBe(1);
    expect(weightOfA()).toBe("3");
    expect(ipvsadm("drain", "-t", WEB, "-r", SERVER_A, "--restore-weight")).toEqual({
      status: 0,
      stdout: `${A}: has weight 3 already\n`,
      stderr: "",
    });
  });

  it("is done with when another program deletes it", async () => {
    const drain = startIpvsadm("drain", "-t", WEB, "-r", SERVER_A);
    await drain.says("weight 7 -> 0");
    oracle("-d", "-t", WEB, "-r", SERVER_A);
    const { status, stdout } = await drain.outcome;
    expect(stdout).toContain(`${A}: deleted by another program\n`);
    expect(status).toBe(0);
  });

  it("shows one changing line on a terminal", async () => {
    const command = [...commandOf("ipvsadm"), "drain", "-t", WEB, "-r", SERVER_A, "--timeout", "3"];
    const { status, stdout } = await start("script", ["-qec", command.join(" "), "/dev/null"]).outcome;
    expect(status).toBe(1);
    expect(stdout).toContain(
      "\rwaiting for 1 of 1: 1 active, 0:01 of 0:03\x1b[K\rwaiting for 1 of 1: 1 active, 0:02 of 0:03\x1b[K",
    );
    expect(stdout).toContain("\r\x1b[Ktime is up: not drained");
  });
});

describe("what there is to wait for", () => {
  it("is any connection of UDP, until its timeout", async () => {
    oracle("--set", "0", "0", "4");
    oracle("-A", "-u", `${VIP}:5301`, "-s", "rr");
    oracle("-a", "-u", `${VIP}:5301`, "-r", SERVER_B, "-m");
    await sendDatagrams(5301);
    const udp = `${SERVER_B}:5301 of udp ${VIP}:5301`;
    const drain = ipvsadm("drain", "-u", `${VIP}:5301`, "-r", SERVER_B);
    expect(drain.stdout).toMatch(
      new RegExp(`^${udp}: weight 1 -> 0; 0 active, 1 inactive\\n${udp}: drained after 0:0[1-9]`),
    );
    expect(drain.stderr).toBe(`warning: udp ${VIP}:5301: no other server takes connections; new clients are refused\n`);
    expect(drain.status).toBe(0);
  });

  it("is every template of a persistent service, unless they end by themselves", async () => {
    oracle("--set", "0", "0", "300");
    oracle("-A", "-u", `${VIP}:5301`, "-s", "rr", "-p", "200");
    oracle("-a", "-u", `${VIP}:5301`, "-r", SERVER_B, "-m");
    await sendDatagrams(5301);
    const waiting = ipvsadm("drain", "-u", `${VIP}:5301`, "-r", SERVER_B, "--timeout", "1");
    expect(waiting.status).toBe(1);
    expect(waiting.stdout).toContain("weight 1 -> 0; 0 active, 1 inactive, 1 persistent\n");
    expect(waiting.stderr).toContain("known clients keep coming until they stay away for 200 seconds");
    const sysctl = "/proc/sys/net/ipv4/vs/expire_quiescent_template";
    try {
      writeFileSync(sysctl, "1");
      const ending = ipvsadm("drain", "-u", `${VIP}:5301`, "-r", SERVER_B, "--timeout", "1");
      expect(ending.stdout).toContain("weight is 0 already, was 1; 0 active, 1 inactive\n");
      expect(ending.stderr).not.toContain("known clients");
    } finally {
      writeFileSync(sysctl, "0");
    }
  });
});

describe("drain --list", () => {
  it("says who is out, since when, why, and what is left", () => {
    oracle("-e", "-t", WEB, "-r", SERVER_B, "-m", "-w", "0");
    const before = Date.now();
    expect(ipvsadm("drain", "-r", SERVER_A, "--reason", "new disk", "--timeout", "1").status).toBe(1);
    // How many of earlier connections are closing is another matter.
    const list = () => ipvsadm("drain", "--list").stdout.replaceAll(/(\d {8})[ \d]\d( {11}0)/g, "$1 0$2");
    const stdout = list();
    const [, since] = /(\d{4}-\S+Z)/.exec(stdout)!;
    expect(Math.abs(Date.parse(since!) - before)).toBeLessThan(60_000);
    expect(stdout).toBe(
      [
        `Server       Service          ${"Since".padEnd(20)}  Weight  Active  Inactive  Persistent  Reason\n`,
        `${SERVER_A}:80  tcp ${WEB}  ${since}       7       1         0           0  new disk\n`,
        `${SERVER_B}:80  tcp ${WEB}  ${"-".padEnd(20)}       -       0         0           0  set by another command\n`,
      ].join(""),
    );
    const { drained } = JSON.parse(ipvsadm("drain", "--list", "--json").stdout);
    const service = { protocol: "tcp", address: VIP, port: 80 };
    const none = { activeConnections: 0, inactiveConnections: expect.any(Number), persistentConnections: 0 };
    expect(drained).toEqual([
      {
        ...{ service, server: { address: SERVER_A, port: 80 }, since: expect.stringContaining(since!.slice(0, -1)) },
        ...{ weight: 7, reason: "new disk", ...none, activeConnections: 1 },
      },
      { service, server: { address: SERVER_B, port: 80 }, ...none },
    ]);
    expect(ipvsadm("drain", "-r", SERVER_A, "--reason", "sold", "--timeout", "1").status).toBe(1);
    expect(list().replaceAll(/ +/g, " ")).toBe(stdout.replace("new disk", "sold").replaceAll(/ +/g, " "));
    expect(ipvsadm("drain", "--restore-weight").stdout).toBe(`${A}: weight 0 -> 7\n`);
  });
});

describe("drain --kill", () => {
  const sysctl = "/proc/sys/net/ipv4/vs/expire_nodest_conn";
  const drain = (...args: string[]) => ipvsadm("drain", "-t", WEB, "-r", SERVER_A, "--timeout", "1", "--kill", ...args);
  const established = () => oracle("-Lnc").match(new RegExp(`ESTABLISHED .*${SERVER_A}:80`, "g"))?.length ?? 0;

  beforeEach(() => writeFileSync(sysctl, "1"));
  afterEach(() => writeFileSync(sysctl, "0"));

  it("ends the connections that are left, and the server has weight 0 and its thresholds", () => {
    expect(established()).toBe(1);
    const { status, stdout, stderr } = drain();
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      `${A}: weight 7 -> 0; 1 active\n${A}: time is up: the connections were ended, the weight stays 0\n`,
    );
    expect(established()).toBe(0);
    expect(weightOfA()).toBe("0");
    expect(oracle("-Ln", "--thresholds")).toMatch(new RegExp(`${SERVER_A}:80 +1000 `));
    expect(ipvsadm("drain", "--restore-weight").stdout).toBe(`${A}: weight 0 -> 7\n`);
  });

  it("leaves the server out with --delete", () => {
    const { status, stdout } = drain("--delete");
    expect(status).toBe(0);
    expect(stdout).toContain(`${A}: time is up: the connections were ended, deleted\n`);
    expect(established()).toBe(0);
    expect(weightOfA()).toBeUndefined();
  });

  it("says what it means for the order of sh", () => {
    oracle("-E", "-t", WEB, "-s", "sh", "-b", "sh-fallback");
    expect(drain().stderr).toBe(
      `warning: tcp ${WEB}: when ${SERVER_A}:80 is deleted and added again it is the last server (ipvsadm apply --order puts it ` +
        "back), sh sends clients of other servers elsewhere\n",
    );
    expect(oracle("-Ln", "--nosort").indexOf(SERVER_A)).toBeLessThan(oracle("-Ln", "--nosort").indexOf(SERVER_B));
  });

  it("is refused where the kernel would not end them", () => {
    writeFileSync(sysctl, "0");
    expect(drain()).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "--kill needs net.ipv4.vs.expire_nodest_conn=1: else the kernel does not end the connections of a server that is deleted\n",
    });
    expect(weightOfA()).toBe("7");
    expect(established()).toBe(1);
  });
});

describe("a host in all services", () => {
  beforeEach(() => {
    oracle("-A", "-f", "7", "-s", "sh");
    oracle("-a", "-f", "7", "-r", `${SERVER_A}:8080`, "-m", "-w", "9");
    oracle("-a", "-f", "7", "-r", `${SERVER_B}:8080`, "-m", "-w", "9");
  });

  it("is drained in each, with a word of warning, and put back in each", async () => {
    await guest.close();
    const drain = ipvsadm("drain", "-r", SERVER_A);
    expect(drain.status).toBe(0);
    expect(drain.stdout.split("\n").slice(0, 2)).toEqual([
      `${A}: weight 7 -> 0; 0 active`,
      `${SERVER_A}:8080 of fwmark 7 ipv4: weight 9 -> 0; 0 active, 0 inactive`,
    ]);
    expect(drain.stderr).toBe(
      `warning: fwmark 7 ipv4: scheduler sh refuses new clients that belong to ${SERVER_A}:8080; ` +
        "set -b sh-fallback sends them elsewhere\n",
    );
    expect(savedByOracle().match(/-w 0/g)).toHaveLength(2);
    expect(ipvsadm("drain", "-r", SERVER_A, "--restore-weight").stdout).toBe(
      `${A}: weight 0 -> 7\n${SERVER_A}:8080 of fwmark 7 ipv4: weight 0 -> 9\n`,
    );
    expect(savedByOracle()).not.toContain("-w 0");
  });

  it("is drained at one port where one is named", () => {
    const drain = ipvsadm("drain", "-r", `${SERVER_A}:8080`);
    expect(drain).toMatchObject({ status: 0 });
    expect(weightOfA()).toBe("7");
  });
});

describe("mistakes change nothing", () => {
  it.each([
    [["-t", WEB], 2, "name the servers with -r\n"],
    [["-t", WEB, "-r", "10.9.0.9"], 255, `No such destination: tcp ${WEB} has no server 10.9.0.9:80\n`],
    [["-r", SERVER_A, "-r", "10.9.0.9"], 255, "No such destination: no service has a server 10.9.0.9\n"],
    [["-r", `${SERVER_A}/24`], 2, "illegal real server address[:port] specified\n"],
    [["-u", WEB, "-r", SERVER_A], 255, "No such service\n"],
    [["-r", SERVER_A, "--timeout", "0"], 2, "invalid timeout value `0' specified\n"],
    [["-r", SERVER_A, "--kill"], 2, "--kill needs --timeout: it ends the connections that are left then\n"],
    [["-r", SERVER_A, "--reason", "a\nb"], 2, "--reason takes one line of 1 to 500 characters\n"],
    [["-r", SERVER_A, "--json"], 2, "--json goes with --list\n"],
    [["--list", "--reason", "x"], 2, "--reason and --list exclude each other\n"],
    [["-r", SERVER_A, "--delete", "--restore-weight"], 2, "--delete and --restore-weight exclude each other\n"],
    [
      ["-t", WEB, "-r", SERVER_B, "--restore-weight"],
      1,
      `${SERVER_B}:80 of tcp ${WEB}: no weight is remembered; set one with ipvsadm set -w\n`,
    ],
  ] as const)("%j", (args, status, stderr) => {
    const before = savedByOracle();
    if (args.includes("--restore-weight" as never)) oracle("-e", "-t", WEB, "-r", SERVER_B, "-m", "-w", "0");
    expect(ipvsadm("drain", ...args)).toEqual({ status, stdout: "", stderr });
    if (!args.includes("--restore-weight" as never)) expect(savedByOracle()).toBe(before);
  });
});
