import { UsageError } from "../errors.js";
import { systemNames } from "../names/system.js";
import { withConnection } from "../program/connect.js";
import { type Io, processIo } from "../program/io.js";
import { MistakeReport, report } from "../program/report.js";
import { dashHint } from "../program/suggest.js";
import { readWanted } from "../program/wanted-file.js";
import { type ApplyOptions, apply } from "../restore/restore.js";

const HELP = `Usage: ipvsadm-restore [--dry-run] [--allow-empty] [--order] < FILE
Make the IPVS table equal to the rules on standard input, as ipvsadm-save
writes them. Only what differs is changed; a mistake in the rules changes nothing.
  --dry-run      print the changes instead of making them
  --allow-empty  let input without any service empty the table
  --order        move servers of sh, dh and mh services into the order of the rules
`;

/**
 * `ipvsadm-restore`: makes the table equal to the rules on standard input.
 *
 * @returns the exit status
 */
export async function restore(argv: readonly string[], io: Io = processIo): Promise<number> {
  try {
    const args = new Set(argv.slice(1));
    if (args.has("--help") || args.has("-h")) {
      io.out(HELP);
      return 0;
    }
    return await restoreInput(readOptions(args), io);
  } catch (error) {
    const status = report(error, io);
    if (error instanceof UsageError) io.err(dashHint(argv.slice(1)));
    return status;
  }
}

/** `-n` is what many scripts say, though 1.31 ignores it; a mistyped --dry-run must not be ignored. */
function readOptions(args: Set<string>): ApplyOptions {
  args.delete("-n");
  const options = {
    allowEmpty: args.delete("--allow-empty"),
    dryRun: args.delete("--dry-run"),
    order: args.delete("--order"),
  };
  for (const arg of args) {
    throw new UsageError(`ipvsadm-restore: unknown argument ${arg}: the rules are read from standard input`);
  }
  return options;
}

async function restoreInput(options: ApplyOptions, io: Io): Promise<number> {
  const mistakes = new MistakeReport(io);
  const wanted = await readWanted(io.readInput(), systemNames(), "ipvsadm", mistakes.add, mistakes.warn);
  const status = mistakes.end();
  if (wanted === undefined) return status;
  return withConnection(io, ({ client }) => apply(wanted, options, client, io));
}
