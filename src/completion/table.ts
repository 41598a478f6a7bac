import { COMMANDS, type CommandRow, type OptionRow, optionsOf } from "../options/options.js";
import { complete } from "./complete.js";
import type { Choice, Offer, Shape, Values } from "./grammar.js";

/** The commands that can stand first: with one dash by their letters too. */
export function commandChoices(word: string): Choice[] {
  const rows: readonly CommandRow[] = COMMANDS;
  const long = rows.map(({ long, help }) => ({ value: `--${long}`, help }));
  if (word.startsWith("--")) return long;
  return [...rows.flatMap(({ short, help }) => (short ? [{ value: `-${short[0]}`, help }] : [])), ...long];
}

/**
 * Completes a command line of 1.31's kind.
 *
 * @param words those behind the program's name, two at least; the last one is being typed
 */
export function completeTable(words: readonly string[], values: Values): Offer {
  const [first = ""] = words;
  const command = COMMANDS.find((row) => isCalled(row, first));
  if (command === undefined) return [];
  // The command is an option, too: its letter may stand together with others, and it may have an argument.
  const own = shape(command, first.startsWith("--") ? undefined : first[1]);
  return complete(
    command.name,
    { options: [own, ...optionsOf(command.name).map((row) => shape(row))], operands: [] },
    words,
    values,
  );
}

function isCalled({ long, short = "" }: CommandRow, word: string): boolean {
  if (word.startsWith("--")) return word === `--${long}`;
  return word[0] === "-" && word[1] !== undefined && short.includes(word[1]);
}

function shape(row: CommandRow | OptionRow, letter = row.short): Shape {
  const { long, help, argument } = row;
  return {
    long,
    ...(letter !== undefined && { short: letter }),
    help,
    takes: argument === undefined ? "nothing" : argument.optional ? "optional argument" : "argument",
    once: "group" in row && row.name !== undefined ? row.name : long,
    ...(argument?.values && { values: argument.values }),
  };
}
