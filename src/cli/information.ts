import type { Command } from "../command/command.js";
import { renderHelp } from "../manual/help.js";
import { VERSION_TEXT } from "../version.js";
import type { Io } from "./io.js";
import { WORDS } from "./words/words.js";

/** Prints help or version, which need neither root nor a kernel; false when the command asks for something else. */
export function informational(command: Command, io: Io): boolean {
  if (command.kind === "help") io.out(renderHelp(Object.entries(WORDS).map(([word, { summary }]) => [word, summary])));
  else if (command.kind === "version") io.out(VERSION_TEXT);
  else return false;
  return true;
}
