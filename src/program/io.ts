import { fstatSync, readSync, writeSync } from "node:fs";
import { IpvsError } from "../errors.js";
import { visible, visibleBytes } from "./visible.js";

/** What a program talks to besides the kernel; tests put their own in its place. */
export interface Io {
  /** All of standard input, decoded as UTF-8. Throws InputError when it cannot be read, or is too long. */
  readInput(): string;
  /** Writes everything, or throws OutputError. Control characters are escaped (see visible.ts): much of what is written, others wrote. */
  out(text: string | Uint8Array): void;
  /** As `out`, but to standard error, and never throws. */
  err(text: string): void;
  /** Standard output as it is, for what steers a terminal. Foreign text in it has to be escaped before. */
  steer(text: string): void;
  /** Whether standard error is a terminal. Absent: no. */
  watched?(): Promise<boolean>;
  /** Whether standard output is a terminal. Absent: no. */
  shown?(): Promise<boolean>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Standard output cannot be written. */
export class OutputError extends IpvsError {
  /** Symbolic errno, such as `EPIPE` or `ENOSPC`. */
  readonly code: string;

  constructor(code: string) {
    super(`cannot write to standard output: ${code}`);
    this.code = code;
  }
}

/** Input that cannot be what it should be. */
export class InputError extends IpvsError {}

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** More than this is not a rule file: 2^27 bytes hold two million rules. */
const INPUT_LIMIT = 128 * 1024 * 1024;

/** The process's own standard streams, read and written synchronously: cheaper to start than Node's stream objects. */
export const processIo: Io = {
  env: process.env,
  readInput: () => readAll(STDIN, "standard input"),
  out: (text) => toStdout(typeof text === "string" ? visible(text) : visibleBytes(text)),
  steer: toStdout,
  err(text) {
    try {
      writeAll(STDERR, visible(text));
    } catch {
      // Nowhere is left to say so.
    }
  },
  watched: () => isTerminal(STDERR),
  shown: () => isTerminal(STDOUT),
};

/** Terminals are devices; only for those it pays to load node:tty. */
async function isTerminal(fd: number): Promise<boolean> {
  try {
    return fstatSync(fd).isCharacterDevice() && (await import("node:tty")).isatty(fd);
  } catch {
    return false;
  }
}

function toStdout(text: string | Uint8Array): void {
  try {
    writeAll(STDOUT, text);
  } catch (error) {
    throw new OutputError((error as NodeJS.ErrnoException).code ?? "EIO");
  }
}

function writeAll(fd: number, text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; ) at += retry(() => writeSync(fd, bytes, at));
}

/** Everything that a descriptor yields, decoded as UTF-8. Throws InputError when it cannot be read, or is too long. */
export function readAll(fd: number, name: string): string {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const length = readSome(fd, chunk, name);
    if (length === 0) return Buffer.concat(chunks, total).toString("utf8");
    total += length;
    if (total > INPUT_LIMIT) throw new InputError(`${name} is longer than ${INPUT_LIMIT} bytes`);
    chunks.push(chunk.subarray(0, length));
  }
}

/** A closed standard input is an empty one, as for 1.31. */
function readSome(fd: number, chunk: Buffer, name: string): number {
  try {
    return retry(() => readSync(fd, chunk, 0, chunk.length, null));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EOF" || code === "EBADF") return 0;
    throw new InputError(`cannot read ${name}: ${message}`);
  }
}

/** A pipe that another program made non-blocking answers EAGAIN when it is full or empty: wait a little, try again. */
function retry(operation: () => number): number {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
