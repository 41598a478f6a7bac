import { type Destination, type DestinationKey, destinationId } from "../model/destination.js";
import type { Service } from "../model/service.js";

/**
 * Schedulers that fill a table by walking the service's list of servers (ip_vs_sh.c, ip_vs_dh.c, ip_vs_mh.c): the same servers
 * in another order send clients elsewhere.
 */
const FILLED_IN_ORDER: ReadonlySet<string> = new Set(["sh", "dh", "mh"]);

/** Whether the order of a service's servers decides which client gets which server: with the schedulers sh, dh and mh. */
export function heedsOrder({ scheduler }: Pick<Service, "scheduler">): boolean {
  return FILLED_IN_ORDER.has(scheduler);
}

/** The servers of a service in two tables, all of them, oldest first. */
export interface ServerOrder {
  readonly before: readonly Destination[];
  readonly after: readonly Destination[];
}

/** What has to be added, in this sequence, so that the servers stand as wanted. */
export interface Placement {
  /** The server as it shall be added: as it is now if there is one already. */
  readonly server: Destination;
  /** It is there already, and has to be deleted just before. */
  readonly moves: boolean;
}

/**
 * The shortest way to the order of `after`. A server that is added always becomes the newest, so only the first ones of `after`
 * can stay, as far as they stand in `before` in the same sequence; everything behind them is added in its turn.
 */
export function placements({ before, after }: ServerOrder): Placement[] {
  const present = new Map(before.map((server) => [destinationId(server), server]));
  return after.slice(countStaying(before, after)).map((wanted) => {
    const server = present.get(destinationId(wanted));
    return { server: server ?? wanted, moves: server !== undefined };
  });
}

function countStaying(before: readonly DestinationKey[], after: readonly DestinationKey[]): number {
  let staying = 0;
  for (const server of before) {
    const next = after[staying];
    if (next !== undefined && isSame(server, next)) staying++;
  }
  return staying;
}

function isSame(a: DestinationKey, b: DestinationKey): boolean {
  return a.port === b.port && a.address === b.address;
}
