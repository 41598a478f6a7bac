import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { DecodeError, TransportError } from "../errors.js";
import type { Connection } from "../model/connection.js";
import { ConnectionParser } from "./connection-line.js";

/** Where the kernel lists connections; netlink cannot. */
export const CONNECTIONS_FILE = "/proc/net/ip_vs_conn";

/** Bytes read before lines are handed on: some 800 connections. */
const CHUNK = 1 << 16;

/** No line of the kernel comes near it. */
const LONGEST_LINE = 1 << 16;

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
      for (const line of lines) if (++number > 1) batch.push(parser.parse(line));
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
 * The lines of a file in groups. Reading is synchronous: the kernel makes the text at once and hands out one page per
 * read, so that a trip through the thread pool for each would take far longer than the reading.
 */
function* readLines(path: string): Generator<readonly string[]> {
  const file = attempt(`cannot open file ${path}`, () => openSync(path, "r"));
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    let rest = "";
    const read = () => attempt(`cannot read file ${path}`, () => fill(file, buffer));
    for (let length = read(); length > 0; length = read()) {
      const lines = (rest + buffer.toString("latin1", 0, length)).split("\n");
      rest = lines.pop()!;
      if (rest.length > LONGEST_LINE) throw new DecodeError("line too long");
      yield lines;
    }
    if (rest !== "") yield [rest];
  } finally {
    closeSync(file);
  }
}

/** Reads until the buffer is full or the file ends; the number of bytes read. */
function fill(file: number, buffer: Buffer): number {
  let length = 0;
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
