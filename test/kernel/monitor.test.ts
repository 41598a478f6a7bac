import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { commandOf } from "../programs.js";
import { clearByOracle, oracle } from "./oracle.js";
import { ipvsadm, type Running, startIpvsadm, typed } from "./program.js";
import {
  addAddresses,
  GreetingServers,
  removeAddresses,
  SERVER_A,
  SERVER_B,
  sendDatagrams,
  VIP,
  visit,
} from "./traffic.js";

const put = (text: string) => execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: text });
const WEB = "-t 192.0.2.1:80";
const DNS = "-u 192.0.2.1:53";
const add = (service: string, server: number, more = "-w 1") => `-a ${service} -r 198.51.100.${server}:80 -m ${more}\n`;

const running: Running[] = [];
/** A monitor that looks often; it has read the table when it says so. */
async function started(...args: string[]): Promise<Running> {
  const monitor = startIpvsadm("monitor", "--interval", "0.1", ...args);
  running.push(monitor);
  return monitor;
}

/** Makes changes until the monitor sees them: it has read the table by then. */
async function awake(monitor: Running): Promise<void> {
  for (let mark = 1000; ; mark++) {
    put(`-A -f ${mark} -s rr\n`);
    const seen = await Promise.race([
      monitor.says(`-f ${mark} `).then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 1500)),
    ]);
    put(`-D -f ${mark}\n`);
    if (!seen) continue;
    await monitor.says(` - -A -f ${mark} `);
    return;
  }
}

/** Lines without their times and without the marks of `awake`. */
function lines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !/ -f 1\d\d\d /.test(line))
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, ""));
}

async function stopped(monitor: Running): Promise<string[]> {
  monitor.kill("SIGTERM");
  const { status, stdout } = await monitor.outcome;
  expect(status).toBe(143);
  return lines(stdout);
}

beforeEach(clearByOracle);
afterEach(async () => {
  for (const monitor of running.splice(0)) {
    monitor.kill("SIGKILL");
    await monitor.outcome;
  }
});

describe("monitor", () => {
  it("prints what is added, changed and deleted", async () => {
    put(`-A ${WEB} -s wlc\n${add(WEB, 1)}${add(WEB, 2)}`);
    const monitor = await started();
    await awake(monitor);
    put(`-e ${WEB} -r 198.51.100.1:80 -m -w 5 -x 100 -y 50\n`);
    await monitor.says("-w 1 -> 5");
    put(`-E ${WEB} -s sh -b sh-port -p 300\n`);
    await monitor.says("-s wlc -> sh");
    put(`-d ${WEB} -r 198.51.100.1:80\n${add(WEB, 1, "-w 5 -x 100 -y 50")}`);
    await monitor.says("order");
    put(`-A ${DNS} -s rr\n${add(DNS, 3)}`);
    await monitor.says(`-r 198.51.100.3:80`);
    put(`-D ${DNS}\n`);
    await monitor.says(` - -A ${DNS}`);
    const [tcp, fin, udp] = oracle("-L", "--timeout").match(/\d+/g)!;
    execFileSync("/usr/sbin/ipvsadm", ["--set", "910", "0", "0"]);
    await monitor.says("--set");
    execFileSync("/usr/sbin/ipvsadm", ["--start-daemon", "master", "--mcast-interface", "lo", "--syncid", "9"]);
    await monitor.says("--start-daemon");
    execFileSync("/usr/sbin/ipvsadm", ["--stop-daemon", "master"]);
    await monitor.says(" - --start-daemon");
    execFileSync("/usr/sbin/ipvsadm", ["--set", tcp!, fin!, udp!]);
    await monitor.says("910 ->");
    const daemon = expect.stringMatching(/^. --start-daemon master --mcast-interface lo --syncid 9 /);
    expect(await stopped(monitor)).toEqual([
      `~ ${WEB} -r 198.51.100.1:80 -w 1 -> 5, -x 0 -> 100, -y 0 -> 50`,
      `~ ${WEB} -s wlc -> sh, -p none -> 300, -b none -> sh-port`,
      `~ ${WEB} order 198.51.100.1:80 198.51.100.2:80 -> 198.51.100.2:80 198.51.100.1:80`,
      `+ -A ${DNS} -s rr`,
      `+ -a ${DNS} -r 198.51.100.3:80 -m -w 1`,
      `- -a ${DNS} -r 198.51.100.3:80 -m -w 1`,
      `- -A ${DNS} -s rr`,
      `~ --set tcp ${tcp} -> 910`,
      daemon,
      daemon,
      `~ --set tcp 910 -> ${tcp}`,
    ]);
  });

  it("prints JSON that its schema describes, and ends after --count", async () => {
    // Wherever in this round it begins, it sees each change within two.
    const monitor = await started("--json", "--count", "8");
    const changes = setInterval(() => {
      put(`-A ${WEB} -s rr\n${add(WEB, 1)}`);
      setTimeout(() => put(`-D ${WEB}\n`), 1000);
    }, 2000);
    const { status, stdout, stderr } = await monitor.outcome.finally(() => clearInterval(changes));
    expect([status, stderr]).toEqual([0, ""]);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toHaveLength(8);
    const { z } = await import("zod");
    const schema = z.fromJSONSchema(JSON.parse(ipvsadm("schema", "monitor").stdout));
    for (const event of events) expect(schema.safeParse(event).error).toBeUndefined();
    const service = { protocol: "tcp", address: "192.0.2.1", port: 80 };
    const has = (change: string, what: string, side: string, record: object) =>
      expect(events).toContainEqual(
        expect.objectContaining({ change, what, service, [side]: expect.objectContaining(record) }),
      );
    has("added", "service", "after", { scheduler: "rr" });
    has("added", "server", "after", { address: "198.51.100.1", weight: 1 });
    has("deleted", "server", "before", { address: "198.51.100.1", weight: 1 });
    has("deleted", "service", "before", { scheduler: "rr" });
  });

  it("waits for a condition", async () => {
    put(`-A ${WEB} -s rr\n${add(WEB, 1)}`);
    expect(typed("monitor --until", "")).toMatchObject({ status: 2 });
    expect(ipvsadm("monitor", "--until", `${WEB} -r 198.51.100.2:80 gone`)).toMatchObject({ status: 0, stdout: "" });
    expect(ipvsadm("monitor", "--until", `${WEB} -r 198.51.100.1:80 weight 1`)).toMatchObject({ status: 0 });
    const monitor = await started("--until", `${WEB} -r 198.51.100.1:80 gone`);
    await awake(monitor);
    put(`-e ${WEB} -r 198.51.100.1:80 -m -w 0\n`);
    await monitor.says("-w 1 -> 0");
    put(`-d ${WEB} -r 198.51.100.1:80\n`);
    const { status, stdout } = await monitor.outcome;
    expect([status, lines(stdout)]).toEqual([
      0,
      [`~ ${WEB} -r 198.51.100.1:80 -w 1 -> 0`, `- -a ${WEB} -r 198.51.100.1:80 -m -w 0`],
    ]);
  });

  it.each([
    "-t 192.0.2.1:80 -r 10.0.0.1 away",
    "gone",
    "-t nowhere",
    "-t 192.0.2.1:80 weight 3",
    "-C gone",
    "-t 192.0.2.1:80 servers",
  ])("refuses the condition %s", (condition) => {
    const { status, stdout, stderr } = ipvsadm("monitor", "--until", condition);
    expect([status === 2 || status === 255, stdout, stderr]).toEqual([true, "", expect.stringMatching(/./)]);
  });

  it("filters as listings do", async () => {
    put(`-A ${WEB} -s rr\n${add(WEB, 1)}-A ${DNS} -s rr\n${add(DNS, 1)}${add(DNS, 2)}-A -f 8 -s rr\n`);
    const monitors = await Promise.all([
      started(...WEB.split(" "), "--count", "1"),
      started("-r", "198.51.100.2", "--count", "1"),
      started("--only", "udp", "--count", "2"),
      started("--weight-zero", "--count", "1"),
      started("--empty", "--count", "1"),
    ]);
    const outcomes = monitors.map(({ outcome }) => outcome.then(({ stdout }) => lines(stdout)));
    let ended = false;
    const all = Promise.all(outcomes).finally(() => {
      ended = true;
    });
    for (let weight = 2; !ended; weight++) {
      const to = weight % 3;
      put([WEB, DNS].map((service) => `-e ${service} -r 198.51.100.1:80 -m -w ${to}\n`).join(""));
      put(`-e ${DNS} -r 198.51.100.2:80 -m -w ${to + 1}\n-E -f 8 -s ${to ? "lc" : "rr"}\n`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const [web, second, udp, zero, empty] = await all;
    expect(web![0]).toMatch(/^~ -t 192\.0\.2\.1:80 -r /);
    expect(second![0]).toMatch(/^~ -u 192\.0\.2\.1:53 -r 198\.51\.100\.2:80 -w /);
    expect(udp!.every((line) => line.startsWith("~ -u "))).toBe(true);
    expect(zero![0]).toMatch(/ -w (0 -> \d|\d -> 0)$/);
    expect(empty![0]).toMatch(/^~ -f 8 -s /);
  });

  it("sees changes of a table of more than a thousand services", async () => {
    const many = Array.from({ length: 1100 }, (_, index) => {
      const service = `-t 192.0.2.2:${index + 1}`;
      return `-A ${service} -s rr\n${add(service, 1)}`;
    }).join("");
    put(many);
    const monitor = await started();
    await awake(monitor);
    put("-e -t 192.0.2.2:700 -r 198.51.100.1:80 -m -w 7\n");
    await monitor.says("-w 1 -> 7");
    put("-e -t 192.0.2.2:1099 -r 198.51.100.1:80 -m -w 1 -x 9\n");
    await monitor.says("-x 0 -> 9");
    put("-E -t 192.0.2.2:701 -s rr -b flag-1\n");
    await monitor.says("-b none -> flag-1");
    put(`-A ${DNS} -s rr\n${add(DNS, 3)}`);
    await monitor.says("-r 198.51.100.3:80");
    clearByOracle();
    for (const service of [DNS, "-t 192.0.2.2:1", "-t 192.0.2.2:1100"]) await monitor.says(`- -A ${service} `);
    const seen = await stopped(monitor);
    expect(seen.slice(0, 5)).toEqual([
      "~ -t 192.0.2.2:700 -r 198.51.100.1:80 -w 1 -> 7",
      "~ -t 192.0.2.2:1099 -r 198.51.100.1:80 -x 0 -> 9",
      "~ -t 192.0.2.2:701 -b none -> flag-1",
      `+ -A ${DNS} -s rr`,
      `+ -a ${DNS} -r 198.51.100.3:80 -m -w 1`,
    ]);
    expect(seen.slice(5)).toHaveLength(2 * 1101);
    expect(seen.slice(5).every((line) => line.startsWith("- "))).toBe(true);
  });

  it("invents nothing while other network namespaces change their tables", async () => {
    put(`${Array.from({ length: 300 }, (_, index) => `-A -t 192.0.2.3:${index + 1} -s rr\n`).join("")}`);
    const monitor = await started();
    await awake(monitor);
    execFileSync("ip", ["netns", "add", "noise"]);
    try {
      const some = Array.from({ length: 100 }, (_, index) => `-A -t 192.0.2.9:${index + 1} -s rr\n`).join("");
      for (let round = 0; round < 15; round++) {
        execFileSync("ip", ["netns", "exec", "noise", "/usr/sbin/ipvsadm", "-R"], { input: some });
        execFileSync("ip", ["netns", "exec", "noise", "/usr/sbin/ipvsadm", "-C"]);
      }
    } finally {
      execFileSync("ip", ["netns", "del", "noise"]);
    }
    expect(await stopped(monitor)).toEqual([]);
  });

  it("ends when its reader has gone", async () => {
    const [file, ...before] = commandOf("ipvsadm");
    const child = spawn(file, [...before, "monitor", "--interval", "0.1"], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.destroy();
    const ended = once(child, "exit");
    let over = false;
    ended.then(() => {
      over = true;
    });
    for (let mark = 1000; !over; mark++) {
      put(`-A -f ${mark} -s rr\n`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(await ended).toEqual([141, null]);
  });

  it("goes on when the module is unloaded and loaded again", async () => {
    put(`-A ${WEB} -s rr\n${add(WEB, 1)}`);
    const monitor = await started();
    await awake(monitor);
    clearByOracle();
    await monitor.says(` - -A ${WEB}`);
    const modules = execFileSync("lsmod", { encoding: "utf8" }).match(/^ip_vs\w*/gm)!;
    execFileSync("modprobe", ["-r", ...modules.filter((name) => name !== "ip_vs"), "ip_vs"]);
    await monitor.says("waiting for it");
    put(`-A ${DNS} -s rr\n`);
    await monitor.says(` + -A ${DNS}`);
    expect((await stopped(monitor)).at(-1)).toBe(`+ -A ${DNS} -s rr`);
  });
});

describe("monitor --stats", () => {
  const PORT = 8097;
  const servers = new GreetingServers();
  beforeAll(async () => {
    addAddresses();
    await servers.open(PORT, SERVER_A);
  });
  afterAll(async () => {
    await servers.close();
    removeAddresses();
  });

  it("tells of connections that cross a threshold", async () => {
    put(`-A -t ${VIP}:${PORT} -s rr\n-a -t ${VIP}:${PORT} -r ${SERVER_A}:${PORT} -m -w 1\n`);
    const monitor = await started("--stats", "--connections", "3");
    await awake(monitor);
    const visits = [];
    for (let count = 0; count < 3; count++) visits.push(await visit(PORT));
    await monitor.says(`-t ${VIP}:${PORT} -r ${SERVER_A}:${PORT} connections `);
    for (const open of visits) await open.close();
    expect((await stopped(monitor))[0]).toMatch(/^! .* connections [012] -> 3 \(threshold 3\)$/);
  });

  it("tells of packets that do not come back", async () => {
    put(`-A -u ${VIP}:${PORT} -s rr\n-a -u ${VIP}:${PORT} -r ${SERVER_B}:${PORT} -m -w 1\n`);
    const silent = createSocket("udp4").bind(PORT, SERVER_B);
    await once(silent, "listening");
    const monitor = await started("--stats");
    const sending = setInterval(() => void sendDatagrams(PORT), 1000);
    await monitor.says("do not come back").finally(() => {
      clearInterval(sending);
      silent.close();
    });
    expect((await stopped(monitor))[0]).toMatch(
      new RegExp(`^! -u ${VIP}:${PORT} -r ${SERVER_B}:${PORT} packets do not come back: \\d+ in, 0 out in 1\\d s$`),
    );
  });
});
