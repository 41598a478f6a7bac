import type { IpvsClient } from "../client/client.js";
import type { KernelError } from "../errors.js";
import type { Change } from "../model/change.js";
import { serverId } from "../model/destination.js";
import { type ServiceKey, serviceId, serviceKey } from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { LiveTable, TableEntry } from "../model/table.js";
import { diffTables } from "../rules/diff.js";
import type { Wanted, WantedSetting } from "../rules/wanted.js";
import { requestOf } from "../wire/change.js";

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
}

/** How often the difference is computed and sent before an apply gives up on a table that keeps changing. */
const TRIES = 3;

/** What the changes to `wanted` are, as things stand. The table has to be read before. */
export function planTable(live: LiveTable, wanted: Wanted): Change[] {
  return wanted.table ? diffTables(live, wanted.table) : [];
}

/**
 * Makes the kernel's table equal to the wanted one: sends only the difference, reads back what it touched, and does so
 * again when another program changed the table meanwhile. Throws as IpvsClient does, but for refusals of changes.
 *
 * @param live the table as read before
 * @param signal when aborted, the messages under way are finished and the rest is not sent
 */
export async function applyTable(
  client: IpvsClient,
  live: LiveTable,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Applied> {
  const refused: RefusedChange[] = [];
  const refusedIds = new Set<string>();
  let applied = 0;
  let plan = planTable(live, wanted);
  for (let attempt = 0; attempt < TRIES && plan.length > 0; attempt++) {
    const { sent, refusals } = await client.batch(requestsOf(plan), signal);
    applied += sent - refusals.length;
    const gone = sent < plan.length ? plan.length - sent : 0;
    live = await readBack(client, live, plan.slice(0, sent));
    const next = planTable(live, wanted);
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
      refusedIds.add(changeId(change));
      const origin = wanted.origin(change);
      refused.push({ change, error, ...(origin !== undefined && { origin }) });
    }
    if (gone > 0) return { applied, refused, unsent: gone, remaining: [] };
    plan = next.filter((change) => !isHopeless(change, refusedIds));
  }
  return { applied, refused, unsent: 0, remaining: plan };
}

function* requestsOf(plan: readonly Change[]) {
  for (const change of plan) yield requestOf(change);
}

/** True for what was refused already, and for servers of services that were. */
function isHopeless(change: Change, refused: ReadonlySet<string>): boolean {
  if (refused.has(changeId(change))) return true;
  return "server" in change && refused.has(changeId({ kind: "add-service", service: change.service } as Change));
}

/** What a change is about, whatever it changes there. */
function changeId(change: Change): string {
  if (!("service" in change) || change.service === undefined) return change.kind;
  const { kind, service } = change;
  return `${kind} ${"server" in change ? serverId(service, change.server) : serviceId(service)}`;
}

/** The table after a plan: all services as they are now, servers read again only where the plan touched them. */
async function readBack(client: IpvsClient, before: LiveTable, plan: readonly Change[]): Promise<LiveTable> {
  const touched = new Map<string, ServiceKey>();
  for (const change of plan) {
    if ("service" in change && change.service) touched.set(serviceId(change.service), serviceKey(change.service));
  }
  const known = new Map(before.map((entry) => [serviceId(entry.service), entry]));
  const services = await client.services();
  const reread = services
    .filter(({ service }) => touched.has(serviceId(service)) || !known.has(serviceId(service)))
    .map(({ service }) => service);
  const servers = await client.destinationsOf(reread);
  const fresh = new Map(reread.map((service, index) => [serviceId(service), servers[index]!]));
  return services.map(({ service }): TableEntry<LiveTable[number]["destinations"][number]> => {
    const id = serviceId(service);
    return { service, destinations: fresh.get(id) ?? known.get(id)!.destinations };
  });
}

/** The settings changes of a file that the kernel does not follow yet: the same daemon is not started twice. */
export function planSettings(
  wanted: readonly WantedSetting[],
  timeouts: Timeouts,
  daemons: readonly Daemon[],
): PlannedSetting[] {
  return wanted.flatMap(({ origin, change }): PlannedSetting[] => {
    if (change.kind === "set") return sameTimeouts(change.timeouts, timeouts) ? [] : [{ origin, change }];
    if (change.kind !== "start-daemon") return [{ origin, change }];
    const running = daemons.find(({ state }) => state === change.daemon.state);
    if (running === undefined) return [{ origin, change }];
    if (sameDaemon(change.daemon, running)) return [];
    const { state, syncId } = running;
    return [
      { origin, change: { kind: "stop-daemon", state, syncId } },
      { origin, change },
    ];
  });
}

export interface PlannedSetting {
  readonly origin: string;
  readonly change: Change;
}

/** 0 means "as it is". */
function sameTimeouts(wanted: Timeouts, live: Timeouts): boolean {
  return (["tcp", "tcpFin", "udp"] as const).every((name) => wanted[name] === 0 || wanted[name] === live[name]);
}

/** What the file does not say is the kernel's choice. */
function sameDaemon(wanted: Daemon, live: Daemon): boolean {
  return (Object.keys(wanted) as (keyof Daemon)[]).every((name) => wanted[name] === live[name]);
}
