import { destinationId } from "../../model/destination.js";
import { own } from "../../model/own.js";
import { type Service, serviceFamily } from "../../model/service.js";
import type { LiveDestination, TableEntry } from "../../model/table.js";
import { destinationTable, maglevTable, type PlaceTable, sourceTable } from "../../where/tables.js";
import type { Hashing } from "./side.js";

/** Clients that are tried: addresses that follow each other hash to places all over the table. */
const CLIENTS = 4096;
const FIRST_CLIENT = 0x0a000000;

/** Sizes of the tables where a kernel does not tell them: those of Linux. */
const USUAL = { sh: 8, dh: 8, mh: 12 } as const;

/**
 * The share of clients that get another server from the second director, 0 to 1, by the kernel's own hashes (Linux 4.18 and newer,
 * 64 bits). Absent where it cannot be computed: for schedulers without a table, and for mh with servers of weight 0, whose former
 * weights count.
 */
export function shareElsewhere(
  a: TableEntry,
  b: TableEntry,
  kernels: { readonly a?: Hashing | undefined; readonly b?: Hashing | undefined },
): number | undefined {
  const [first, second] = [tableOf(a, kernels.a), tableOf(b, kernels.b)];
  if (first === undefined || second === undefined) return undefined;
  let elsewhere = 0;
  for (let client = FIRST_CLIENT; client < FIRST_CLIENT + CLIENTS; client++) {
    if (serverOf(first, client) !== serverOf(second, client)) elsewhere++;
  }
  return elsewhere / CLIENTS;
}

function serverOf({ places, place }: PlaceTable, fold: number): string | undefined {
  const server = places[place(fold, 0, 0)];
  return server && destinationId(server);
}

function tableOf({ service, destinations }: TableEntry, kernel: Hashing | undefined): PlaceTable | undefined {
  // The kernel's list begins with the newest.
  const servers = destinations.map((server): LiveDestination => ({ ...server, ...IDLE })).reverse();
  const sizes = kernel?.tables ?? USUAL;
  return own(TABLES, service.scheduler)?.(service, servers, sizes);
}

const IDLE = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 } as const;

type MakeTable = (
  service: Service,
  servers: readonly LiveDestination[],
  sizes: NonNullable<Hashing["tables"]>,
) => PlaceTable | undefined;

const TABLES: Readonly<Record<string, MakeTable>> = {
  sh: (_, servers, { sh }) => sourceTable(servers, sh),
  dh: (_, servers, { dh }) => destinationTable(servers, dh),
  mh: (service, servers, { mh }) =>
    servers.some(({ weight }) => weight === 0)
      ? undefined
      : maglevTable(servers, serviceFamily(service), mh, ({ weight }) => weight),
};
