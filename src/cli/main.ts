import { KernelError, UnknownOptionError, UsageError } from "../errors.js";
import { printListing } from "../listing/listing.js";
import { type Information, inform, isInformation } from "../manual/information.js";
import { withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import type { Command } from "../options/command.js";
import { parseCommand } from "../options/parse.js";
import { withConnection } from "../program/connect.js";
import { EXIT } from "../program/exit-status.js";
import { type Io, processIo } from "../program/io.js";
import { refusalHint } from "../program/refusal-hint.js";
import { report } from "../program/report.js";
import type { Session } from "../program/session.js";
import { restoreAdditively } from "../restore/additive.js";
import { isChange, requestOf } from "../wire/change.js";
import { SUBCOMMANDS } from "./subcommands.js";

/**
 * `ipvsadm`. Never throws for anything that the user, the kernel or the system can do.
 *
 * @param argv the program's name as the user typed it, then the arguments
 * @returns the exit status
 */
export async function main(argv: readonly string[], io: Io = processIo): Promise<number> {
  const [program = "ipvsadm", ...args] = argv;
  try {
    if (args[0] !== undefined && Object.hasOwn(SUBCOMMANDS, args[0])) {
      const { runSubcommand } = await import("../program/subcommand-program.js");
      return await runSubcommand(SUBCOMMANDS, program, args, io);
    }
    return await runOptions(program, args, io);
  } catch (error) {
    const status = report(error, io);
    if (error instanceof UsageError) io.err(await hint(error, args, io));
    return status;
  }
}

/** What may have been meant by options that cannot be understood, as a line. Guesses are for terminals only. */
async function hint(error: UsageError, args: readonly string[], io: Io): Promise<string> {
  const { dashHint, suggestion } = await import("../program/suggest.js");
  const dashes = dashHint(args);
  if (dashes !== "" || !(error instanceof UnknownOptionError) || !(await io.watched?.())) return dashes;
  return suggestion(error, Object.keys(SUBCOMMANDS));
}

/** A command line of 1.31. Like there, a kernel that cannot be talked to is reported before a mistake in the options. */
async function runOptions(program: string, args: readonly string[], io: Io): Promise<number> {
  const names = systemNames();
  const posixlyCorrect = io.env.POSIXLY_CORRECT !== undefined;
  const parse = () => parseCommand(args, { program, names, posixlyCorrect });
  const { value: command, error } = await settle(withNames(names, parse));
  if (command && isInformation(command)) {
    inform(command, SUBCOMMANDS, io);
    return EXIT.success.status;
  }
  return withConnection(io, async (connection) => {
    if (command === undefined) throw error;
    return runCommand(command, { program, io, names, subcommands: SUBCOMMANDS, ...connection });
  });
}

async function runCommand(command: Exclude<Command, Information>, session: Session): Promise<number> {
  if (command.kind === "restore") return restoreAdditively(session);
  if (!isChange(command)) {
    try {
      await printListing(command, session);
      return EXIT.success.status;
    } catch (error) {
      return report(error, session.io, EXIT.listingFailed.status);
    }
  }
  try {
    await session.client.execute(requestOf(command));
    return EXIT.success.status;
  } catch (error) {
    const status = report(error, session.io, EXIT.refused.status);
    if (error instanceof KernelError) session.io.err(await refusalHint(command, error, session.client));
    return status;
  }
}

async function settle<T>(
  promise: Promise<T>,
): Promise<
  { readonly value: T; readonly error?: undefined } | { readonly value?: undefined; readonly error: unknown }
> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}
