import { describe, expect, it } from "vitest";
import type { Format } from "../../../src/metrics/exposition.js";
import { renderMetrics, type Snapshot } from "../../../src/metrics/metrics.js";
import type { Stats } from "../../../src/model/stats.js";
import type { LiveTable } from "../../../src/model/table.js";
import { server, service, web } from "../drain/records.js";

const stats = (first: bigint): Stats => ({
  connections: first,
  inPackets: first + 1n,
  outPackets: first + 2n,
  inBytes: first + 3n,
  outBytes: first + 4n,
  connectionRate: 0n,
  inPacketRate: 0n,
  outPacketRate: 0n,
  inByteRate: 0n,
  outByteRate: 0n,
});

const table: LiveTable = [
  {
    service: web,
    stats: stats(2n ** 60n),
    destinations: [
      server("10.0.0.1", { activeConnections: 1, inactiveConnections: 2, persistentConnections: 3, stats: stats(10n) }),
      server("2001:db8::2", { port: 8080, activeConnections: 5, weight: 0, stats: stats(20n) }),
    ],
  },
  { service: service({ fwmark: 4294967295, family: "ipv6" }), stats: stats(30n), destinations: [] },
];

const snapshot: Snapshot = {
  info: { version: 0x010201, connectionTableSize: 4096 },
  totals: { connections: 1n, inPackets: 2n, outPackets: 3n, inBytes: 4n, outBytes: 5n },
  table,
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
  daemons: [{ state: "backup", interface: "eth0", syncId: 0 }],
};

/** The samples by their names. */
const samples = (changes: Partial<Snapshot> = {}, servers = true, format: Format = "openmetrics") => {
  const text = [...renderMetrics({ ...snapshot, ...changes }, { format, servers })].join("");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]),
  );
};

const WEB = 'protocol="tcp",address="192.0.2.1",port="80"';
const MARK = 'protocol="fwmark",fwmark="4294967295",family="ipv6"';

describe("renderMetrics", () => {
  it("tells about tables that grow, where the kernel does", () => {
    const connections = {
      entries: 9401,
      buckets: 524288,
      loadFactor: -5,
      lengths: [505633, 18322, 329, 3, 1, 0, 0, 0],
    };
    const services = { entries: 0, buckets: 128, loadFactor: -3 };
    const told = samples({ tables: { connections, services }, connectionLimit: 1_073_741_824 });
    expect(told).toMatchObject({
      ipvs_connection_entries: "9401",
      ipvs_connection_entries_limit: "1073741824",
      ipvs_connection_table_load_factor: "-5",
      'ipvs_connection_table_chains{length="0"}': "505633",
      'ipvs_connection_table_chains{length="7"}': "0",
      ipvs_service_table_buckets: "128",
      ipvs_service_table_load_factor: "-3",
    });
    expect(Object.keys(told).some((name) => name.startsWith("ipvs_service_table_chains"))).toBe(false);
    const older = Object.keys(samples()).join(" ");
    expect(older).not.toMatch(/entries|load_factor|chains|service_table/);
  });

  it("tells about the whole", () => {
    expect(samples({ conntrack: { entries: 7, limit: 65536 } })).toMatchObject({
      'ipvs_info{version="1.2.1"}': "1",
      ipvs_connection_table_buckets: "4096",
      ipvs_services: "2",
      ipvs_servers: "2",
      ipvs_connections_total: "1",
      ipvs_incoming_packets_total: "2",
      ipvs_outgoing_packets_total: "3",
      ipvs_incoming_bytes_total: "4",
      ipvs_outgoing_bytes_total: "5",
      ipvs_active_connections: "6",
      ipvs_inactive_connections: "2",
      ipvs_persistent_connections: "3",
      'ipvs_timeout_seconds{state="tcp"}': "900",
      'ipvs_timeout_seconds{state="tcp_fin"}': "120",
      'ipvs_timeout_seconds{state="udp"}': "300",
      'ipvs_sync_daemon_running{role="master"}': "0",
      'ipvs_sync_daemon_running{role="backup"}': "1",
      ipvs_conntrack_entries: "7",
      ipvs_conntrack_entries_limit: "65536",
    });
  });

  it("tells about each service, with all digits", () => {
    expect(samples()).toMatchObject({
      [`ipvs_service_connections_total{${WEB}}`]: "1152921504606846976",
      [`ipvs_service_outgoing_bytes_total{${WEB}}`]: "1152921504606846980",
      [`ipvs_service_servers{${WEB}}`]: "2",
      [`ipvs_service_weight{${WEB}}`]: "5",
      [`ipvs_service_active_connections{${WEB}}`]: "6",
      [`ipvs_service_incoming_packets_total{${MARK}}`]: "31",
      [`ipvs_service_servers{${MARK}}`]: "0",
      [`ipvs_service_weight{${MARK}}`]: "0",
    });
  });

  it("tells about each server", () => {
    expect(samples()).toMatchObject({
      [`ipvs_server_connections_total{${WEB},server_address="10.0.0.1",server_port="80"}`]: "10",
      [`ipvs_server_incoming_bytes_total{${WEB},server_address="10.0.0.1",server_port="80"}`]: "13",
      [`ipvs_server_weight{${WEB},server_address="2001:db8::2",server_port="8080"}`]: "0",
      [`ipvs_server_active_connections{${WEB},server_address="2001:db8::2",server_port="8080"}`]: "5",
      [`ipvs_server_persistent_connections{${WEB},server_address="10.0.0.1",server_port="80"}`]: "3",
    });
  });

  it("leaves servers out where they are too many, but counts them", () => {
    const names = Object.keys(samples({}, false));
    expect(names.filter((name) => name.startsWith("ipvs_server_"))).toEqual([]);
    expect(samples({}, false)).toMatchObject({ ipvs_servers: "2", [`ipvs_service_servers{${WEB}}`]: "2" });
  });

  it("leaves out what the kernel does not know", () => {
    expect(Object.keys(samples()).filter((name) => name.includes("conntrack"))).toEqual([]);
  });

  it("has the same samples in both formats", () => expect(samples({}, true, "text")).toEqual(samples()));
});
