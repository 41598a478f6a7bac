import { WORDS } from "../cli/subcommands.js";
import type { Command } from "../options/command.js";
import type { Io } from "../program/io.js";
import { VERSION_TEXT } from "../version.js";
import { renderHelp } from "./help.js";

/** Prints help or version, which need neither root nor a kernel; false when the command asks for something else. */
export function informational(command: Command, io: Io): boolean {
  if (command.kind === "help") io.out(renderHelp(Object.entries(WORDS).map(([word, { summary }]) => [word, summary])));
  else if (command.kind === "version") io.out(VERSION_TEXT);
  else return false;
  return true;
}
