import { PARAMETERS } from "../../../../src/doctor/peer/parameters.js";
import type { WholeSide } from "../../../../src/doctor/peer/side.js";
import type { Destination } from "../../../../src/model/destination.js";
import type { Service } from "../../../../src/model/service.js";
import type { Daemon } from "../../../../src/model/settings.js";
import type { TableEntry } from "../../../../src/model/table.js";

export const server = (address: string, rest: Partial<Destination> = {}): Destination => ({
  ...{ address, port: 80, forwarding: "masq", weight: 1, upperThreshold: 0, lowerThreshold: 0 },
  ...rest,
});

export const web = {
  ...{ protocol: "tcp", address: "10.0.0.100", port: 80 },
  ...{ scheduler: "wlc", flags: 0, timeout: 0, netmask: "255.255.255.255" },
} as const satisfies Service;

/** A service of three servers, oldest first. */
export const entry = (service: Partial<Service> = {}, ...servers: Destination[]): TableEntry => ({
  service: { ...web, ...service } as Service,
  destinations: servers.length > 0 ? servers : [server("10.1.0.1"), server("10.1.0.2"), server("10.1.0.3")],
});

export const daemon = (state: Daemon["state"], rest: Partial<Daemon> = {}): Daemon => ({
  ...{ state, interface: "eth1", syncId: 7, syncMaxLength: 1472 },
  ...{ multicastGroup: "224.0.0.81", multicastPort: 8848, multicastTtl: 1 },
  ...rest,
});

/** A director as Linux makes it, that forwards packets: the active one of a pair. */
const ACTIVE: WholeSide = {
  host: "lb1",
  time: new Date("2026-11-26T02:00:00.000Z"),
  namespace: "b1946ac9-2f4e-4e2a-9d4c-2c3f5a1b0c11 4:4026531840",
  table: [entry()],
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
  daemons: [daemon("master")],
  connections: { active: 60, inactive: 5, persistent: 0 },
  kernel: { release: "6.1.0-30-amd64", machine: "x86_64", tables: { sh: 8, dh: 8, mh: 12 } },
  parameters: new Map([...PARAMETERS.map(({ name, usual }) => [name, usual] as const), ["net.ipv4.ip_forward", "1"]]),
  syncInterfaces: [
    { name: "eth1", mtu: 1500, up: true, carrier: true, multicast: true, networks: ["192.168.7.0/24", "fe80::/64"] },
  ],
  virtualAddresses: [{ address: "10.0.0.100", local: true, interface: "eth0", arp: true, answersIn: "10.0.0.0/24" }],
  writers: ["keepalived"],
  movers: ["keepalived"],
  unread: [],
};

export const active = (rest: Partial<WholeSide> = {}): WholeSide => ({ ...ACTIVE, ...rest });

/** Its standby. */
export const standby = (rest: Partial<WholeSide> = {}): WholeSide => ({
  ...ACTIVE,
  host: "lb2",
  namespace: "591785b7-94ce-4d0e-8b0a-6c1f6c2d3e22 4:4026531840",
  daemons: [daemon("backup")],
  connections: { active: 0, inactive: 55, persistent: 0 },
  virtualAddresses: [{ address: "10.0.0.100", local: false }],
  ...rest,
});

const onLoopback = [{ address: "10.0.0.100", local: true, interface: "lo", arp: false }];
const HASHED = entry({ scheduler: "mh", flags: 0x18 });

/** A director of a fleet that routers spread packets over. */
export const member = (host: string, rest: Partial<WholeSide> = {}): WholeSide => ({
  ...ACTIVE,
  host,
  namespace: `${host} 4:1`,
  table: [HASHED],
  daemons: [],
  syncInterfaces: [],
  virtualAddresses: onLoopback,
  writers: [],
  movers: [],
  ...rest,
});

/** Kernel parameters, some of them others than those of Linux. */
export const parameters = (changes: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> => {
  const changed = { ...Object.fromEntries(ACTIVE.parameters!), ...changes };
  return new Map(Object.entries(changed).filter((pair): pair is [string, string] => pair[1] !== undefined));
};
