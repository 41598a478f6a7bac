import { STATS64 } from "./attributes.js";
import type { Layout } from "./layout.js";
import { HIGH, LOW } from "./words.js";

/**
 * Where counters of 64 bits lie in messages of a shape, in words from the first attribute on and in the order of rows; empty: there are
 * none, or they are not to be read. Absent for counters that are left to the tables.
 *
 * @param owner `SERVICE` or `DEST`
 */
export function counterPlaces(layout: Layout, owner: string): readonly number[] | undefined {
  if (layout.place(`${owner}.STATS64`) === undefined) {
    return layout.place(`${owner}.STATS`) === undefined ? [] : undefined;
  }
  const places = Object.keys(STATS64.rows).map((name) => layout.place(`${owner}.STATS64.${name}`));
  return places.includes(undefined) ? undefined : (places as number[]);
}

/** Copies counters into a row, where `to` says whether there are any. */
export function copyCounters(
  places: readonly number[],
  from: Uint32Array,
  start: number,
  words: Uint32Array,
  to: number,
): void {
  if (places.length === 0) return;
  words[to] = 1;
  for (let index = 0; index < places.length; index++) {
    const place = start + places[index]!;
    words[to + 1 + 2 * index] = from[place + LOW]!;
    words[to + 2 + 2 * index] = from[place + HIGH]!;
  }
}
