import type { IpvsClient } from "../client/client.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";
import { serviceId } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { CompareOptions } from "../rules/diff.js";
import type { Misordered } from "../rules/misordered.js";
import type { Wanted } from "../rules/wanted.js";
import { attainable, changeId, findMisordered, planTable, requestsOf, withoutRefused } from "./plan.js";
import { isOvertaken, settledTable, TRIES } from "./tries.js";

/** A change that the kernel did not accept. */
export interface RefusedChange {
  readonly change: Change;
  /** Where in the file it comes from; absent for deletions. */
  readonly origin?: string;
  readonly error: KernelError;
}

/** What became of an apply. */
export interface Applied {
  /** Changes that the kernel accepted. */
  readonly applied: number;
  readonly refused: readonly RefusedChange[];
  /** Changes that were planned last and not sent, because of an interruption. */
  readonly unsent: number;
  /** What still differs after the last try although nothing was refused: another program changes the table. */
  readonly remaining: readonly Change[];
  /** What was left in another order because `order` was not asked for. */
  readonly misordered: readonly Misordered[];
}

export interface ApplyTableOptions extends CompareOptions {
  /** Told, before anything is sent, which changes are planned first: none when the table is as wanted. */
  readonly planned?: (plan: readonly Change[]) => Promise<void>;
  /** What is wanted of a table, each time that it has been read again. Default: always the same. */
  readonly aim?: (live: LiveTable) => Wanted;
}

/**
 * Makes the kernel's table equal to the wanted one: sends only the difference, reads the table back, and does so again when
 * another program changed it meanwhile. Of several that do so at once, the one that made the last change has read the table
 * after it; so the table is as that one wants it, or that one says that it is not. Throws as IpvsClient does, but for refusals of changes.
 *
 * @param live the table as read before
 * @param signal when aborted, the messages under way are finished and the rest is not sent
 * @param options `order`: also move servers that stand in another order than wanted; default false
 */
export async function applyTable(
  client: IpvsClient,
  live: LiveTable,
  wanted: Wanted,
  signal?: AbortSignal,
  options: ApplyTableOptions = {},
): Promise<Applied> {
  const refused: RefusedChange[] = [];
  const refusedIds = new Set<string>();
  let applied = 0;
  let plan = planTable(live, wanted, options);
  await options.planned?.(plan);
  const outcome = (rest: Partial<Applied>): Applied => ({
    ...{ applied, refused, unsent: 0, remaining: [] },
    misordered: options.order ? [] : findMisordered(live, wanted),
    ...rest,
  });
  for (let attempt = 1; attempt <= TRIES && plan.length > 0; attempt++) {
    if (attempt > 1) {
      live = await settledTable(client, live, signal);
      wanted = options.aim?.(live) ?? wanted;
      plan = withoutRefused(planTable(live, wanted, options), refusedIds);
    }
    const { sent, refusals } = await client.batch(requestsOf(plan), signal);
    applied += sent - refusals.length;
    // All of it: what another program did to services that this plan did not touch shows nowhere else.
    live = await client.rowTable();
    wanted = options.aim?.(live) ?? wanted;
    const next = planTable(live, wanted, options);
    const open = new Set(next.map(changeId));
    for (const { index, error } of refusals) {
      const change = plan[index]!;
      // The answer was lost: the table that was read back tells, and what is missing is planned again.
      if (error.code === "ENOBUFS") {
        if (!open.has(changeId(change))) applied++;
        continue;
      }
      // The table is as wanted all the same: another program made this change first.
      if (!open.has(changeId(change)) || refusedIds.has(changeId(change))) continue;
      if (isOvertaken(change, error) && !isOfRefusedService(change, refusedIds)) continue;
      refusedIds.add(changeId(change));
      const origin = wanted.origin(change);
      refused.push({ change, error, ...(origin !== undefined && { origin }) });
    }
    if (sent < plan.length) return outcome({ unsent: plan.length - sent });
    const now = attainable(wanted, next, refusedIds);
    // To compare large tables once more takes as long as to read them.
    plan = withoutRefused(now === wanted ? next : planTable(live, now, options), refusedIds);
    wanted = now;
  }
  return outcome({ remaining: plan });
}

/** True for servers of services that the kernel refused to add. */
function isOfRefusedService(change: Change, refused: ReadonlySet<string>): boolean {
  return "server" in change && refused.has(`add-service ${serviceId(change.service)}`);
}
