import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runDoctor } from "../../../src/doctor/doctor.js";
import { parseStatus, readStatus } from "../../../src/host/status.js";
import { ThisHost } from "../../../src/host/this-host.js";
import { entry, host, server } from "../doctor/snapshot.js";

/**
 * The kernel of the tests is older than this file. Its form is that of `ip_vs_status_show` in the commits "ipvs: add ip_vs_status
 * info" and "ipvs: fixes for the new ip_vs_status info" of Linux 7.1; the figures are the author's own example, from the
 * cover letter of "ipvs: per-net tables and optimizations".
 */
const STATUS = `Conns:\t9401
Conn buckets:\t524288 (19 bits, lfactor -5)
Conn buckets empty:\t505633 (96%)
Conn buckets len-1:\t18322 (98%)
Conn buckets len-2:\t329 (1%)
Conn buckets len-3:\t3 (0%)
Conn buckets len-4:\t1 (0%)
Services:\t12
Service buckets:\t128 (7 bits, lfactor -3)
Service buckets empty:\t116 (90%)
Service buckets len-1:\t12 (100%)
Stats thread slots:\t1 (max 16)
Stats chain max len:\t16
Stats thread ests:\t38400
`;

/** Without connections and services nothing is counted; there may be no tables yet. */
const EMPTY = `Conns:\t0
Conn buckets:\t0 (0 bits, lfactor 0)
Services:\t0
Service buckets:\t0 (0 bits, lfactor 0)
Stats thread slots:\t0 (max 16)
Stats chain max len:\t0
Stats thread ests:\t0
`;

describe("/proc/net/ip_vs_status", () => {
  it("has the tables, as full as they are", () => {
    expect(parseStatus(STATUS)).toEqual({
      connections: { entries: 9401, buckets: 524288, loadFactor: -5, lengths: [505633, 18322, 329, 3, 1, 0, 0, 0] },
      services: { entries: 12, buckets: 128, loadFactor: -3, lengths: [116, 12, 0, 0, 0, 0, 0, 0] },
    });
    const none = { entries: 0, buckets: 0, loadFactor: 0 };
    expect(parseStatus(EMPTY)).toEqual({ connections: none, services: none });
  });

  it("may have more lines, and must not lack those", () => {
    expect(parseStatus(`Something new:\t7\nno colon\n${STATUS}`)).toEqual(parseStatus(STATUS));
    expect(() => parseStatus("")).toThrow("/net/ip_vs_status: no line 'Conn buckets'");
    expect(() => parseStatus(STATUS.replace(/^Services.*\n/m, ""))).toThrow("no line 'Services'");
    expect(() => parseStatus(STATUS.replace("lfactor -3", "lfactor x"))).toThrow("no line 'Service buckets'");
  });
});

describe("a host with a new kernel", () => {
  let proc: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(proc, path)), { recursive: true });
    writeFileSync(join(proc, path), text);
  };
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), "proc-"));
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  /** The doctor with a table of one service, and everything but these files as on a healthy director. */
  async function find(id: string, connections = 0) {
    const here = new ThisHost(proc);
    const base = host();
    const mixed = { ...base, sysctl: (name: string) => here.sysctl(name) ?? base.sysctl(name), status: here.status };
    const table = [entry([server("10.0.0.42", { activeConnections: connections })])];
    const info = { version: 0x010201, connectionTableSize: 256 };
    return (await runDoctor({ table, info }, mixed)).findings.find((finding) => finding.id === id);
  }
  const full = (count: number) => STATUS.replace("9401", String(count));

  it("is told from older ones by its files", () => {
    expect(readStatus(proc)).toBeUndefined();
    write("net/ip_vs_status", STATUS);
    expect(readStatus(proc)).toEqual(parseStatus(STATUS));
  });

  it("connection-limit: warns at 80 %, is an error at 95 %; 0 lets nobody in", async () => {
    expect(await find("connection-limit", 10_000)).toBeUndefined();
    write("sys/net/ipv4/vs/conn_max", "10000\n");
    write("net/ip_vs_status", full(7999));
    expect(await find("connection-limit", 1)).toBeUndefined();
    write("net/ip_vs_status", full(8000));
    expect(await find("connection-limit", 1)).toMatchObject({ severity: "warning" });
    write("net/ip_vs_status", full(10_000));
    expect(await find("connection-limit", 1)).toMatchObject({
      severity: "error",
      evidence: ["net.ipv4.vs.conn_max = 10000", "10000 connections"],
      remedies: [{ commands: ["sysctl -w net.ipv4.vs.conn_max=40000"] }],
    });
    write("sys/net/ipv4/vs/conn_max", "0\n");
    write("net/ip_vs_status", full(0));
    expect(await find("connection-limit")).toMatchObject({ severity: "error" });
    write("sys/net/ipv4/vs/conn_max", "1073741824\n");
    expect(await find("connection-limit")).toBeUndefined();
  });

  it("connection-limit: by the servers' connections where root alone may read the status", async () => {
    write("sys/net/ipv4/vs/conn_max", "100\n");
    expect(await find("connection-limit", 95)).toMatchObject({ severity: "error" });
  });

  it("connection-table-small: by the table's size of now, and the load factor that allowed it", async () => {
    const crowded = STATUS.replace(
      "Conn buckets:\t524288 (19 bits, lfactor -5)",
      "Conn buckets:\t1024 (10 bits, lfactor 4)",
    );
    write("net/ip_vs_status", STATUS);
    expect(await find("connection-table-small", 9401)).toBeUndefined();
    write("net/ip_vs_status", crowded);
    expect((await find("connection-table-small"))!.remedies[0]!.commands[0]).toContain("conn_tab_bits=14");
    write("sys/net/ipv4/vs/conn_lfactor", "4\n");
    expect(await find("connection-table-small")).toMatchObject({
      severity: "warning",
      evidence: ["9401 connections in 1024 buckets, net.ipv4.vs.conn_lfactor = 4"],
      remedies: [{ commands: ["sysctl -w net.ipv4.vs.conn_lfactor=-4"] }],
    });
  });

  it("connection-table-small: the table of services, too", async () => {
    const crowded = STATUS.replace("Services:\t12", "Services:\t1024");
    write("net/ip_vs_status", crowded);
    expect(await find("connection-table-small")).toBeUndefined();
    write("sys/net/ipv4/vs/svc_lfactor", "3\n");
    expect(await find("connection-table-small")).toMatchObject({
      evidence: ["1024 services in 128 buckets, net.ipv4.vs.svc_lfactor = 3"],
      remedies: [{ commands: ["sysctl -w net.ipv4.vs.svc_lfactor=-3"] }],
    });
  });
});
