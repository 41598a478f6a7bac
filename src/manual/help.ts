import { COMMANDS, GROUPS, OPTIONS, type OptionRow } from "../options/options.js";
import { paragraph, section } from "../program/layout.js";
import type { Subcommands } from "../program/subcommand.js";
import { commandEntry, optionEntry } from "./entries.js";

/** What `ipvsadm -h` prints. Ends in a line feed. */
export function renderHelp(subcommands: Subcommands): string {
  return [
    "Usage: ipvsadm COMMAND [OPTION]...\n",
    section("Commands", COMMANDS.map(commandEntry)),
    section(
      "Subcommands",
      Object.entries(subcommands).map(([name, { summary }]) => [name, summary]),
    ),
    ...optionSections(OPTIONS),
    paragraph(
      "Without a command: -L. A value may follow its option as in -w 5, -w5, -w=5, --weight 5 or --weight=5. Letters may stand together: -Ln. More of a command, an option or a subcommand: ipvsadm help -A, ipvsadm help -w, ipvsadm help apply.",
    ),
  ].join("\n");
}

/** A section for each group of options that has some. */
export function optionSections(options: readonly OptionRow[]): string[] {
  return Object.entries(GROUPS).flatMap(([group, title]) => {
    const members = options.filter((row) => row.group === group);
    return members.length === 0 ? [] : [section(title, members.map(optionEntry))];
  });
}
