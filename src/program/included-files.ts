import { closeSync, constants, fstatSync, openSync, readdirSync } from "node:fs";
import type { Files } from "../keepalived/include.js";
import { InputError, readAll } from "./io.js";

/** The files of this host that a configuration includes. Only regular ones: others would block, or have no end. */
export const includedFiles: Files = {
  read(path) {
    let fd: number | undefined;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      if (!fstatSync(fd).isFile()) throw new InputError(`cannot read ${path}: it is not a regular file`);
      return readAll(fd, path);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`cannot read ${path}: ${(error as Error).message}`);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  },
  list(folder) {
    try {
      return readdirSync(folder === "" ? "." : folder);
    } catch {
      return [];
    }
  },
};
