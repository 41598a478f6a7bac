import { Command, CommanderError } from "commander";
import { UsageError } from "../errors.js";
import { VERSION } from "../version.js";
import { EXIT } from "./exit-status.js";
import type { Io } from "./io.js";
import { report } from "./report.js";
import type { SubcommandContext, Subcommands } from "./subcommand.js";
import { dashHint } from "./suggest.js";

/** Runs a subcommand and returns its exit status: EXIT.usage for mistakes in its arguments and for trouble of any kind. */
export async function runSubcommand(
  subcommands: Subcommands,
  program: string,
  args: readonly string[],
  io: Io,
): Promise<number> {
  let status: number = EXIT.success.status;
  const context = {
    program,
    io,
    subcommands,
    exit: (code: number) => {
      status = code;
    },
  };
  try {
    const root = await subcommandProgram(context, [args[0]!]);
    await root.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    const known = error instanceof CommanderError;
    if (known && error.exitCode === 0) return EXIT.success.status;
    const status = known ? EXIT.usage.status : report(error, io, EXIT.usage.status, EXIT.usage.status);
    if (known || error instanceof UsageError) io.err(dashHint(args));
    return status;
  }
}

/**
 * The program that all subcommands belong to. Of those that `names` does not name it knows only name and summary.
 *
 * @param names the subcommands to load with their arguments, options and actions
 */
export async function subcommandProgram(context: SubcommandContext, names: readonly string[]): Promise<Command> {
  const { program: name, io, subcommands } = context;
  const program = new Command(name)
    .version(VERSION, "--version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
    });
  for (const [subcommand, { summary, load }] of Object.entries(subcommands)) {
    const command = program.command(subcommand).description(summary);
    if (names.includes(subcommand)) (await load()).define(command, context);
  }
  return program;
}
