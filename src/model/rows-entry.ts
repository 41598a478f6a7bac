import { familyOf, ipv4Number } from "./address.js";
import {
  type Destination,
  type DestinationKey,
  FORWARDING_NUMBERS,
  PLAIN_TUNNEL,
  TUNNEL_NUMBERS,
} from "./destination.js";
import { numbered } from "./named.js";
import { COLUMN, type ServerRows } from "./server-rows.js";
import type { Service } from "./service.js";
import { type ServiceRows, withRows } from "./service-rows.js";
import type { LiveDestination, TableEntry } from "./table.js";

/** A service whose servers are rows, and become objects when something asks for them: a restore asks for few. */
export class RowsEntry implements TableEntry<LiveDestination> {
  readonly service: Service;
  readonly #rows: ServiceRows;
  readonly #isReversed: boolean;
  #destinations: readonly LiveDestination[] | undefined;

  /** @param isReversed whether the last of the servers is the first one here */
  constructor(rows: ServiceRows, isReversed = false) {
    this.service = rows.service;
    this.#rows = rows;
    this.#isReversed = isReversed;
  }

  get rows(): ServiceRows {
    return this.#isReversed ? this.#rows.reversed() : this.#rows;
  }

  /** The same, its last server first. */
  reversed(): RowsEntry {
    return new RowsEntry(this.#rows, !this.#isReversed);
  }

  get destinations(): readonly LiveDestination[] {
    if (this.#destinations === undefined) {
      const { rows, order } = this.rows;
      this.#destinations = order.map((row) => rows.server(row));
    }
    return this.#destinations;
  }

  /** Those of its servers that others of the same keys, in the same order, are to replace; absent if these have not the same keys. */
  changed(
    servers: readonly Destination[],
  ): { readonly before: Destination; readonly after: Destination }[] | undefined {
    const { rows, order } = this.#rows;
    if (servers.length !== order.length) return undefined;
    const changed: { readonly before: Destination; readonly after: Destination }[] = [];
    for (let index = 0; index < servers.length; index++) {
      const row = order[this.#isReversed ? order.length - 1 - index : index]!;
      const after = servers[index]!;
      if (!hasKey(rows, row, after)) return undefined;
      if (!isConfigured(rows, row, after)) changed.push({ before: rows.server(row), after });
    }
    return changed;
  }
}

function hasKey(rows: ServerRows, row: number, { address, port }: DestinationKey): boolean {
  const { words } = rows;
  const at = rows.at(row);
  if (words[at + COLUMN.PORT] !== port) return false;
  return familyOf(address) === "ipv4"
    ? words[at + COLUMN.VERSION] === 4 && words[at + COLUMN.ADDRESS] === ipv4Number(address)
    : rows.address(row) === address;
}

/** Equal in everything but the key that can be configured. */
function isConfigured(rows: ServerRows, row: number, server: Destination): boolean {
  const { words } = rows;
  const at = rows.at(row);
  const { type, port, flags } = server.tunnel ?? PLAIN_TUNNEL;
  return (
    words[at + COLUMN.WEIGHT] === server.weight &&
    words[at + COLUMN.FORWARDING] === numbered(server.forwarding, FORWARDING_NUMBERS) &&
    words[at + COLUMN.UPPER_THRESHOLD] === server.upperThreshold &&
    words[at + COLUMN.LOWER_THRESHOLD] === server.lowerThreshold &&
    words[at + COLUMN.TUNNEL_TYPE] === numbered(type, TUNNEL_NUMBERS) &&
    words[at + COLUMN.TUNNEL_PORT] === port &&
    words[at + COLUMN.TUNNEL_FLAGS] === flags
  );
}

/**
 * A service as the kernel lists it, its servers in the order in which they were added: the kernel puts a new one before the
 * others. Rule files hold them so.
 */
export function oldestFirst<D extends Destination>(entry: TableEntry<D>): TableEntry<D> {
  // A service of rows stays one.
  if (entry instanceof RowsEntry) return entry.reversed() as TableEntry<Destination> as TableEntry<D>;
  return { ...entry, destinations: [...entry.destinations].reverse() };
}

/** The same as rows. */
export function rowsOf(entry: TableEntry<Destination>): ServiceRows {
  return entry instanceof RowsEntry ? entry.rows : withRows(entry);
}
