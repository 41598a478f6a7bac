import type { Command } from "commander";
import type { Io } from "./io.js";

/** A subcommand, such as `ipvsadm diff`. 1.31 has none: it takes options only. */
export interface Subcommand {
  /** One line for lists. */
  readonly summary: string;
  load(): Promise<SubcommandModule>;
}

/** All subcommands by their names. Anything else is a command line of 1.31. */
export type Subcommands = Readonly<Record<string, Subcommand>>;

/** A module that adds one subcommand to the program. */
export interface SubcommandModule {
  /** Adds arguments, options, help and action to a command that has its name and summary already. */
  define(command: Command, context: SubcommandContext): Command;
  /** The JSON Schema of what its `--json` prints, where that has one of its own. */
  schema?(): Promise<object>;
}

/** What a subcommand gets from the program. */
export interface SubcommandContext {
  /** The name that the program was called by, for messages. */
  readonly program: string;
  readonly io: Io;
  /** The whole list, for those that explain or complete the others. */
  readonly subcommands: Subcommands;
  /** Sets the exit status; 0 when never called. */
  exit(status: number): void;
}
