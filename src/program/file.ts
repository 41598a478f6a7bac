import { closeSync, openSync } from "node:fs";
import { InputError, type Io, readAll } from "./io.js";

/** The text of a file; `-` means standard input. Throws InputError. */
export function readFileOrInput(path: string, io: Io): string {
  if (path === "-") return io.readInput();
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    return readAll(fd, path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${path}: ${(error as Error).message}`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
