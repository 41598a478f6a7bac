import { UnknownOptionError, UsageError } from "../errors.js";
import type { Names } from "../names/names.js";
import { build } from "./build.js";
import type { Command } from "./command.js";
import { Draft } from "./draft.js";
import { type Argument, COMMANDS, type CommandName, OPTIONS, type OptionName, optionName } from "./options.js";
import { type Known, OptionReader, type Vocabulary } from "./popt.js";
import { COMMAND_READERS, OPTION_READERS, type Reader } from "./readers.js";

/** What a command line needs from outside. */
export interface ParseContext {
  readonly names: Names;
  /** argv[0], for messages. */
  readonly program: string;
  /** POSIXLY_CORRECT is set: the first word that is not an option ends the options. */
  readonly posixlyCorrect?: boolean;
  /**
   * The line is one of a rule file: names of schedulers and persistence engines that no kernel can hold are mistakes. On a command
   * line, as by 1.31, they are cut and the kernel refuses what is left.
   */
  readonly inRules?: boolean;
}

/** A command, or an option by its name in messages (absent for those that are not checked), and how to note it. */
interface Entry extends Known {
  readonly command: CommandName | undefined;
  readonly name: OptionName | undefined;
  readonly read: Reader | undefined;
}

const VOCABULARY = vocabulary();

/**
 * Understands the arguments of `ipvsadm` as ipvsadm 1.31 does, or of one line of its rules. Pure: asks nothing but `names`,
 * where an unknown host is a mistake. While `names.pending` is true, load them and parse again.
 *
 * @param args without the program's name; none at all means `-L`
 * @throws UsageError with the text and exit status of ipvsadm 1.31
 */
export function parseCommand(args: readonly string[], context: ParseContext): Command {
  if (args.length === 0) return build("list", new Draft("list"), []);
  const { names, program } = context;
  const reader = new OptionReader(VOCABULARY, args, context.posixlyCorrect);
  const command = reader.next();
  if (command?.command === undefined) {
    const message = `Try \`${program} -h' or '${program} --help' for more information.`;
    throw new UnknownOptionError(message, reader.leftovers[0] ?? reader.word, true);
  }
  if (command.command === "help" || command.command === "version") return { kind: command.command };

  const draft = new Draft(command.command, context.inRules);
  command.read?.(draft, reader.argument, names);
  readOptions(reader, draft, names);
  return build(command.command, draft, reader.leftovers);
}

function readOptions(reader: OptionReader<Entry>, draft: Draft, names: Names): void {
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    const { name } = option;
    if (option.command !== undefined) throw new UsageError(`invalid option \`${reader.word}'`);
    if (name !== undefined) {
      if (draft.given.has(name)) throw new UsageError(`multiple '${name}' options specified`);
      draft.given.add(name);
    }
    option.read?.(draft, reader.argument, names);
  }
  if (reader.unknown) throw new UnknownOptionError(reader.error!, reader.word, false);
  if (reader.error !== undefined) throw new UsageError(reader.error, 255);
}

/** Everything that a command line may hold, from the tables. */
function vocabulary(): Vocabulary<Entry> {
  const long = new Map<string, Entry>();
  const short: (Entry | undefined)[] = [];
  const add = (row: { long: string; short?: string; argument?: Argument }, meaning: Omit<Entry, "takes">) => {
    const takes = row.argument === undefined ? "nothing" : row.argument.optional ? "optional argument" : "argument";
    const entry: Entry = { takes, ...meaning };
    long.set(row.long, entry);
    for (const letter of row.short ?? "") short[letter.charCodeAt(0)] = entry;
  };
  for (const row of COMMANDS) add(row, { command: row.name, name: undefined, read: COMMAND_READERS[row.name] });
  for (const row of OPTIONS) {
    const name = "commands" in row ? optionName(row) : undefined;
    add(row, { command: undefined, name, read: OPTION_READERS[row.long] });
  }
  return { long, short };
}
