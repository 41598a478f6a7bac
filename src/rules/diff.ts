import type { Change } from "../model/change.js";
import { type Destination, destinationId, PLAIN_TUNNEL } from "../model/destination.js";
import { type Service, serviceId, serviceKey } from "../model/service.js";
import type { Table, TableEntry } from "../model/table.js";
import { tableChanges } from "./write.js";

/** One record in two tables: added where `before` is absent, deleted where `after` is. */
export interface Difference<T> {
  readonly before?: T;
  readonly after?: T;
}

/** A service in two tables, with the servers in which they differ. */
export interface ServiceDifference {
  /** Equal on both sides when only servers differ. */
  readonly service: Difference<Service>;
  readonly servers: readonly Difference<Destination>[];
}

/** What differs: services of the second table in its order, then those that only the first one has. */
export function compareTables(from: Table, to: Table): ServiceDifference[] {
  const differences: ServiceDifference[] = [];
  const before = new Map(from.map((entry) => [serviceId(entry.service), entry]));
  for (const entry of to) {
    const id = serviceId(entry.service);
    const difference = compareEntries(before.get(id), entry);
    before.delete(id);
    if (difference !== undefined) differences.push(difference);
  }
  for (const { service, destinations } of before.values()) {
    differences.push({ service: { before: service }, servers: destinations.map((server) => ({ before: server })) });
  }
  return differences;
}

function compareEntries(from: TableEntry | undefined, to: TableEntry): ServiceDifference | undefined {
  if (from === undefined) {
    return { service: { after: to.service }, servers: to.destinations.map((server) => ({ after: server })) };
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
  if (servers.length === 0 && sameService(from.service, to.service)) return undefined;
  return { service: { before: from.service, after: to.service }, servers };
}

/**
 * The least list of changes that turns one table into another, in an order that is safe for traffic: new services with
 * their servers, new servers, edits, then what goes: at no moment is a service without a server that it has before and
 * after. Services and servers that stay as they are do not occur, so they keep connections and counters.
 */
export function diffTables(from: Table, to: Table): Change[] {
  const added: Change[] = [];
  const edited: Change[] = [];
  const deleted: Change[] = [];
  for (const { service, servers } of compareTables(from, to)) {
    const { before, after } = service;
    if (before === undefined) {
      const destinations = servers.map((server) => server.after!);
      for (const change of tableChanges([{ service: after!, destinations }])) added.push(change);
    } else if (after === undefined) {
      deleted.push({ kind: "delete-service", service: serviceKey(before) });
    } else {
      if (!sameService(before, after)) edited.push({ kind: "edit-service", service: after });
      const key = serviceKey(after);
      for (const { before: old, after: server } of servers) {
        if (old === undefined) added.push({ kind: "add-server", service: key, server: server! });
        else if (server !== undefined) edited.push({ kind: "edit-server", service: key, server });
        else deleted.push({ kind: "delete-server", service: key, server: { address: old.address, port: old.port } });
      }
    }
  }
  return [...added, ...edited, ...deleted];
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
