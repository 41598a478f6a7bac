import type { Change } from "../model/change.js";
import { serverId } from "../model/destination.js";
import { oldestFirst } from "../model/rows-entry.js";
import { serviceId } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import { type CompareOptions, diffTables } from "../rules/diff.js";
import { type Misordered, misordered } from "../rules/misordered.js";
import { heedsOrder } from "../rules/order.js";
import type { Wanted } from "../rules/wanted.js";
import { requestOf } from "../wire/change.js";
import type { Request } from "../wire/requests.js";

/**
 * What the changes to `wanted` are, as things stand. The table has to be read before.
 *
 * @param options `order`: also move servers that stand in another order than wanted. Default false.
 */
export function planTable(live: LiveTable, { table }: Wanted, options: CompareOptions = {}): Change[] {
  return table ? diffTables(live.map(oldestFirst), table, options) : [];
}

/** The services whose servers stand in another order than wanted. The table has to be read before. */
export function findMisordered(live: LiveTable, { table = [] }: Wanted): Misordered[] {
  return table.some(({ service }) => heedsOrder(service)) ? misordered(live.map(oldestFirst), table) : [];
}

/** A server that moves is away for as long as the kernel works between two requests of one datagram. */
export function* requestsOf(plan: readonly Change[]): Generator<Request> {
  for (const [index, change] of plan.entries()) {
    const request = requestOf(change);
    yield isMove(plan, index) ? Object.assign(request, { withNext: true as const }) : request;
  }
}

/** Whether a change is the deletion of a server that the next one adds again. */
function isMove(plan: readonly Change[], index: number): boolean {
  const [change, next] = [plan[index], plan[index + 1]];
  if (change?.kind !== "delete-server" || next?.kind !== "add-server") return false;
  return serverId(change.service, change.server) === serverId(next.service, next.server);
}

/** What is wanted without what the kernel refuses to add: no other server can stand behind such a one. */
export function attainable(wanted: Wanted, open: readonly Change[], refused: ReadonlySet<string>): Wanted {
  const added = open.filter(({ kind }, index) => kind.startsWith("add-") && !isMove(open, index - 1)).map(changeId);
  const lost = new Set(added.filter((id) => refused.has(id)));
  if (wanted.table === undefined || lost.size === 0) return wanted;
  const services = wanted.table.filter(({ service }) => !lost.has(`add-service ${serviceId(service)}`));
  const table = services.map(({ service, destinations }) => ({
    service,
    destinations: destinations.filter((server) => !lost.has(`add-server ${serverId(service, server)}`)),
  }));
  return { ...wanted, table };
}

/** The plan without what was refused before. Of a move, both halves stay or neither. */
export function withoutRefused(plan: readonly Change[], refused: ReadonlySet<string>): Change[] {
  return plan.filter((change, index) => !refused.has(changeId(isMove(plan, index) ? plan[index + 1]! : change)));
}

/** What a change is about, whatever it changes there. */
export function changeId(change: Change): string {
  if (!("service" in change) || change.service === undefined) return change.kind;
  const { kind, service } = change;
  return `${kind} ${"server" in change ? serverId(service, change.server) : serviceId(service)}`;
}
