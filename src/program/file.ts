import { closeSync, type OpenMode, openSync } from "node:fs";
import { InputError, type Io, readAll } from "./io.js";

/** The text of a file; `-` means standard input. Throws InputError. */
export function readFileOrInput(path: string, io: Io): string {
  return path === "-" ? io.readInput() : readFile(path, "r");
}

/**
 * The text of a file. Throws InputError.
 *
 * @param flags as openSync takes them
 * @param check throws InputError for an open file that shall not be read
 */
export function readFile(path: string, flags: OpenMode, check: (fd: number) => void = () => {}): string {
  let fd: number | undefined;
  try {
    fd = openSync(path, flags);
    check(fd);
    return readAll(fd, path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${path}: ${(error as Error).message}`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
