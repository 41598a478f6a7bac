import { closeSync, openSync, readSync } from "node:fs";
import { DecodeError, TransportError } from "../errors.js";
import type { Stats } from "../model/stats.js";

/** Where the kernel adds up all services; netlink cannot tell. */
export const TOTALS_FILE = "/proc/net/ip_vs_stats";

/** What went through all services of this network namespace, deleted ones too, since the last `ipvsadm -Z`. */
export type Totals = Pick<Stats, "connections" | "inPackets" | "outPackets" | "inBytes" | "outBytes">;

/** The kernel writes some four hundred bytes. */
const LONGEST = 4096;

/** Two lines of titles, then the counters in hexadecimal. */
const COUNTERS =
  /^[^\n]*\n[^\n]*\n +([0-9A-F]{1,16}) +([0-9A-F]{1,16}) +([0-9A-F]{1,16}) +([0-9A-F]{1,16}) +([0-9A-F]{1,16})\n/;

/**
 * The counters of all services together. Throws TransportError when the file cannot be read, as without IPVS, and
 * DecodeError when it holds something else.
 *
 * @param path another file of the same format, for tests
 */
export function readTotals(path = TOTALS_FILE): Totals {
  return parseTotals(readStart(path), path);
}

export function parseTotals(text: string, path = TOTALS_FILE): Totals {
  const found = COUNTERS.exec(text);
  if (found === null) throw new DecodeError(`unexpected input from ${path}`);
  const [connections, inPackets, outPackets, inBytes, outBytes] = found.slice(1).map((digits) => BigInt(`0x${digits}`));
  return {
    connections: connections!,
    inPackets: inPackets!,
    outPackets: outPackets!,
    inBytes: inBytes!,
    outBytes: outBytes!,
  };
}

function readStart(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const buffer = Buffer.alloc(LONGEST);
    return buffer.toString("latin1", 0, readSync(file, buffer));
  } catch (error) {
    throw new TransportError(`cannot read file ${path}`, (error as NodeJS.ErrnoException).code);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
