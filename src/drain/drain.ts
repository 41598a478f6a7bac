import { setTimeout } from "node:timers/promises";
import type { IpvsClient } from "../client/client.js";
import type { KernelError } from "../errors.js";
import { serverId } from "../model/destination.js";
import { type Service, serviceId } from "../model/service.js";
import type { LiveDestination } from "../model/table.js";
import { requestOf } from "../wire/change.js";
import { type CountOptions, countsToWaitFor, isNothing, type Remaining, remainingOf } from "./counts.js";
import type { WeightMemory } from "./memory.js";

/** A server of a service, as it was when the drain began. */
export interface Target {
  readonly service: Service;
  readonly server: LiveDestination;
}

/** Milliseconds between two looks at the kernel's table. */
const INTERVAL = 1000;

/** What is asked of the kernel; tests put their own in its place. */
export type DrainClient = Pick<IpvsClient, "batch" | "destinationsOf">;

/**
 * Sets the weights to 0 and remembers what they were, in that order reversed: a run that dies between leaves a note too
 * many, never a weight too few. Servers whose weight is 0 already keep what is remembered of them.
 *
 * @param reason why, in one line; absent: what is remembered stays
 * @returns what the kernel refused; those servers are as they were, but for answers that were lost (ENOBUFS)
 */
export async function quiesce(
  client: DrainClient,
  memory: WeightMemory,
  targets: readonly Target[],
  reason?: string,
): Promise<readonly { readonly target: Target; readonly error: KernelError }[]> {
  const open = targets.filter(({ server }) => server.weight > 0);
  for (const { service, server } of open) memory.remember(service, server, server.weight, reason);
  if (reason !== undefined) giveReason(memory, targets, reason);
  const { refusals } = await client.batch(
    open.map(({ service, server }) => requestOf({ kind: "edit-server", service, server: { ...server, weight: 0 } })),
  );
  return refusals.map(({ index, error }) => {
    const target = open[index]!;
    // Where the answer was lost, the weight may be 0 now.
    if (error.code !== "ENOBUFS") memory.forget(target.service, target.server);
    return { target, error };
  });
}

/** A reason for servers that were drained before, without one or with another. */
function giveReason(memory: WeightMemory, targets: readonly Target[], reason: string): void {
  for (const { service, server } of targets) {
    const remembered = server.weight === 0 ? memory.recall(service, server) : undefined;
    if (remembered) memory.remember(service, server, remembered.weight, reason, remembered.since);
  }
}

/** How a wait for one server ends: as wanted, or because another program deleted it or gave it weight again. */
export type Ending = "drained" | "deleted" | "reweighted";

/** A server that still has something to finish. */
export interface Waiting extends Target {
  readonly remaining: Remaining;
}

export interface WaitOptions extends CountOptions {
  /** Milliseconds; absent: as long as it takes. */
  readonly timeout?: number;
  /** Told after each look about what is left and how many milliseconds have passed. */
  progress(waiting: readonly Waiting[], elapsed: number): void;
  /** Told once for each server. The wait for the others goes on when it is done. */
  ended(target: Target, ending: Ending, elapsed: number): Promise<void>;
}

/** Time, for tests to make their own. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
};

/**
 * Waits until the servers have nothing left to finish.
 *
 * @returns those that have, when the time is up or the signal aborted; else nothing
 */
export async function waitUntilDrained(
  client: DrainClient,
  targets: readonly Target[],
  options: WaitOptions,
  signal: AbortSignal,
  clock = CLOCK,
): Promise<readonly Waiting[]> {
  const start = clock.now();
  const elapsed = () => clock.now() - start;
  const quiet = new Set<Target>();
  let open = targets;
  for (;;) {
    const looks = await look(client, open, options, quiet);
    for (const { target, ending } of looks) if (ending) await options.ended(target, ending, elapsed());
    const waiting = looks.flatMap(({ target, ending, remaining }) => (ending ? [] : [{ ...target, remaining }]));
    if (waiting.length === 0) return waiting;
    options.progress(waiting, elapsed());
    const rest = (options.timeout ?? Infinity) - elapsed();
    if (rest <= 0 || signal.aborted) return waiting;
    await clock.pause(Math.min(INTERVAL, rest), signal);
    if (signal.aborted) return waiting;
    open = looks.flatMap(({ target, ending }) => (ending ? [] : [target]));
  }
}

interface Look {
  readonly target: Target;
  readonly remaining: Remaining;
  readonly ending?: Ending;
}

/**
 * A connection that is half open counts as inactive and may be established in the next moment, so a server with inactive
 * connections is drained only when two looks in a row find nothing else; `quiet` holds those with one.
 */
async function look(
  client: DrainClient,
  targets: readonly Target[],
  options: CountOptions,
  quiet: Set<Target>,
): Promise<readonly Look[]> {
  const services = [...new Map(targets.map(({ service }) => [serviceId(service), service])).values()];
  const lists = await client.destinationsOf(services);
  const present = new Map(
    services.flatMap((service, index) => lists[index]!.map((server) => [serverId(service, server), server])),
  );
  return targets.map((target): Look => {
    const server = present.get(serverId(target.service, target.server));
    if (server === undefined) return { target, remaining: {}, ending: "deleted" };
    const remaining = remainingOf(server, countsToWaitFor(target.service, options));
    if (server.weight !== 0) return { target, remaining, ending: "reweighted" };
    if (!isNothing(remaining)) {
      quiet.delete(target);
      return { target, remaining };
    }
    if (quiet.has(target) || server.inactiveConnections === 0) return { target, remaining, ending: "drained" };
    quiet.add(target);
    return { target, remaining };
  });
}
