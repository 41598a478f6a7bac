import { IP_VS_SVC_F_PERSISTENT, isFirewallMark, type Service } from "../model/service.js";
import type { DestinationState } from "../model/table.js";

/** A figure that the kernel keeps of every server. */
export type Count = "activeConnections" | "inactiveConnections" | "persistentConnections";

export interface CountOptions {
  /** Wait for inactive connections of TCP and SCTP too: half open, closing, closed. */
  readonly inactive: boolean;
  /** Templates of servers with weight 0 have no effect: `net.ipv4.vs.expire_quiescent_template` is 1. */
  readonly templatesEnd: boolean;
}

/**
 * The figures that have to be 0 before a server of a service is drained. Active connections are established ones, which
 * only TCP and SCTP have: for all other traffic (and marks, which may carry any) the kernel counts every connection as
 * inactive until its timeout. Templates send known clients of persistent services to the server although its weight is 0.
 */
export function countsToWaitFor(service: Service, { inactive, templatesEnd }: CountOptions): readonly Count[] {
  const counts: Count[] = ["activeConnections"];
  if (inactive || !isConnectionOriented(service)) counts.push("inactiveConnections");
  if ((service.flags & IP_VS_SVC_F_PERSISTENT) !== 0 && !templatesEnd) counts.push("persistentConnections");
  return counts;
}

function isConnectionOriented(service: Service): boolean {
  return !isFirewallMark(service) && (service.protocol === "tcp" || service.protocol === "sctp");
}

/** What is left of the figures; all zero means drained. */
export type Remaining = Readonly<Partial<Record<Count, number>>>;

export function remainingOf(server: DestinationState, counts: readonly Count[]): Remaining {
  return Object.fromEntries(counts.map((count) => [count, server[count]]));
}

export function isNothing(remaining: Remaining): boolean {
  return Object.values(remaining).every((count) => count === 0);
}

/** The sum of what is left at several servers. */
export function sumOf(all: readonly Remaining[]): Remaining {
  const sum: Partial<Record<Count, number>> = {};
  for (const remaining of all) {
    for (const [count, value] of Object.entries(remaining)) sum[count as Count] = (sum[count as Count] ?? 0) + value;
  }
  return sum;
}
