import { setTimeout } from "node:timers/promises";
import type { IpvsClient } from "../client/client.js";
import { readConnections } from "../client/connections.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";
import type { Connection } from "../model/connection.js";
import { isFirewallMark } from "../model/service.js";
import { requestOf } from "../wire/change.js";
import type { Target } from "./drain.js";

/** Milliseconds between two looks at the connections, and how long they are waited for: the kernel ends them within a second. */
const INTERVAL = 250;
const LONGEST = 10_000;

/** What became of a server whose connections were to end. */
export interface Killed {
  readonly target: Target;
  /** Connections that are still there. */
  readonly left: number;
  /** What the kernel refused: to delete it or to add it again. */
  readonly error?: KernelError;
}

/**
 * Ends the connections of servers: deletes them, which makes the kernel end their connections where
 * `net.ipv4.vs.expire_nodest_conn` is 1, waits until it has, and adds them again with weight 0.
 *
 * @param leave do not add them again
 * @param signal when aborted, they are added again at once
 */
export async function killConnections(
  client: Pick<IpvsClient, "batch">,
  targets: readonly Target[],
  leave: boolean,
  signal: AbortSignal,
): Promise<readonly Killed[]> {
  const errors = new Map<Target, KernelError>();
  const make = async (kind: "delete-server" | "add-server", which: readonly Target[]) => {
    const changes = which.map(({ service, server }) => ({ service, server: { ...server, weight: 0 } }));
    const { refusals } = await client.batch(changes.map((change) => requestOf({ kind, ...change } as Change)));
    for (const { index, error } of refusals) errors.set(which[index]!, error);
  };
  await make("delete-server", targets);
  const deleted = targets.filter((target) => !errors.has(target));
  let left = new Map<Target, number>();
  try {
    for (const start = performance.now(); ; ) {
      left = await countConnections(deleted);
      if (left.size === 0 || signal.aborted || performance.now() - start > LONGEST) break;
      await setTimeout(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    // Whatever happens, no server stays away.
    if (!leave) await make("add-server", deleted);
  }
  return targets.map((target): Killed => {
    const error = errors.get(target);
    return { target, left: left.get(target) ?? 0, ...(error && { error }) };
  });
}

/** Connections of servers, by the server; those that have none do not occur. Templates do not count: they carry no traffic. */
async function countConnections(targets: readonly Target[]): Promise<Map<Target, number>> {
  const byAddress = new Map<string, Target[]>();
  for (const target of targets) {
    const { address } = target.server;
    byAddress.set(address, [...(byAddress.get(address) ?? []), target]);
  }
  const counts = new Map<Target, number>();
  for await (const batch of readConnections()) {
    for (const connection of batch) {
      if (connection.client.port === 0) continue;
      const target = byAddress.get(connection.destination.address)?.find((target) => isOf(connection, target));
      if (target) counts.set(target, (counts.get(target) ?? 0) + 1);
    }
  }
  return counts;
}

/** The kernel does not say which mark a connection came by: one of the same server by another service counts too. */
function isOf({ protocol, virtual, destination }: Connection, { service, server }: Target): boolean {
  if (destination.port !== server.port && server.port !== 0) return false;
  if (isFirewallMark(service)) return true;
  return (
    virtual.address === service.address &&
    (virtual.port === service.port || service.port === 0) &&
    protocol.toLowerCase() === service.protocol
  );
}
