import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { DecodeError, TransportError } from "../errors.js";
import type { Connection } from "../model/connection.js";
import { ConnectionParser } from "./connection-line.js";

/** Where the kernel lists connections; netlink cannot. */
export const CONNECTIONS_FILE = "/proc/net/ip_vs_conn";

/** Bytes read at once: some 800 connections. No line of the kernel comes near it. */
const CHUNK = 1 << 16;

const LINE_END = 0x0a;

/**
 * All connections in the kernel's order, in batches of some hundred, so that a million of them need no more memory than
 * a thousand. Not a snapshot: entries may come and go while the file is read.
 *
 * Throws TransportError (`cannot open file …`) when the file is missing, as without IPVS, or cannot be read, and
 * DecodeError (`unexpected input from …`) when it is empty or holds something else.
 *
 * @param path another file of the same format, for tests
 */
export async function* readConnections(
  path = CONNECTIONS_FILE,
): AsyncGenerator<readonly Connection[], void, undefined> {
  const parser = new ConnectionParser();
  let number = 0;
  try {
    for (const lines of readLines(path)) {
      const batch: Connection[] = [];
      for (let start = 0; start < lines.length; ) {
        const next = lines.indexOf(LINE_END, start);
        const end = next < 0 ? lines.length : next;
        if (++number > 1) batch.push(parser.parse(lines, start, end));
        start = end + 1;
      }
      yield batch;
      await setImmediate();
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(`unexpected input from ${path}, line ${number}: ${error.message}`);
  }
  if (number === 0) throw new DecodeError(`unexpected input from ${path}`);
}

/**
 * A file in pieces of whole lines, each valid until the next is asked for. Reading is synchronous: the kernel makes the
 * text at once and hands out one page per read, so that a trip through the thread pool for each would take far longer than
 * the reading.
 */
function* readLines(path: string): Generator<Buffer> {
  const file = attempt(`cannot open file ${path}`, () => openSync(path, "r"));
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    let kept = 0;
    for (;;) {
      const length = attempt(`cannot read file ${path}`, () => fill(file, buffer, kept));
      if (length === kept) break;
      const end = buffer.lastIndexOf(LINE_END, length - 1) + 1;
      if (end > 0) yield buffer.subarray(0, end);
      else if (length === CHUNK) throw new DecodeError("line too long");
      buffer.copyWithin(0, end, length);
      kept = length - end;
    }
    if (kept > 0) yield buffer.subarray(0, kept);
  } finally {
    closeSync(file);
  }
}

/** Reads until the buffer is full or the file ends; returns how much of the buffer holds something. */
function fill(file: number, buffer: Buffer, start: number): number {
  let length = start;
  while (length < buffer.length) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return length;
}

function attempt<T>(complaint: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw new TransportError(complaint, (error as NodeJS.ErrnoException).code);
  }
}
