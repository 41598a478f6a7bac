import type { Service } from "../../../src/model/service.js";
import { withRows } from "../../../src/model/service-rows.js";
import type { Stats } from "../../../src/model/stats.js";
import { type LiveDestination, type LiveTable, sortTable } from "../../../src/model/table.js";
import type { Names } from "../../../src/names/names.js";
import type { ListServices } from "../../../src/options/command.js";
import { renderServices } from "../../../src/render/services.js";

export const info = { version: 0x010201, connectionTableSize: 4096 };

/** The whole text of a listing. */
export async function rendered(list: ListServices, table: LiveTable, names?: Names): Promise<string> {
  let text = "";
  for await (const piece of renderServices(list, info, [table.map(withRows)], names))
    text += Buffer.from(piece as string);
  return text;
}

export function listing(options: Partial<ListServices> = {}): ListServices {
  return {
    kind: "list",
    show: "services",
    layout: "normal",
    numeric: true,
    exact: false,
    sort: true,
    wide: false,
    json: false,
    ...options,
  };
}

/** The same value in every counter, or totals and rates apart. */
export function stats(total: bigint, rate = total): Stats {
  return {
    connections: total,
    inPackets: total,
    outPackets: total,
    inBytes: total,
    outBytes: total,
    connectionRate: rate,
    inPacketRate: rate,
    outPacketRate: rate,
    inByteRate: rate,
    outByteRate: rate,
  };
}

/** A server without traffic, and without counters. */
export function idleServer(address: string, port: number, options: Partial<LiveDestination> = {}): LiveDestination {
  return {
    address,
    port,
    forwarding: "masq",
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    activeConnections: 0,
    inactiveConnections: 0,
    persistentConnections: 0,
    ...options,
  };
}

export function server(address: string, port: number, options: Partial<LiveDestination> = {}): LiveDestination {
  return idleServer(address, port, { stats: stats(0n), ...options });
}

const plain = { scheduler: "rr", flags: 0, timeout: 0, netmask: "255.255.255.255" } as const;
const plain6 = { ...plain, netmask: 128 } as const;

export function tcp(address: string, port: number, options: Partial<Service> = {}): Service {
  return { protocol: "tcp", address, port, ...(address.includes(":") ? plain6 : plain), ...options } as Service;
}

function gue(port: number, flags: number): Partial<LiveDestination> {
  return { forwarding: "tunnel", tunnel: { type: "gue", port, flags } };
}

function gre(flags: number): Partial<LiveDestination> {
  return { forwarding: "tunnel", tunnel: { type: "gre", port: 0, flags } };
}

/** The table of the captures of the real ipvsadm (its listings sorted, fwmarks unsigned). */
const entries: LiveTable = [
  {
    service: { fwmark: 4294967295, family: "ipv4", ...plain, scheduler: "wrr", flags: 1, timeout: 360 },
    destinations: [],
  },
  {
    service: tcp("192.168.100.200", 65535, {
      scheduler: "lblcr",
      flags: 1,
      timeout: 86400,
      netmask: "255.255.255.128",
    }),
    destinations: [
      server("192.168.100.201", 65535, { ...gue(65535, 2), weight: 5 }),
      server("192.168.100.202", 65535, gue(6080, 1)),
      server("192.168.100.203", 65535, gue(6080, 0)),
      server("192.168.100.204", 65535, gre(1)),
      server("192.168.100.205", 65535, gre(0)),
      server("192.168.100.206", 65535, { forwarding: "tunnel" }),
    ],
  },
  {
    service: tcp("10.0.0.1", 80),
    destinations: [
      server("192.168.100.200", 65535, { weight: 10 }),
      server("10.0.1.1", 8080, { weight: 0 }),
      server("10.0.1.2", 80, { forwarding: "route", weight: 65535, upperThreshold: 1000, lowerThreshold: 500 }),
      server("10.0.1.3", 80, { forwarding: "tunnel", weight: 2147483647 }),
    ],
  },
  { service: tcp("10.0.0.9", 0, { flags: 1, timeout: 360, netmask: "0.0.0.0" }), destinations: [] },
  {
    service: tcp("10.0.0.1", 53, { protocol: "udp", scheduler: "wlc", flags: 4 }),
    destinations: [server("10.0.1.1", 53)],
  },
  {
    service: tcp("10.0.0.1", 5060, { protocol: "udp", flags: 1, timeout: 60, persistenceEngine: "sip" }),
    destinations: [server("10.0.1.1", 5060)],
  },
  {
    service: tcp("10.0.0.1", 2905, { protocol: "sctp", scheduler: "sh", flags: 0x18 }),
    destinations: [server("10.0.1.1", 2905)],
  },
  {
    service: tcp("2001:db8::80", 80, { scheduler: "mh", flags: 0x10 }),
    destinations: [
      server("10.0.1.1", 80, { forwarding: "tunnel" }),
      server("2001:db8::1", 8080),
      server("2001:db8:1111:2222:3333:4444:5555:6666", 80, { forwarding: "route" }),
    ],
  },
  {
    service: tcp("2001:db8:1111:2222:3333:4444:5555:6666", 65535, {
      scheduler: "wrr",
      flags: 1,
      timeout: 300,
      netmask: 64,
    }),
    destinations: [],
  },
  {
    service: { fwmark: 1, family: "ipv4", ...plain },
    destinations: [server("10.0.1.1", 0), server("10.0.1.2", 8080)],
  },
  {
    service: { fwmark: 2, family: "ipv6", ...plain6, flags: 1, timeout: 360 },
    destinations: [server("2001:db8::1", 0, { forwarding: "route" })],
  },
];

export const table: LiveTable = sortTable(entries.map((entry) => ({ stats: stats(0n), ...entry })));
