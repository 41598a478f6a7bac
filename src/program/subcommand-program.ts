import { Command, CommanderError } from "commander";
import { WORDS, type WordContext } from "../cli/subcommands.js";
import { VERSION } from "../version.js";
import type { Io } from "./io.js";
import { EXIT_USAGE, report } from "./report.js";

/** Runs a command in words and returns its exit status: 2 for mistakes in its arguments and for trouble of any kind. */
export async function runWord(name: string, args: readonly string[], io: Io): Promise<number> {
  let status = 0;
  const context = {
    program: name,
    io,
    exit: (code: number) => {
      status = code;
    },
  };
  try {
    const program = await wordProgram(context, [args[0]!]);
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, io, EXIT_USAGE, EXIT_USAGE);
    return error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}

/** The program of the commands in words. Only those of `words` are loaded, with their arguments, options and actions. */
export async function wordProgram(context: WordContext, words: readonly string[]): Promise<Command> {
  const { program: name, io } = context;
  const program = new Command(name)
    .version(VERSION, "--version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
    });
  for (const [word, { summary, load }] of Object.entries(WORDS)) {
    const command = program.command(word).description(summary);
    if (words.includes(word)) (await load()).define(command, context);
  }
  return program;
}
