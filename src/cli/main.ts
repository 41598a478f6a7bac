import { KernelError, UnknownOptionError } from "../errors.js";
import { present } from "../listing/present.js";
import { run } from "../listing/run.js";
import { informational } from "../manual/information.js";
import { withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import type { Command } from "../options/command.js";
import { parseCommand } from "../options/parse.js";
import { connect } from "../program/connect.js";
import { type Io, processIo } from "../program/io.js";
import { refusalHint } from "../program/refusal-hint.js";
import { EXIT_LISTING_FAILED, EXIT_REFUSED, report } from "../program/report.js";
import { restoreAdditively } from "../restore/additive.js";
import { isChange } from "../wire/change.js";
import { WORDS } from "./subcommands.js";

/**
 * `ipvsadm`. Never throws for anything that the user, the kernel or the system can do.
 *
 * @param argv the program's name as the user typed it, then the arguments
 * @returns the exit status
 */
export async function main(argv: readonly string[], io: Io = processIo): Promise<number> {
  const [program = "ipvsadm", ...args] = argv;
  try {
    if (args[0] !== undefined && Object.hasOwn(WORDS, args[0])) {
      const { runWord } = await import("../program/subcommand-program.js");
      return await runWord(program, args, io);
    }
    return await runOptions(program, args, io);
  } catch (error) {
    const status = report(error, io);
    if (error instanceof UnknownOptionError && (await io.watched?.())) {
      const { suggestion } = await import("../program/suggest.js");
      io.err(suggestion(error));
    }
    return status;
  }
}

/** A command line of 1.31. Like there, a kernel that cannot be talked to is reported before a mistake in the options. */
async function runOptions(program: string, args: readonly string[], io: Io): Promise<number> {
  const names = systemNames();
  const posixlyCorrect = io.env.POSIXLY_CORRECT !== undefined;
  const parsed = await settle(withNames(names, () => parseCommand(args, { program, names, posixlyCorrect })));
  if ("value" in parsed && informational(parsed.value, io)) return 0;
  const connection = await connect(io);
  try {
    if ("error" in parsed) throw parsed.error;
    return await runParsed(parsed.value, { program, io, names, ...connection });
  } finally {
    connection.client.close();
  }
}

async function runParsed(command: Command, session: Parameters<typeof present>[1]): Promise<number> {
  if (command.kind === "restore") return restoreAdditively(session);
  try {
    await present(await run(command as Parameters<typeof run>[0], session.client), session);
    return 0;
  } catch (error) {
    if (!isChange(command)) return report(error, session.io, EXIT_LISTING_FAILED);
    const status = report(error, session.io, EXIT_REFUSED);
    if (error instanceof KernelError) session.io.err(await refusalHint(command, error, session.client));
    return status;
  }
}

async function settle<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}
