import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { IpvsClient } from "../../src/client/client.js";
import { openSocket } from "../../src/client/socket.js";
import type { Change } from "../../src/model/change.js";
import { type Destination, destinationId } from "../../src/model/destination.js";
import { IP_VS_SVC_F_PERSISTENT, type Service, serviceId } from "../../src/model/service.js";
import { withServers } from "../../src/model/service-rows.js";
import { type LiveTable, sortTable, type Table } from "../../src/model/table.js";
import { noNames } from "../../src/names/names.js";
import { parseCommand } from "../../src/options/parse.js";
import { diffTables } from "../../src/rules/diff.js";
import { formatRules, tableChanges } from "../../src/rules/write.js";
import { requestOf } from "../../src/wire/change.js";
import { table as anyTable } from "../unit/arbitraries.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";

const web: Service = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  scheduler: "rr",
  flags: 0,
  timeout: 0,
  netmask: "255.255.255.255",
};
const server: Destination = {
  address: "198.51.100.1",
  port: 8080,
  forwarding: "masq",
  weight: 5,
  upperThreshold: 0,
  lowerThreshold: 0,
};
const rules = (...lines: string[]): Change[] =>
  lines.map((line) => parseCommand(line.split(" "), { names: noNames, program: "ipvsadm" }) as Change);

let client: IpvsClient;

beforeAll(async () => {
  client = await IpvsClient.open();
});
afterAll(() => client.close());
beforeEach(clearByOracle);

/** Expects a refusal by the kernel. */
const refused = (operation: string, code: string) => expect.objectContaining({ name: "KernelError", operation, code });

describe("info", () => {
  it("tells version and table size as the real ipvsadm prints them", async () => {
    const { version, connectionTableSize } = await client.info();
    const dotted = [version >> 16, (version >> 8) & 255, version & 255].join(".");
    expect(oracle("-Ln")).toContain(`version ${dotted} (size=${connectionTableSize})`);
  });
});

describe("services", () => {
  it("adds, lists, edits, deletes", async () => {
    await client.addService(web);
    expect(savedByOracle()).toBe("-A -t 192.0.2.1:80 -s rr\n");
    expect(await client.services()).toEqual([{ service: web }]);
    const edited = { ...web, scheduler: "wlc", flags: IP_VS_SVC_F_PERSISTENT, timeout: 77, netmask: "255.255.255.0" };
    await client.editService(edited);
    expect(savedByOracle()).toBe("-A -t 192.0.2.1:80 -s wlc -p 77 -M 255.255.255.0\n");
    expect(await client.service(web)).toEqual({ service: edited });
    await client.deleteService(web);
    expect(await client.services()).toEqual([]);
  });

  it("keeps firewall marks above 2^31, IPv6 and persistence engines", async () => {
    const options = { scheduler: "wrr", flags: 0, timeout: 0, netmask: 64 };
    const mark: Service = { fwmark: 4294967295, family: "ipv6", ...options };
    const sip: Service = { ...web, protocol: "udp", port: 5060, flags: 5, timeout: 60, persistenceEngine: "sip" };
    await client.addService(mark);
    await client.addService(sip);
    const found = await client.services();
    expect(found.map(({ service }) => service)).toEqual(expect.arrayContaining([mark, sip]));
    expect(found).toHaveLength(2);
  });

  it("reads counters only when asked", async () => {
    await client.addService(web);
    expect((await client.services())[0]).not.toHaveProperty("stats");
    expect((await client.services({ stats: true }))[0]!.stats).toMatchObject({ connections: 0n, outByteRate: 0n });
    expect((await client.service(web, { stats: true })).stats).toMatchObject({ inPackets: 0n });
  });

  it("reports refusals", async () => {
    await client.addService(web);
    await expect(client.addService(web)).rejects.toThrow(refused("IPVS_CMD_NEW_SERVICE", "EEXIST"));
    await expect(client.addService({ ...web, port: 81, scheduler: "nosuch" })).rejects.toThrow(
      refused("IPVS_CMD_NEW_SERVICE", "ENOENT"),
    );
    const missing = { ...web, port: 99 };
    await expect(client.editService(missing)).rejects.toThrow(refused("IPVS_CMD_SET_SERVICE", "ESRCH"));
    await expect(client.deleteService(missing)).rejects.toThrow(refused("IPVS_CMD_DEL_SERVICE", "ESRCH"));
    await expect(client.service(missing)).rejects.toThrow(refused("IPVS_CMD_GET_SERVICE", "ESRCH"));
    await expect(client.zero(missing)).rejects.toThrow(refused("IPVS_CMD_ZERO", "ESRCH"));
  });
});

describe("servers", () => {
  beforeEach(() => client.addService(web));

  it("adds, lists, edits, deletes", async () => {
    await client.addDestination(web, { ...server, upperThreshold: 10, lowerThreshold: 5 });
    expect(savedByOracle()).toContain("-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 5\n");
    const gue: Destination = { ...server, forwarding: "tunnel", tunnel: { type: "gue", port: 6080, flags: 1 } };
    await client.editDestination(web, gue);
    const live = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 };
    expect(await client.destinations(web)).toEqual([{ ...gue, ...live }]);
    expect(await client.entry(web)).toEqual({ service: web, destinations: [{ ...gue, ...live }] });
    await client.deleteDestination(web, server);
    expect(await client.destinations(web)).toEqual([]);
  });

  it("takes servers of the other family by tunnel", async () => {
    await client.addDestination(web, { ...server, address: "2001:db8::1", port: 80, forwarding: "tunnel" });
    expect(await client.destinations(web)).toMatchObject([{ address: "2001:db8::1", forwarding: "tunnel" }]);
  });

  it("reports refusals", async () => {
    await client.addDestination(web, server);
    await expect(client.addDestination(web, server)).rejects.toThrow(refused("IPVS_CMD_NEW_DEST", "EEXIST"));
    const nowhere = { ...web, port: 99 };
    await expect(client.addDestination(nowhere, server)).rejects.toThrow(refused("IPVS_CMD_NEW_DEST", "ESRCH"));
    const multicast = { ...server, address: "224.0.0.1" };
    await expect(client.addDestination(web, multicast)).rejects.toThrow(refused("IPVS_CMD_NEW_DEST", "EINVAL"));
    const crossed = { ...server, port: 81, upperThreshold: 1, lowerThreshold: 2 };
    await expect(client.addDestination(web, crossed)).rejects.toThrow(refused("IPVS_CMD_NEW_DEST", "ERANGE"));
    const absent = { ...server, port: 99 };
    await expect(client.editDestination(web, absent)).rejects.toThrow(refused("IPVS_CMD_SET_DEST", "ENOENT"));
    await expect(client.deleteDestination(web, absent)).rejects.toThrow(refused("IPVS_CMD_DEL_DEST", "ENOENT"));
    expect(await client.destinations(nowhere)).toEqual([]);
  });
});

describe("settings", () => {
  it("changes timeouts; 0 keeps", async () => {
    const before = await client.timeouts();
    await client.setTimeouts({ tcp: 901, tcpFin: 0, udp: 301 });
    expect(await client.timeouts()).toEqual({ tcp: 901, tcpFin: before.tcpFin, udp: 301 });
    expect(oracle("-L", "--timeout")).toBe(`Timeout (tcp tcpfin udp): 901 ${before.tcpFin} 301\n`);
    await client.setTimeouts(before);
    await expect(client.setTimeouts({ tcp: 2 ** 31, tcpFin: 0, udp: 0 })).rejects.toThrow(
      refused("IPVS_CMD_SET_CONFIG", "EINVAL"),
    );
  });

  it("starts, lists and stops sync daemons", async () => {
    execFileSync("ip", ["link", "add", "sync0", "type", "dummy"]);
    execFileSync("ip", ["addr", "add", "203.0.113.1/24", "dev", "sync0"]);
    execFileSync("ip", ["link", "set", "sync0", "up", "multicast", "on"]);
    try {
      await client.startDaemon({ state: "master", interface: "sync0", syncId: 7 });
      const backup = {
        state: "backup",
        interface: "sync0",
        syncId: 8,
        syncMaxLength: 1400,
        multicastGroup: "239.1.2.3",
        multicastPort: 9000,
        multicastTtl: 5,
      } as const;
      await client.startDaemon(backup);
      const [master, second] = await client.daemons();
      expect(master).toMatchObject({ state: "master", interface: "sync0", syncId: 7, multicastGroup: "224.0.0.81" });
      expect(second).toEqual(backup);
      await expect(client.startDaemon(backup)).rejects.toThrow(refused("IPVS_CMD_NEW_DAEMON", "EEXIST"));
      await client.stopDaemon("master");
      await client.stopDaemon("backup");
      await expect(client.stopDaemon("backup")).rejects.toThrow(refused("IPVS_CMD_DEL_DAEMON", "ESRCH"));
      const unknown = { state: "master", interface: "nosuch0", syncId: 0 } as const;
      await expect(client.startDaemon(unknown)).rejects.toThrow(refused("IPVS_CMD_NEW_DAEMON", "ENODEV"));
    } finally {
      execFileSync("ip", ["link", "del", "sync0"]);
    }
  });

  it("stops a sync daemon that has hardly started, alone and in a batch, and does not wait for ever", async () => {
    execFileSync("ip", ["link", "add", "sync1", "type", "dummy"]);
    execFileSync("ip", ["addr", "add", "203.0.113.2/24", "dev", "sync1"]);
    execFileSync("ip", ["link", "set", "sync1", "up", "multicast", "on"]);
    try {
      const daemon = { state: "master", interface: "sync1", syncId: 1 } as const;
      for (let round = 0; round < 30; round++) {
        await client.startDaemon(daemon);
        await client.stopDaemon("master");
        const both = rules("--start-daemon master --mcast-interface sync1", "--stop-daemon master");
        expect(await client.batch(both.map(requestOf))).toEqual({ sent: 2, refusals: [] });
      }
      expect(await client.daemons()).toEqual([]);
    } finally {
      execFileSync("ip", ["link", "del", "sync1"]);
    }
  });

  it("zeroes and flushes", async () => {
    await client.addService(web);
    await client.zero(web);
    await client.zero();
    await client.flush();
    expect(savedByOracle()).toBe("");
  });
});

describe("batches", () => {
  it("maps every refusal to its request and goes on after it", async () => {
    const batch = rules(
      "-A -t 192.0.2.1:80 -s rr",
      "-A -t 192.0.2.1:80 -s rr",
      "-a -t 192.0.2.1:80 -r 198.51.100.1 -m",
      "-d -t 192.0.2.1:80 -r 198.51.100.9",
      "-a -t 192.0.2.9:80 -r 198.51.100.1 -m",
      "-A -f 7 -s rr",
    );
    const { sent, refusals } = await client.batch(batch.map(requestOf));
    expect(sent).toBe(6);
    expect(refusals.map(({ index, error }) => [index, error.operation, error.code])).toEqual([
      [1, "IPVS_CMD_NEW_SERVICE", "EEXIST"],
      [3, "IPVS_CMD_DEL_DEST", "ENOENT"],
      [4, "IPVS_CMD_NEW_DEST", "ESRCH"],
    ]);
    expect(savedByOracle()).toBe(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1\n-A -f 7 -s rr\n",
    );
  });

  it("loses no answer when thousands are refused", async () => {
    const request = requestOf({ kind: "delete-service", service: web });
    const { sent, refusals } = await client.batch(Array.from({ length: 5000 }, () => request));
    expect(sent).toBe(5000);
    expect(refusals.map(({ index }) => index)).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  });

  it("stops between datagrams when aborted", async () => {
    const abort = new AbortController();
    let made = 0;
    function* requests() {
      for (; made < 10_000; made++) {
        if (made === 300) abort.abort();
        yield requestOf({ kind: "delete-service", service: web });
      }
    }
    const { sent, refusals } = await client.batch(requests(), abort.signal);
    expect(sent).toBeGreaterThanOrEqual(256);
    expect(sent).toBeLessThan(1000);
    expect(refusals).toHaveLength(sent);
  });

  it("accepts nothing, and other requests while it runs", async () => {
    expect(await client.batch([])).toEqual({ sent: 0, refusals: [] });
    const [first, info] = await Promise.all([
      client.batch([requestOf({ kind: "add-service", service: web })]),
      client.info(),
      client.addDestination(web, server),
    ]);
    expect(first.refusals).toEqual([]);
    expect(info.version).toBeGreaterThan(0);
    expect(await client.destinations(web)).toHaveLength(1);
  });
});

describe("tables", () => {
  it("asks once for the servers of each service, of any kind", async () => {
    const kinds = [
      (n: number) => [`-A -t 192.0.2.1:${n} -s rr`, `-a -t 192.0.2.1:${n} -r 198.51.100.1:80 -m -w ${n}`],
      (n: number) => [`-A -u [2001:db8::1]:${n} -s wlc`, `-a -u [2001:db8::1]:${n} -r [2001:db8::2]:${n} -g -w 1`],
      (n: number) => [`-A -t 192.0.2.2:${n} -s sh -p 300`],
      (n: number) => [`-A -f ${n} -s mh`, `-a -f ${n} -r 198.51.100.3:0 -i -w 2`],
    ];
    const changes = Array.from({ length: 200 }, (_, n) => rules(...kinds[n % 4]!(n + 1))).flat();
    expect((await client.batch(changes.map(requestOf))).refusals).toEqual([]);
    let writes = 0;
    const counting = await IpvsClient.open((receiver, protocol) => {
      const socket = openSocket(receiver, protocol);
      const { calls } = socket;
      if (calls === undefined) throw new Error("there are no system calls to be counted");
      const { write } = calls;
      calls.write = (bytes) => {
        writes++;
        write(bytes);
      };
      return socket;
    });
    try {
      const read = await counting.table();
      expect(formatRules(tableChanges(sortTable(read))).join("")).toBe(savedByOracle());
      // The family, the services, and their servers; whether those without servers are there still is asked once more.
      expect(writes).toBe(2 + 200 + 50);
    } finally {
      counting.close();
    }
  });

  it.each([false, true])("is the same in parts that share their memory, with counters: %s", async (stats) => {
    const lines = (n: number) => [
      `-A -t 192.0.2.1:${n} -s rr`,
      ...Array.from({ length: n % 5 }, (_, server) => `-a -t 192.0.2.1:${n} -r 198.51.100.${server + 1}:80 -m -w ${n}`),
    ];
    const changes = Array.from({ length: 200 }, (_, n) => rules(...lines(n + 1))).flat();
    expect((await client.batch(changes.map(requestOf))).refusals).toEqual([]);
    const found: LiveTable[number][] = [];
    for await (const part of client.rowParts({ stats, reuse: true })) found.push(...part.map(withServers));
    expect(found).toEqual(await client.table({ stats }));
    expect(found.flatMap(({ destinations }) => destinations)).toHaveLength(400);
  });

  /** Only what the kernel accepts: schedulers that exist, thresholds in order, tunnels with ports. */
  const possible = (table: Table): Table =>
    table.map(({ service, destinations }) => ({
      service: { ...service, scheduler: service.timeout ? "wlc" : "rr" },
      destinations: destinations.map((one) => ({
        ...one,
        forwarding: typeof one.forwarding === "number" ? "masq" : one.forwarding,
        upperThreshold: Math.max(one.upperThreshold, one.lowerThreshold),
        lowerThreshold: Math.min(one.upperThreshold, one.lowerThreshold),
        ...(one.tunnel && { tunnel: { ...one.tunnel, port: one.tunnel.port || 1 } }),
      })),
    }));
  const ids = (table: Table) =>
    sortTable(table).map(({ service, destinations }) => [serviceId(service), destinations.map(destinationId)]);
  const configured = async () =>
    sortTable(
      (await client.table()).map(({ service, destinations }) => ({
        service,
        destinations: destinations.map(
          ({ activeConnections, inactiveConnections, persistentConnections, ...configuration }) => configuration,
        ),
      })),
    );

  it("the difference of two tables turns the kernel's one into the other, to the last field", async () => {
    await fc.assert(
      fc.asyncProperty(anyTable.map(possible), anyTable.map(possible), async (from, to) => {
        await client.flush();
        expect((await client.batch([...tableChanges(from)].map(requestOf))).refusals).toEqual([]);
        expect(await configured()).toEqual(sortTable(from));
        const changes = diffTables(await client.table(), to);
        expect((await client.batch(changes.map(requestOf))).refusals).toEqual([]);
        expect(ids(await client.table())).toEqual(ids(to));
        expect(await configured()).toEqual(sortTable(to));
      }),
      { numRuns: 40 },
    );
  });

  it("reads many services in one go", async () => {
    const lines = Array.from({ length: 300 }, (_, index) => [
      `-A -f ${index + 1} -s rr`,
      `-a -f ${index + 1} -r 198.51.100.${index % 250}:80 -m`,
      `-a -f ${index + 1} -r 198.51.100.${index % 250}:81 -m`,
    ]).flat();
    expect((await client.batch(rules(...lines).map(requestOf))).refusals).toEqual([]);
    const table = await client.table({ stats: true });
    expect(table).toHaveLength(300);
    expect(table.every(({ destinations }) => destinations.length === 2 && destinations[0]!.stats)).toBe(true);
  });
});
