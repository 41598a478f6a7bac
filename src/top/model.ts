import { compareDestinations, destinationId } from "../model/destination.js";
import { compareServices, type Service, serviceId, serviceKey } from "../model/service.js";
import type { Stats } from "../model/stats.js";
import type { LiveDestination, LiveTable } from "../model/table.js";
import { History } from "./history.js";
import { RateMean, RateMeter, type Rates } from "./rates.js";

/** What services and servers have in common. */
export abstract class Row {
  /** `tcp 192.0.2.1:80`, `10.0.0.1:80`. */
  abstract readonly label: string;
  /** Of a service: the sum of its servers' weights. */
  abstract readonly weight: number;
  abstract readonly active: number;
  abstract readonly inactive: number;
  /** The means over the last interval. */
  rates: Rates = new RateMean().take();
  readonly history = new History();
  readonly #meter = new RateMeter();
  readonly #mean = new RateMean();
  /** Number of the look that saw the row last. */
  seen = 0;

  protected look(stats: Stats | undefined, seconds: number): void {
    if (stats) this.#mean.add(this.#meter.look(stats, seconds));
  }

  /** Whether its rates are known; those of a row with traffic are not before the kernel has summed up once. */
  get isSettled(): boolean {
    return this.#meter.isSettled;
  }

  /** Ends an interval. */
  publish(): void {
    this.rates = this.#mean.take();
    this.history.add(this.rates);
  }
}

export class ServerRow extends Row {
  readonly label: string;

  constructor(
    readonly service: ServiceRow,
    public server: LiveDestination,
  ) {
    super();
    this.label = destinationId(server);
  }

  get weight(): number {
    return this.server.weight;
  }
  get active(): number {
    return this.server.activeConnections;
  }
  get inactive(): number {
    return this.server.inactiveConnections;
  }

  update(server: LiveDestination, seconds: number): void {
    this.server = server;
    this.look(server.stats, seconds);
  }
}

export class ServiceRow extends Row {
  readonly label: string;
  weight = 0;
  active = 0;
  inactive = 0;
  stats: Stats | undefined;
  /** In the order of listings. */
  servers: readonly ServerRow[] = [];
  readonly #byId = new Map<string, ServerRow>();

  constructor(public service: Service) {
    super();
    this.label = serviceId(serviceKey(service));
  }

  update(entry: LiveTable[number], seconds: number, number: number): void {
    this.service = entry.service;
    this.stats = entry.stats;
    this.look(entry.stats, seconds);
    this.weight = this.active = this.inactive = 0;
    const before = this.#byId.size;
    for (const server of entry.destinations) {
      const row = rowOf(this.#byId, destinationId(server), () => new ServerRow(this, server));
      row.update(server, seconds);
      row.seen = number;
      this.weight += server.weight;
      this.active += server.activeConnections;
      this.inactive += server.inactiveConnections;
    }
    const added = this.#byId.size > before;
    if (forgetUnseen(this.#byId, number) || added) {
      this.servers = [...this.#byId.values()].sort((a, b) => compareDestinations(a.server, b.server));
    }
  }

  override publish(): void {
    super.publish();
    for (const server of this.servers) server.publish();
  }
}

/** The live table, with rates and histories that grow with every look. */
export class TopModel {
  /** In the order of listings. */
  services: readonly ServiceRow[] = [];
  readonly #byId = new Map<string, ServiceRow>();
  #looks = 0;

  /**
   * Takes in the table as it is now, with statistics.
   *
   * @param seconds time since the look before; any for the first
   */
  look(table: LiveTable, seconds: number): void {
    const number = ++this.#looks;
    const before = this.#byId.size;
    for (const entry of table) {
      const row = rowOf(this.#byId, serviceId(entry.service), () => new ServiceRow(entry.service));
      row.update(entry, seconds, number);
      row.seen = number;
    }
    const added = this.#byId.size > before;
    if (forgetUnseen(this.#byId, number) || added) {
      this.services = [...this.#byId.values()].sort((a, b) => compareServices(a.service, b.service));
    }
  }

  /** Whether all rates are known. */
  get isSettled(): boolean {
    return this.services.every((service) => service.isSettled && service.servers.every((server) => server.isSettled));
  }

  /** Ends an interval: rows show the means of the looks since the last one. */
  publish(): void {
    for (const service of this.services) service.publish();
  }
}

function rowOf<R>(rows: Map<string, R>, id: string, make: () => R): R {
  let row = rows.get(id);
  if (row === undefined) {
    row = make();
    rows.set(id, row);
  }
  return row;
}

/** Drops the rows that the last look did not find; true when there were any. */
function forgetUnseen(rows: Map<string, Row>, number: number): boolean {
  const before = rows.size;
  for (const [id, row] of rows) if (row.seen !== number) rows.delete(id);
  return rows.size < before;
}
