import { connectionsOf, type LiveDestination } from "../model/table.js";

/** Whether a server gets new connections; `perhaps full` when the kernel does not tell. */
export type Availability = "open" | "of weight 0" | "full" | "perhaps full";

/**
 * As schedulers see it: a server is full from the moment at which its connections reach the upper threshold until they have
 * sunk below the lower one, or three quarters of the upper one (`IP_VS_DEST_F_OVERLOAD`, which the kernel does not show).
 */
export function availability(server: LiveDestination): Availability {
  const { weight, upperThreshold: upper, lowerThreshold: lower } = server;
  if (weight === 0) return "of weight 0";
  const connections = connectionsOf(server);
  if (upper === 0) return "open";
  if (connections >= upper) return "full";
  const below = lower > 0 ? connections < lower : connections * 4 < upper * 3;
  return below ? "open" : "perhaps full";
}

/** The servers that get new connections, or perhaps do. */
export function takers(servers: readonly LiveDestination[]): LiveDestination[] {
  return servers.filter((server) => ["open", "perhaps full"].includes(availability(server)));
}

/** Why more cannot be said of a server between its thresholds. */
export const PERHAPS_FULL = "whether a server between its two thresholds is full, the kernel does not tell";
