import { type Destination, destinationKey } from "../model/destination.js";
import type { Service } from "../model/service.js";
import { destinationDocument, serviceDocument } from "../render/document.js";
import type { Difference, ServiceDifference } from "../rules/diff.js";
import type { ServerOrder } from "../rules/order.js";
import type { Excused } from "./lenient.js";

/**
 * `ipvsadm diff --json`: `{"differences":[{"service":{"before":…,"after":…},"destinations":[{"before":…,"after":…}]}]}`.
 * Services and servers have the shape of the document that `ipvsadm schema` describes; the side on which one does not exist
 * is left out. Where the order of servers differs and the scheduler heeds it, there is also `"order":{"before":[…],"after":[…]}`:
 * all servers of both sides as `{"address":…,"port":…}`, oldest first.
 *
 * With a keepalived.conf there is also `"excused":[{"service":{…},"destination":{"before":…,"after":…},"reason":…}]`: what
 * differs and is no difference, since keepalived's checks can do it; `order` in the place of `destination` where that is it.
 */
export function renderDifferencesJson(differences: readonly ServiceDifference[], excused?: readonly Excused[]): string {
  const shown = differences.map(({ service, servers, order }) => ({
    service: bothSides(service, (one: Service) => serviceDocument(one)),
    destinations: servers.map((server) => bothSides(server, (one: Destination) => destinationDocument(one))),
    ...(order && { order: orderDocument(order) }),
  }));
  const all = { differences: shown, ...(excused && { excused: excused.map(excusedDocument) }) };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

function excusedDocument({ service, server, order, reason }: Excused): object {
  return {
    service: serviceDocument(service),
    ...(server && { destination: bothSides(server, (one: Destination) => destinationDocument(one)) }),
    ...(order && { order: orderDocument(order) }),
    reason,
  };
}

function orderDocument(order: ServerOrder): object {
  return bothSides(order, (list: readonly Destination[]) => list.map(destinationKey));
}

function bothSides<T>({ before, after }: Difference<T>, document: (value: T) => object): object {
  return { ...(before && { before: document(before) }), ...(after && { after: document(after) }) };
}
