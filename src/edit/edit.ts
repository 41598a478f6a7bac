import { UsageError } from "../errors.js";
import type { Change } from "../model/change.js";
import { type Destination, type DestinationKey, destinationId } from "../model/destination.js";
import { serviceId, serviceKey } from "../model/service.js";
import type { TableEntry } from "../model/table.js";
import { EXIT } from "../program/exit-status.js";
import { sameDestination, sameService } from "../rules/diff.js";
import { editServer, type ServerEdit } from "./server.js";
import { editService, type ServiceEdit } from "./service.js";

/** What to change in a service and in servers of it. */
export interface Edit {
  /** Absent: nothing of the service itself. */
  readonly service?: ServiceEdit;
  /** Absent: nothing of any server. */
  readonly server?: ServerEdit;
  /** The servers to change. */
  readonly servers: readonly DestinationKey[] | "all";
}

/**
 * The changes that an edit comes down to; none for what is as wanted already, so that schedulers do not start anew.
 *
 * @param entry the service and its servers as they are
 * @throws UsageError for servers that the service does not have and for what a service or server may not be
 */
export function planEdit(entry: TableEntry, edit: Edit): Change[] {
  const changes: Change[] = [];
  if (edit.service !== undefined) {
    const service = editService(entry.service, edit.service);
    if (!sameService(service, entry.service)) changes.push({ kind: "edit-service", service });
  }
  if (edit.server === undefined) return changes;
  const service = serviceKey(entry.service);
  for (const before of selectServers(entry, edit.servers)) {
    const server = editServer(service, before, edit.server);
    if (!sameDestination(server, before)) changes.push({ kind: "edit-server", service, server });
  }
  return changes;
}

/** Servers of a service by their keys, each once. Throws UsageError for one that it does not have. */
export function selectServers<D extends Destination>(
  entry: TableEntry<D>,
  keys: readonly DestinationKey[] | "all",
): readonly D[] {
  if (keys === "all") return entry.destinations;
  const present = new Map(entry.destinations.map((server) => [destinationId(server), server]));
  const wanted = new Map(keys.map((key) => [destinationId(key), key]));
  return Array.from(wanted, ([id, key]) => {
    const server = present.get(id);
    if (server === undefined) throw new UsageError(noSuchServer(entry, key, id), EXIT.refused.status);
    return server;
  });
}

function noSuchServer({ service, destinations }: TableEntry, { address }: DestinationKey, id: string): string {
  const near = destinations.filter((server) => server.address === address).map(destinationId);
  const hint = near.length === 0 ? "" : `; it has ${near.join(", ")}`;
  return `No such destination: ${serviceId(serviceKey(service))} has no server ${id}${hint}`;
}
