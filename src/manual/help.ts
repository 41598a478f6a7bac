import { COMMANDS, GROUPS, OPTIONS, type OptionRow } from "../options/options.js";
import { commandEntry, optionEntry } from "./entries.js";
import { type Entry, paragraph, section } from "./layout.js";

/**
 * What `ipvsadm -h` prints. Ends in a line feed.
 *
 * @param words the commands in words, and what they do
 */
export function renderHelp(words: readonly Entry[]): string {
  return [
    "Usage: ipvsadm COMMAND [OPTION]...\n",
    section("Commands", COMMANDS.map(commandEntry)),
    section("Commands in words", words),
    ...optionSections(OPTIONS),
    paragraph(
      "Without a command: -L. A word may follow its option as in -w 5, -w5, -w=5, --weight 5 or --weight=5. Letters may stand together: -Ln. More of a command, an option or a word: ipvsadm help -A, ipvsadm help -w, ipvsadm help apply.",
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
