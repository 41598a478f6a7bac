import type { Names } from "../names/names.js";
import type { Connection } from "./connect.js";
import type { Io } from "./io.js";
import type { Subcommands } from "./subcommand.js";

/** What every command of one program run has at hand. */
export interface Session extends Connection {
  /** The name that the program was called by, for messages. */
  readonly program: string;
  readonly io: Io;
  readonly names: Names;
  readonly subcommands: Subcommands;
}
