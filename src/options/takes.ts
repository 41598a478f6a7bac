import { type CommandName, OPTIONS } from "./options.js";

/** A row of the table of options, with its own name. */
export type Row = (typeof OPTIONS)[number];

/** The options that a command takes, in the order of the table. `--sort`, which has no effect, is left out. */
export function optionsOf(command: CommandName): Row[] {
  const takes = (row: Row) => "commands" in row && Object.hasOwn(row.commands, command);
  const marks = OPTIONS.some((row) => row.long === "fwmark-service" && takes(row));
  return OPTIONS.filter((row) => takes(row) || (row.long === "ipv6" && marks));
}
