import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { commandOf, executable } from "../programs.js";
import { clearByOracle, oracle } from "./oracle.js";
import { ipvsadm, startIpvsadm } from "./program.js";
import { Terminal } from "./terminal.js";
import { addAddresses, removeAddresses, SERVER_A, SERVER_B, sendDatagrams, VIP } from "./traffic.js";

const DNS = `udp ${VIP}:5400`;
const WEB = `tcp ${VIP}:8099`;
const program = commandOf("ipvsadm").join(" ");

let traffic: NodeJS.Timeout;

beforeAll(() => {
  addAddresses();
  clearByOracle();
  oracle("-A", "-t", `${VIP}:8099`, "-s", "rr");
  oracle("-a", "-t", `${VIP}:8099`, "-r", SERVER_A, "-m", "-w", "0");
  oracle("-A", "-u", `${VIP}:5400`, "-s", "rr");
  oracle("-a", "-u", `${VIP}:5400`, "-r", SERVER_A, "-m", "-w", "3");
  oracle("-a", "-u", `${VIP}:5400`, "-r", SERVER_B, "-m", "-w", "4");
});
afterAll(() => {
  clearByOracle();
  removeAddresses();
});

/** Datagrams, some of each to every server, for as long as a test runs. */
beforeEach(() => {
  traffic = setInterval(() => void sendDatagrams(5400, 2), 50);
});
afterEach(() => clearInterval(traffic));

describe("on a terminal", () => {
  let terminal: Terminal;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "top-"));
    terminal = new Terminal(110, 14);
  });
  afterEach(() => {
    terminal.close();
    rmSync(folder, { recursive: true });
  });

  const restored = async (status: number) => {
    await terminal.shows(`status ${status}`);
    expect(terminal.modes()).toEqual({ alternate: false, cursor: true, wrap: true });
    terminal.enter("clear; stty -a");
    const modes = (await terminal.shows("icanon")).join(" ");
    expect(modes).not.toMatch(/-(icanon|echo|isig|opost|icrnl)\b/);
  };
  const start = async (options = "") => {
    terminal.enter(`${program} top ${options}; echo status $?`);
    return terminal.shows("q quit");
  };

  it("shows rates of what has traffic, and a history", async () => {
    const [head] = await start();
    expect(head).toMatch(/^ipvsadm top {2}\d\d:\d\d:\d\d {2}every 1 s {2}2 services {2}3 servers/);
    expect(terminal.modes()).toEqual({ alternate: true, cursor: false, wrap: false });
    const busy = new RegExp(`${DNS} +7 +0 +\\d+ +[1-9][\\d.]* +[1-9][\\d.]* +.*[▁▂▃▄▅▆▇█]{2}`);
    const rows = (await terminal.shows(busy)).slice(3, 8);
    expect(rows.map((row) => row.trim().split(/ {2,}/)[0])).toEqual([
      WEB,
      `${SERVER_A}:8099`,
      DNS,
      `${SERVER_A}:5400`,
      `${SERVER_B}:5400`,
    ]);
    expect(rows[0]).toMatch(new RegExp(`^${WEB} +0 +0 +0 +0 +0 +0 +0 +0$`));
  });

  it("sorts, changes the view, filters", async () => {
    await start();
    terminal.press("Left");
    await terminal.shows("↓OutB/s");
    terminal.press("v", "v");
    await terminal.shows("rows 1-3 of 3");
    terminal.press("/");
    terminal.type("udp");
    expect((await terminal.shows("filter: udp_"))[1]).toBe("rows 1-2 of 2  filter: udp_");
    terminal.press("Enter", "v");
    await terminal.shows("rows 1-3 of 3  filter: udp");
    terminal.press("Escape");
    await terminal.shows(/rows 1-5 of 5$/m);
    terminal.press("h");
    await terminal.shows("sort by the column before or after");
  });

  it("follows the size of the terminal, and scrolls", async () => {
    await start();
    terminal.resize(60, 6);
    const small = await terminal.shows("rows 1-2 of 5");
    expect(small).toHaveLength(6);
    expect(small[5]).toMatch(/^q quit/);
    terminal.press("End");
    expect((await terminal.shows("rows 4-5 of 5"))[4]).toContain(`${SERVER_B}:5400`);
    terminal.resize(110, 14);
    await terminal.shows("rows 1-5 of 5");
  });

  it("stands still, and goes on", async () => {
    await start();
    terminal.press("Space");
    await terminal.shows("paused");
    oracle("-A", "-t", `${VIP}:81`, "-s", "rr");
    try {
      terminal.press("Space");
      await terminal.shows("3 services");
    } finally {
      oracle("-D", "-t", `${VIP}:81`);
    }
    await terminal.shows("2 services");
  });

  it("shows what others change", async () => {
    await start(`-t ${VIP}:8099`);
    await terminal.shows(/:8099 +0 +0 +0 /);
    oracle("-e", "-t", `${VIP}:8099`, "-r", SERVER_A, "-m", "-w", "77");
    await terminal.shows(/:8099 +77 +0 +0 /);
    oracle("-e", "-t", `${VIP}:8099`, "-r", SERVER_A, "-m", "-w", "0");
  });

  it.each([
    ["q", "q", 0],
    ["Ctrl-C", "C-c", 0],
  ])("leaves the terminal as it was after %s", async (_, key, status) => {
    await start();
    terminal.press(key);
    await restored(status);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("leaves the terminal as it was after %s", async (signal, status) => {
    const file = join(folder, "pid");
    terminal.enter(`sh -c 'echo $$ >${file}; exec ${program} top'; echo status $?`);
    await terminal.shows("q quit");
    process.kill(Number(readFileSync(file, "utf8")), signal);
    await restored(status);
  });

  // The executable lets nobody bring a fault into it.
  if (executable === undefined)
    it("leaves the terminal as it was after an unforeseen fault", async () => {
      const fault = join(folder, "fault.cjs");
      writeFileSync(fault, 'setTimeout(() => { throw new Error("unforeseen"); }, 6000);');
      terminal.enter(`NODE_OPTIONS='--require ${fault}' ${program} top; echo status $?`);
      await terminal.shows("q quit");
      await terminal.shows("Error: unforeseen");
      await restored(1);
    });

  it("shows any part of a table of ten thousand rows", async () => {
    const rules = join(folder, "rules");
    writeFileSync(rules, [...largeTable(2000, 4)].join(""));
    // In a namespace of its own, since so many deleted servers would slow the other tests down.
    terminal.enter(`unshare -n sh -c 'ip link set lo up; ipvsadm -R <${rules}; exec ${program} top'; echo status $?`);
    await terminal.shows("rows 1-10 of 10000");
    terminal.press("End");
    expect((await terminal.shows("rows 9991-10000 of 10000"))[12]).toContain("10.1.0.4:80");
    terminal.press("/");
    terminal.type("192.0.7.207:80");
    terminal.press("Enter");
    await terminal.shows("rows 1-5 of 5");
    terminal.press("q");
    await restored(0);
  });

  it("goes to the background and comes back", async () => {
    terminal.enter("set -m");
    await start();
    terminal.press("C-z");
    await terminal.shows(/Stopped/);
    expect(terminal.modes()).toEqual({ alternate: false, cursor: true, wrap: true });
    terminal.enter("fg; echo status $?");
    await terminal.shows("q quit");
    expect(terminal.modes()).toEqual({ alternate: true, cursor: false, wrap: false });
    terminal.press("q");
    await restored(0);
  });
});

describe("for pipes", () => {
  it("prints one listing", async () => {
    const outcome = await startIpvsadm("top", "--once", "--sort", "inPackets", "--view", "services").outcome;
    expect(outcome).toMatchObject({ status: 0, stderr: "" });
    const lines = outcome.stdout.split("\n");
    expect(lines[0]).toMatch(/^Service +Weight +Active +Inact +Conn\/s +vInPkt\/s +OutPkt\/s +InB\/s +OutB\/s$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/)[0])).toEqual([DNS, WEB, ""]);
  });

  it("prints JSON with rates", async () => {
    const { status, stdout } = await startIpvsadm("top", "--json", "--filter", VIP).outcome;
    expect(status).toBe(0);
    const { interval, services } = JSON.parse(stdout);
    expect(interval).toBeGreaterThanOrEqual(3);
    const [web, dns] = services;
    expect(web.rates).toEqual({ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 });
    expect(dns.destinations).toHaveLength(2);
    expect(dns).toMatchObject({ protocol: "udp", address: VIP, port: 5400 });
    for (const { rates } of [dns, ...dns.destinations]) {
      expect(rates.inPackets).toBeGreaterThan(0);
      // Each client sends two datagrams: 28 bytes of headers, 5 of data. Nobody listens, so ICMP sends them back in 61.
      expect(rates.inPackets / rates.connections).toBeCloseTo(2, 0);
      expect(rates.inBytes / rates.inPackets).toBeCloseTo(33, 1);
      expect(rates.outBytes / rates.outPackets).toBeCloseTo(61, 1);
    }
  });

  it("needs a terminal otherwise", () => {
    const stderr = "standard output is no terminal: say --once or --json\n";
    expect(ipvsadm("top")).toEqual({ status: 2, stdout: "", stderr });
  });

  it("refuses intervals that are too short", () => {
    const stderr = "invalid interval `0.1': it may be 0.2 to 3600 seconds\n";
    expect(ipvsadm("top", "--once", "--interval", "0.1")).toEqual({ status: 2, stdout: "", stderr });
  });

  it("knows when there is no such service", () => {
    expect(ipvsadm("top", "--once", "-t", "192.0.2.99:80")).toMatchObject({ status: 2, stderr: "No such service\n" });
  });
});

/** Rules of many services with some servers each. */
function* largeTable(services: number, servers: number): Generator<string> {
  for (let service = 0; service < services; service++) {
    const address = `192.0.${service >> 8}.${service & 255}:80`;
    yield `-A -t ${address} -s rr\n`;
    for (let server = 1; server <= servers; server++) yield `-a -t ${address} -r 10.1.0.${server} -g\n`;
  }
}
