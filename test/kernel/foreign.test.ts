import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { IpvsClient } from "../../src/client/client.js";
import type { Destination } from "../../src/model/destination.js";
import type { Service } from "../../src/model/service.js";
import { sortTable, type Table } from "../../src/model/table.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { runProgram, SILENT_SUCCESS, typed } from "./program.js";

let client: IpvsClient;

beforeAll(async () => {
  client = await IpvsClient.open();
});
afterAll(() => client.close());
beforeEach(clearByOracle);

const service = { scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" };
const web: Service = { protocol: "tcp", address: "192.0.2.1", port: 80, ...service };
const server: Destination = {
  address: "198.51.100.1",
  port: 80,
  forwarding: "route",
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
};

/** What other programs can install and 1.31 has no words for. */
const FOREIGN: Table = [
  {
    service: web,
    destinations: [
      { ...server, port: 8080 },
      { ...server, port: 8081, weight: 7, upperThreshold: 0xffffffff, lowerThreshold: 5 },
      { ...server, address: "198.51.100.2", port: 8080, forwarding: "tunnel" },
      {
        ...server,
        address: "198.51.100.3",
        port: 8080,
        forwarding: "tunnel",
        tunnel: { type: "gue", port: 6080, flags: 3 },
      },
      { ...server, address: "198.51.100.4", forwarding: "local" },
      { ...server, address: "198.51.100.5", forwarding: "bypass", port: 1 },
      {
        ...server,
        address: "198.51.100.6",
        forwarding: "masq",
        port: 8080,
        tunnel: { type: "gre", port: 7, flags: 0 },
      },
    ],
  },
  { service: { ...web, port: 81, flags: 0x04 }, destinations: [] },
  { service: { ...web, port: 82, flags: 0x41, timeout: 60 }, destinations: [] },
  { service: { ...web, port: 83, flags: 0x01 }, destinations: [] },
  { service: { ...web, port: 85, flags: 0x01, timeout: 2678401 }, destinations: [] },
  { service: { ...web, port: 84, timeout: 300 }, destinations: [] },
  { service: { ...web, port: 0, protocol: 50 }, destinations: [{ ...server, port: 0 }] },
  { service: { fwmark: 7, family: "ipv6", ...service, netmask: 128, flags: 0x80 }, destinations: [] },
];

async function install(table: Table) {
  for (const { service, destinations } of table) {
    await client.addService(service);
    for (const server of destinations) await client.addDestination(service, server);
  }
}

/** What the kernel holds of services and servers, without live figures. */
async function held(): Promise<Table> {
  return sortTable(
    (await client.table()).map(({ service, destinations }) => ({
      service,
      destinations: destinations.map(
        ({ activeConnections: _a, inactiveConnections: _i, persistentConnections: _p, ...server }) => server,
      ),
    })),
  );
}

describe("what other programs installed and 1.31 has no words for", () => {
  it("is held by the kernel as it was installed", async () => {
    await install(FOREIGN);
    expect(await held()).toEqual(sortTable(FOREIGN));
  });

  it("survives save and restore, and does not differ from its own save", async () => {
    await install(FOREIGN);
    const { stdout: saved } = runProgram("ipvsadm-save", []);
    expect(typed("diff -", saved)).toEqual(SILENT_SUCCESS);
    expect(typed("check -", saved)).toEqual(SILENT_SUCCESS);
    expect(runProgram("ipvsadm-restore", ["--dry-run"], saved)).toEqual(SILENT_SUCCESS);
    clearByOracle();
    expect(runProgram("ipvsadm-restore", [], saved)).toEqual(SILENT_SUCCESS);
    expect(await held()).toEqual(sortTable(FOREIGN));
    clearByOracle();
    expect(typed("-R", saved)).toEqual(SILENT_SUCCESS);
    expect(await held()).toEqual(sortTable(FOREIGN));
    expect(runProgram("ipvsadm-save", []).stdout).toBe(saved);
  });

  it("survives save and restore as JSON", async () => {
    await install(FOREIGN);
    const { stdout: saved } = typed("-S --json");
    expect(typed("diff -", saved)).toEqual(SILENT_SUCCESS);
    expect(typed("check -", saved)).toEqual(SILENT_SUCCESS);
    clearByOracle();
    expect(typed("apply -", saved)).toEqual(SILENT_SUCCESS);
    expect(await held()).toEqual(sortTable(FOREIGN));
    expect(typed("-S --json").stdout).toBe(saved);
  });

  it("can be deleted by the lines that a restore of something else prints", async () => {
    await install(FOREIGN);
    const { stdout: changes } = runProgram("ipvsadm-restore", ["--dry-run", "--allow-empty"], "");
    expect(typed("-R", changes)).toEqual(SILENT_SUCCESS);
    expect(await held()).toEqual([]);
  });

  it("is not taken for something else by the original", async () => {
    await install(FOREIGN.slice(0, 1).map((entry) => ({ ...entry, destinations: entry.destinations.slice(0, 1) })));
    const { stdout } = typed("-S");
    const [, line] = stdout.split("\n");
    expect(line).toBe("-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -g -w 1 --raw port=8080");
    expect(() => oracle(...line!.split(" "))).toThrow("--raw: unknown option");
  });
});

describe("a port typed for a server by direct routing", () => {
  const line = "-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -g -w 1";
  const rules = `-A -t 192.0.2.1:80 -s rr\n${line}\n`;

  it.each([
    ["on the command line", () => [typed("-A -t 192.0.2.1:80 -s rr"), typed(line)]],
    ["for -R", () => [typed("-R", rules)]],
    ["for ipvsadm-restore", () => [runProgram("ipvsadm-restore", [], rules)]],
  ])("means that of the service, as for 1.31, %s", (_where, run) => {
    for (const part of rules.trimEnd().split("\n")) oracle(...part.split(" "));
    const meant = savedByOracle();
    expect(meant).toContain("-r 198.51.100.1:80 -g");
    clearByOracle();
    for (const outcome of run()) expect(outcome).toEqual(SILENT_SUCCESS);
    expect(savedByOracle()).toBe(meant);
  });
});
