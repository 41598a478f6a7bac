import type { KernelError } from "../errors.js";
import { IpvsError } from "../errors.js";
import type { Host, RouteType } from "../host/host.js";
import { type Address, familyOf } from "../model/address.js";
import type { Change } from "../model/change.js";
import { type Destination, PLAIN_TUNNEL } from "../model/destination.js";
import { type Service, type ServiceKey, serviceFamily } from "../model/service.js";
import type { Daemon } from "../model/settings.js";
import type { LiveTable } from "../model/table.js";
import { SCHEDULER_NAMES } from "../options/schedulers.js";
import { nearest } from "./nearest.js";

/** What the kernel holds when it refuses; absent parts are not known. */
export interface Holding {
  readonly table?: LiveTable;
  readonly daemons?: readonly Daemon[];
}

/** The largest weight that the kernel takes. */
const LARGEST_WEIGHT = 2 ** 31 - 1;

/**
 * What a refusal is about, in one sentence without a line end, where that can be told; to be printed behind 1.31's own
 * line. Each rule was seen in `ip_vs_ctl.c` and `ip_vs_sync.c` of Linux 6.1 at work. Never throws.
 */
export async function explainRefusal(
  change: Change,
  error: KernelError,
  host: Host,
  holding: Holding = {},
): Promise<string | undefined> {
  try {
    if (error.code === "EPERM") return foreignRoot(host);
    switch (change.kind) {
      case "add-service":
      case "edit-service":
        return error.code === "ENOENT" ? missingModule(change.service, host) : undefined;
      case "add-server":
      case "edit-server":
        if (error.code === "ERANGE") return outOfRange(change.server);
        return error.code === "EINVAL" ? await refusedServer(change.service, change.server, host, holding) : undefined;
      case "start-daemon":
        return await refusedDaemon(change.daemon, error.code, host, holding);
      default:
        return undefined;
    }
  } catch (failure) {
    if (!(failure instanceof IpvsError)) throw failure;
    return undefined;
  }
}

/** IPVS wants CAP_NET_ADMIN in the initial user namespace (GENL_ADMIN_PERM). */
function foreignRoot(host: Host): string | undefined {
  if (host.initialUserNamespace()) return undefined;
  return "IPVS obeys root of the host only, not that of a container with users of its own";
}

/** ENOENT means scheduler or persistence engine; the modules tell which. */
function missingModule({ scheduler, persistenceEngine }: Service, host: Host): string | undefined {
  const missing = (module: string) => host.module(module) === "absent";
  if (missing(`ip_vs_${scheduler}`)) {
    const offered = SCHEDULER_NAMES.filter((name) => !missing(`ip_vs_${name}`));
    return `this kernel has no scheduler ${scheduler}: there is no module ip_vs_${scheduler}${instead(scheduler, offered)}`;
  }
  if (persistenceEngine === undefined || !missing(`ip_vs_pe_${persistenceEngine}`)) return undefined;
  return `this kernel has no persistence engine ${persistenceEngine}: there is no module ip_vs_pe_${persistenceEngine}`;
}

/** What could be taken for something that there is not. */
function instead(typed: string, offered: readonly string[]): string {
  const near = nearest(typed, offered);
  if (near.length > 0) return `; did you mean ${near.join(" or ")}?`;
  return offered.length > 0 ? `; it has ${offered.join(", ")}` : "";
}

function outOfRange({ weight, upperThreshold: upper, lowerThreshold: lower }: Destination): string | undefined {
  if (lower > upper) return `the lower threshold (-y ${lower}) is above the upper one (-x ${upper})`;
  return weight > LARGEST_WEIGHT ? `the weight is above ${LARGEST_WEIGHT}` : undefined;
}

const NOT_UNICAST: Partial<Readonly<Record<RouteType, string>>> = {
  broadcast: "a broadcast address",
  multicast: "a multicast address",
  anycast: "an anycast address",
};

async function refusedServer(
  service: ServiceKey,
  server: Destination,
  host: Host,
  { daemons }: Holding,
): Promise<string | undefined> {
  const { address, forwarding } = server;
  const { type, port } = server.tunnel ?? PLAIN_TUNNEL;
  if (forwarding === "tunnel" && type === "gue" && port === 0) return "a gue tunnel needs its UDP port (--tun-port)";
  if (familyOf(address) !== serviceFamily(service)) {
    if (forwarding !== "tunnel") return "a server of the other address family can only be reached by a tunnel (-i)";
    const daemon = daemons?.[0];
    return (
      daemon &&
      `a sync daemon is running (${daemon.state}, ${daemon.interface}), and cannot carry servers of the other address family`
    );
  }
  const kind = specialAddress(address) ?? NOT_UNICAST[(await host.routes([{ address }]))[0]!.type];
  if (kind !== undefined) return `${address} is ${kind}; a server needs a unicast address`;
  const lo = (await host.links()).find(({ name }) => name === "lo");
  return lo?.up === false
    ? "the interface lo is down: without any local route the kernel takes every address for a broadcast address; ip link set lo up"
    : undefined;
}

/** Addresses that are no server's whatever the routes say. */
function specialAddress(address: Address): string | undefined {
  if (familyOf(address) === "ipv6") {
    if (/^ff/i.test(address)) return "a multicast address";
    if (/^fe[89ab]/i.test(address)) return "a link-local address, which has no meaning without its interface";
    return address === "::" ? "no address at all" : undefined;
  }
  const first = Number(address.split(".")[0]);
  if (first >= 224 && first < 240) return "a multicast address";
  if (address === "255.255.255.255") return "a broadcast address";
  return address === "0.0.0.0" ? "no address at all" : undefined;
}

async function refusedDaemon(
  daemon: Daemon,
  code: string,
  host: Host,
  { table = [] }: Holding,
): Promise<string | undefined> {
  const { interface: name, multicastGroup } = daemon;
  const links = await host.links();
  const link = links.find((candidate) => candidate.name === name);
  if (code === "ENODEV" && link === undefined) return `there is no interface ${name} here (--mcast-interface)`;
  if (link !== undefined && !link.up) return `the interface ${name} is down`;
  if (code !== "EINVAL") return undefined;
  if (multicastGroup !== undefined && !isMulticast(multicastGroup))
    return `${multicastGroup} is no multicast group (--mcast-group)`;
  const mixed = table.some(({ service, destinations }) =>
    destinations.some(({ address }) => familyOf(address) !== serviceFamily(service)),
  );
  return mixed ? "sync daemons cannot carry servers whose address family is not that of their service" : undefined;
}

function isMulticast(address: Address): boolean {
  return specialAddress(address) === "a multicast address";
}
