import { type Service, serviceId } from "../model/service.js";
import type { Table } from "../model/table.js";
import { compareTables } from "./diff.js";
import { heedsOrder, placements } from "./order.js";

/** A service of sh, dh or mh whose servers stand in another order than wanted, so that clients get other servers. */
export interface Misordered {
  readonly service: Service;
  /** Servers that have to be deleted and added again to put it right. */
  readonly moves: number;
}

/** The services of the wanted table whose servers stand in another order in the present one; both hold them oldest first. */
export function misordered(present: Table, wanted: Table): Misordered[] {
  const hashed = wanted.filter(({ service }) => heedsOrder(service));
  if (hashed.length === 0) return [];
  return compareTables(present, hashed, { order: true }).flatMap(({ service: { after }, order }) => {
    if (after === undefined || order === undefined) return [];
    return [{ service: after, moves: placements(order).filter(({ moves }) => moves).length }];
  });
}

/** A line that names one, without its end. */
export function misorderedLine({ service, moves }: Misordered): string {
  const servers = moves === 1 ? "1 server" : `${moves} servers`;
  const what = "the servers are in another order than in the input, and";
  return `${serviceId(service)}: ${what} ${service.scheduler} heeds it; --order moves ${servers}`;
}
