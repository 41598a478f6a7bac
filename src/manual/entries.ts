import type { CommandRow, OptionRow } from "../options/options.js";
import type { Entry } from "../program/layout.js";

/** How a command is typed: `-A, --add-service SERVICE [options]`. */
export function commandEntry(row: CommandRow): Entry {
  return [[...spellings(row), row.argument?.name, row.synopsis].filter(Boolean).join(" "), row.help];
}

/** How an option is typed, what it does, and which values it takes. */
export function optionEntry(row: OptionRow): Entry {
  const { argument } = row;
  const name = argument?.optional ? `[${argument.name}]` : argument?.name;
  return [[...spellings(row), name].filter(Boolean).join(" "), `${row.help}${valuesText(argument)}`];
}

/** Behind a line of help: `: master, backup (default master)`; empty when there is nothing to tell. */
export function valuesText(argument: OptionRow["argument"]): string {
  const values = argument?.values?.join(", ");
  const facts = [argument?.range?.join(".."), argument?.default !== undefined && `default ${argument.default}`];
  const known = facts.filter(Boolean).join(", ");
  return `${values ? `: ${values}` : ""}${known ? ` (${known})` : ""}`;
}

/** `-w, --weight`; the long forms stand below each other. */
function spellings({ long, short = "" }: { readonly long: string; readonly short?: string }): string[] {
  return [short === "" ? "   " : [...short].map((letter) => `-${letter},`).join(" "), `--${long}`];
}
