import type { Destination } from "../model/destination.js";
import type { Service } from "../model/service.js";
import { destinationDocument, serviceDocument } from "../render/document.js";
import type { Difference, ServiceDifference } from "../rules/diff.js";

/**
 * `ipvsadm diff --json`: `{"differences":[{"service":{"before":…,"after":…},"destinations":[{"before":…,"after":…}]}]}`.
 * Services and servers have the shape of the document that `ipvsadm schema` describes; the side on which one does not exist
 * is left out.
 */
export function renderDifferencesJson(differences: readonly ServiceDifference[]): string {
  const shown = differences.map(({ service, servers }) => ({
    service: bothSides(service, (one: Service) => serviceDocument(one)),
    destinations: servers.map((server) => bothSides(server, (one: Destination) => destinationDocument(one))),
  }));
  return `${JSON.stringify({ differences: shown }, undefined, 2)}\n`;
}

function bothSides<T>({ before, after }: Difference<T>, document: (value: T) => object): object {
  return { ...(before && { before: document(before) }), ...(after && { after: document(after) }) };
}
