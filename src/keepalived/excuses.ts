import { type Destination, destinationId } from "../model/destination.js";
import { type ServiceKey, serviceId } from "../model/service.js";
import { sameDestination } from "../rules/diff.js";
import type { Excuses } from "../rules/wanted.js";
import type { IntendedService } from "./resolve.js";

const FAILED = "perhaps failed its check";
const QUORUM = "quorum lost";
const WEIGHED = "perhaps weighed by its check";
const CAME_BACK = "perhaps failed a check and came back";

/**
 * Why a table may differ from what keepalived is configured for while keepalived does its work. Only what checks can do is
 * excused: a server without checks never fails, one under inhibit_on_failure stays in the table.
 */
export function excusesOf(services: readonly IntendedService[]): Excuses {
  const byId = new Map(services.map((service) => [serviceId(service.service), service]));
  return {
    server: (service, { live, wanted }, all) => {
      const intended = byId.get(serviceId(service));
      return intended && excuse(intended, live, wanted, all);
    },
    order: (service: ServiceKey, moved) => {
      const checked = new Set(
        byId
          .get(serviceId(service))
          ?.servers.filter((one) => one.checked && !one.inhibited)
          .map(({ server }) => destinationId(server)),
      );
      return moved.every((server) => checked.has(destinationId(server))) ? CAME_BACK : undefined;
    },
  };
}

function excuse(
  { servers, sorry }: IntendedService,
  live: Destination | undefined,
  wanted: Destination | undefined,
  all: readonly Destination[],
): string | undefined {
  const isSorry = (server: Destination) => sorry !== undefined && sameDestination(server, sorry) && isAt(server, sorry);
  if (wanted === undefined) return live !== undefined && isSorry(live) ? QUORUM : undefined;
  const id = destinationId(wanted);
  const intended = servers.find(({ server }) => destinationId(server) === id);
  if (intended === undefined) return undefined;
  const quorumLost =
    all.some(isSorry) && !servers.some(({ server }) => sorry !== undefined && isAt(server, sorry) && server.weight > 0);
  if (live === undefined) {
    if (quorumLost) return QUORUM;
    return intended.checked && !intended.inhibited ? FAILED : undefined;
  }
  if (!sameDestination({ ...live, weight: wanted.weight }, wanted)) return undefined;
  if (isSorry(live)) return QUORUM;
  if (live.weight === 0 && intended.inhibited) return intended.checked ? FAILED : quorumLost ? QUORUM : undefined;
  return intended.weighed ? WEIGHED : undefined;
}

function isAt(a: Destination, b: Destination): boolean {
  return a.address === b.address && a.port === b.port;
}
