import { destinationId } from "../model/destination.js";
import { serviceId, serviceKey } from "../model/service.js";
import type { Io } from "../program/io.js";
import type { Target } from "./drain.js";
import type { Remembered, WeightMemory } from "./memory.js";

/** A server that gets no new connections. */
interface Drained extends Target {
  /** Absent when another program took its weight. */
  readonly remembered?: Remembered;
}

/** Prints which servers have weight 0, since when, why, and how many connections they have left. */
export function listDrained(memory: WeightMemory, targets: readonly Target[], json: boolean, io: Io): void {
  const drained = targets
    .filter(({ server }) => server.weight === 0)
    .map(({ service, server }): Drained => {
      const remembered = memory.recall(service, server);
      return { service, server, ...(remembered && { remembered }) };
    });
  if (json) io.out(`${JSON.stringify({ drained: drained.map(documentOf) }, undefined, 2)}\n`);
  else if (drained.length > 0) io.out(tableText([HEADS, ...drained.map(cellsOf)]));
}

function documentOf({ service, server, remembered }: Drained): object {
  const { address, port, activeConnections, inactiveConnections, persistentConnections } = server;
  const { weight, since, reason } = remembered ?? {};
  return {
    service: serviceKey(service),
    server: { address, port },
    ...(remembered && { since, weight }),
    ...(reason !== undefined && { reason }),
    ...{ activeConnections, inactiveConnections, persistentConnections },
  };
}

const HEADS = ["Server", "Service", "Since", "Weight", "Active", "Inactive", "Persistent", "Reason"];

/** Columns with numbers. */
const RIGHT: ReadonlySet<number> = new Set([3, 4, 5, 6]);

function cellsOf({ service, server, remembered }: Drained): string[] {
  const { activeConnections, inactiveConnections, persistentConnections } = server;
  return [
    destinationId(server),
    serviceId(serviceKey(service)),
    remembered?.since.toISOString().replace(/\.\d+Z$/, "Z") ?? "-",
    String(remembered?.weight ?? "-"),
    ...[activeConnections, inactiveConnections, persistentConnections].map(String),
    remembered?.reason ?? (remembered ? "" : "set by another command"),
  ];
}

function tableText(rows: readonly (readonly string[])[]): string {
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (RIGHT.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}
