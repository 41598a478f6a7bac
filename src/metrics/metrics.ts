import { isFirewallMark, type ServiceKey } from "../model/service.js";
import { type Daemon, formatVersion, type Info, type Timeouts } from "../model/settings.js";
import type { Stats } from "../model/stats.js";
import type { DestinationState, LiveDestination, LiveTable } from "../model/table.js";
import { exposition, type Format, type Labels, labelText, type MetricFamily } from "./exposition.js";

/** Everything that metrics are made of, read at one time. */
export interface Snapshot {
  readonly info: Info;
  /** Of all services, those that are deleted too. */
  readonly totals: Pick<Stats, (typeof COUNTERS)[number]["field"]>;
  /** With statistics. */
  readonly table: LiveTable;
  readonly timeouts: Timeouts;
  readonly daemons: readonly Daemon[];
  /** Absent on kernels before 7.1, whose tables keep their size. */
  readonly tables?: { readonly connections: GrowingTable; readonly services: GrowingTable };
  /** How many connections there may be; absent on kernels before 7.2. */
  readonly connectionLimit?: number;
  /** Absent where the kernel does not track connections. */
  readonly conntrack?: { readonly entries: number; readonly limit: number };
}

/** A hash table of IPVS on kernels whose tables grow. */
export interface GrowingTable {
  readonly entries: number;
  readonly buckets: number;
  /** It grows above 2^loadFactor entries for each bucket. */
  readonly loadFactor: number;
  /** Buckets by the number of their entries, the last with that number or more; absent: not counted. */
  readonly lengths?: readonly number[];
}

export interface MetricsOptions {
  readonly format: Format;
  /** False leaves the figures of single servers out: their number is what makes large tables costly to store. */
  readonly servers: boolean;
}

/** Prometheus's text of a snapshot, in pieces to be written one after the other. */
export function* renderMetrics(snapshot: Snapshot, { format, servers }: MetricsOptions): Generator<string> {
  yield* exposition(families(snapshot, servers), format);
}

function* families(snapshot: Snapshot, servers: boolean): Generator<MetricFamily> {
  yield* general(snapshot);
  yield* ofServices(snapshot.table);
  if (servers) yield* ofServers(snapshot.table);
}

/** The counters that there are for everything, for services and for servers. */
const COUNTERS = [
  { field: "connections", name: "connections", help: "Connections scheduled" },
  { field: "inPackets", name: "incoming_packets", help: "Packets from clients" },
  { field: "outPackets", name: "outgoing_packets", help: "Packets to clients; none with direct routing and tunnels" },
  { field: "inBytes", name: "incoming_bytes", unit: "bytes", help: "Bytes from clients" },
  {
    field: "outBytes",
    name: "outgoing_bytes",
    unit: "bytes",
    help: "Bytes to clients; none with direct routing and tunnels",
  },
] as const;

/** What the kernel keeps for every server. */
const STATES = [
  { field: "activeConnections", name: "active_connections", help: "Established connections" },
  { field: "inactiveConnections", name: "inactive_connections", help: "Other connections, all of UDP among them" },
  { field: "persistentConnections", name: "persistent_connections", help: "Templates of persistent clients" },
] as const satisfies readonly { field: keyof DestinationState; name: string; help: string }[];

/** What new kernels tell besides. */
function* ofTables({ tables, connectionLimit }: Snapshot): Generator<MetricFamily> {
  if (connectionLimit !== undefined) {
    yield gauge("ipvs_connection_entries_limit", "How many connections there may be", connectionLimit);
  }
  if (tables === undefined) return;
  const { connections, services } = tables;
  yield gauge("ipvs_connection_entries", "Connections and templates in the hash table", connections.entries);
  yield gauge("ipvs_service_table_buckets", "Size of the hash table of services", services.buckets);
  for (const [name, { loadFactor, lengths }] of [
    ["connection", connections],
    ["service", services],
  ] as const) {
    const factor = `The hash table of ${name}s grows above two to this power of entries for each bucket`;
    yield gauge(`ipvs_${name}_table_load_factor`, factor, loadFactor);
    if (lengths === undefined) continue;
    yield {
      name: `ipvs_${name}_table_chains`,
      type: "gauge",
      help: `Buckets of the hash table of ${name}s by the number of their entries, the last with that number or more`,
      samples: lengths.map((count, length) => [labelText({ length }), count]),
    };
  }
}

function* general(snapshot: Snapshot): Generator<MetricFamily> {
  const { info, totals, table, timeouts, daemons, conntrack } = snapshot;
  const servers = table.flatMap(({ destinations }) => destinations);
  yield {
    name: "ipvs",
    type: "info",
    help: "Version of IPVS in the kernel",
    samples: [[labelText({ version: formatVersion(info.version) }), 1]],
  };
  yield gauge("ipvs_connection_table_buckets", "Size of the hash table of connections", info.connectionTableSize);
  yield* ofTables(snapshot);
  yield gauge("ipvs_services", "Virtual services", table.length);
  yield gauge("ipvs_servers", "Real servers, once for each service that has them", servers.length);
  for (const { field, help, ...counter } of COUNTERS) {
    yield {
      ...counter,
      name: `ipvs_${counter.name}`,
      type: "counter",
      help: `All services: ${help}`,
      samples: [["", totals[field]]],
    };
  }
  for (const { field, name, help } of STATES) yield gauge(`ipvs_${name}`, `All services: ${help}`, sum(servers, field));
  yield {
    name: "ipvs_timeout_seconds",
    type: "gauge",
    unit: "seconds",
    help: "When idle connections are forgotten",
    samples: [
      [labelText({ state: "tcp" }), timeouts.tcp],
      [labelText({ state: "tcp_fin" }), timeouts.tcpFin],
      [labelText({ state: "udp" }), timeouts.udp],
    ],
  };
  yield {
    name: "ipvs_sync_daemon_running",
    type: "gauge",
    help: "Whether a connection sync daemon runs",
    samples: (["master", "backup"] as const).map((role) => [
      labelText({ role }),
      daemons.some(({ state }) => state === role) ? 1 : 0,
    ]),
  };
  if (conntrack === undefined) return;
  yield gauge("ipvs_conntrack_entries", "Connections that netfilter tracks", conntrack.entries);
  yield gauge("ipvs_conntrack_entries_limit", "How many netfilter can track", conntrack.limit);
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, type: "gauge", help, samples: [["", value]] };
}

function* ofServices(table: LiveTable): Generator<MetricFamily> {
  const rows = table.map((entry) => ({ entry, stats: entry.stats, labels: labelText(serviceLabels(entry.service)) }));
  yield* counters("ipvs_service", rows);
  const gauges: readonly (readonly [name: string, help: string, (servers: readonly LiveDestination[]) => number])[] = [
    ["servers", "Real servers of the service", (servers) => servers.length],
    [
      "weight",
      "Sum of the weights of its servers; with 0 no server takes new clients",
      (servers) => sum(servers, "weight"),
    ],
    ...STATES.map(
      ({ field, name, help }) => [name, help, (servers: readonly LiveDestination[]) => sum(servers, field)] as const,
    ),
  ];
  for (const [name, help, value] of gauges) {
    const samples = mapped(rows, ({ labels, entry }) => [labels, value(entry.destinations)]);
    yield { name: `ipvs_service_${name}`, type: "gauge", help, samples };
  }
}

function* ofServers(table: LiveTable): Generator<MetricFamily> {
  const rows = table.flatMap(({ service, destinations }) => {
    const labels = serviceLabels(service);
    return destinations.map((server) => ({
      server,
      stats: server.stats,
      labels: labelText({ ...labels, server_address: server.address, server_port: server.port }),
    }));
  });
  yield* counters("ipvs_server", rows);
  const weight = { field: "weight", name: "weight", help: "Share of the load; 0 takes no new clients" } as const;
  for (const { field, name, help } of [weight, ...STATES]) {
    const samples = mapped(rows, ({ labels, server }) => [labels, server[field]]);
    yield { name: `ipvs_server_${name}`, type: "gauge", help, samples };
  }
}

interface Counted {
  readonly labels: string;
  readonly stats: Stats | undefined;
}

function* counters(prefix: string, rows: readonly Counted[]): Generator<MetricFamily> {
  const known = rows.filter(({ stats }) => stats !== undefined);
  for (const { field, help, ...counter } of COUNTERS) {
    const samples = mapped(known, ({ labels, stats }) => [labels, stats![field]]);
    yield { ...counter, name: `${prefix}_${counter.name}`, type: "counter", help, samples };
  }
}

type Sample = readonly [labels: string, value: number | bigint];

/** One sample at a time: of large tables they would not all fit in little memory. */
function* mapped<R>(rows: readonly R[], sample: (row: R) => Sample): Generator<Sample> {
  for (const row of rows) yield sample(row);
}

/** What tells services apart, and no more: each other label would make new time series when it changes. */
function serviceLabels(key: ServiceKey): Labels {
  return isFirewallMark(key)
    ? { protocol: "fwmark", fwmark: key.fwmark, family: key.family }
    : { protocol: key.protocol, address: key.address, port: key.port };
}

function sum<K extends string>(rows: readonly Readonly<Record<K, number>>[], field: K): number {
  return rows.reduce((total, row) => total + row[field], 0);
}
