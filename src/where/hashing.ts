import { IP_VS_SVC_F_SCHED1, IP_VS_SVC_F_SCHED2, isFirewallMark, serviceFamily } from "../model/service.js";
import type { LiveDestination, TableEntry } from "../model/table.js";
import { takers } from "./availability.js";
import type { Choice, Chooser } from "./choice.js";
import { foldedAddress } from "./hash.js";
import { lookUp } from "./look-up.js";
import type { Sizes } from "./sizes.js";
import { destinationTable, maglevTable, type PlaceTable, sourceTable } from "./tables.js";

type Entry = TableEntry<LiveDestination>;

/** What is needed besides the service. */
export interface Facts {
  readonly sizes: Sizes;
  /** The address that clients of a firewall mark ask for; absent: not known. */
  readonly virtual?: string;
  /** The weight that a server of weight 0 had before, 0 for one that never had any; absent: not known. */
  lastWeight(server: LiveDestination): number | undefined;
}

/** The schedulers that go by hashes: each prepares its table, for any number of clients. */
export const HASHING: Readonly<Record<string, (entry: Entry, facts: Facts) => Chooser>> = {
  sh: (entry, { sizes }) => bySource(entry, sourceTable(entry.destinations, sizes.sh)),
  mh: (entry, { sizes, lastWeight }) => {
    const { service, destinations } = entry;
    const weights = new Map(destinations.map((server) => [server, server.weight || lastWeight(server)]));
    if ([...weights.values()].includes(undefined)) {
      return always(
        destinations,
        "the last weight of servers of weight 0 counts, which the kernel does not tell; see --last-weight",
      );
    }
    if (destinations.length > sizes.mhPlaces) {
      return always(
        destinations,
        `more servers than its ${sizes.mhPlaces} places: it keeps the table that it had before`,
      );
    }
    return bySource(
      entry,
      maglevTable(destinations, serviceFamily(service), sizes.mh, (server) => weights.get(server)!),
    );
  },
  dh: ({ service, destinations }, { sizes, virtual }) => {
    const address = isFirewallMark(service) ? virtual : service.address;
    if (address === undefined) {
      return always(destinations, "the address that the client asks for counts; say which with --vip");
    }
    const choice = lookUp(destinationTable(destinations, sizes.dh), foldedAddress(address), 0, false);
    return () => choice;
  },
};

function bySource({ service, destinations }: Entry, table: PlaceTable): Chooser {
  const { scheduler, flags } = service;
  const fallback = (flags & IP_VS_SVC_F_SCHED1) !== 0;
  const byPort = (flags & IP_VS_SVC_F_SCHED2) !== 0;
  return ({ address, port }) => {
    if (!byPort) return lookUp(table, foldedAddress(address), 0, fallback);
    if (port !== undefined) return lookUp(table, foldedAddress(address), port, fallback);
    return unknown(destinations, `the port of the client counts (${scheduler}-port); say CLIENT:PORT`);
  };
}

function always(candidates: readonly LiveDestination[], why: string): Chooser {
  const choice = unknown(candidates, why);
  return () => choice;
}

/** The scheduler's choice cannot be known. */
export function unknown(servers: readonly LiveDestination[], why: string): Choice {
  return { kind: "unknown", candidates: takers(servers), why };
}
