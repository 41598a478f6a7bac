import type { Stats } from "../../../src/model/stats.js";
import type { LiveTable } from "../../../src/model/table.js";
import { TopModel } from "../../../src/top/model.js";
import { server, service, web } from "../drain/records.js";

/** Counters, in the order of the kernel; the first is connections, the rest follow from it. */
export const stats = (connections: number, average = 0): Stats => ({
  connections: BigInt(connections),
  inPackets: BigInt(connections * 10),
  outPackets: BigInt(connections * 5),
  inBytes: BigInt(connections * 1000),
  outBytes: BigInt(connections * 2000),
  connectionRate: BigInt(average),
  inPacketRate: BigInt(average),
  outPacketRate: BigInt(average),
  inByteRate: BigInt(average),
  outByteRate: BigInt(average),
});

export const dns = service({ protocol: "udp", address: "192.0.2.1", port: 53 });
export const mark = service({ fwmark: 7, family: "ipv6" });

/** Three services, in the kernel's order rather than that of listings; `turn` grows the counters. */
export const table = (turn: number): LiveTable => [
  { service: mark, stats: stats(0), destinations: [] },
  {
    service: dns,
    stats: stats(100 * turn, 1),
    destinations: [server("10.0.0.3", { port: 53, inactiveConnections: 9, stats: stats(100 * turn, 1) })],
  },
  {
    service: web,
    stats: stats(40 * turn, 1),
    destinations: [
      server("10.0.0.2", { weight: 0, activeConnections: 3, stats: stats(10 * turn, 1) }),
      server("10.0.0.1", { weight: 7, activeConnections: 5, stats: stats(30 * turn, 1) }),
    ],
  },
];

/** A model after two looks, with rates. */
export function watched(): TopModel {
  const model = new TopModel();
  model.look(table(1), 0);
  model.publish();
  model.look(table(2), 1);
  model.publish();
  return model;
}
