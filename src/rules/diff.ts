import type { Change } from "../command/command.js";
import { type Destination, destinationId, PLAIN_TUNNEL } from "../model/destination.js";
import { type Service, serviceId, serviceKey } from "../model/service.js";
import type { Table, TableEntry } from "../model/table.js";
import { tableChanges } from "./changes.js";

/**
 * The least list of changes that turns one table into another, in an order that is safe for traffic: new services with
 * their servers, new servers, edits, then what goes: at no moment is a service without a server that it has before and after.
 * Services and servers that stay as they are do not occur, so they keep connections and counters.
 */
export function diffTables(from: Table, to: Table): Change[] {
  const added: Change[] = [];
  const edited: Change[] = [];
  const deleted: Change[] = [];
  const before = new Map(from.map((entry) => [serviceId(entry.service), entry]));
  for (const entry of to) {
    const id = serviceId(entry.service);
    const old = before.get(id);
    before.delete(id);
    if (old === undefined) added.push(...tableChanges([entry]));
    else diffEntry(old, entry, added, edited, deleted);
  }
  for (const { service } of before.values()) deleted.push({ kind: "delete-service", service: serviceKey(service) });
  return [...added, ...edited, ...deleted];
}

function diffEntry(from: TableEntry, to: TableEntry, added: Change[], edited: Change[], deleted: Change[]): void {
  const service = serviceKey(to.service);
  if (!sameService(from.service, to.service)) edited.push({ kind: "edit-service", service: to.service });
  const before = new Map(from.destinations.map((server) => [destinationId(server), server]));
  for (const server of to.destinations) {
    const id = destinationId(server);
    const old = before.get(id);
    before.delete(id);
    if (old === undefined) added.push({ kind: "add-server", service, server });
    else if (!sameDestination(old, server)) edited.push({ kind: "edit-server", service, server });
  }
  for (const { address, port } of before.values()) {
    deleted.push({ kind: "delete-server", service, server: { address, port } });
  }
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
