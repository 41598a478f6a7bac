import { destinationId } from "../model/destination.js";
import { schedulerFlagNames } from "../model/scheduler-flags.js";
import { IP_VS_SVC_F_PERSISTENT, type Service, serviceId, serviceKey } from "../model/service.js";
import type { LiveDestination, TableEntry } from "../model/table.js";

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

function refusesClients({ scheduler, flags }: Service): boolean {
  return HASHING.has(scheduler) && !schedulerFlagNames(scheduler, flags).includes(`${scheduler}-fallback`);
}
