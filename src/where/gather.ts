import { machine, release } from "node:os";
import type { IpvsClient } from "../client/client.js";
import { readConnections } from "../client/connections.js";
import { WeightMemory } from "../drain/memory.js";
import { readKernelConfig } from "../host/kernel-config.js";
import { readSysctl } from "../host/proc.js";
import type { DestinationKey } from "../model/destination.js";
import { own } from "../model/own.js";
import { isFirewallMark, type ServiceKey } from "../model/service.js";
import type { LiveDestination, TableEntry } from "../model/table.js";
import { StateError } from "../state/folder.js";
import type { Evidence } from "./answer.js";
import type { Chooser, Client } from "./choice.js";
import { choiceByCount } from "./counting.js";
import { HASHING, unknown } from "./hashing.js";
import { Known, type Reach } from "./known.js";
import { placesOf, type Sizes, sizesOf, whyNotComputed } from "./sizes.js";

/** What the user said besides clients and service. */
export interface Said {
  /** Where clients of a firewall mark go to. */
  readonly virtual?: Reach["virtual"];
  /** The weight that servers of weight 0 had before. */
  readonly lastWeight?: number;
}

/** All that answers are made from, and how large the table of the scheduler is. */
export interface Gathered {
  readonly evidence: Evidence;
  /** Absent for schedulers without one, and where hashes cannot be computed. */
  readonly places?: { readonly count: number; readonly source?: string };
}

/** Reads the connections of clients and whatever else decides. Throws as IpvsClient and readConnections do. */
export async function gather(
  client: IpvsClient,
  entry: TableEntry<LiveDestination>,
  clients: readonly Client[],
  said: Said,
): Promise<Gathered> {
  const { service, destinations } = entry;
  const addresses = new Set(clients.map(({ address }) => address));
  const taken = isFirewallMark(service) || service.port !== 0 ? new Set<number>() : await takenPorts(client, service);
  const known = new Known({ service, taken, ...(said.virtual && { virtual: said.virtual }) }, (address) =>
    addresses.has(address),
  );
  for await (const batch of readConnections()) for (const connection of batch) known.add(connection);
  const sizes = sizesOf(readKernelConfig());
  const places = placesOf(service.scheduler, sizes);
  const choose = chooser(entry, sizes, said);
  const evidence = {
    scheduler: service.scheduler,
    servers: destinations,
    ...(service.persistenceEngine !== undefined && { persistenceEngine: service.persistenceEngine }),
    known,
    choose,
    sysctls: {
      templatesEnd: readSysctl("net.ipv4.vs.expire_quiescent_template") === "1",
      portsKeepServers: readSysctl("net.ipv4.vs.conn_reuse_mode") === "0",
      orphansEnd: readSysctl("net.ipv4.vs.expire_nodest_conn") === "1",
    },
  };
  return { evidence, ...(places && { places }) };
}

async function takenPorts(
  client: IpvsClient,
  service: { readonly protocol: unknown; readonly address: string },
): Promise<ReadonlySet<number>> {
  const ports = new Set<number>();
  for (const { service: other } of await client.services()) {
    if (isFirewallMark(other) || other.protocol !== service.protocol || other.address !== service.address) continue;
    if (other.port !== 0) ports.add(other.port);
  }
  return ports;
}

function chooser(entry: TableEntry<LiveDestination>, sizes: Sizes, { virtual, lastWeight }: Said): Chooser {
  const { service, destinations } = entry;
  if (destinations.length === 0) return () => ({ kind: "none", why: "the service has no servers" });
  const prepare = own(HASHING, service.scheduler);
  if (prepare === undefined) return () => choiceByCount(service.scheduler, destinations);
  const reason = whyNotComputed(release(), machine());
  if (reason !== undefined) return () => unknown(destinations, reason);
  return prepare(entry, {
    sizes,
    ...(virtual && { virtual: virtual.address }),
    lastWeight: (server) => drainedFrom(service, server) ?? lastWeight,
  });
}

/** The weight that `ipvsadm drain` remembers of a server; absent when it remembers none that can be believed. */
function drainedFrom(service: ServiceKey, server: DestinationKey): number | undefined {
  try {
    return new WeightMemory().recall(service, server)?.weight;
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}
