import { wide } from "../model/rows.js";
import { COLUMN, forwardingOf, type ServerRows } from "../model/server-rows.js";
import type { ServiceRows } from "../model/service-rows.js";
import { STATS_FIELDS } from "../model/stats.js";
import { ascii, type ByteLines } from "./bytes.js";
import { destinationDocument, liveDestinationDocument, serviceDocument } from "./document.js";
import { writeAddress } from "./endpoint.js";

// The services of the JSON document as bytes: for tables so large that an object for every server, and a text for every number,
// would take most of the time. What is not common is made as in document.ts, which says what a server looks like.

/**
 * Writes services with their servers, a line for each.
 *
 * @param live whether live figures belong to it
 * @param first whether these are the first of the list
 */
export function writeServices(out: ByteLines, part: readonly ServiceRows[], live: boolean, first: boolean): void {
  let before = first ? "\n" : ",\n";
  for (const { service, stats, rows, order } of part) {
    out.text(before);
    out.utf8(JSON.stringify(serviceDocument(service, live ? stats : undefined)).slice(0, -1));
    out.text(',"destinations":[');
    before = "\n  ";
    for (const row of order) {
      out.text(before);
      if (isCommon(rows, row)) writeServer(out, rows, row, live);
      else out.utf8(JSON.stringify((live ? liveDestinationDocument : destinationDocument)(rows.server(row))));
      before = ",\n  ";
    }
    out.text("]}");
    before = ",\n";
  }
}

/** Whether a server has no encapsulation, and nothing that contradicts itself. */
function isCommon(rows: ServerRows, row: number): boolean {
  const { words } = rows;
  const at = rows.at(row);
  return (
    words[at + COLUMN.TUNNEL_TYPE] === 0 &&
    words[at + COLUMN.TUNNEL_PORT] === 0 &&
    words[at + COLUMN.TUNNEL_FLAGS] === 0 &&
    words[at + COLUMN.LOWER_THRESHOLD]! <= words[at + COLUMN.UPPER_THRESHOLD]!
  );
}

/** The plain numbers of the document, in its order. */
const CONFIGURED = [
  [ascii(',"weight":'), COLUMN.WEIGHT],
  [ascii(',"upperThreshold":'), COLUMN.UPPER_THRESHOLD],
  [ascii(',"lowerThreshold":'), COLUMN.LOWER_THRESHOLD],
] as const;
const LIVE = [
  [ascii(',"activeConnections":'), COLUMN.ACTIVE_CONNECTIONS],
  [ascii(',"inactiveConnections":'), COLUMN.INACTIVE_CONNECTIONS],
  [ascii(',"persistentConnections":'), COLUMN.PERSISTENT_CONNECTIONS],
] as const;
const COUNTERS = STATS_FIELDS.map((field, index) => ascii(`${index === 0 ? ',"stats":{' : ","}"${field}":`));
const FORWARDING = Array.from({ length: 8 }, (_, number) =>
  ascii(`,"forwarding":${JSON.stringify(forwardingOf(number))}`),
);
const ADDRESS = ascii('{"address":"');
const PORT = ascii('","port":');

function writeServer(out: ByteLines, rows: ServerRows, row: number, live: boolean): void {
  const { words } = rows;
  const at = rows.at(row);
  out.raw(ADDRESS);
  writeAddress(out, rows, row);
  out.raw(PORT);
  out.number(words[at + COLUMN.PORT]!);
  out.raw(FORWARDING[words[at + COLUMN.FORWARDING]!]!);
  for (const [key, column] of CONFIGURED) {
    out.raw(key);
    out.number(words[at + column]!);
  }
  if (live) {
    for (const [key, column] of LIVE) {
      out.raw(key);
      out.number(words[at + column]!);
    }
    if (words[at + COLUMN.HAS_STATS] !== 0) writeCounters(out, words, at + COLUMN.STATS);
  }
  out.text("}");
}

function writeCounters(out: ByteLines, words: Uint32Array, at: number): void {
  for (let index = 0; index < COUNTERS.length; index++) {
    out.raw(COUNTERS[index]!);
    const value = wide(words, at + 2 * index);
    if (typeof value === "number") out.number(value);
    else out.text(`"${value}"`);
  }
  out.text("}");
}
