import { DecodeError } from "../errors.js";
import type { HashTable, Status } from "./host.js";
import { readText } from "./proc.js";

/** The number of lengths that the kernel tells apart. */
const LENGTHS = 8;

/** Where the kernel writes it; root's alone. */
const STATUS_FILE = "net/ip_vs_status";

/**
 * State of the tables of this network namespace. Absent on kernels before 7.1 and without IPVS. Throws HostError when it may
 * not be read and DecodeError when it holds something else.
 *
 * @param proc where proc(5) is mounted, for tests
 */
export function readStatus(proc = "/proc"): Status | undefined {
  const text = readText(`${proc}/${STATUS_FILE}`);
  return text === undefined ? undefined : parseStatus(text);
}

/**
 * Lines of `ip_vs_status_show` (`ip_vs_ctl.c`): a title, a tab, a number. Titles that are not known are left out, so that new
 * lines do no harm.
 */
export function parseStatus(text: string): Status {
  const lines = new Map(
    text.split("\n").map((line) => (/^([^:]*):\t(.*)$/.exec(line)?.slice(1) as [string, string]) ?? ["", ""]),
  );
  return {
    connections: tableOf(lines, "Conns", "Conn buckets"),
    services: tableOf(lines, "Services", "Service buckets"),
  };
}

function tableOf(lines: ReadonlyMap<string, string>, entries: string, buckets: string): HashTable {
  const shape = /^(\d+) \(\d+ bits, lfactor (-?\d+)\)$/.exec(lines.get(buckets) ?? "");
  if (shape === null) throw new DecodeError(`/${STATUS_FILE}: no line '${buckets}'`);
  const empty = countOf(lines.get(`${buckets} empty`));
  // Lengths that no bucket has are left out.
  const others = Array.from(
    { length: LENGTHS - 1 },
    (_, index) => countOf(lines.get(`${buckets} len-${index + 1}`)) ?? 0,
  );
  const count = countOf(lines.get(entries));
  if (count === undefined) throw new DecodeError(`/${STATUS_FILE}: no line '${entries}'`);
  return {
    entries: count,
    buckets: Number(shape[1]),
    loadFactor: Number(shape[2]),
    ...(empty !== undefined && { lengths: [empty, ...others] }),
  };
}

/** `505633 (96%)`. */
function countOf(text: string | undefined): number | undefined {
  const digits = /^\d+/.exec(text ?? "")?.[0];
  return digits === undefined ? undefined : Number(digits);
}
