import { compareDestinations, type Destination } from "./destination.js";
import { compareServices, type Service } from "./service.js";
import type { Stats } from "./stats.js";

/** Live figures that the kernel reports with every real server. */
export interface DestinationState {
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  /** Absent when the reader did not ask for statistics. */
  readonly stats?: Stats;
}

/** How many connections a server has, active and inactive ones: what thresholds are about. */
export const connectionsOf = ({ activeConnections, inactiveConnections }: DestinationState): number =>
  activeConnections + inactiveConnections;

/** A real server as the kernel lists it. */
export type LiveDestination = Destination & DestinationState;

/** A service as the kernel lists it, without its servers. */
export interface LiveService {
  readonly service: Service;
  /** Absent when the reader did not ask for statistics. */
  readonly stats?: Stats;
}

/** A service with its servers. `D` is `Destination` for wanted tables (files), `LiveDestination` for the kernel's. */
export interface TableEntry<D extends Destination = Destination> {
  readonly service: Service;
  /** Counters of the service; absent for wanted tables and when the reader did not ask for statistics. */
  readonly stats?: Stats;
  readonly destinations: readonly D[];
}

/** The whole table: what `ipvsadm -S` writes and what `-L` shows. */
export type Table<D extends Destination = Destination> = readonly TableEntry<D>[];

/** The table as the kernel reports it. */
export type LiveTable = Table<LiveDestination>;

/** Services and servers in the order of listings. */
export function sortTable<D extends Destination>(table: Table<D>): Table<D> {
  return sortServices(table).map((entry) => ({
    ...entry,
    destinations: [...entry.destinations].sort(compareDestinations),
  }));
}

/** Services alone in the order of listings. */
export function sortServices<E extends { readonly service: Service }>(entries: readonly E[]): E[] {
  return [...entries].sort((a, b) => compareServices(a.service, b.service));
}
