import { constants, fstatSync, readdirSync } from "node:fs";
import type { Files } from "../keepalived/include.js";
import { readFile } from "./file.js";
import { InputError } from "./io.js";

/** The files of this host that a configuration includes. Only regular ones: others would block, or have no end. */
export const includedFiles: Files = {
  read(path) {
    return readFile(path, constants.O_RDONLY | constants.O_NONBLOCK, (fd) => {
      if (!fstatSync(fd).isFile()) throw new InputError(`cannot read ${path}: it is not a regular file`);
    });
  },
  list(folder) {
    try {
      return readdirSync(folder === "" ? "." : folder);
    } catch {
      return [];
    }
  },
};
