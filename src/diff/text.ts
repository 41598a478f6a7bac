import { type Destination, destinationId } from "../model/destination.js";
import { compareServices, type Service, type ServiceKey, serviceKey } from "../model/service.js";
import { formatChange } from "../options/format.js";
import { pieces } from "../render/pieces.js";
import { type Difference, type ServiceDifference, sameService } from "../rules/diff.js";
import type { ServerOrder } from "../rules/order.js";

/**
 * The differences of two tables as rule lines: `-` for what only the first has, `+` for what only the second has, a blank
 * before the service line that says where changed servers belong. Another order of servers is two comments with all servers,
 * oldest first. Empty when nothing differs.
 *
 * @param from name of the first table, such as `live`
 * @param to name of the second one, such as the path of a file
 */
export function renderDifferences(
  differences: readonly ServiceDifference[],
  from: string,
  to: string,
): readonly string[] {
  return differences.length === 0 ? [] : pieces(lines(differences, from, to));
}

function* lines(differences: readonly ServiceDifference[], from: string, to: string): Generator<string> {
  yield `--- ${from}\n+++ ${to}\n`;
  for (const { service, servers, order } of [...differences].sort(byService)) {
    yield* serviceLines(service);
    const key = serviceKey((service.before ?? service.after)!);
    for (const server of servers) yield* serverLines(key, server);
    if (order !== undefined) yield* orderLines(order);
  }
}

function byService(a: ServiceDifference, b: ServiceDifference): number {
  return compareServices((a.service.before ?? a.service.after)!, (b.service.before ?? b.service.after)!);
}

function* serviceLines({ before, after }: Difference<Service>): Generator<string> {
  if (before !== undefined && after !== undefined && sameService(before, after)) yield ` ${serviceLine(after)}`;
  else {
    if (before !== undefined) yield `-${serviceLine(before)}`;
    if (after !== undefined) yield `+${serviceLine(after)}`;
  }
}

function* serverLines(service: ServiceKey, { before, after }: Difference<Destination>): Generator<string> {
  if (before !== undefined) yield `-${formatChange({ kind: "add-server", service, server: before })}\n`;
  if (after !== undefined) yield `+${formatChange({ kind: "add-server", service, server: after })}\n`;
}

function orderLines({ before, after }: ServerOrder): string[] {
  const line = (servers: readonly Destination[]) => `# order: ${servers.map(destinationId).join(" ")}\n`;
  return [`-${line(before)}`, `+${line(after)}`];
}

function serviceLine(service: Service): string {
  return `${formatChange({ kind: "add-service", service })}\n`;
}
