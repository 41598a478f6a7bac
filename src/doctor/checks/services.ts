import { destinationId } from "../../model/destination.js";
import { IP_VS_SVC_F_SCHED1 } from "../../model/service.js";
import { connectionsOf, type LiveDestination } from "../../model/table.js";
import { formatServiceKey } from "../../options/format.js";
import { onTable, type ServiceCheck } from "../check.js";
import { ipvsadm, nameOf } from "./subjects.js";

function isFull(server: LiveDestination): boolean {
  return server.upperThreshold > 0 && connectionsOf(server) >= server.upperThreshold;
}

export const noServers: ServiceCheck = {
  id: "no-servers",
  title: "A service has no servers",
  scope: "service",
  appliesTo: () => true,
  verdict: ({ service, destinations }) =>
    destinations.length > 0
      ? undefined
      : {
          severity: "error",
          evidence: [`${nameOf(service)}: 0 servers`],
          why: "Every client is refused: there is nothing to schedule to.",
          remedies: [onTable("servers", [`ipvsadm -a ${formatServiceKey(service)} -r SERVER[:PORT]`])],
        },
};

export const noWeights: ServiceCheck = {
  id: "all-weights-zero",
  title: "All servers of a service have weight 0",
  scope: "service",
  appliesTo: ({ destinations }) => destinations.length > 0,
  verdict: ({ service, destinations }) =>
    destinations.some(({ weight }) => weight > 0)
      ? undefined
      : {
          severity: "error",
          evidence: destinations.map((server) => `${destinationId(server)}: weight 0`),
          why: "Weight 0 takes no new connections, so new clients are refused. A drain that was interrupted leaves it so.",
          remedies: [
            onTable(
              "weights",
              destinations.map((server) => ipvsadm({ kind: "edit-server", service, server: { ...server, weight: 1 } })),
            ),
          ],
        },
};

export const allFull: ServiceCheck = {
  id: "all-over-threshold",
  title: "All servers of a service have reached their upper threshold",
  scope: "service",
  appliesTo: ({ destinations }) => destinations.some(isFull),
  verdict: ({ service, destinations }) => {
    const usable = destinations.filter(({ weight }) => weight > 0);
    const full = usable.filter(isFull);
    const evidence = full.map(
      (server) =>
        `${destinationId(server)}: ${connectionsOf(server)} connections, upper threshold ${server.upperThreshold}`,
    );
    const remedies = [
      onTable(
        "thresholds",
        [`ipvsadm -Ln --thresholds ${formatServiceKey(service)}`],
        "Then raise -x, or add servers.",
      ),
    ];
    if (full.length > 0 && full.length === usable.length) {
      return { severity: "error", evidence, why: "New clients are refused until connections end.", remedies };
    }
    return {
      severity: "info",
      evidence,
      why: "These servers get no new connections until their number falls; the others take the load.",
      remedies,
    };
  },
};

/**
 * Verified on Linux 6.1: sh chooses servers with weight 0 and then refuses the client, and both do so for full ones. mh
 * does it only for servers whose weight was more than 0 before, which those have that ever got connections.
 */
function isChosenInVain(scheduler: string, server: LiveDestination): boolean {
  if (isFull(server)) return true;
  if (server.weight > 0) return false;
  return scheduler === "sh" || connectionsOf(server) > 0 || (server.stats?.connections ?? 0n) > 0n;
}

export const hashWithoutFallback: ServiceCheck = {
  id: "hash-without-fallback",
  title: "Clients of a server that takes no new connections are refused instead of being sent elsewhere",
  scope: "service",
  appliesTo: ({ service, destinations }) =>
    ["sh", "mh"].includes(service.scheduler) &&
    (service.flags & IP_VS_SVC_F_SCHED1) === 0 &&
    destinations.some(({ weight }) => weight > 0),
  verdict: ({ service, destinations }) => {
    const { scheduler } = service;
    const closed = destinations.filter((server) => isChosenInVain(scheduler, server));
    if (closed.length === 0) return undefined;
    return {
      severity: "warning",
      evidence: [
        `${nameOf(service)}: scheduler ${scheduler} without ${scheduler}-fallback`,
        ...closed.map(
          (server) => `${destinationId(server)}: weight ${server.weight}, ${connectionsOf(server)} connections`,
        ),
      ],
      why:
        `The scheduler ${scheduler} keeps choosing such a server for its share of the clients, and without the fallback ` +
        "flag these are refused.",
      remedies: [
        onTable("scheduler flags", [
          ipvsadm({ kind: "edit-service", service: { ...service, flags: service.flags | IP_VS_SVC_F_SCHED1 } }),
        ]),
      ],
    };
  },
};
