import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle } from "./oracle.js";
import { runProgram, SILENT_SUCCESS, typed } from "./program.js";
import { addAddresses, GreetingServers, removeAddresses, SERVER_A, SERVER_B, VIP, visit } from "./traffic.js";

const HASHING = { sh: "192.0.2.1", dh: "192.0.2.2", mh: "192.0.2.3" };

const addTo = (address: string, server: number) => `-a -t ${address}:80 -r 198.51.100.${server}:80 -m -w 1\n`;
const service = (scheduler: string, address: string, ...servers: number[]) =>
  `-A -t ${address}:80 -s ${scheduler}\n${servers.map((server) => addTo(address, server)).join("")}`;

/** A service of each scheduler that heeds the order. */
const hashing = (...servers: number[]) =>
  Object.entries(HASHING)
    .map(([scheduler, address]) => service(scheduler, address, ...servers))
    .join("");

/** Puts rules in place by means of the original. */
const put = (text: string) => execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: text });

/** The kernel's own order. */
const listed = () => oracle("-Ln", "--nosort");
/** The last digits of the servers in a listing. */
const digits = (list: string) => Array.from(list.matchAll(/-> 198\.51\.100\.(\d)/g), ([, digit]) => digit).join("");

/** The table that the original makes of rules when there is none. */
function listedAfterOriginal(text: string): string {
  clearByOracle();
  put(text);
  const list = listed();
  clearByOracle();
  return list;
}

beforeEach(clearByOracle);

describe("the order of servers of sh, dh and mh", () => {
  const wanted = hashing(3, 1, 4, 2, 5);

  it("is that of 1.31 after a restore into an empty table", () => {
    const original = listedAfterOriginal(wanted);
    expect(digits(original)).toBe("52413".repeat(3));
    expect(runProgram("ipvsadm-restore", [], wanted)).toEqual(SILENT_SUCCESS);
    expect(listed()).toBe(original);
    clearByOracle();
    expect(typed("-R", wanted)).toEqual(SILENT_SUCCESS);
    expect(listed()).toBe(original);
  });

  it("is told by apply and ipvsadm-restore when it differs, and made right with --order", () => {
    const original = listedAfterOriginal(wanted);
    put(hashing(3, 1, 2, 5));
    const told = Object.entries(HASHING).map(
      ([scheduler, address]) =>
        `tcp ${address}:80: the servers are in another order than in the input, and ${scheduler} heeds it; --order moves 2 servers\n`,
    );
    const outcome = { status: 0, stdout: "", stderr: told.join("") };
    // 4 is new and so the newest, but 2 and 5 shall come after it.
    expect(typed("apply --dry-run -", wanted)).toEqual({
      ...outcome,
      stdout: Object.values(HASHING)
        .map((address) => addTo(address, 4))
        .join(""),
    });
    expect(runProgram("ipvsadm-restore", [], wanted)).toEqual(outcome);
    expect(digits(listed())).toBe("45213".repeat(3));
    expect(typed("apply -", wanted)).toEqual(outcome);
    expect(runProgram("ipvsadm-restore", ["--order"], wanted)).toEqual(SILENT_SUCCESS);
    expect(listed()).toBe(original);
    expect(typed("apply -", wanted)).toEqual(SILENT_SUCCESS);
    expect(typed("apply --order --dry-run -", wanted)).toEqual(SILENT_SUCCESS);
  });

  it("is a difference", () => {
    put(hashing(1, 2, 3));
    const sides = (address: string, scheduler: string) => ` -A -t ${address}:80 -s ${scheduler}
-# order: 198.51.100.1:80 198.51.100.2:80 198.51.100.3:80
+# order: 198.51.100.3:80 198.51.100.2:80 198.51.100.1:80
`;
    expect(typed("diff -", hashing(3, 2, 1))).toEqual({
      status: 1,
      stdout: `--- live\n+++ -\n${Object.entries(HASHING)
        .map(([scheduler, address]) => sides(address, scheduler))
        .join("")}`,
      stderr: "",
    });
    const { status, stdout } = typed("diff --json -", hashing(3, 2, 1));
    const list = (...servers: number[]) => servers.map((server) => ({ address: `198.51.100.${server}`, port: 80 }));
    expect(status).toBe(1);
    expect(JSON.parse(stdout).differences).toEqual(
      Object.keys(HASHING).map((scheduler) => ({
        service: { before: expect.objectContaining({ scheduler }), after: expect.objectContaining({ scheduler }) },
        destinations: [],
        order: { before: list(1, 2, 3), after: list(3, 2, 1) },
      })),
    );
    expect(typed("diff -", hashing(1, 2, 3))).toEqual(SILENT_SUCCESS);
  });

  it("survives -S --nosort and ipvsadm-save --nosort, as rules and as JSON, and so do services of the same hash", () => {
    put(wanted);
    // The kernel's hash of a service: these three share a place, and the newest comes first.
    put([336, 592, 848].map((port) => `-A -t 192.0.2.9:${port} -s rr\n`).join(""));
    const before = listed();
    const saved = typed("-S --nosort").stdout;
    expect(saved).not.toBe(typed("-Sn").stdout);
    expect(runProgram("ipvsadm-save", ["--nosort", "-n"]).stdout).toBe(saved);
    for (const text of [saved, typed("-S --nosort --json").stdout]) {
      clearByOracle();
      expect(runProgram("ipvsadm-restore", [], text)).toEqual(SILENT_SUCCESS);
      expect(listed()).toBe(before);
      expect(typed("diff -", text)).toEqual(SILENT_SUCCESS);
    }
    expect(listedAfterOriginal(saved)).toBe(before);
  });
});

it("the order of servers of other schedulers is not worth a word", () => {
  const rules = (...servers: number[]) =>
    ["rr", "wlc", "lblc", "fo"].map((name, index) => service(name, `192.0.2.${index + 1}`, ...servers)).join("");
  put(rules(1, 2, 3));
  const before = listed();
  for (const line of ["diff -", "apply -", "apply --order -"]) {
    expect(typed(line, rules(3, 2, 1))).toEqual(SILENT_SUCCESS);
  }
  expect(listed()).toBe(before);
});

const SERVICE = "-t 192.0.2.1:80";
const add = (server: number, weight = 1) => `-a ${SERVICE} -r 198.51.100.${server}:80 -m -w ${weight}\n`;
const remove = (server: number) => `-d ${SERVICE} -r 198.51.100.${server}:80\n`;

describe("--order", () => {
  it("moves the fewest servers, one after the other, new ones and changes with them", () => {
    put(service("rr", "192.0.2.1", 9, 3, 1, 4));
    const wanted = `-A ${SERVICE} -s sh\n${add(3)}${add(6)}${add(4, 7)}${add(1)}${add(5)}`;
    const original = listedAfterOriginal(wanted);
    put(service("rr", "192.0.2.1", 9, 3, 1, 4));
    expect(typed("apply --dry-run --order -", wanted)).toEqual({
      status: 0,
      stdout:
        `${add(6)}${remove(4)}${add(4)}${remove(1)}${add(1)}${add(5)}` +
        `-E ${SERVICE} -s sh\n-e ${SERVICE} -r 198.51.100.4:80 -m -w 7\n${remove(9)}`,
      stderr: "",
    });
    expect(runProgram("ipvsadm-restore", ["--order"], wanted)).toEqual(SILENT_SUCCESS);
    expect(listed()).toBe(original);
  });

  it("puts the others in order when the kernel refuses a server among them", () => {
    put(service("sh", "192.0.2.1", 1, 2, 3));
    const wanted = `-A ${SERVICE} -s sh\n${add(3)}-a ${SERVICE} -r 224.0.0.1:80 -m -w 1\n${add(2)}${add(1)}`;
    const { status, stderr } = typed("apply --order -", wanted);
    expect([status, stderr]).toEqual([255, expect.stringMatching(/^line 3: Invalid operation\.[\s\S]*1 were refused/)]);
    expect(stderr).not.toContain("another program");
    expect(digits(listed())).toBe("123");
    expect(typed("apply -", wanted).stderr).not.toContain("order");
  });

  it("names twenty services, and counts the rest", () => {
    const many = (...servers: number[]) =>
      Array.from(
        { length: 23 },
        (_, index) =>
          `-A -f ${index + 1} -s mh\n${servers.map((server) => `-a -f ${index + 1} -r 198.51.100.${server}:0 -m -w 1\n`).join("")}`,
      ).join("");
    expect(typed("-R", many(1, 2))).toEqual(SILENT_SUCCESS);
    const lines = typed("apply -", many(2, 1)).stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe(
      "fwmark 1 ipv4: the servers are in another order than in the input, and mh heeds it; --order moves 1 server",
    );
    expect(lines[20]).toBe("and 3 more services; --order puts all in the order of the input");
    expect(typed("apply --order -", many(2, 1))).toEqual(SILENT_SUCCESS);
    expect(typed("apply -", many(2, 1))).toEqual(SILENT_SUCCESS);
  });
});

describe("--order with connections", () => {
  const PORT = 8031;
  const servers = new GreetingServers();
  const list = (...addresses: string[]) =>
    `-A -t ${VIP}:${PORT} -s sh\n${addresses.map((address) => `-a -t ${VIP}:${PORT} -r ${address}:${PORT} -m -w 3 -x 90 -y 30\n`).join("")}`;

  beforeAll(async () => {
    addAddresses();
    await servers.open(PORT, SERVER_A, SERVER_B);
  });
  afterAll(async () => {
    await servers.close();
    removeAddresses();
    execFileSync("sysctl", ["-q", "-w", "net.ipv4.vs.expire_nodest_conn=0"]);
  });

  it.each([0, 1])("keeps them, counters and thresholds, with expire_nodest_conn %s", async (expire) => {
    execFileSync("sysctl", ["-q", "-w", `net.ipv4.vs.expire_nodest_conn=${expire}`]);
    put(list(SERVER_A, SERVER_B));
    const visits = [await visit(PORT), await visit(PORT), await visit(PORT)];
    const [{ server }] = visits as [(typeof visits)[0]];
    const other = server === SERVER_A ? SERVER_B : SERVER_A;
    // The kernel sums counters up every two seconds.
    const counted = () => oracle("-Ln", "--stats", "--exact").match(/-> \S+ +[1-9]\d*/g);
    while (!counted()?.[0]?.endsWith(" 3")) await new Promise((resolve) => setTimeout(resolve, 50));
    // Each of the two orders is made in turn: the server of the connections moves once at least.
    for (const order of [list(server, other), list(other, server), list(server, other)]) {
      const before = counted();
      expect(typed("apply --order -", order)).toEqual(SILENT_SUCCESS);
      expect(counted()).toEqual(before);
      expect(oracle("-Ln", "--thresholds").match(/-> \S+ +90 +30 /g)).toHaveLength(2);
    }
    const established = oracle("-Lnc").match(/ ESTABLISHED .*/g) ?? [];
    expect(established.filter((line) => line.includes(` ${VIP}:${PORT} `))).toHaveLength(3);
    for (const open of visits) await open.close();
  });
});
