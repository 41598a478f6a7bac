import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/model/change.js";
import { type Destination, destinationId } from "../../../src/model/destination.js";
import { serviceId } from "../../../src/model/service.js";
import type { Table } from "../../../src/model/table.js";
import { compareTables, diffTables } from "../../../src/rules/diff.js";
import { heedsOrder } from "../../../src/rules/order.js";
import { table as anyTable } from "../arbitraries.js";

const ORDER = { order: true };
const scheduler = fc.constantFrom("sh", "dh", "mh", "rr");

/** Tables with the schedulers that matter. */
const table: fc.Arbitrary<Table> = anyTable.chain((entries) =>
  fc
    .array(scheduler, { minLength: entries.length, maxLength: entries.length })
    .map((names) =>
      entries.map((entry, index) => ({ ...entry, service: { ...entry.service, scheduler: names[index]! } })),
    ),
);

/** Services by id, each with its servers oldest first, as the kernel's lists are: what is added is the newest. */
type Lists = Map<string, Destination[]>;

const listsOf = (table: Table): Lists =>
  new Map(table.map(({ service, destinations }) => [serviceId(service), [...destinations]]));

function carryOut(change: Change, lists: Lists): void {
  if (!("service" in change) || change.service === undefined) throw new Error(`unexpected ${change.kind}`);
  const id = serviceId(change.service);
  if (change.kind === "add-service") lists.set(id, []);
  if (change.kind === "delete-service") lists.delete(id);
  if (!("server" in change)) return;
  const list = lists.get(id)!;
  const at = list.findIndex((server) => destinationId(server) === destinationId(change.server));
  expect(at < 0, `${change.kind} ${id}`).toBe(change.kind === "add-server");
  if (change.kind === "add-server") list.push(change.server);
  else if (change.kind === "delete-server") list.splice(at, 1);
  else list[at] = change.server as Destination;
}

/** Servers that a plan deletes and adds again. */
const moved = (changes: readonly Change[]) =>
  changes.filter(({ kind }, index) => kind === "delete-server" && changes[index + 1]?.kind === "add-server");

const keys = (servers: readonly Destination[]) => servers.map(destinationId);

/** The fewest servers to move, found by trying: what stays comes first, all else is added in the wanted order. */
function fewestMoves(before: readonly string[], after: readonly string[]): number {
  const kept = before.filter((server) => after.includes(server));
  const sizes = Array.from({ length: 2 ** kept.length }, (_, bits) => {
    const staying = kept.filter((_, index) => (bits >> index) & 1);
    const result = [...staying, ...after.filter((server) => !staying.includes(server))];
    return result.join() === after.join() ? kept.length - staying.length : Number.POSITIVE_INFINITY;
  });
  return Math.min(...sizes);
}

describe("diffTables with order", () => {
  it("turns the first table into the second, servers of sh, dh and mh in its order", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        const lists = listsOf(from);
        for (const change of diffTables(from, to, ORDER)) carryOut(change, lists);
        const inOrder = (servers: readonly Destination[], heeded: boolean) =>
          heeded ? servers : [...servers].sort((a, b) => (a.address < b.address ? -1 : 1));
        for (const { service, destinations } of to) {
          const heeded = heedsOrder(service);
          expect(inOrder(lists.get(serviceId(service))!, heeded)).toEqual(inOrder(destinations, heeded));
        }
        expect(lists.size).toBe(to.length);
        expect(diffTables(to, to, ORDER)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("moves the fewest servers", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        const before = new Map(from.map(({ service, destinations }) => [serviceId(service), keys(destinations)]));
        for (const entry of to) {
          const id = serviceId(entry.service);
          const own = from.filter(({ service }) => serviceId(service) === id);
          const fewest = heedsOrder(entry.service) ? fewestMoves(before.get(id) ?? [], keys(entry.destinations)) : 0;
          expect(moved(diffTables(own, [entry], ORDER)).length).toBe(fewest);
          const [difference] = compareTables(own, [entry], ORDER);
          expect(difference?.order !== undefined).toBe(fewest > 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never has more than one of the servers that stay away from its service", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        const lists = listsOf(from);
        const wanted = listsOf(to);
        const kept = from.map(({ service, destinations }) => {
          const after = keys(wanted.get(serviceId(service)) ?? []);
          return { id: serviceId(service), servers: keys(destinations).filter((server) => after.includes(server)) };
        });
        for (const change of diffTables(from, to, ORDER)) {
          carryOut(change, lists);
          for (const { id, servers } of kept) {
            const here = keys(lists.get(id) ?? []);
            expect(servers.filter((server) => !here.includes(server)).length).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it("adds a server that moves as it was: the kernel may refuse what it shall become", () => {
    fc.assert(
      fc.property(table, table, (from, to) => {
        const before = listsOf(from);
        const changes = diffTables(from, to, ORDER);
        for (const deletion of moved(changes)) {
          const addition = changes[changes.indexOf(deletion) + 1]!;
          if (addition.kind !== "add-server") throw new Error(addition.kind);
          expect(before.get(serviceId(addition.service))).toContainEqual(addition.server);
        }
      }),
    );
  });
});

it("the order is no difference unless it is asked for", () => {
  fc.assert(
    fc.property(table, (same) => {
      const reversed = same.map((entry) => ({ ...entry, destinations: [...entry.destinations].reverse() }));
      expect([...diffTables(same, reversed), ...compareTables(same, reversed)]).toEqual([]);
    }),
  );
});
