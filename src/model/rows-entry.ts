import { familyOf, ipv4Number } from "./address.js";
import { type Destination, FORWARDING_NUMBERS, PLAIN_TUNNEL, TUNNEL_NUMBERS } from "./destination.js";
import { numbered } from "./named.js";
import { COLUMN, type ServerRows } from "./server-rows.js";
import type { Service } from "./service.js";
import { type ServiceRows, withRows } from "./service-rows.js";
import type { LiveDestination, TableEntry } from "./table.js";

/** A service that is rows, and becomes objects when something asks for them: a restore asks for few. */
export class RowsEntry implements TableEntry<LiveDestination> {
  #destinations: readonly LiveDestination[] | undefined;

  constructor(readonly rows: ServiceRows) {}

  get service(): Service {
    return this.rows.service;
  }

  get destinations(): readonly LiveDestination[] {
    const { rows, order } = this.rows;
    this.#destinations ??= order.map((row) => rows.server(row));
    return this.#destinations;
  }

  /** Whether these are its servers, in this order and so configured. */
  holds(servers: readonly Destination[]): boolean {
    const { rows, order } = this.rows;
    if (servers.length !== order.length) return false;
    for (let index = 0; index < servers.length; index++) {
      if (!isServer(rows, order[index]!, servers[index]!)) return false;
    }
    return true;
  }
}

/** Equal as keys, and in everything that can be configured. */
function isServer(rows: ServerRows, row: number, server: Destination): boolean {
  const { words } = rows;
  const at = rows.at(row);
  const { type, port, flags } = server.tunnel ?? PLAIN_TUNNEL;
  return (
    words[at + COLUMN.PORT] === server.port &&
    words[at + COLUMN.WEIGHT] === server.weight &&
    words[at + COLUMN.FORWARDING] === numbered(server.forwarding, FORWARDING_NUMBERS) &&
    words[at + COLUMN.UPPER_THRESHOLD] === server.upperThreshold &&
    words[at + COLUMN.LOWER_THRESHOLD] === server.lowerThreshold &&
    words[at + COLUMN.TUNNEL_TYPE] === numbered(type, TUNNEL_NUMBERS) &&
    words[at + COLUMN.TUNNEL_PORT] === port &&
    words[at + COLUMN.TUNNEL_FLAGS] === flags &&
    (familyOf(server.address) === "ipv4"
      ? words[at + COLUMN.VERSION] === 4 && words[at + COLUMN.ADDRESS] === ipv4Number(server.address)
      : rows.address(row) === server.address)
  );
}

/**
 * A service as the kernel lists it, its servers in the order in which they were added: the kernel puts a new one before the
 * others. Rule files hold them so.
 */
export function oldestFirst<D extends Destination>(entry: TableEntry<D>): TableEntry<D> {
  // A service of rows stays one.
  if (entry instanceof RowsEntry)
    return new RowsEntry(entry.rows.reversed()) as TableEntry<Destination> as TableEntry<D>;
  return { ...entry, destinations: [...entry.destinations].reverse() };
}

/** The same as rows. */
export function rowsOf(entry: TableEntry<Destination>): ServiceRows {
  return entry instanceof RowsEntry ? entry.rows : withRows(entry);
}
