import type { LiveDestination } from "../model/table.js";
import { availability, PERHAPS_FULL } from "./availability.js";
import type { Choice } from "./choice.js";
import type { PlaceTable } from "./tables.js";

/**
 * The server of a client in a table of places. Where its place has a server that takes no connections, none gets the client;
 * with `fallback`, the places that follow are tried.
 *
 * @param fold the folded address, see `foldedAddress`
 * @param port of the client; 0 where ports do not count
 */
export function lookUp(table: PlaceTable, fold: number, port: number, fallback: boolean): Choice {
  const first = table.place(fold, port, 0);
  const server = table.places[first];
  if (server === undefined) return { kind: "none", why: "no server has a place in the table of the scheduler" };
  const state = availability(server);
  const place = `place ${first} of ${table.places.length}`;
  if (state === "open") return { kind: "server", server, why: place };
  const closed = `${place}, whose server is ${state}`;
  return fallback
    ? settled(tried(table, fold, port, first), `${closed}; fallback`)
    : settled(state === "perhaps full" ? { perhaps: [server] } : { perhaps: [] }, closed);
}

/** What was found: servers that may be full, in the order in which they are tried, and the first that surely is not. */
interface Tried {
  readonly perhaps: readonly LiveDestination[];
  readonly open?: LiveDestination;
}

/** The kernel hashes anew for every step, so that some places are tried twice and others never. */
function tried({ places, place }: PlaceTable, fold: number, port: number, first: number): Tried {
  const perhaps = new Set<LiveDestination>();
  for (let step = 0; step < places.length; step++) {
    const server = places[place(fold, port, (step + first) % places.length)];
    if (server === undefined) break;
    const state = availability(server);
    if (state === "open") return { perhaps: [...perhaps], open: server };
    if (state === "perhaps full") perhaps.add(server);
  }
  return { perhaps: [...perhaps] };
}

function settled({ perhaps, open }: Tried, why: string): Choice {
  if (perhaps.length > 0) {
    return { kind: "unknown", candidates: open ? [...perhaps, open] : perhaps, why: `${why}; ${PERHAPS_FULL}` };
  }
  return open ? { kind: "server", server: open, why } : { kind: "none", why };
}
