import { type Command, Option } from "commander";
import { UsageError } from "../errors.js";
import { type LongOption, OPTIONS, type OptionRow } from "../options/options.js";

/** What commander read: options by their camel-case names. */
export type Read = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Adds options to a command as the table of 1.31's options spells them. Each may be given once. */
export function addOptions(command: Command, ...names: readonly LongOption[]): Command {
  for (const name of names) command.addOption(optionOf(rowOf(name)));
  return command;
}

function rowOf(name: LongOption): OptionRow {
  return OPTIONS.find(({ long }) => long === name)!;
}

function optionOf(row: OptionRow): Option {
  const { argument } = row;
  const spelling = row.short === undefined ? `--${row.long}` : `-${row.short}, --${row.long}`;
  const option = new Option(spelling + placeholder(argument), withoutDefault(row.help));
  return argument === undefined ? option : option.argParser(once(row.name ?? row.long));
}

function placeholder(argument: OptionRow["argument"]): string {
  if (argument === undefined) return "";
  return argument.optional ? ` [${argument.name}]` : ` <${argument.name}>`;
}

/** What an option means when it is not given holds for 1.31's commands, not for subcommands. */
function withoutDefault(help: string): string {
  return help.replace(/ \(default.*\)$/, "");
}

/** Refuses an option that is given twice, as 1.31 does, and drops the sign of `-w=5`. */
export function once(name: string): (text: string, before: unknown) => string {
  return (text, before) => {
    if (before !== undefined) throw new UsageError(`multiple '${name}' options specified`);
    return text.replace(/^=/, "");
  };
}

/** Collects the values of an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text.replace(/^=/, "")];
}

/** `text` of an option that was given, read; absent otherwise. */
export function ifGiven<T>(text: Read[string], read: (text: string) => T): T | undefined {
  return typeof text === "string" ? read(text) : undefined;
}
