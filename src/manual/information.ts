import type { Command } from "../options/command.js";
import type { Io } from "../program/io.js";
import type { Subcommands } from "../program/subcommand.js";
import { VERSION_TEXT } from "../version.js";
import { renderHelp } from "./help.js";

/** A command that prints help or version. */
export type Information = Extract<Command, { kind: "help" | "version" }>;

/** Whether a command only prints help or version, which need neither root nor a kernel. */
export function isInformation(command: Command): command is Information {
  return command.kind === "help" || command.kind === "version";
}

/** Prints help or version. */
export function inform({ kind }: Information, subcommands: Subcommands, io: Io): void {
  io.out(kind === "help" ? renderHelp(subcommands) : VERSION_TEXT);
}
