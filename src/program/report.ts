import { IpvsError, KernelError, UsageError } from "../errors.js";
import { StartError } from "./connect.js";
import { EXIT } from "./exit-status.js";
import { InputError, type Io, OutputError } from "./io.js";
import { refusalText } from "./refusal-text.js";
import { visibleLine } from "./visible.js";
import type { FileMistake } from "./wanted-file.js";

/** How many mistakes of a rule file, and how many warnings, are printed before the rest is only counted. */
const MISTAKES_SHOWN = 20;

/**
 * Prints an error that ends a program and returns its exit status. Errors of any other kind are thrown on.
 *
 * @param refused the status for refusals by the kernel
 * @param failed the status for everything that has none of its own
 */
export function report(
  error: unknown,
  io: Io,
  refused: number = EXIT.refused.status,
  failed: number = EXIT.listingFailed.status,
): number {
  if (error instanceof OutputError && error.code === "EPIPE") return EXIT.closedPipe.status;
  if (error instanceof KernelError) {
    io.err(`${refusalText(error)}\n`);
    return refused;
  }
  if (!(error instanceof IpvsError)) throw error;
  io.err(`${error.message}\n`);
  if (error instanceof UsageError) return error.exitCode;
  return error instanceof StartError || error instanceof InputError ? EXIT.usage.status : failed;
}

/** Prints the first mistakes and warnings of a file on standard error as they are found, and counts the others. */
export class MistakeReport {
  #count = 0;
  #warnings = 0;
  readonly #io: Io;
  readonly #head: string;

  /** @param head what stands before the first mistake; default: nothing */
  constructor(io: Io, head = "") {
    this.#io = io;
    this.#head = head;
  }

  readonly add = (mistake: FileMistake): void => {
    if (this.#count++ === 0) this.#io.err(this.#head);
    if (this.#count <= MISTAKES_SHOWN) this.#io.err(`${mistakeText(mistake)}\n`);
  };

  readonly warn = (warning: FileMistake): void => {
    if (++this.#warnings <= MISTAKES_SHOWN) this.#io.err(warningText(warning));
  };

  /** Says how many more there were, and returns the exit status that mistakes have. */
  end(): number {
    this.#countMore(this.#count, "mistakes");
    this.#countMore(this.#warnings, "warnings");
    return EXIT.usage.status;
  }

  #countMore(count: number, what: string): void {
    if (count > MISTAKES_SHOWN) this.#io.err(`and ${count - MISTAKES_SHOWN} more ${what}\n`);
  }
}

/** `warning: line 12 repeats line 3: …`, with a line end. */
export function warningText({ where, reason }: FileMistake): string {
  return `warning: ${where} ${reason}\n`;
}

/** `line 12: illegal weight specified`. */
export function mistakeText({ where, reason }: FileMistake): string {
  return visibleLine(where === "" ? reason : `${where}: ${reason}`);
}
