import { UsageError } from "../errors.js";
import { systemNames } from "../names/system.js";
import { withConnection } from "../program/connect.js";
import { EXIT } from "../program/exit-status.js";
import { type Io, processIo } from "../program/io.js";
import { MistakeReport, report } from "../program/report.js";
import { dashHint } from "../program/suggest.js";
import { readWanted } from "../program/wanted-file.js";
import { readConfirm } from "../restore/confirm-option.js";
import { type ApplyOptions, apply } from "../restore/restore.js";
import { StateError } from "../state/folder.js";

const HELP = `Usage: ipvsadm-restore [--dry-run | --confirm SECONDS] [--allow-empty] [--order] < FILE
Make the IPVS table equal to the rules on standard input, as ipvsadm-save
writes them. Only what differs is changed; a mistake in the rules changes nothing.
  --dry-run          print the changes instead of making them
  --confirm SECONDS  go back after so long unless \`ipvsadm confirm\` says yes
  --allow-empty      let input without any service empty the table
  --order            move servers of sh, dh and mh services into the order of the rules
`;

/**
 * `ipvsadm-restore`: makes the table equal to the rules on standard input.
 *
 * @returns the exit status
 */
export async function restore(argv: readonly string[], io: Io = processIo): Promise<number> {
  try {
    const args = argv.slice(1);
    if (args.includes("--help") || args.includes("-h")) {
      io.out(HELP);
      return 0;
    }
    return await restoreInput(readOptions(args), io);
  } catch (error) {
    const failed = error instanceof StateError ? EXIT.usage.status : EXIT.listingFailed.status;
    const status = report(error, io, EXIT.refused.status, failed);
    if (error instanceof UsageError) io.err(dashHint(argv.slice(1)));
    return status;
  }
}

/** `-n` is what many scripts say, though 1.31 ignores it; a mistyped --dry-run must not be ignored. */
function readOptions(words: readonly string[]): ApplyOptions {
  const { confirm, rest } = takeConfirm(words);
  const args = new Set(rest);
  args.delete("-n");
  const options = {
    allowEmpty: args.delete("--allow-empty"),
    dryRun: args.delete("--dry-run"),
    order: args.delete("--order"),
  };
  for (const arg of args) {
    throw new UsageError(`ipvsadm-restore: unknown argument ${arg}: the rules are read from standard input`);
  }
  return { ...options, ...readConfirm(confirm, options.dryRun) };
}

/** `--confirm 60` or `--confirm=60`; given once. */
function takeConfirm(words: readonly string[]): { readonly confirm?: string; readonly rest: readonly string[] } {
  const at = words.findLastIndex((word) => /^--confirm(=|$)/.test(word));
  if (at < 0) return { rest: words };
  const joined = words[at]!.startsWith("--confirm=");
  const confirm = joined ? words[at]!.slice("--confirm=".length) : words[at + 1];
  if (confirm === undefined) throw new UsageError("ipvsadm-restore: --confirm needs a number of seconds");
  return { confirm, rest: words.toSpliced(at, joined ? 1 : 2) };
}

async function restoreInput(options: ApplyOptions, io: Io): Promise<number> {
  const mistakes = new MistakeReport(io);
  const wanted = await readWanted(io.readInput(), systemNames(), "ipvsadm", mistakes.add, mistakes.warn);
  const status = mistakes.end();
  if (wanted === undefined) return status;
  return withConnection(io, ({ client }) => apply(wanted, options, client, io, "ipvsadm-restore"));
}
