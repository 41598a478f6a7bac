import type { Change } from "../model/change.js";
import { type Destination, type DestinationKey, destinationId, PLAIN_TUNNEL } from "../model/destination.js";
import { RowsEntry } from "../model/rows-entry.js";
import { type LookupKey, lookupKey, type Service, type ServiceKey, serviceKey } from "../model/service.js";
import type { Table, TableEntry } from "../model/table.js";
import { heedsOrder, placements, type ServerOrder } from "./order.js";
import { tableChanges } from "./write.js";

/** One record in two tables: added where `before` is absent, deleted where `after` is. */
export interface Difference<T> {
  readonly before?: T;
  readonly after?: T;
}

/** A service in two tables, with the servers in which they differ. */
export interface ServiceDifference {
  /** Equal on both sides when only servers or their order differ. */
  readonly service: Difference<Service>;
  readonly servers: readonly Difference<Destination>[];
  /** Present when the servers would stand in another order even if nothing else differed; see `CompareOptions`. */
  readonly order?: ServerOrder;
}

/** What counts as a difference. */
export interface CompareOptions {
  /**
   * Whether the order of servers counts, for services of sh, dh and mh. Both tables have to hold them oldest first, as rule
   * files do; `oldestFirst` does so with a service of the kernel's. Default false.
   */
  readonly order?: boolean;
}

/** What differs: services of the second table in its order, then those that only the first one has. */
export function compareTables(from: Table, to: Table, { order = false }: CompareOptions = {}): ServiceDifference[] {
  const differences: ServiceDifference[] = [];
  const before = new Map<LookupKey, TableEntry | undefined>();
  for (const entry of from) before.set(lookupKey(entry.service), entry);
  for (const entry of to) {
    const key = lookupKey(entry.service);
    const old = before.get(key);
    const difference = compareEntries(old, entry, order);
    // To delete thousands of keys takes longer than all the rest.
    if (old !== undefined) before.set(key, undefined);
    if (difference !== undefined) differences.push(difference);
  }
  for (const entry of before.values()) {
    if (entry === undefined) continue;
    const servers = entry.destinations.map((server) => ({ before: server }));
    differences.push({ service: { before: entry.service }, servers });
  }
  return differences;
}

function compareEntries(from: TableEntry | undefined, to: TableEntry, order: boolean): ServiceDifference | undefined {
  if (from === undefined) {
    return { service: { after: to.service }, servers: to.destinations.map((server) => ({ after: server })) };
  }
  const changed = from instanceof RowsEntry ? from.changed(to.destinations) : undefined;
  if (changed !== undefined) {
    if (changed.length === 0 && sameService(from.service, to.service)) return undefined;
    return { service: { before: from.service, after: to.service }, servers: changed };
  }
  const servers: Difference<Destination>[] = [];
  const before = new Map(from.destinations.map((server) => [destinationId(server), server]));
  for (const after of to.destinations) {
    const id = destinationId(after);
    const old = before.get(id);
    before.delete(id);
    if (old === undefined) servers.push({ after });
    else if (!sameDestination(old, after)) servers.push({ before: old, after });
  }
  for (const server of before.values()) servers.push({ before: server });
  const orders = { before: from.destinations, after: to.destinations };
  const misplaced = order && heedsOrder(to.service) && placements(orders).some(({ moves }) => moves);
  if (servers.length === 0 && !misplaced && sameService(from.service, to.service)) return undefined;
  return { service: { before: from.service, after: to.service }, servers, ...(misplaced && { order: orders }) };
}

/**
 * The least list of changes that turns one table into another, in an order that is safe for traffic: new services with
 * their servers, new servers, edits, then what goes: at no moment is a service without a server that it has before and
 * after. Services and servers that stay as they are do not occur, so they keep connections and counters.
 *
 * With `order`, servers that stand in the wrong place are moved, one after the other: each is deleted and, in the next change,
 * added again as it was. What else changes of it follows, so that a refusal of the new values cannot lose it.
 */
export function diffTables(from: Table, to: Table, options: CompareOptions = {}): Change[] {
  const added: Change[] = [];
  const edited: Change[] = [];
  const deleted: Change[] = [];
  for (const { service, servers, order } of compareTables(from, to, options)) {
    const { before, after } = service;
    if (before === undefined) {
      const destinations = servers.map((server) => server.after!);
      for (const change of tableChanges([{ service: after!, destinations }])) added.push(change);
    } else if (after === undefined) {
      deleted.push({ kind: "delete-service", service: serviceKey(before) });
    } else {
      if (!sameService(before, after)) edited.push({ kind: "edit-service", service: after });
      const key = serviceKey(after);
      if (order !== undefined) added.push(...placed(key, order));
      for (const { before: old, after: server } of servers) {
        if (old !== undefined && server !== undefined) edited.push({ kind: "edit-server", service: key, server });
        else if (old !== undefined) deleted.push(deletion(key, old));
        else if (order === undefined) added.push({ kind: "add-server", service: key, server: server! });
      }
    }
  }
  return [...added, ...edited, ...deleted];
}

/** New servers among those that move: each becomes the newest, so all have to be added in the wanted order. */
function* placed(service: ServiceKey, order: ServerOrder): Generator<Change> {
  for (const { server, moves } of placements(order)) {
    if (moves) yield deletion(service, server);
    yield { kind: "add-server", service, server };
  }
}

function deletion(service: ServiceKey, { address, port }: DestinationKey): Change {
  return { kind: "delete-server", service, server: { address, port } };
}

/** Equal in everything that can be configured, given equal keys. */
export function sameService(a: Service, b: Service): boolean {
  return (
    a.scheduler === b.scheduler &&
    a.flags === b.flags &&
    a.timeout === b.timeout &&
    a.netmask === b.netmask &&
    a.persistenceEngine === b.persistenceEngine
  );
}

/** Equal in everything that can be configured, given equal keys. Live figures do not count. */
export function sameDestination(a: Destination, b: Destination): boolean {
  const { tunnel: x = PLAIN_TUNNEL } = a;
  const { tunnel: y = PLAIN_TUNNEL } = b;
  return (
    a.forwarding === b.forwarding &&
    a.weight === b.weight &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold &&
    x.type === y.type &&
    x.port === y.port &&
    x.flags === y.flags
  );
}
