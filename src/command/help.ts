import { COMMANDS, type CommandRow, GROUPS, OPTIONS, type OptionRow } from "./options.js";

const WIDTH = 80;

/** A command or option as typed, and what it does. */
type Entry = readonly [left: string, right: string];

/** What `ipvsadm -h` prints, from the tables of commands and options. Ends in a line feed. */
export function renderHelp(): string {
  const options: readonly OptionRow[] = OPTIONS;
  const sections = Object.entries(GROUPS).map(([group, title]) =>
    section(title, options.filter((row) => row.group === group).map(optionEntry)),
  );
  return [
    "Usage: ipvsadm COMMAND [OPTION]...\n",
    section("Commands", COMMANDS.map(commandEntry)),
    ...sections,
    "Without a command: -L. A word may follow its option as in -w 5, -w5, -w=5,\n--weight 5 or --weight=5. Letters may stand together: -Ln.\n",
  ].join("\n");
}

function commandEntry(row: CommandRow): Entry {
  return [[...spellings(row), row.argument?.name, row.synopsis].filter(Boolean).join(" "), row.help];
}

function optionEntry(row: OptionRow): Entry {
  const { argument } = row;
  const name = argument?.optional ? `[${argument.name}]` : argument?.name;
  const values = argument?.values?.join(", ");
  const facts = [argument?.range?.join(".."), argument?.default !== undefined && `default ${argument.default}`];
  const known = facts.filter(Boolean).join(", ");
  const right = `${row.help}${values ? `: ${values}` : ""}${known ? ` (${known})` : ""}`;
  return [[...spellings(row), name].filter(Boolean).join(" "), right];
}

/** `-w, --weight`; the long forms stand below each other. */
function spellings({ long, short = "" }: { readonly long: string; readonly short?: string }): string[] {
  return [short === "" ? "   " : [...short].map((letter) => `-${letter},`).join(" "), `--${long}`];
}

function section(title: string, entries: readonly Entry[]): string {
  const column = Math.max(...entries.map(([left]) => left.length)) + 4;
  const lines = entries.flatMap(([left, right]) =>
    wrap(right, WIDTH - column).map((text, index) => `  ${(index === 0 ? left : "").padEnd(column - 2)}${text}`),
  );
  return [`${title}:`, ...lines, ""].join("\n");
}

/** Lines of at most `width` characters, parted at blanks. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
