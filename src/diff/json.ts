import { type Destination, destinationKey } from "../model/destination.js";
import type { Service } from "../model/service.js";
import { destinationDocument, serviceDocument } from "../render/document.js";
import type { Difference, ServiceDifference } from "../rules/diff.js";

/**
 * `ipvsadm diff --json`: `{"differences":[{"service":{"before":…,"after":…},"destinations":[{"before":…,"after":…}]}]}`.
 * Services and servers have the shape of the document that `ipvsadm schema` describes; the side on which one does not exist
 * is left out. Where the order of servers differs and the scheduler heeds it, there is also `"order":{"before":[…],"after":[…]}`:
 * all servers of both sides as `{"address":…,"port":…}`, oldest first.
 */
export function renderDifferencesJson(differences: readonly ServiceDifference[]): string {
  const shown = differences.map(({ service, servers, order }) => ({
    service: bothSides(service, (one: Service) => serviceDocument(one)),
    destinations: servers.map((server) => bothSides(server, (one: Destination) => destinationDocument(one))),
    ...(order && { order: bothSides(order, (list: readonly Destination[]) => list.map(destinationKey)) }),
  }));
  return `${JSON.stringify({ differences: shown }, undefined, 2)}\n`;
}

function bothSides<T>({ before, after }: Difference<T>, document: (value: T) => object): object {
  return { ...(before && { before: document(before) }), ...(after && { after: document(after) }) };
}
