import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/model/change.js";
import { destinationId } from "../../../src/model/destination.js";
import { oldestFirst, RowsEntry } from "../../../src/model/rows-entry.js";
import { serviceId } from "../../../src/model/service.js";
import { withRows } from "../../../src/model/service-rows.js";
import { sortTable, type Table } from "../../../src/model/table.js";
import { diffTables } from "../../../src/rules/diff.js";
import { tableChanges } from "../../../src/rules/write.js";
import { table } from "../arbitraries.js";
import { table as liveTable } from "../schema/arbitrary.js";

/** A kernel of a few lines: strict about what exists, as the real one. */
function applyTo(from: Table, changes: readonly Change[], watch?: (services: ReturnType<typeof load>) => void): Table {
  const services = load(from);
  for (const change of changes) {
    if (!("service" in change) || change.service === undefined) throw new Error(`unexpected ${change.kind}`);
    const id = serviceId(change.service);
    const entry = services.get(id);
    expect(entry !== undefined, `${change.kind} ${id}`).toBe(change.kind !== "add-service");
    if (change.kind === "add-service") services.set(id, { service: change.service, servers: new Map() });
    else if (change.kind === "edit-service") entry!.service = change.service;
    else if (change.kind === "delete-service") services.delete(id);
    else if ("server" in change) {
      const server = destinationId(change.server);
      expect(entry!.servers.has(server), `${change.kind} ${server}`).toBe(change.kind !== "add-server");
      if (change.kind === "delete-server") entry!.servers.delete(server);
      else entry!.servers.set(server, change.server);
    }
    watch?.(services);
  }
  return [...services.values()].map(({ service, servers }) => ({ service, destinations: [...servers.values()] }));
}

function load(table: Table) {
  return new Map(
    table.map(({ service, destinations }) => [
      serviceId(service),
      { service, servers: new Map(destinations.map((server) => [destinationId(server), server])) },
    ]),
  );
}

describe("diffTables", () => {
  it("turns the first table into the second", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        expect(sortTable(applyTo(from, diffTables(from, to)))).toEqual(sortTable(to));
      }),
      { numRuns: 1000 },
    );
  });

  it("is empty for equal tables, whatever their order", () => {
    fc.assert(
      fc.property(table, (same) => {
        expect(diffTables(same, [...same].reverse())).toEqual([]);
      }),
    );
  });

  it("is the same for servers in rows", () => {
    fc.assert(
      fc.property(liveTable, fc.infiniteStream(fc.nat(7)), (from, dice) => {
        const to = from.map(({ service, destinations }) => ({
          service,
          destinations: destinations.flatMap((server) => {
            const die = dice.next().value!;
            return die === 0 ? [] : die === 1 ? [{ ...server, weight: server.weight + 1 }] : [server];
          }),
        }));
        const rows = from.map((entry) => new RowsEntry(withRows(entry)));
        expect(diffTables(rows, to)).toEqual(diffTables(from, to));
        expect(diffTables(rows.map(oldestFirst), to.map(oldestFirst))).toEqual(
          diffTables(from.map(oldestFirst), to.map(oldestFirst)),
        );
        expect(diffTables(rows, from)).toEqual([]);
      }),
    );
  });

  it("touches nothing twice", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        const ids = diffTables(from, to).map((change) => {
          const { service } = change as { service: Parameters<typeof serviceId>[0] };
          return `${serviceId(service)} ${"server" in change ? destinationId(change.server) : ""}`;
        });
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it("never leaves a service without the servers that it keeps", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        const after = load(to);
        const kept = [...load(from)].flatMap(([id, { servers }]) =>
          [...servers.keys()]
            .filter((server) => after.get(id)?.servers.has(server))
            .map((server) => [id, server] as const),
        );
        applyTo(from, diffTables(from, to), (services) => {
          for (const [id, server] of kept) expect(services.get(id)?.servers.has(server)).toBe(true);
        });
      }),
    );
  });

  it("makes a table out of nothing with the changes that -S writes", () => {
    fc.assert(
      fc.property(table, (to) => {
        expect(diffTables([], to)).toEqual([...tableChanges(to)]);
      }),
    );
  });
});
