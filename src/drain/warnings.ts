import { destinationId } from "../model/destination.js";
import { schedulerFlagNames } from "../model/scheduler-flags.js";
import { IP_VS_SVC_F_PERSISTENT, type Service, serviceId, serviceKey } from "../model/service.js";
import type { LiveDestination, TableEntry } from "../model/table.js";
import { heedsOrder } from "../rules/order.js";

/** Schedulers that give a client always the same server, and refuse it when that takes no connections. */
const HASHING: ReadonlySet<string> = new Set(["sh", "mh", "dh"]);

/**
 * What traffic of a service has to expect while some of its servers have weight 0; empty when all is well.
 *
 * @param drained those servers, of `entry.destinations`
 */
export function drainWarnings(
  { service, destinations }: TableEntry<LiveDestination>,
  drained: readonly LiveDestination[],
  templatesEnd: boolean,
): string[] {
  const warnings: string[] = [];
  const id = serviceId(serviceKey(service));
  const rest = destinations.filter((server) => server.weight > 0 && !drained.includes(server));
  if (rest.length === 0) {
    warnings.push(`${id}: no other server takes connections; new clients are refused`);
  } else if (refusesClients(service)) {
    const fallback = service.scheduler === "dh" ? "" : `; set -b ${service.scheduler}-fallback sends them elsewhere`;
    const servers = drained.map(destinationId).join(", ");
    warnings.push(`${id}: scheduler ${service.scheduler} refuses new clients that belong to ${servers}${fallback}`);
  }
  if ((service.flags & IP_VS_SVC_F_PERSISTENT) !== 0 && !templatesEnd) {
    warnings.push(
      `${id}: known clients keep coming until they stay away for ${service.timeout} seconds; ` +
        "with net.ipv4.vs.expire_quiescent_template=1 they go elsewhere at once",
    );
  }
  return warnings;
}

/**
 * What it means for the order of servers that some are deleted and added again, or only deleted; empty where the order means
 * nothing.
 */
export function killWarnings(service: Service, killed: readonly LiveDestination[], leave: boolean): string[] {
  if (!heedsOrder(service)) return [];
  const id = serviceId(serviceKey(service));
  const servers = killed.map(destinationId).join(", ");
  const what = leave
    ? `when ${servers} is deleted`
    : `when ${servers} is deleted and added again it is the last server (ipvsadm apply --order puts it back)`;
  return [`${id}: ${what}, ${service.scheduler} sends clients of other servers elsewhere`];
}

function refusesClients({ scheduler, flags }: Service): boolean {
  return HASHING.has(scheduler) && !schedulerFlagNames(scheduler, flags).includes(`${scheduler}-fallback`);
}
