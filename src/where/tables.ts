// How the hashing schedulers find a server (ip_vs_sh.c, ip_vs_dh.c, ip_vs_mh.c): each keeps a table of places, and every place
// holds a server. The place of a client follows from an address, and with a flag from the port of the client too.

import type { Family } from "../model/address.js";
import type { LiveDestination } from "../model/table.js";
import { foldedAs, multiplicativeHash, sipHash13 } from "./hash.js";

/** The table of a service with the schedulers sh, dh or mh. */
export interface PlaceTable {
  /** The server of each place; absent where there is none. */
  readonly places: readonly (LiveDestination | undefined)[];
  /**
   * The place of a client.
   *
   * @param fold the folded address, see `foldedAddress`
   * @param port of the client; 0 where ports do not count
   * @param offset 0, or how far a fallback has come
   */
  place(fold: number, port: number, offset: number): number;
}

/**
 * The table of sh: place after place, each server fills as many in a row as its weight says, one at least, until all are full.
 *
 * @param servers in the kernel's order, newest first
 */
export function sourceTable(servers: readonly LiveDestination[], bits: number): PlaceTable {
  return { places: filled(servers, 2 ** bits, ({ weight }) => weight), place: multiplicativePlace(bits) };
}

/** The table of dh: the servers in turn, one place each. */
export function destinationTable(servers: readonly LiveDestination[], bits: number): PlaceTable {
  return { places: filled(servers, 2 ** bits, () => 1), place: multiplicativePlace(bits) };
}

function filled(
  servers: readonly LiveDestination[],
  size: number,
  turnsOf: (server: LiveDestination) => number,
): PlaceTable["places"] {
  const places: (LiveDestination | undefined)[] = new Array(size).fill(undefined);
  let index = 0;
  let turns = 0;
  for (let place = 0; place < size && servers.length > 0; place++) {
    const server = servers[index]!;
    places[place] = server;
    if (++turns < turnsOf(server)) continue;
    index = (index + 1) % servers.length;
    turns = 0;
  }
  return places;
}

function multiplicativePlace(bits: number): PlaceTable["place"] {
  return (fold, port, offset) => (offset + multiplicativeHash(port + fold, bits)) & (2 ** bits - 1);
}

/** The keys of the two hashes of mh. */
const FIRST_KEY = 2654435761n;
const SECOND_KEY = 2654446892n;

/** The sizes of the table of mh, for CONFIG_IP_VS_MH_TAB_INDEX from 8 on. */
export const MAGLEV_SIZES = [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071] as const;
const FIRST_INDEX = 8;

/** A server while it looks for places. */
interface Seeker {
  readonly server: LiveDestination;
  readonly skip: number;
  /** Places in a row that it gets. */
  readonly turns: number;
  /** Where it looks next. */
  next: number;
}

/**
 * The table of mh (Maglev): every server has a permutation of all places, made of two hashes of its address and port; in turn
 * each takes the first ones of its own that are free, as many as its share of the weights says.
 *
 * @param servers in the kernel's order, newest first
 * @param index CONFIG_IP_VS_MH_TAB_INDEX
 * @param lastWeight the last weight of a server that was not 0, which is what mh goes by; 0 for one that never had any
 */
export function maglevTable(
  servers: readonly LiveDestination[],
  family: Family,
  index: number,
  lastWeight: (server: LiveDestination) => number,
): PlaceTable {
  const size = MAGLEV_SIZES[index - FIRST_INDEX]!;
  const places: (LiveDestination | undefined)[] = new Array(size).fill(undefined);
  const turnsOf = sharesOf(servers.map(lastWeight), Math.floor(index / 2));
  const seekers = servers
    .map((server, position): Seeker => {
      const value = (foldedAs(family, server.address) + server.port) >>> 0;
      return {
        server,
        next: sipHash13(value, FIRST_KEY) % size,
        skip: (sipHash13(value, SECOND_KEY) % (size - 1)) + 1,
        turns: turnsOf[position]!,
      };
    })
    .filter(({ turns }) => turns > 0);
  for (let taken = 0; taken < size && seekers.length > 0; ) {
    for (const seeker of seekers) {
      for (let turn = 0; turn < seeker.turns && taken < size; turn++, taken++) {
        while (places[seeker.next] !== undefined) seeker.next = (seeker.next + seeker.skip) % size;
        places[seeker.next] = seeker.server;
      }
    }
  }
  return { places, place: (fold, port, offset) => sipHash13((offset + port + fold) >>> 0, FIRST_KEY) % size };
}

/** How many places in a row each weight gets: divided by what they have in common, and halved until the largest fits `bits` bits. */
function sharesOf(weights: readonly number[], bits: number): number[] {
  const common = weights.reduce(greatestCommonDivisor, 0);
  if (common === 0) return weights.map(() => 0);
  const shift = Math.max(0, bitLength(Math.max(...weights) / common) - bits);
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(1, (weight / common) >>> shift)));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
