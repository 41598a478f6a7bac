import { IpvsError } from "../errors.js";
import type { Host } from "../host/host.js";
import { serviceFamily } from "../model/service.js";
import type { Daemon, Info, Timeouts } from "../model/settings.js";
import type { LiveTable } from "../model/table.js";
import { Facts, type Readings } from "./facts.js";
import { readArrivals, readRoutes } from "./routes.js";
import { CONNECTION_LIMIT, TrafficCount } from "./traffic.js";

/** What the kernel's IPVS says; what is absent could not be read. */
export interface Director {
  /** With statistics, where they could be read. */
  readonly table: LiveTable;
  readonly info?: Info;
  readonly timeouts?: Timeouts;
  readonly daemons?: readonly Daemon[];
  /** Reads the table again, for counters that are as new as the connections. */
  readonly again?: () => Promise<LiveTable>;
}

/**
 * Milliseconds between the two looks at connections: longer than a healthy handshake takes, and long enough for the kernel
 * to sum up its counters, which it does every two seconds.
 */
const SECOND_LOOK = 2100;

/** Reads this host as far as the services need it. */
export async function gather({ again, ...director }: Director, host: Host): Promise<Facts> {
  const unread = new Set<string>();
  const read = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      unread.add(error.message);
      return undefined;
    }
  };
  let { table } = director;
  const families = [...new Set(table.map(({ service }) => serviceFamily(service)))];
  const links = await read(host.links());
  const addresses = await read(host.addresses());
  const traffic = await read(countTraffic(table, host, unread));
  if (traffic?.isSuspicious && again !== undefined) table = (await read(again())) ?? table;
  // After the second look, so that neighbours asked meanwhile had time to answer.
  const neighbours = await read(host.neighbours());
  const firewall = await read(host.firewall(families, (what) => unread.add(what)));
  const routes = (await read(readRoutes(host, table, traffic, firewall))) ?? new Map();
  const routingRules = await read(host.routingRules());
  const surroundings = { table, routes, links, addresses, traffic, firewall, routingRules };
  const arrivals = (await read(readArrivals(host, surroundings, unread))) ?? new Map();
  const readings: Readings = {
    ...director,
    table,
    ...(links && { links }),
    ...(addresses && { addresses: new Set(addresses.map(({ address }) => address)) }),
    ...(traffic && { traffic }),
    ...(neighbours && { neighbours }),
    ...(firewall && { firewall }),
    ...(routingRules && { routingRules }),
    routes,
    arrivals,
  };
  return new Facts(readings, host, unread);
}

async function countTraffic(table: LiveTable, host: Host, unread: Set<string>): Promise<TrafficCount> {
  const count = new TrafficCount(table);
  let seen = 0;
  for await (const batch of host.connections()) {
    for (const connection of batch) count.add(connection);
    seen += batch.length;
    if (seen > CONNECTION_LIMIT) {
      unread.add(`connections behind the first ${seen}: too many to look at all`);
      break;
    }
  }
  if (!count.isSuspicious) return count;
  await host.pause(SECOND_LOOK);
  seen = 0;
  for await (const batch of host.connections()) {
    for (const connection of batch) count.again(connection);
    seen += batch.length;
    if (seen > CONNECTION_LIMIT) break;
  }
  return count;
}
