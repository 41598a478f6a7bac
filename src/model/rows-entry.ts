import { familyOf, ipv4Number } from "./address.js";
import { type Destination, FORWARDING_NUMBERS, PLAIN_TUNNEL, TUNNEL_NUMBERS } from "./destination.js";
import { numbered } from "./named.js";
import { COLUMN, type ServerRows } from "./server-rows.js";
import type { Service } from "./service.js";
import type { LiveDestination, TableEntry } from "./table.js";

/** A service whose servers are rows, and become objects when something asks for them: a restore asks for few. */
export class RowsEntry implements TableEntry<LiveDestination> {
  readonly #rows: ServerRows;
  readonly #order: readonly number[];
  #destinations: readonly LiveDestination[] | undefined;

  /** @param order which rows are its servers, in order */
  constructor(
    readonly service: Service,
    rows: ServerRows,
    order: readonly number[],
  ) {
    this.#rows = rows;
    this.#order = order;
  }

  get destinations(): readonly LiveDestination[] {
    this.#destinations ??= this.#order.map((row) => this.#rows.server(row));
    return this.#destinations;
  }

  /** The same service, its last server first. */
  reversed(): RowsEntry {
    return new RowsEntry(this.service, this.#rows, this.#order.toReversed());
  }

  /** Whether these are its servers, in this order and so configured. */
  holds(servers: readonly Destination[]): boolean {
    if (servers.length !== this.#order.length) return false;
    for (let index = 0; index < servers.length; index++) {
      if (!isServer(this.#rows, this.#order[index]!, servers[index]!)) return false;
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
  if (entry instanceof RowsEntry) return entry.reversed() as TableEntry<Destination> as TableEntry<D>;
  return { ...entry, destinations: [...entry.destinations].reverse() };
}
