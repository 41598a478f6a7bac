import { IpvsError } from "../../errors.js";
import type { Host, InterfaceAddress, Link } from "../../host/host.js";
import type { Identity } from "../../host/identity.js";
import type { KernelConfig } from "../../host/kernel-config.js";
import { oldestFirst } from "../../model/rows-entry.js";
import type { Daemon } from "../../model/settings.js";
import type { LiveTable } from "../../model/table.js";
import { sizesOf } from "../../where/sizes.js";
import { FAILOVER } from "../checks/arrival.js";
import type { Kernel } from "../index.js";
import { ownersOf } from "../owners.js";
import { PARAMETERS } from "./parameters.js";
import type { ConnectionCounts, Hashing, SyncInterface, WholeSide } from "./side.js";
import { networkOf, readVirtualAddresses } from "./virtual-addresses.js";

/** What is not read from the network namespace. */
export interface Origin {
  readonly identity: Identity;
  /** Absent: it is nowhere to be read. */
  readonly config?: KernelConfig | undefined;
}

/** This host's side of a comparison. Throws as IpvsClient does; of the host, what cannot be read is told in `unread`. */
export async function readSide(kernel: Kernel, host: Host, { identity, config }: Origin): Promise<WholeSide> {
  const table = await kernel.table();
  const timeouts = await kernel.timeouts();
  const daemons = await kernel.daemons();
  const unread = new Set<string>();
  const attempt = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      unread.add(error.message);
      return undefined;
    }
  };
  const links = await attempt(() => host.links());
  const addresses = await attempt(() => host.addresses());
  const parameters = await attempt(() => readParameters(host));
  const processes = await attempt(() => host.processes());
  const network = links && addresses && { links, addresses, sysctl: (name: string) => host.sysctl(name) };
  const virtualAddresses = network && (await attempt(() => readVirtualAddresses(host, table, network, unread)));
  const writers =
    processes &&
    ownersOf({ processes: () => processes, linkNamed: (name) => links?.find((link) => link.name === name) });
  return {
    host: identity.name,
    time: identity.time,
    namespace: identity.namespace,
    table: table.map(oldestFirst),
    timeouts,
    daemons,
    connections: countConnections(table),
    kernel: hashingOf(host.release, identity.machine, config),
    ...(parameters && { parameters }),
    ...(network && { syncInterfaces: syncInterfaces(daemons, network.links, network.addresses) }),
    ...(virtualAddresses && { virtualAddresses }),
    ...(writers && { writers: writers.map(({ process }) => process) }),
    ...(processes && { movers: FAILOVER.filter((name) => processes.has(name)) }),
    unread: [...unread],
  };
}

function readParameters(host: Host): ReadonlyMap<string, string> {
  const values = PARAMETERS.map(({ name }) => [name, host.sysctl(name)] as const);
  return new Map(values.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

function countConnections(table: LiveTable): ConnectionCounts {
  const counts = { active: 0, inactive: 0, persistent: 0 };
  for (const { destinations } of table) {
    for (const { activeConnections, inactiveConnections, persistentConnections } of destinations) {
      counts.active += activeConnections;
      counts.inactive += inactiveConnections;
      counts.persistent += persistentConnections;
    }
  }
  return counts;
}

function hashingOf(release: string, machine: string, config: KernelConfig | undefined): Hashing {
  const { sh, dh, mh } = sizesOf(config);
  return { release, machine, ...(config && { tables: { sh, dh, mh } }) };
}

function syncInterfaces(
  daemons: readonly Daemon[],
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): SyncInterface[] {
  const names = new Set(daemons.map((daemon) => daemon.interface));
  return links
    .filter(({ name }) => names.has(name))
    .map(({ index, name, mtu, up, carrier, multicast }) => ({
      ...{ name, mtu, up, carrier, multicast },
      networks: [...new Set(addresses.filter(({ link }) => link === index).map(networkOf))],
    }));
}
