import { refusalText } from "../command/refusals.js";
import { IpvsError, KernelError, RuleError, UsageError } from "../errors.js";
import { StartError } from "./connect.js";
import { type Io, OutputError } from "./io.js";

/** Exit statuses of ipvsadm 1.31. */
export const EXIT_LISTING_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_REFUSED = 255;

/** What a shell reports for a program that SIGPIPE ended. */
const EXIT_CLOSED_PIPE = 141;

/** How many mistakes of a rule file are printed before the rest is only counted. */
const MISTAKES_SHOWN = 20;

/** Prints an error that ends a program and returns its exit status. Errors that nobody foresaw are thrown on. */
export function report(error: unknown, io: Io, refusedStatus = EXIT_REFUSED): number {
  if (error instanceof OutputError && error.code === "EPIPE") return EXIT_CLOSED_PIPE;
  if (error instanceof KernelError) {
    io.err(`${refusalText(error)}\n`);
    return refusedStatus;
  }
  if (!(error instanceof IpvsError)) throw error;
  io.err(`${error.message}\n`);
  if (error instanceof UsageError) return error.exitCode;
  return error instanceof StartError || error instanceof RuleError ? EXIT_USAGE : EXIT_LISTING_FAILED;
}

/** Prints the mistakes of a rule file and returns the exit status. */
export function reportMistakes(mistakes: readonly RuleError[], io: Io): number {
  const sorted = [...mistakes].sort((a, b) => a.line - b.line);
  for (const mistake of sorted.slice(0, MISTAKES_SHOWN)) io.err(`${mistake.message}\n`);
  if (sorted.length > MISTAKES_SHOWN) io.err(`and ${sorted.length - MISTAKES_SHOWN} more lines with mistakes\n`);
  return EXIT_USAGE;
}
