import type { ChangeRecord } from "../confirm/record.js";
import type { Change } from "../model/change.js";
import { type Destination, destinationId } from "../model/destination.js";
import { oldestFirst } from "../model/rows-entry.js";
import { type Service, serviceId } from "../model/service.js";
import type { LiveTable, Table, TableEntry } from "../model/table.js";
import { formatChange } from "../options/format.js";
import { sameDestination, sameService } from "../rules/diff.js";
import { serverBefore } from "./server.js";

/** What another program changed since, and what becomes of it. */
export type Note = (where: string, what: string) => void;

/** What a change did to one service. */
interface ServiceChange {
  /** The whole service. */
  kind?: "add" | "delete";
  /** Its own record as it was made. */
  edited?: Service;
  /** Servers were added or deleted, so that they stand in another order. */
  reordered?: boolean;
  /** Servers as they were made; undefined for those that were deleted. */
  readonly servers: Map<string, Destination | undefined>;
}

/**
 * The table in which a change is taken back and everything else is as it is now: where the present state is what the change made,
 * it becomes what the picture has. What another program changed since stays, but for what it did to services and servers that the
 * change added: those go.
 *
 * @param live as the kernel reports it
 * @param note told of everything that is not as the picture or the change has it
 */
export function tableBefore({ head, picture, changes }: ChangeRecord, live: LiveTable, note: Note): Table {
  const made = collect(changes);
  const before = new Map(picture.map((entry) => [serviceId(entry.service), entry]));
  const table: TableEntry[] = [];
  for (const entry of live.map(oldestFirst)) {
    const id = serviceId(entry.service);
    const [old, change] = [before.get(id), made.get(id)];
    before.delete(id);
    if (change?.kind === "add") continue;
    if (old !== undefined) table.push(entryBefore(old, entry, change, note));
    else {
      if (head.whole) note(id, "added, and stays");
      table.push(entry);
    }
  }
  for (const [id, entry] of before) {
    if (made.get(id)?.kind === "delete") table.push(entry);
    else note(id, "deleted, and stays so");
  }
  return table;
}

function collect(changes: readonly Change[]): Map<string, ServiceChange> {
  const made = new Map<string, ServiceChange>();
  for (const change of changes) {
    if (!("service" in change) || change.service === undefined) continue;
    const id = serviceId(change.service);
    const service: ServiceChange = made.get(id) ?? { servers: new Map() };
    made.set(id, service);
    if (change.kind === "add-service") service.kind = "add";
    else if (change.kind === "delete-service") service.kind = "delete";
    else if (change.kind === "edit-service") service.edited = change.service;
    if (!("server" in change)) continue;
    if (change.kind !== "edit-server") service.reordered = true;
    service.servers.set(destinationId(change.server), change.kind === "delete-server" ? undefined : change.server);
  }
  return made;
}

function entryBefore(old: TableEntry, now: TableEntry, change: ServiceChange | undefined, note: Note): TableEntry {
  const service = serviceBefore(old.service, now.service, change?.edited, note);
  const id = serviceId(service);
  const before = new Map(old.destinations.map((server) => [destinationId(server), server]));
  const kept = new Map<string, Destination>();
  for (const server of now.destinations) {
    const key = destinationId(server);
    const was = before.get(key);
    const touched = change?.servers.has(key) === true;
    const noteServer = (what: string) => note(`${id} ${key}`, what);
    if (was !== undefined) kept.set(key, serverBefore(was, server, change?.servers.get(key), noteServer));
    else if (!touched) {
      noteServer("added, and stays");
      kept.set(key, server);
    } else if (!sameDestination(server, change!.servers.get(key) ?? server)) noteServer("changed, and is deleted");
  }
  for (const [key, server] of before) {
    if (kept.has(key)) continue;
    if (change?.kind === "delete" || (change?.servers.has(key) && change.servers.get(key) === undefined)) {
      kept.set(key, server);
    } else note(`${id} ${key}`, "deleted, and stays so");
  }
  return { service, destinations: change?.reordered ? inOrder(old, kept) : [...kept.values()] };
}

function serviceBefore(old: Service, now: Service, made: Service | undefined, note: Note): Service {
  if (sameService(old, now) || (made !== undefined && sameService(made, now))) return old;
  note(serviceId(now), `changed, and stays so: ${formatChange({ kind: "edit-service", service: now })}`);
  return now;
}

/** The servers of the picture in its order, then those that are not in it. */
function inOrder({ destinations }: TableEntry, kept: ReadonlyMap<string, Destination>): Destination[] {
  const rest = new Map(kept);
  const first = destinations.flatMap((server) => {
    const key = destinationId(server);
    const found = rest.get(key);
    rest.delete(key);
    return found ?? [];
  });
  return [...first, ...rest.values()];
}
