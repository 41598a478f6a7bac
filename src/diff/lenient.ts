import { type Destination, destinationId } from "../model/destination.js";
import { type Service, serviceId } from "../model/service.js";
import type { Table } from "../model/table.js";
import { type Difference, type ServiceDifference, sameService } from "../rules/diff.js";
import { placements, type ServerOrder } from "../rules/order.js";
import type { Excuses } from "../rules/wanted.js";

/** A difference that is as it should be. */
export interface Excused {
  readonly service: Service;
  /** One server on both sides; absent where the order is what differs. */
  readonly server?: Difference<Destination>;
  readonly order?: ServerOrder;
  readonly reason: string;
}

/** What is compared: a table, with excuses if it comes from the configuration of a program that changes it. */
interface Side {
  readonly table: Table;
  readonly excuses?: Excuses;
}

/** Divides the differences of two tables, one of which has excuses, into what is wrong and what is as it should be. */
export function sortOut(
  all: readonly ServiceDifference[],
  from: Side,
  to: Side,
): { readonly differences: ServiceDifference[]; readonly excused: Excused[] } {
  const excuses = (to.excuses ?? from.excuses)!;
  const liveFirst = to.excuses !== undefined;
  const live = new Map((liveFirst ? from : to).table.map((entry) => [serviceId(entry.service), entry.destinations]));
  const excused: Excused[] = [];
  const differences = all.flatMap((difference): ServiceDifference[] => {
    const { service, servers, order } = difference;
    const { before, after } = service;
    if (before === undefined || after === undefined) return [difference];
    const key = liveFirst ? after : before;
    const present = live.get(serviceId(key)) ?? [];
    const wrong = servers.filter((server) => {
      const sides = liveFirst
        ? { live: server.before, wanted: server.after }
        : { live: server.after, wanted: server.before };
      const reason = excuses.server(key, sides, present);
      if (reason !== undefined) excused.push({ service: key, server, reason });
      return reason === undefined;
    });
    const moved = order && movedServers(order, liveFirst);
    const reason = moved && excuses.order(key, moved);
    if (order && moved && moved.length > 0 && reason !== undefined) excused.push({ service: key, order, reason });
    const misplaced = order !== undefined && (moved!.length === 0 ? wrong.length > 0 : reason === undefined);
    const left = { service, servers: wrong, ...(misplaced && { order }) };
    return wrong.length === 0 && !misplaced && sameService(before, after) ? [] : [left];
  });
  return { differences, excused };
}

/** The servers that were added again since the table was made in the wanted order: each became the newest. */
function movedServers({ before, after }: ServerOrder, liveFirst: boolean): Destination[] {
  const history = liveFirst ? { before: after, after: before } : { before, after };
  return placements(history).flatMap(({ server, moves }) => (moves ? [server] : []));
}

/** A comment for each: `# tcp 192.0.2.1:80, server 10.0.0.1:80: absent, perhaps failed its check`. */
export function renderExcused(excused: readonly Excused[]): string {
  return excused.map((one) => `# ${serviceId(one.service)}${whatDiffers(one)}, ${one.reason}\n`).join("");
}

function whatDiffers({ server }: Excused): string {
  if (server === undefined) return ": servers in another order";
  const { before, after } = server;
  const name = `, server ${destinationId((before ?? after)!)}`;
  if (before !== undefined && after !== undefined) return `${name}: weight ${before.weight} and ${after.weight}`;
  return `${name}: only in the ${before === undefined ? "second" : "first"} table`;
}
