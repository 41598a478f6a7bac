import type { IpvsClient } from "../client/client.js";
import { KernelError } from "../errors.js";
import type { LiveTable } from "../model/table.js";
import { EXIT } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import type { Io } from "../program/io.js";
import { refusalText } from "../program/refusal-text.js";
import { countsToWaitFor, remainingOf, sumOf } from "./counts.js";
import { type Ending, quiesce, type Target, type Waiting, waitUntilDrained } from "./drain.js";
import { killConnections } from "./kill.js";
import type { WeightMemory } from "./memory.js";
import { progressOn } from "./progress.js";
import { clockText, endingText, remainingText, startText, targetText } from "./text.js";
import { drainWarnings, killWarnings } from "./warnings.js";

export interface DrainOptions {
  /** Milliseconds; absent: as long as it takes. */
  readonly timeout?: number;
  /** Wait for inactive connections of TCP and SCTP too. */
  readonly inactive: boolean;
  /** Delete each server when it is drained. */
  readonly delete: boolean;
  /** End the connections that are left when the time is up. */
  readonly kill: boolean;
  /** Why, in one line. */
  readonly reason?: string;
  /** `net.ipv4.vs.expire_quiescent_template` is 1. */
  readonly templatesEnd: boolean;
}

/**
 * Drains servers and says how it goes. Returns the exit status: 0 when all are drained (or were deleted by another
 * program), EXIT.notDrained, that of a signal, or EXIT.refused when the kernel did not let some be changed.
 *
 * @param table the services that the targets belong to
 */
export async function drain(
  client: IpvsClient,
  memory: WeightMemory,
  table: LiveTable,
  targets: readonly Target[],
  options: DrainOptions,
  io: Io,
): Promise<number> {
  const drained = new Set(targets.map(({ server }) => server));
  for (const entry of table) {
    const servers = entry.destinations.filter((server) => drained.has(server));
    if (servers.length === 0) continue;
    const warnings = drainWarnings(entry, servers, options.templatesEnd);
    if (options.kill) warnings.push(...killWarnings(entry.service, servers, options.delete));
    for (const warning of warnings) io.err(`warning: ${warning}\n`);
  }
  const progress = progressOn(io);
  let status = 0;

  async function ended(target: Target, ending: Ending, elapsed: number): Promise<void> {
    let deleted = false;
    if (ending === "reweighted") status ||= EXIT.notDrained.status;
    if (ending === "drained" && options.delete) deleted = await deleteServer(client, target, io);
    if (ending === "drained" && options.delete && !deleted) status = EXIT.refused.status;
    if (deleted || ending !== "drained") memory.forget(target.service, target.server);
    progress.line(endingText(target, ending, elapsed, deleted));
  }

  const { value: waiting, interruptedBy } = await interruptible(async (signal) => {
    const refused = await quiesce(client, memory, targets, options.reason);
    for (const { target, error } of refused) io.err(`${targetText(target)}: ${refusalText(error)}\n`);
    if (refused.length > 0) status = EXIT.refused.status;
    const failed = new Set(refused.map(({ target }) => target));
    const open = targets.filter((target) => !failed.has(target));
    for (const target of open) {
      const remembered = memory.recall(target.service, target.server)?.weight;
      progress.line(
        startText(target, remembered, remainingOf(target.server, countsToWaitFor(target.service, options))),
      );
    }
    const show = (waiting: readonly Waiting[], elapsed: number) => {
      const state = `waiting for ${waiting.length} of ${open.length}: ${remainingText(sumOf(waiting.map(({ remaining }) => remaining)))}`;
      const limit = options.timeout === undefined ? "" : ` of ${clockText(options.timeout)}`;
      progress.show(state, clockText(elapsed) + limit);
    };
    return waitUntilDrained(client, open, { ...options, progress: show, ended }, signal);
  });
  progress.end();
  if (waiting.length === 0) return status;
  if (options.kill && interruptedBy === undefined) {
    return (await endConnections(client, memory, waiting, options.delete, io)) || status;
  }
  io.err(`${interruptedBy ?? "time is up"}: not drained, the weight stays 0:\n`);
  for (const target of waiting) io.err(`  ${targetText(target)}: ${remainingText(target.remaining)}\n`);
  io.err("the same command goes on with it; with --restore-weight it puts the weight back\n");
  return interruptedBy === undefined ? status || EXIT.notDrained.status : signalStatus(interruptedBy);
}

/** Returns the exit status. */
async function endConnections(
  client: IpvsClient,
  memory: WeightMemory,
  targets: readonly Target[],
  leave: boolean,
  io: Io,
): Promise<number> {
  let status = 0;
  const { value: killed } = await interruptible((signal) => killConnections(client, targets, leave, signal));
  for (const { target, left, error } of killed) {
    const { text, failure } = killText(left, leave, error);
    (failure === 0 ? io.out : io.err)(`${targetText(target)}: ${text}\n`);
    if (leave && error === undefined) memory.forget(target.service, target.server);
    status = Math.max(status, failure);
  }
  return status;
}

function killText(left: number, leave: boolean, error: KernelError | undefined) {
  if (error) return { text: refusalText(error), failure: EXIT.refused.status };
  const now = leave ? "deleted" : "the weight stays 0";
  if (left === 0) return { text: `time is up: the connections were ended, ${now}`, failure: 0 };
  return { text: `time is up: ${left} connections did not end; ${now}`, failure: EXIT.notDrained.status };
}

/** False when the kernel refused. A server that is gone already is deleted. */
async function deleteServer(client: IpvsClient, { service, server }: Target, io: Io): Promise<boolean> {
  try {
    await client.deleteDestination(service, server);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.code !== "ENOENT" && error.code !== "ESRCH") {
      io.err(`${targetText({ service, server })}: ${refusalText(error)}\n`);
      return false;
    }
  }
  return true;
}
