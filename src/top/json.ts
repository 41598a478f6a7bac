import { liveDestinationDocument, serviceDocument } from "../render/document.js";
import { pieces } from "../render/pieces.js";
import { RATES, type Rates } from "./rates.js";
import type { Branch } from "./view.js";

/**
 * The document of `-L --json` with `rates` for every service and server: per second, over `interval` seconds; null for
 * what is not known. In pieces to be written one after the other, a line for each service.
 */
export function renderTopJson(branches: readonly Branch[], interval: number): readonly string[] {
  return pieces(lines(branches, interval));
}

function* lines(branches: readonly Branch[], interval: number): Generator<string> {
  yield `{"interval":${interval},\n"services":[`;
  let before = "\n";
  for (const { service, servers } of branches) {
    const document = {
      ...serviceDocument(service.service, service.stats),
      rates: ratesDocument(service.rates),
      destinations: servers.map(({ server, rates }) => ({
        ...liveDestinationDocument(server),
        rates: ratesDocument(rates),
      })),
    };
    yield before + JSON.stringify(document);
    before = ",\n";
  }
  yield "\n]}\n";
}

/** JSON has no NaN: it becomes null. */
function ratesDocument(rates: Rates): Record<string, number> {
  return Object.fromEntries(RATES.map((rate) => [rate, Math.round(rates[rate] * 1000) / 1000]));
}
