import type { Destination } from "./destination.js";
import { ServerRows } from "./server-rows.js";
import type { Service } from "./service.js";
import { ServiceList } from "./service-list.js";
import type { Stats } from "./stats.js";
import type { LiveDestination, TableEntry } from "./table.js";

/** A service that is a row of a list, with its servers, which are rows of another one. */
export class ServiceRows {
  #service: Service | undefined;

  /**
   * @param rows the servers of this service, and perhaps of others
   * @param order which of them are its own, in order
   */
  constructor(
    readonly list: ServiceList,
    readonly row: number,
    readonly rows: ServerRows,
    readonly order: number[],
  ) {}

  /** The same as an object. */
  get service(): Service {
    this.#service ??= this.list.service(this.row);
    return this.#service;
  }

  /** The same service, its last server first. */
  reversed(): ServiceRows {
    const reversed = new ServiceRows(this.list, this.row, this.rows, this.order.toReversed());
    reversed.#service = this.#service;
    return reversed;
  }

  /** Counters of the service; absent when the reader did not ask for statistics. */
  get stats(): Stats | undefined {
    return this.list.stats(this.row);
  }
}

/** The same with objects for the service and its servers. */
export function withServers({ service, stats, rows, order }: ServiceRows): TableEntry<LiveDestination> {
  const destinations = order.map((row) => rows.server(row));
  return stats === undefined ? { service, destinations } : { service, stats, destinations };
}

/** The same with rows for the service and its servers. */
export function withRows(entry: TableEntry<Destination | LiveDestination>): ServiceRows {
  const list = new ServiceList(1);
  list.append(entry);
  const rows = ServerRows.of(entry.destinations);
  return new ServiceRows(list, 0, rows, rows.between(0, rows.count));
}
