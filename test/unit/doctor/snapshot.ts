import type { Firewall } from "../../../src/host/firewall/model.js";
import type { Host, Link, Listener, Neighbour, Route, RoutingRule, Status } from "../../../src/host/host.js";
import type { Connection } from "../../../src/model/connection.js";
import type { Destination } from "../../../src/model/destination.js";
import type { Service } from "../../../src/model/service.js";
import type { Stats } from "../../../src/model/stats.js";
import type { LiveDestination, LiveTable, TableEntry } from "../../../src/model/table.js";

/** A host as it was read at some time; what is not given is as on a healthy director. */
export interface Snapshot {
  readonly sysctls?: Readonly<Record<string, string>>;
  /** By address, `10.0.0.1 mark 7`, `10.0.0.1 iif eth0`, `10.0.0.1 mark 7 iif eth0`. */
  readonly routes?: Readonly<Record<string, Route>>;
  readonly links?: readonly Link[];
  readonly rules?: readonly RoutingRule[];
  readonly neighbours?: readonly Neighbour[];
  readonly firewall?: Firewall;
  /** First and second look. */
  readonly connections?: readonly (readonly Connection[])[];
  readonly processes?: readonly string[];
  readonly modules?: Readonly<Record<string, ReturnType<Host["module"]>>>;
  readonly programs?: readonly string[];
  readonly applications?: ReturnType<Host["applications"]>;
  readonly listeners?: Readonly<Partial<Record<"tcp" | "udp", readonly Listener[]>>>;
  readonly status?: Status;
  readonly counters?: Readonly<Record<string, number>>;
  readonly release?: string;
}

const SYSCTLS: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "1",
  "net.ipv6.conf.all.forwarding": "1",
  "net.ipv4.conf.all.send_redirects": "0",
  "net.ipv4.conf.eth0.send_redirects": "0",
  "net.ipv4.tcp_keepalive_time": "600",
  "net.ipv4.vs.conntrack": "0",
  "net.ipv4.vs.conn_reuse_mode": "1",
  "net.ipv4.vs.expire_nodest_conn": "0",
  "net.ipv4.vs.expire_quiescent_template": "0",
  "net.ipv4.vs.backup_only": "0",
  "net.ipv4.vs.pmtu_disc": "0",
  "net.ipv4.vs.run_estimation": "1",
};

export const LINKS: readonly Link[] = [
  { index: 1, name: "lo", mtu: 65536, up: true, carrier: true, multicast: false, arp: false },
  { index: 2, name: "eth0", mtu: 1500, up: true, carrier: true, multicast: true, arp: true },
];

/** What every host has. */
export const RULES: readonly RoutingRule[] = [
  { family: "ipv4", priority: 0, table: 255, inverted: false },
  { family: "ipv4", priority: 32766, table: 254, inverted: false },
  { family: "ipv6", priority: 0, table: 255, inverted: false },
  { family: "ipv6", priority: 32766, table: 254, inverted: false },
];

const LOCAL: Route = { type: "local", link: 1 };
const ON_LINK: Route = { type: "unicast", link: 2, source: "10.0.0.161" };

/** Addresses 10.0.0.100 and fd00::100 are local, all else is on eth0, unless `routes` says otherwise. */
export function host(snapshot: Snapshot = {}): Host {
  let look = 0;
  const { connections = [[]], routes = {} } = snapshot;
  return {
    release: snapshot.release ?? "6.1.0",
    sysctl: (name) => ({ ...SYSCTLS, ...snapshot.sysctls })[name],
    links: async () => snapshot.links ?? LINKS,
    addresses: async () => [],
    neighbours: async () => snapshot.neighbours ?? [],
    routes: async (questions) =>
      questions.map(({ address, mark, input }) => {
        const name = (snapshot.links ?? LINKS).find(({ index }) => index === input)?.name;
        const own = mark === undefined ? address : `${address} mark ${mark}`;
        return routes[`${own} iif ${name}`] ?? routes[own] ?? (/\b100$/.test(address) ? LOCAL : ON_LINK);
      }),
    routingRules: async () => snapshot.rules ?? RULES,
    firewall: async () => snapshot.firewall ?? [],
    async *connections() {
      yield connections[Math.min(look++, connections.length - 1)]!;
    },
    status: () => snapshot.status,
    applications: () => snapshot.applications ?? [],
    listeners: (protocol) => snapshot.listeners?.[protocol] ?? [],
    processes: () => new Set(snapshot.processes ?? ["systemd"]),
    module: (name) => snapshot.modules?.[name] ?? "loaded",
    counter: (name) => snapshot.counters?.[name] ?? 0,
    conntrackDrops: () => snapshot.counters?.conntrackDrops ?? 0,
    program: (name) => ((snapshot.programs ?? ["iptables", "nft"]).includes(name) ? `/usr/sbin/${name}` : undefined),
    initialUserNamespace: () => true,
    pause: async () => {},
  };
}

export const NO_STATS: Stats = {
  connections: 0n,
  inPackets: 0n,
  outPackets: 0n,
  inBytes: 0n,
  outBytes: 0n,
  connectionRate: 0n,
  inPacketRate: 0n,
  outPacketRate: 0n,
  inByteRate: 0n,
  outByteRate: 0n,
};

export type ServerSpec = Partial<Omit<LiveDestination, "stats">> & { readonly stats?: Partial<Stats> };

export function server(address: string, spec: ServerSpec = {}): LiveDestination {
  const configured: Destination = {
    address,
    port: 80,
    forwarding: "masq",
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  const state = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 };
  return { ...configured, ...state, ...spec, stats: { ...NO_STATS, ...spec.stats } };
}

export function entry(
  destinations: readonly LiveDestination[],
  service: Partial<Service> = {},
  stats: Partial<Stats> = {},
): TableEntry<LiveDestination> {
  const options = { scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" };
  const key = "fwmark" in service ? {} : { protocol: "tcp", address: "10.0.0.100", port: 80 };
  return { service: { ...key, ...options, ...service } as Service, stats: { ...NO_STATS, ...stats }, destinations };
}

/** One service, 10.0.0.100:80, with these servers. */
export const table = (...destinations: LiveDestination[]): LiveTable => [entry(destinations)];

/** A connection of 10.0.0.8 to 10.0.0.100:80. */
export function connection(address: string, state: string, rest: Partial<Connection> = {}): Connection {
  return {
    protocol: "TCP",
    client: { address: "10.0.0.8", port: 40_000 },
    virtual: { address: "10.0.0.100", port: 80 },
    destination: { address, port: 80 },
    state,
    expires: 50,
    ...rest,
  };
}
